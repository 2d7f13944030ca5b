#include "worker/shard_change.hpp"

#include "pg/list.hpp"
#include "pg/text.hpp"
#include "worker/guard.hpp"
#include "worker/shard.hpp"
#include "worker/shard_default.hpp"
#include "worker/shard_names.hpp"
#include "worker/shard_scope.hpp"

namespace cedro::worker {

namespace {

// A statement on one shard. It runs as the shard's owner; what evaluates
// nothing may run as the extension's owner, and what needs more rights does.
struct Step {
    Node *statement;
    Oid shard;
    bool is_administrative;
};

// What is to be done on shards once the shell has changed.
struct Change {
    pg::Vector<Step> steps;
    Oid completed = InvalidOid; ///< the table whose shards shall get what its shell got
    List *partitions = NIL;     ///< tables that become or cease to be its partitions
};

Node *copy_of(const Node *node) { return static_cast<Node *>(copyObjectImpl(node)); }

template <typename Statement>
void push(Change &change, const LocalShard &shard, Statement *statement, bool is_administrative = false) {
    change.steps.push({reinterpret_cast<Node *>(statement), shard.relid, is_administrative});
}

[[noreturn]] void refuse_concurrently(const char *what) {
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                    errmsg("%s CONCURRENTLY is not supported for distributed tables", what),
                    errhint("Use %s without CONCURRENTLY.", what)));
}

// The table that a relation belongs to: itself, or that of an index.
Oid table_of(Oid relid) {
    const char kind = get_rel_relkind(relid);
    return kind == RELKIND_INDEX || kind == RELKIND_PARTITIONED_INDEX ? IndexGetRelation(relid, false) : relid;
}

// The relation on a shard that corresponds to the table or one of its indexes.
RangeVar *counterpart(const LocalShard &shard, Oid relid) {
    if (relid == shard.table->relid) return range_var(shard.relid);
    return range_var(get_namespace_name(get_rel_namespace(relid)), table::shard_name(get_rel_name(relid), shard.id));
}

Oid relation_named(const RangeVar *name) { return name ? RangeVarGetRelid(name, NoLock, true) : InvalidOid; }

void plan_alter_index(Change &change, const AlterTableStmt *statement, Oid index) {
    for (const LocalShard &shard : local_shards(table_of(index))) {
        auto *copy = castNode(AlterTableStmt, copy_of(reinterpret_cast<const Node *>(statement)));
        copy->relation = counterpart(shard, index);
        for (AlterTableCmd *command : pg::ListOf<AlterTableCmd>(copy->cmds)) {
            if (command->subtype != AT_AttachPartition) continue;
            auto *partition = castNode(PartitionCmd, command->def);
            const Oid child = RangeVarGetRelid(partition->name, NoLock, false);
            const table::Table *table = table::find(table_of(child));
            if (table && static_cast<size_t>(shard.ordinal) < table->shards.size())
                partition->name->relname = pstrdup(table::shard_name(
                    partition->name->relname, table->shards[static_cast<size_t>(shard.ordinal)].id));
        }
        push(change, shard, copy);
    }
}

// Needs rights beyond the table, and evaluates nothing.
bool is_administrative(const AlterTableCmd *command) {
    return command->subtype == AT_ChangeOwner || command->subtype == AT_SetTableSpace;
}

void push_commands(Change &change, const AlterTableStmt *statement, const LocalShard &shard, List *commands,
                   bool administrative) {
    if (!commands) return;
    auto *copy = castNode(AlterTableStmt, copy_of(reinterpret_cast<const Node *>(statement)));
    const bool is_recursive = copy->relation->inh;
    copy->relation = range_var(shard.relid);
    copy->relation->inh = is_recursive;
    copy->cmds = commands;
    push(change, shard, copy, administrative);
}

// The rows that were there have got the default; it stays with the shell.
List *default_removals(const List *commands) {
    List *removals = NIL;
    for (const AlterTableCmd *command : pg::ListOf<AlterTableCmd>(commands)) {
        if (command->subtype != AT_AddColumn) continue;
        const auto *column = castNode(ColumnDef, command->def);
        for (const Constraint *each : pg::ListOf<Constraint>(column->constraints))
            if (each->contype == CONSTR_DEFAULT)
                removals = add_command(removals, AT_ColumnDefault, column->colname, nullptr);
    }
    return removals;
}

void plan_commands(Change &change, const AlterTableStmt *statement, const LocalShard &shard) {
    List *own = NIL;
    List *administrative = NIL;
    for (const AlterTableCmd *command : pg::ListOf<AlterTableCmd>(statement->cmds)) {
        if (command->subtype == AT_AttachPartition) continue; // made from the shell afterwards
        AlterTableCmd *mapped = command_on(command, shard);
        if (!mapped) continue;
        List *&list = is_administrative(mapped) ? administrative : own;
        list = lappend(list, mapped);
    }
    List *removals = default_removals(own);
    push_commands(change, statement, shard, own, false);
    push_commands(change, statement, shard, removals, false);
    push_commands(change, statement, shard, administrative, true);
}

void plan_alter_table(Change &change, const AlterTableStmt *statement) {
    const Oid relid = relation_named(statement->relation);
    if (!OidIsValid(relid)) return;
    if (table_of(relid) != relid) return plan_alter_index(change, statement, relid);
    if (!table::is_shell(relid)) return;
    change.completed = relid;
    for (const AlterTableCmd *command : pg::ListOf<AlterTableCmd>(statement->cmds))
        if (command->subtype == AT_AttachPartition || command->subtype == AT_DetachPartition)
            change.partitions = lappend_oid(change.partitions, distributed_partition(command));
    for (const LocalShard &shard : local_shards(relid)) plan_commands(change, statement, shard);
}

// Statistics are named by a list; their table is found by the catalog.
Oid table_of_statistics(Oid statistics) {
    HeapTuple tuple = SearchSysCache1(STATEXTOID, ObjectIdGetDatum(statistics));
    if (!HeapTupleIsValid(tuple)) return InvalidOid;
    const Oid relid = reinterpret_cast<Form_pg_statistic_ext>(GETSTRUCT(tuple))->stxrelid;
    ReleaseSysCache(tuple);
    return relid;
}

List *statistics_on(const LocalShard &shard, const List *name) {
    List *copy = static_cast<List *>(copyObjectImpl(name));
    lfirst(list_tail(copy)) = makeString(pstrdup(table::shard_name(strVal(llast(copy)), shard.id)));
    return copy;
}

void plan_rename_statistics(Change &change, const RenameStmt *statement) {
    auto *name = castNode(List, statement->object);
    for (const LocalShard &shard : local_shards(table_of_statistics(get_statistics_object_oid(name, true)))) {
        auto *copy = castNode(RenameStmt, copy_of(reinterpret_cast<const Node *>(statement)));
        copy->object = reinterpret_cast<Node *>(statistics_on(shard, name));
        copy->newname = pstrdup(table::shard_name(statement->newname, shard.id));
        push(change, shard, copy, true);
    }
}

// A constraint keeps the suffix that it has on the shard.
void rename_constraint(RenameStmt *copy, const LocalShard &shard) {
    const char *old_name = constraint_on(shard, copy->subname);
    const int64 id = pg_strtoint64(strrchr(old_name, '_') + 1);
    copy->subname = pstrdup(old_name);
    copy->newname = pstrdup(table::shard_name(copy->newname, id));
}

void plan_rename(Change &change, const RenameStmt *statement) {
    if (statement->renameType == OBJECT_STATISTIC_EXT) return plan_rename_statistics(change, statement);
    const Oid relid = relation_named(statement->relation);
    if (!OidIsValid(relid) || !table::is_shell(table_of(relid))) return;
    const bool is_column = statement->renameType == OBJECT_COLUMN || statement->renameType == OBJECT_ATTRIBUTE;
    if (statement->renameType == OBJECT_TRIGGER || statement->renameType == OBJECT_POLICY ||
        statement->renameType == OBJECT_RULE)
        return;
    for (const LocalShard &shard : local_shards(table_of(relid))) {
        auto *copy = castNode(RenameStmt, copy_of(reinterpret_cast<const Node *>(statement)));
        copy->relation = counterpart(shard, relid);
        if (statement->renameType == OBJECT_TABCONSTRAINT)
            rename_constraint(copy, shard);
        else if (!is_column)
            copy->newname = pstrdup(table::shard_name(statement->newname, shard.id));
        push(change, shard, copy);
    }
}

void plan_set_schema(Change &change, const AlterObjectSchemaStmt *statement) {
    if (statement->objectType == OBJECT_STATISTIC_EXT) {
        auto *name = castNode(List, statement->object);
        for (const LocalShard &shard : local_shards(table_of_statistics(get_statistics_object_oid(name, true)))) {
            auto *copy = castNode(AlterObjectSchemaStmt, copy_of(reinterpret_cast<const Node *>(statement)));
            copy->object = reinterpret_cast<Node *>(statistics_on(shard, name));
            push(change, shard, copy, true);
        }
        return;
    }
    const Oid relid = relation_named(statement->relation);
    if (!OidIsValid(relid)) return;
    for (const LocalShard &shard : local_shards(relid)) {
        auto *copy = castNode(AlterObjectSchemaStmt, copy_of(reinterpret_cast<const Node *>(statement)));
        copy->relation = range_var(shard.relid);
        push(change, shard, copy, true);
    }
}

DropStmt *drop_on(const DropStmt *statement, List *name) {
    auto *copy = castNode(DropStmt, copy_of(reinterpret_cast<const Node *>(statement)));
    copy->objects = list_make1(name);
    copy->missing_ok = true;
    return copy;
}

void plan_drop(Change &change, const DropStmt *statement) {
    for (Node *object : pg::ListOf<Node>(statement->objects)) {
        if (statement->removeType == OBJECT_INDEX) {
            const Oid index = relation_named(makeRangeVarFromNameList(castNode(List, object)));
            if (!OidIsValid(index)) continue;
            for (const LocalShard &shard : local_shards(table_of(index))) {
                if (statement->concurrent) refuse_concurrently("DROP INDEX");
                const RangeVar *name = counterpart(shard, index);
                push(change, shard, drop_on(statement, list_make2(makeString(name->schemaname), makeString(name->relname))),
                     true);
            }
        } else if (statement->removeType == OBJECT_STATISTIC_EXT) {
            auto *name = castNode(List, object);
            for (const LocalShard &shard : local_shards(table_of_statistics(get_statistics_object_oid(name, true))))
                push(change, shard, drop_on(statement, statistics_on(shard, name)), true);
        }
    }
}

void plan_alter_statistics(Change &change, const AlterStatsStmt *statement) {
    for (const LocalShard &shard :
         local_shards(table_of_statistics(get_statistics_object_oid(statement->defnames, true)))) {
        auto *copy = castNode(AlterStatsStmt, copy_of(reinterpret_cast<const Node *>(statement)));
        copy->defnames = statistics_on(shard, statement->defnames);
        push(change, shard, copy, true);
    }
}

void plan_reindex(Change &change, const ReindexStmt *statement) {
    const Oid relid = relation_named(statement->relation);
    if (!OidIsValid(relid)) return;
    for (const LocalShard &shard : local_shards(table_of(relid))) {
        for (DefElem *option : pg::ListOf<DefElem>(statement->params))
            if (strcmp(option->defname, "concurrently") == 0 && defGetBoolean(option)) refuse_concurrently("REINDEX");
        auto *copy = castNode(ReindexStmt, copy_of(reinterpret_cast<const Node *>(statement)));
        copy->relation = counterpart(shard, relid);
        push(change, shard, copy);
    }
}

void plan_cluster(Change &change, const ClusterStmt *statement) {
    const Oid relid = relation_named(statement->relation);
    if (!OidIsValid(relid)) return;
    for (const LocalShard &shard : local_shards(relid)) {
        auto *copy = castNode(ClusterStmt, copy_of(reinterpret_cast<const Node *>(statement)));
        copy->relation = range_var(shard.relid);
        if (copy->indexname) copy->indexname = pstrdup(table::shard_name(copy->indexname, shard.id));
        push(change, shard, copy);
    }
}

void plan_create_index(Change &change, const IndexStmt *statement) {
    const Oid relid = relation_named(statement->relation);
    if (!OidIsValid(relid) || !table::is_shell(relid)) return;
    if (statement->concurrent) refuse_concurrently("CREATE INDEX");
    change.completed = relid;
}

// Before the shell changes: names still mean what the statement says.
void plan_change(Change &change, Node *statement) {
    switch (nodeTag(statement)) {
    case T_AlterTableStmt: plan_alter_table(change, castNode(AlterTableStmt, statement)); break;
    case T_IndexStmt: plan_create_index(change, castNode(IndexStmt, statement)); break;
    case T_RenameStmt: plan_rename(change, castNode(RenameStmt, statement)); break;
    case T_AlterObjectSchemaStmt: plan_set_schema(change, castNode(AlterObjectSchemaStmt, statement)); break;
    case T_DropStmt: plan_drop(change, castNode(DropStmt, statement)); break;
    case T_CreateStatsStmt: {
        auto *tables = castNode(CreateStatsStmt, statement)->relations;
        if (list_length(tables) == 1 && IsA(linitial(tables), RangeVar))
            if (const Oid relid = relation_named(linitial_node(RangeVar, tables)); table::is_shell(relid))
                change.completed = relid;
        break;
    }
    case T_AlterStatsStmt: plan_alter_statistics(change, castNode(AlterStatsStmt, statement)); break;
    case T_ReindexStmt: plan_reindex(change, castNode(ReindexStmt, statement)); break;
    case T_ClusterStmt: plan_cluster(change, castNode(ClusterStmt, statement)); break;
    default: break;
    }
}

void complete_shards(Oid shell_oid, bool with_checks) {
    pg::with_relation(shell_oid, AccessShareLock, [&](Relation shell) {
        for (const LocalShard &shard : local_shards(shell_oid)) {
            ShardDraft draft{shell, shard.id, get_namespace_name(RelationGetNamespace(shell)),
                             get_rel_name(shard.relid), shard.relid};
            as_owner_of(shell_oid, [&] {
                if (with_checks) complete_table(draft);
                complete_indexes(draft);
            });
        }
    });
}

// A table that became a partition or ceased to be one: its constraints take the
// names that follow from that, and the shards are tied as their tables are.
void retie(Oid partition) {
    pg::with_relation(partition, AccessShareLock, [&](Relation shell) {
        for (const LocalShard &shard : local_shards(partition)) {
            ShardDraft draft{shell, shard.id, get_namespace_name(RelationGetNamespace(shell)),
                             get_rel_name(shard.relid), shard.relid};
            rename_constraints(draft);
            as_owner_of(partition, [&] {
                complete_table(draft);
                complete_indexes(draft);
                attach_partitions(draft);
            });
        }
    });
}

// Indexes of partitions come before those of their table, which then takes
// them over with their names instead of making its own.
void complete(Oid shell) {
    if (get_rel_relkind(shell) == RELKIND_PARTITIONED_TABLE) {
        List *tables = find_all_inheritors(shell, AccessShareLock, nullptr);
        for (int i = list_length(tables) - 1; i > 0; i--) complete_shards(list_nth_oid(tables, i), false);
    }
    complete_shards(shell, true);
    pg::Vector<int64> ids;
    for (const LocalShard &shard : local_shards(shell)) ids.push(shard.id);
    create_foreign_keys(shell, ids);
}

void run_steps(const Change &change) {
    for (const Step &step : change.steps) {
        if (step.is_administrative)
            pg::execute_definition(step.statement);
        else
            as_owner_of(step.shard, [&] { pg::execute_definition(step.statement); });
    }
}

// The tables that new foreign keys refer to.
pg::Vector<Grant> grants_for(const AlterTableStmt *statement) {
    pg::Vector<Grant> grants;
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
    return grants;
}

// Who may alter the table, and its partition where the statement names one.
Oid altering_role(Oid relid, const AlterTableStmt *statement) {
    for (const AlterTableCmd *command : pg::ListOf<AlterTableCmd>(statement->cmds))
        if (command->subtype == AT_AttachPartition || command->subtype == AT_DetachPartition)
            return owner_of_both(relid, relation_named(castNode(PartitionCmd, command->def)->name));
    return owner_of_both(relid, relid);
}

// What a user wrote into ALTER TABLE is evaluated as the table's owner;
// nothing is evaluated in other statements but by PostgreSQL as the owner.
void run_on_shell(Node *statement) {
    const Oid relid = IsA(statement, AlterTableStmt) ? relation_named(castNode(AlterTableStmt, statement)->relation)
                                                     : InvalidOid;
    if (!OidIsValid(relid) || table_of(relid) != relid) return pg::execute_definition(statement);
    auto *own = castNode(AlterTableStmt, statement);
    auto *administrative = castNode(AlterTableStmt, copy_of(statement));
    List *commands = own->cmds;
    own->cmds = administrative->cmds = NIL;
    for (AlterTableCmd *command : pg::ListOf<AlterTableCmd>(commands)) {
        AlterTableStmt *part = is_administrative(command) ? administrative : own;
        part->cmds = lappend(part->cmds, command);
    }
    if (own->cmds) {
        pg::Vector<Grant> grants = grants_for(own);
        for (const char *privilege : {"USAGE", "CREATE"})
            grants.push({privilege, OBJECT_SCHEMA, get_rel_namespace(relid)});
        as_role(altering_role(relid, own), grants, [&] { pg::execute_definition(statement); });
    }
    if (administrative->cmds) pg::execute_definition(reinterpret_cast<Node *>(administrative));
}

} // namespace

void change_shards(Node *statement, pg::FunctionRef<void()> on_shell) {
    Change change;
    plan_change(change, statement);
    reading_shell(on_shell); // its constraints are checked against its own storage, which is empty
    if (change.steps.empty() && !OidIsValid(change.completed)) return;
    CommandCounterIncrement();
    as_definer([&] { run_steps(change); }, SearchPath::Current);
    as_definer([&] {
        for (Oid partition : pg::OidsOf(change.partitions)) retie(partition);
        if (OidIsValid(change.completed)) complete(change.completed);
    });
}

void change_with_shards(const char *sql, List *defaults) {
    for (RawStmt *raw : pg::ListOf<RawStmt>(raw_parser(sql, RAW_PARSE_DEFAULT))) {
        Node *for_shell = copy_of(raw->stmt); // analysis scribbles on it
        set_default_values(raw->stmt, &defaults);
        change_shards(raw->stmt, [&] { run_on_shell(for_shell); });
    }
}

const char *shard_change_command(const char *sql) {
    StringInfoData command;
    initStringInfo(&command);
    appendStringInfo(&command, "SELECT citus_internal.change_with_shards(%s, ARRAY[", quote_literal_cstr(sql));
    const char *separator = "";
    for (RawStmt *raw : pg::ListOf<RawStmt>(raw_parser(sql, RAW_PARSE_DEFAULT)))
        for (const char *value : pg::ListOf<char>(default_values(raw->stmt))) {
            appendStringInfo(&command, "%s%s", separator, value ? quote_literal_cstr(value) : "NULL");
            separator = ", ";
        }
    appendStringInfoString(&command, "]::pg_catalog.text[])");
    return command.data;
}

} // namespace cedro::worker
