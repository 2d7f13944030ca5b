#include "worker/shard_change.hpp"

#include "pg/list.hpp"
#include "pg/text.hpp"
#include "worker/guard.hpp"
#include "worker/shard.hpp"
#include "worker/shard_default.hpp"
#include "worker/shard_scope.hpp"
#include "worker/shard_steps.hpp"

namespace cedro::worker {

namespace {

Node *copy_of(const Node *node) { return static_cast<Node *>(copyObjectImpl(node)); }

void complete_shards(Oid shell_oid, bool with_checks, const Grants &needs) {
    pg::with_relation(shell_oid, AccessShareLock, [&](Relation shell) {
        for (const LocalShard &shard : local_shards(shell_oid)) {
            ShardDraft draft{shell, shard.id, get_namespace_name(RelationGetNamespace(shell)),
                             get_rel_name(shard.relid), shard.relid};
            as_owner_of(shell_oid, needs, [&] {
                if (with_checks) complete_table(draft);
                complete_indexes(draft);
            });
        }
    });
}

// A table that became a partition or ceased to be one: its constraints take the
// names that follow from that, and the shards are tied as their tables are.
void retie(Oid partition, const Grants &needs) {
    pg::with_relation(partition, AccessShareLock, [&](Relation shell) {
        for (const LocalShard &shard : local_shards(partition)) {
            ShardDraft draft{shell, shard.id, get_namespace_name(RelationGetNamespace(shell)),
                             get_rel_name(shard.relid), shard.relid};
            rename_constraints(draft);
            as_owner_of(partition, needs, [&] {
                complete_table(draft);
                complete_indexes(draft);
                attach_partitions(draft);
            });
        }
    });
}

// Indexes of partitions come before those of their table, which then takes
// them over with their names instead of making its own.
void complete(Oid shell, const Grants &needs) {
    if (get_rel_relkind(shell) == RELKIND_PARTITIONED_TABLE) {
        List *tables = find_all_inheritors(shell, AccessShareLock, nullptr);
        for (int i = list_length(tables) - 1; i > 0; i--) complete_shards(list_nth_oid(tables, i), false, needs);
    }
    complete_shards(shell, true, needs);
    pg::Vector<int64> ids;
    for (const LocalShard &shard : local_shards(shell)) ids.push(shard.id);
    create_foreign_keys(shell, ids);
}

void run_steps(const Change &change, const Grants &needs) {
    for (const Step &step : change.steps) {
        if (step.is_administrative)
            pg::execute_definition(step.statement);
        else
            as_owner_of(step.shard, needs, [&] { pg::execute_definition(step.statement); });
    }
}

// The tables that new foreign keys refer to.
void add_referenced(Grants &grants, const AlterTableStmt *statement) {
    auto grant = [&](const Constraint *constraint) {
        const Oid referenced = relation_named(constraint->pktable);
        if (!OidIsValid(referenced)) return;
        grants.push({"USAGE", OBJECT_SCHEMA, get_rel_namespace(referenced)});
        grants.push({"REFERENCES", OBJECT_TABLE, referenced});
    };
    for (const AlterTableCmd *command : pg::ListOf<AlterTableCmd>(statement->cmds)) {
        if (command->subtype == AT_AddConstraint) grant(castNode(Constraint, command->def));
        if (command->subtype == AT_AddColumn)
            for (const Constraint *each : pg::ListOf<Constraint>(castNode(ColumnDef, command->def)->constraints))
                grant(each);
    }
}

// Who may alter the table, and its partition where the statement names one.
Oid altering_role(Oid relid, const AlterTableStmt *statement) {
    for (const AlterTableCmd *command : pg::ListOf<AlterTableCmd>(statement->cmds))
        if (command->subtype == AT_AttachPartition || command->subtype == AT_DetachPartition)
            return owner_of_both(relid, relation_named(castNode(PartitionCmd, command->def)->name));
    return owner_of_both(relid, relid);
}

void add_schema(Grants &grants, Oid schema) {
    for (const char *privilege : {"USAGE", "CREATE"}) grants.push({privilege, OBJECT_SCHEMA, schema});
}

// What a user wrote into ALTER TABLE is evaluated as the table's owner.
void alter_shell(Oid relid, AlterTableStmt *own, Grants grants) {
    auto *administrative = castNode(AlterTableStmt, copy_of(reinterpret_cast<Node *>(own)));
    List *commands = own->cmds;
    own->cmds = administrative->cmds = NIL;
    for (AlterTableCmd *command : pg::ListOf<AlterTableCmd>(commands)) {
        AlterTableStmt *part = is_administrative(command) ? administrative : own;
        part->cmds = lappend(part->cmds, command);
    }
    if (own->cmds) {
        add_referenced(grants, own);
        add_schema(grants, get_rel_namespace(relid));
        as_role(altering_role(relid, own), grants, [&] { pg::execute_definition(reinterpret_cast<Node *>(own)); });
    }
    if (administrative->cmds) pg::execute_definition(reinterpret_cast<Node *>(administrative));
}

Oid table_of_new_statistics(const CreateStatsStmt *statement) {
    return list_length(statement->relations) == 1 ? relation_named(linitial_node(RangeVar, statement->relations))
                                                  : InvalidOid;
}

// Nothing is evaluated in other statements than these but by PostgreSQL as the owner.
void run_on_shell(Node *statement, const Grants &needs) {
    Grants grants;
    for (const Grant &each : needs) grants.push(each);
    Oid relid = InvalidOid;
    if (IsA(statement, AlterTableStmt)) {
        relid = relation_named(castNode(AlterTableStmt, statement)->relation);
        if (OidIsValid(relid) && table_of(relid) == relid)
            return alter_shell(relid, castNode(AlterTableStmt, statement), grants);
        relid = InvalidOid;
    } else if (IsA(statement, IndexStmt)) {
        relid = relation_named(castNode(IndexStmt, statement)->relation);
    } else if (IsA(statement, CreateStatsStmt)) {
        auto *statistics = castNode(CreateStatsStmt, statement);
        relid = table_of_new_statistics(statistics);
        char *name = nullptr;
        add_schema(grants, QualifiedNameGetCreationNamespace(statistics->defnames, &name));
    }
    if (!OidIsValid(relid)) return pg::execute_definition(statement);
    as_owner_of(relid, grants, [&] { pg::execute_definition(statement); });
}

} // namespace

void change_shards(Node *statement, List *defaults, pg::FunctionRef<void()> on_shell, pg::FunctionRef<Grants()> needs) {
    set_default_values(statement, &defaults);
    Change change;
    plan_change(change, statement);
    reading_shell(on_shell); // its constraints are checked against its own storage, which is empty
    if (change.steps.empty() && !OidIsValid(change.completed)) return;
    CommandCounterIncrement();
    const Grants lent = needs();
    as_definer([&] { run_steps(change, lent); }, SearchPath::Current);
    as_definer([&] {
        for (Oid partition : pg::OidsOf(change.partitions)) retie(partition, lent);
        if (OidIsValid(change.completed)) complete(change.completed, lent);
    });
}

void change_with_shards(const char *sql, List *defaults, const Grants &needs) {
    for (RawStmt *raw : pg::ListOf<RawStmt>(raw_parser(sql, RAW_PARSE_DEFAULT))) {
        Node *for_shell = copy_of(raw->stmt); // analysis scribbles on it
        set_default_values(raw->stmt, &defaults);
        if (IsA(for_shell, IndexStmt)) castNode(IndexStmt, for_shell)->concurrent = false; // the shell is empty
        change_shards(
            raw->stmt, NIL, [&] { run_on_shell(for_shell, needs); }, [&] { return needs; });
    }
}

List *shard_change_defaults(const char *sql) {
    List *values = NIL;
    for (RawStmt *raw : pg::ListOf<RawStmt>(raw_parser(sql, RAW_PARSE_DEFAULT)))
        values = list_concat(values, default_values(raw->stmt));
    return values;
}

const char *shard_change_command(const char *sql, List *defaults, std::span<const char *const> needs) {
    StringInfoData command;
    initStringInfo(&command);
    appendStringInfo(&command, "SELECT citus_internal.change_with_shards(%s, ARRAY[", quote_literal_cstr(sql));
    const char *separator = "";
    auto append = [&](const char *value) {
        appendStringInfo(&command, "%s%s", separator, value ? quote_literal_cstr(value) : "NULL");
        separator = ", ";
    };
    for (const char *value : pg::ListOf<char>(defaults)) append(value);
    appendStringInfoString(&command, "]::pg_catalog.text[], ARRAY[");
    separator = "";
    for (const char *need : needs) append(need);
    appendStringInfoString(&command, "]::pg_catalog.text[])");
    return command.data;
}

} // namespace cedro::worker
