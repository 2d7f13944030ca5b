// DROP EXTENSION citus: shards and shells are taken away first, where they can be.
#include "cluster/node.hpp"
#include "ddl/remove.hpp"
#include "ddl/statement.hpp"
#include "pg/list.hpp"
#include "table/table.hpp"
#include "transaction/everywhere.hpp"
#include "transaction/session.hpp"
#include "transaction/text_array.hpp"

namespace cedro::ddl {

namespace {

bool drops_citus(const DropStmt *statement) {
    ListCell *cell;
    foreach (cell, statement->objects)
        if (strcmp(strVal(lfirst(cell)), "citus") == 0) return true;
    return false;
}

// Nothing of this transaction may need the extension's own catalogs when it
// commits, so the other nodes commit their part after it, by themselves.
void dismiss_others() {
    const char *const commands[] = {"SELECT citus_internal.forget_cluster('{}', '{}')",
                                    "DELETE FROM pg_catalog.pg_dist_object",
                                    "UPDATE pg_catalog.pg_dist_local_group SET groupid = 0",
                                    "UPDATE citus_internal.metadata_version SET version = 0"};
    const transaction::Parameter parameter{TEXTARRAYOID, transaction::text_array(commands)};
    for (const cluster::Node &node : cluster::other_nodes()) {
        transaction::Session *session = transaction::session_if_reachable(node.id);
        if (session) {
            transaction::commit_afterwards(session);
            transaction::run(session, {"CALL citus_internal.run_commands($1)", {&parameter, 1}});
        } else {
            ereport(WARNING,
                    (errmsg("node %s:%d could not be told that the extension was dropped", node.host, node.port),
                     errhint("Run DROP EXTENSION citus CASCADE there.")));
        }
    }
}

} // namespace

void handle_drop_extension(const pg::Utility &utility) {
    auto *statement = castNode(DropStmt, utility.tree());
    if (!drops_citus(statement)) return utility.run();
    const pg::Vector<Oid> tables = table::all();
    if (!tables.empty() && statement->behavior != DROP_CASCADE)
        ereport(ERROR, (errcode(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST),
                        errmsg("cannot drop extension citus because distributed tables depend on it"),
                        errdetail("\"%s\" is one of %zu.", get_rel_name(tables[0]), tables.size()),
                        errhint("Use undistribute_table() to keep their rows, or DROP EXTENSION citus CASCADE.")));
    if (!tables.empty())
        ereport(NOTICE, (errmsg_plural("drop cascades to the rows of %zu distributed table",
                                       "drop cascades to the rows of %zu distributed tables", tables.size(),
                                       tables.size())));
    if (cluster::is_coordinator()) dismiss_others();
    for (Oid relid : tables) {
        pg::Vector<int64> shards;
        for (const table::Shard &shard : table::get(relid).shards) shards.push(shard.id);
        const DroppedTable table{get_namespace_name(get_rel_namespace(relid)), get_rel_name(relid), shards};
        // The coordinator keeps the empty tables, which were made there.
        if (cluster::is_coordinator())
            transaction::apply([&] { remove_shards(table); });
        else
            remove_table(table, true);
    }
    transaction::apply([&] { utility.run(); });
}

} // namespace cedro::ddl
