#include "worker/shard_steps.hpp"

#include "pg/list.hpp"
#include "pg/text.hpp"

namespace cedro::worker {

namespace {

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

// The relation on a shard that corresponds to the table or one of its indexes.
RangeVar *counterpart(const LocalShard &shard, Oid relid) {
    if (relid == shard.table->relid) return range_var(shard.relid);
    return range_var(get_namespace_name(get_rel_namespace(relid)), table::shard_name(get_rel_name(relid), shard.id));
}

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
                partition->name->relname = pstrdup(
                    table::shard_name(partition->name->relname, table->shards[static_cast<size_t>(shard.ordinal)].id));
        }
        push(change, shard, copy);
    }
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

void plan_alter_table(Change &change, Node *node) {
    const auto *statement = castNode(AlterTableStmt, node);
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

void plan_rename(Change &change, Node *node) {
    const auto *statement = castNode(RenameStmt, node);
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

void plan_set_schema(Change &change, Node *node) {
    const auto *statement = castNode(AlterObjectSchemaStmt, node);
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

void drop_index(Change &change, const DropStmt *statement, Oid index) {
    for (const LocalShard &shard : local_shards(table_of(index))) {
        if (statement->concurrent) refuse_concurrently("DROP INDEX");
        const RangeVar *name = counterpart(shard, index);
        List *qualified = list_make2(makeString(name->schemaname), makeString(name->relname));
        push(change, shard, drop_on(statement, qualified), true);
    }
}

void drop_statistics(Change &change, const DropStmt *statement, const List *name) {
    for (const LocalShard &shard :
         local_shards(table_of_statistics(get_statistics_object_oid(const_cast<List *>(name), true))))
        push(change, shard, drop_on(statement, statistics_on(shard, name)), true);
}

void plan_drop(Change &change, Node *node) {
    const auto *statement = castNode(DropStmt, node);
    for (Node *object : pg::ListOf<Node>(statement->objects)) {
        if (statement->removeType == OBJECT_STATISTIC_EXT) drop_statistics(change, statement, castNode(List, object));
        if (statement->removeType != OBJECT_INDEX) continue;
        const Oid index = relation_named(makeRangeVarFromNameList(castNode(List, object)));
        if (OidIsValid(index)) drop_index(change, statement, index);
    }
}

void plan_alter_statistics(Change &change, Node *node) {
    const auto *statement = castNode(AlterStatsStmt, node);
    for (const LocalShard &shard :
         local_shards(table_of_statistics(get_statistics_object_oid(statement->defnames, true)))) {
        auto *copy = castNode(AlterStatsStmt, copy_of(reinterpret_cast<const Node *>(statement)));
        copy->defnames = statistics_on(shard, statement->defnames);
        push(change, shard, copy, true);
    }
}

void plan_reindex(Change &change, Node *node) {
    const auto *statement = castNode(ReindexStmt, node);
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

void plan_cluster(Change &change, Node *node) {
    const auto *statement = castNode(ClusterStmt, node);
    const Oid relid = relation_named(statement->relation);
    if (!OidIsValid(relid)) return;
    for (const LocalShard &shard : local_shards(relid)) {
        auto *copy = castNode(ClusterStmt, copy_of(reinterpret_cast<const Node *>(statement)));
        copy->relation = range_var(shard.relid);
        if (copy->indexname) copy->indexname = pstrdup(table::shard_name(copy->indexname, shard.id));
        push(change, shard, copy);
    }
}

void plan_create_index(Change &change, Node *node) {
    const auto *statement = castNode(IndexStmt, node);
    const Oid relid = relation_named(statement->relation);
    if (!OidIsValid(relid) || !table::is_shell(relid)) return;
    // CONCURRENTLY: the shards follow one by one.
    if (!statement->concurrent) change.completed = relid;
}

void plan_create_statistics(Change &change, Node *node) {
    const List *tables = castNode(CreateStatsStmt, node)->relations;
    if (list_length(tables) != 1 || !IsA(linitial(tables), RangeVar)) return;
    const Oid relid = relation_named(linitial_node(RangeVar, tables));
    if (table::is_shell(relid)) change.completed = relid;
}

struct Planner {
    NodeTag statement;
    void (*plan)(Change &, Node *);
};

constexpr Planner kPlanners[] = {
    {T_AlterTableStmt, plan_alter_table},
    {T_IndexStmt, plan_create_index},
    {T_RenameStmt, plan_rename},
    {T_AlterObjectSchemaStmt, plan_set_schema},
    {T_DropStmt, plan_drop},
    {T_CreateStatsStmt, plan_create_statistics},
    {T_AlterStatsStmt, plan_alter_statistics},
    {T_ReindexStmt, plan_reindex},
    {T_ClusterStmt, plan_cluster},
};

} // namespace

void plan_change(Change &change, Node *statement) {
    for (const Planner &planner : kPlanners)
        if (planner.statement == nodeTag(statement)) planner.plan(change, statement);
}

bool is_administrative(const AlterTableCmd *command) {
    return command->subtype == AT_ChangeOwner || command->subtype == AT_SetTableSpace;
}

Oid relation_named(const RangeVar *name) { return name ? RangeVarGetRelid(name, NoLock, true) : InvalidOid; }

Oid table_of(Oid relid) {
    const char kind = get_rel_relkind(relid);
    return kind == RELKIND_INDEX || kind == RELKIND_PARTITIONED_INDEX ? IndexGetRelation(relid, false) : relid;
}

} // namespace cedro::worker
