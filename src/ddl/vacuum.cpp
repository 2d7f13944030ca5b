// VACUUM and ANALYZE of distributed tables: PostgreSQL's own on each shard, then the statistics of the shells.
#include "cluster/node.hpp"
#include "ddl/maintenance.hpp"
#include "ddl/statement.hpp"
#include "ddl/statistics.hpp"
#include "pg/inheritance.hpp"
#include "pg/list.hpp"
#include "pg/planner.hpp"
#include "pg/scope.hpp"
#include "pg/statistics.hpp"
#include "pg/text.hpp"
#include "transaction/apart.hpp"
#include "unique/global_key.hpp"

namespace cedro::ddl {

namespace {

struct Target {
    Oid relid;
    List *columns; // String nodes
};

struct Wish {
    bool is_vacuum;
    bool has_statistics; // ANALYZE, or VACUUM (ANALYZE)
    const char *options; // "VACUUM (…)"
    pg::Vector<Target> targets;
};

bool is_set(const VacuumStmt *statement, const char *name) {
    bool is = false;
    for (DefElem *option : pg::ListOf<DefElem>(statement->options))
        if (strcmp(option->defname, name) == 0) is = defGetBoolean(option);
    return is;
}

const char *options_text(const VacuumStmt *statement) {
    StringInfoData text;
    initStringInfo(&text);
    appendStringInfoString(&text, statement->is_vacuumcmd ? "VACUUM" : "ANALYZE");
    const char *separator = " (";
    for (DefElem *option : pg::ListOf<DefElem>(statement->options)) {
        appendStringInfo(&text, "%s%s", separator, option->defname);
        if (option->arg) appendStringInfo(&text, " %s", quote_literal_cstr(defGetString(option)));
        separator = ", ";
    }
    if (*separator == ',') appendStringInfoChar(&text, ')');
    return text.data;
}

// Tables of the cluster that the statement means and the role may treat.
pg::Vector<Target> targets_of(const VacuumStmt *statement) {
    pg::Vector<Target> targets;
    auto add = [&](Oid relid, List *columns) {
        if (OidIsValid(relid) && table::is_shell(relid) && !unique::is_key_table(relid) && pg::may_vacuum(relid))
            targets.push({relid, columns});
    };
    for (const VacuumRelation *each : pg::ListOf<VacuumRelation>(statement->rels))
        add(OidIsValid(each->oid) ? each->oid : RangeVarGetRelid(each->relation, NoLock, true), each->va_cols);
    if (statement->rels == NIL)
        for (Oid relid : table::all())
            if (!get_rel_relispartition(relid)) add(relid, NIL);
    return targets;
}

const char *column_list(const List *columns) {
    StringInfoData text;
    initStringInfo(&text);
    ListCell *cell;
    foreach (cell, columns)
        appendStringInfo(&text, "%s%s", text.len ? ", " : " (", quote_identifier(strVal(lfirst(cell))));
    if (text.len) appendStringInfoChar(&text, ')');
    return text.data;
}

List *with_partitions(Oid relid) {
    return get_rel_relkind(relid) == RELKIND_PARTITIONED_TABLE ? find_all_inheritors(relid, NoLock, nullptr)
                                                               : list_make1_oid(relid);
}

// The shards of the table, which stand for those of its partitions too, and those of its hidden tables.
Work work_of(const Wish &wish) {
    Work work;
    for (const Target &target : wish.targets) {
        auto add = [&](Oid relid, const char *columns) {
            if (const table::Table *table = table::find(relid))
                add_for_shards(work, *table, [&](int64 shard) {
                    return psprintf("%s %s%s", wish.options, name_on_shard(relid, shard), columns);
                });
        };
        add(target.relid, column_list(target.columns));
        for (Oid each : pg::OidsOf(with_partitions(target.relid)))
            for (const unique::GlobalKey &key : unique::keys_of(each)) add(key.key_table, "");
    }
    return work;
}

// All of the database, also tables that only one node has.
Work work_of_nodes(const char *options) {
    Work work;
    for (const cluster::Node &node : cluster::other_nodes()) work.add(node.id, options);
    return work;
}

void run_in_transaction(const Work &work) {
    pg::Vector<transaction::NodeCommands> others;
    for (const transaction::NodeCommands &part : work.commands()) {
        if (cluster::is_local(cluster::node(part.node_id)))
            transaction::run_here(part.commands);
        else
            others.push(part);
    }
    transaction::run_on_each(others);
}

void refresh(const Wish &wish) {
    PushActiveSnapshot(GetTransactionSnapshot());
    for (const Target &target : wish.targets)
        for (Oid each : pg::OidsOf(with_partitions(target.relid)))
            if (table::is_shell(each))
                wish.has_statistics ? refresh_statistics(each, target.columns) : refresh_extent(each);
    PopActiveSnapshot();
}

} // namespace

void handle_vacuum(const pg::Utility &utility) {
    const auto *statement = castNode(VacuumStmt, utility.tree());
    MemoryContext context = AllocSetContextCreate(PortalContext, "citus vacuum", ALLOCSET_DEFAULT_SIZES);
    Wish wish{false, false, nullptr, pg::Vector<Target>()};
    pg::with_context(context, [&] {
        wish = {statement->is_vacuumcmd, !statement->is_vacuumcmd || is_set(statement, "analyze"),
                options_text(statement), targets_of(statement)};
    });
    // Shells are empty: PostgreSQL checks the statement, the role and the columns on them, and does the plain tables.
    utility.run();
    const bool is_database = statement->rels == NIL && pg::may_vacuum_all();
    if (wish.targets.empty() && !is_database) return;
    pg::with_context(context, [&] {
        const Work work = is_database ? work_of_nodes(wish.options) : work_of(wish);
        if (wish.is_vacuum) {
            transaction::leave_transaction();
            transaction::run_apart(work.commands());
        } else {
            run_in_transaction(work);
        }
        refresh(wish);
    });
    MemoryContextDelete(context);
}

} // namespace cedro::ddl
