#include "worker/shard_names.hpp"

#include "pg/catalog.hpp"
#include "pg/list.hpp"
#include "pg/walk.hpp"

namespace cedro::worker {

namespace {

char *shard_name(const LocalShard &shard, const char *name) { return pstrdup(table::shard_name(name, shard.id)); }

// t.column and schema.t.column, or t as a whole row where no column has that name.
void rename_reference(ColumnRef *reference, const LocalShard &shard) {
    const int count = list_length(reference->fields);
    if (!IsA(llast(reference->fields), String) && count == 1) return;
    const char *shell = get_rel_name(shard.table->relid);
    const bool is_whole_row = count == 1 && get_attnum(shard.table->relid, strVal(linitial(reference->fields))) == 0;
    const int position = count == 1 ? (is_whole_row ? 0 : -1) : count - 2;
    if (position < 0 || !IsA(list_nth(reference->fields, position), String)) return;
    if (strcmp(strVal(list_nth(reference->fields, position)), shell) != 0) return;
    lfirst(list_nth_cell(reference->fields, position)) = makeString(pstrdup(get_rel_name(shard.relid)));
}

bool rename_step(Node *node, void *argument) {
    if (!node) return false;
    if (IsA(node, ColumnRef)) {
        rename_reference(reinterpret_cast<ColumnRef *>(node), *static_cast<const LocalShard *>(argument));
        return false;
    }
    return raw_expression_tree_walker(node, pg::as_walker(rename_step), argument);
}

// What an added column is on a shard: its constraints come from the shell
// afterwards; NOT NULL, the default that fills old rows and a generation stay.
AlterTableCmd *added_column(AlterTableCmd *command, const LocalShard &shard) {
    auto *column = castNode(ColumnDef, command->def);
    List *kept = NIL;
    for (Constraint *each : pg::ListOf<Constraint>(column->constraints)) {
        switch (each->contype) {
        case CONSTR_GENERATED: rename_references(each->raw_expr, shard); [[fallthrough]];
        case CONSTR_NULL:
        case CONSTR_NOTNULL:
        case CONSTR_DEFAULT: kept = lappend(kept, each); break;
        default: break;
        }
    }
    column->constraints = kept;
    return command;
}

// UNIQUE and PRIMARY KEY over an index that is already there take that index
// along; all other constraints are made from the shell's afterwards.
AlterTableCmd *added_constraint(AlterTableCmd *command, const LocalShard &shard) {
    auto *constraint = castNode(Constraint, command->def);
    if (!constraint->indexname) return nullptr;
    constraint->conname = shard_name(shard, constraint->conname ? constraint->conname : constraint->indexname);
    constraint->indexname = shard_name(shard, constraint->indexname);
    return command;
}

AlterTableCmd *changed_default(AlterTableCmd *command, const LocalShard &shard) {
    // Only a column that has a default on the shard (a foreign key needs it) follows.
    const AttrNumber column = command->name ? get_attnum(shard.relid, command->name) : command->num;
    bool has_default = false;
    HeapTuple tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(shard.relid), Int16GetDatum(column));
    if (HeapTupleIsValid(tuple)) {
        const auto *attribute = reinterpret_cast<Form_pg_attribute>(GETSTRUCT(tuple));
        has_default = attribute->atthasdef && !attribute->attgenerated;
        ReleaseSysCache(tuple);
    }
    return has_default ? command : nullptr;
}

AlterTableCmd *detached_partition(AlterTableCmd *command, const LocalShard &shard) {
    const table::Table &partition = table::get(distributed_partition(command));
    castNode(PartitionCmd, command->def)->name = range_var(table::shard_relid(partition, shard.ordinal));
    return command;
}

// The first answer of visit over the constraints of a table.
const char *shell_constraint(Oid shell, pg::FunctionRef<const char *(const FormData_pg_constraint &)> visit) {
    Relation catalog = table_open(ConstraintRelationId, AccessShareLock);
    ScanKeyData key;
    ScanKeyInit(&key, Anum_pg_constraint_conrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(shell));
    SysScanDesc rows = systable_beginscan(catalog, ConstraintRelidTypidNameIndexId, true, nullptr, 1, &key);
    const char *answer = nullptr;
    while (HeapTuple tuple = answer ? nullptr : systable_getnext(rows))
        answer = visit(*reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple)));
    systable_endscan(rows);
    table_close(catalog, AccessShareLock);
    return answer;
}

// The name that a shard's constraint should have: that of the shell's
// constraint it stands for; nullptr when there is none.
const char *wanted_name(const ShardDraft &draft, const char *name, char type) {
    const char *suffix = strrchr(name, '_');
    if (!suffix || strspn(suffix + 1, "0123456789") != strlen(suffix + 1) || suffix[1] == '\0') return nullptr;
    const int64 id = pg_strtoint64(suffix + 1);
    return shell_constraint(RelationGetRelid(draft.shell), [&](const FormData_pg_constraint &each) -> const char * {
        if (each.contype != type || strcmp(table::shard_name(NameStr(each.conname), id), name) != 0) return nullptr;
        return type == CONSTRAINT_CHECK ? check_name(draft, NameStr(each.conname))
                                        : table::shard_name(NameStr(each.conname), draft.id);
    });
}

} // namespace

pg::Vector<LocalShard> local_shards(Oid shell) {
    pg::Vector<LocalShard> shards;
    const table::Table *table = table::find(shell);
    if (!table) return shards;
    for (int ordinal = 0; ordinal < static_cast<int>(table->shards.size()); ordinal++)
        if (const Oid relid = table::shard_relid(*table, ordinal); OidIsValid(relid))
            shards.push({table, ordinal, table->shards[static_cast<size_t>(ordinal)].id, relid});
    return shards;
}

const char *constraint_on(const LocalShard &shard, const char *name) {
    Oid shell = shard.table->relid;
    int64 id = shard.id;
    while (!OidIsValid(get_relation_constraint_oid(shard.relid, table::shard_name(name, id), true))) {
        if (!get_rel_relispartition(shell)) return table::shard_name(name, shard.id);
        shell = get_partition_parent(shell, true);
        const table::Table *parent = table::find(shell);
        if (!parent || static_cast<size_t>(shard.ordinal) >= parent->shards.size()) break;
        id = parent->shards[static_cast<size_t>(shard.ordinal)].id;
    }
    return table::shard_name(name, id);
}

Oid distributed_partition(const AlterTableCmd *command) {
    const auto *partition = castNode(PartitionCmd, command->def);
    if (partition->concurrent)
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                        errmsg("cannot detach a partition of a distributed table concurrently"),
                        errhint("Use DETACH PARTITION without CONCURRENTLY.")));
    const Oid relid = RangeVarGetRelid(partition->name, NoLock, false);
    if (!table::is_shell(relid))
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("partition \"%s\" is not distributed like its table", get_rel_name(relid))));
    return relid;
}

void rename_constraints(const ShardDraft &draft) {
    Relation catalog = table_open(ConstraintRelationId, AccessShareLock);
    ScanKeyData key;
    ScanKeyInit(&key, Anum_pg_constraint_conrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(draft.relid));
    SysScanDesc rows = systable_beginscan(catalog, ConstraintRelidTypidNameIndexId, true, nullptr, 1, &key);
    List *renames = NIL;
    while (HeapTuple tuple = systable_getnext(rows)) {
        const auto *form = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple));
        if (form->contype != CONSTRAINT_CHECK && form->contype != CONSTRAINT_FOREIGN) continue;
        const char *wanted = wanted_name(draft, NameStr(form->conname), form->contype);
        if (!wanted || strcmp(wanted, NameStr(form->conname)) == 0) continue;
        auto *rename = makeNode(RenameStmt);
        rename->renameType = OBJECT_TABCONSTRAINT;
        rename->relation = range_var(draft.relid);
        rename->subname = pstrdup(NameStr(form->conname));
        rename->newname = pstrdup(wanted);
        renames = lappend(renames, rename);
    }
    systable_endscan(rows);
    table_close(catalog, AccessShareLock);
    for (Node *rename : pg::ListOf<Node>(renames)) pg::execute_definition(rename);
}

void rename_references(Node *expression, const LocalShard &shard) {
    rename_step(expression, const_cast<LocalShard *>(&shard));
}

AlterTableCmd *command_on(const AlterTableCmd *original, const LocalShard &shard) {
    auto *command = static_cast<AlterTableCmd *>(copyObjectImpl(original));
    switch (command->subtype) {
    case AT_AddColumn: return added_column(command, shard);
    case AT_AddConstraint: return added_constraint(command, shard);
    case AT_ColumnDefault: return changed_default(command, shard);
    case AT_DetachPartition: return detached_partition(command, shard);
    case AT_AlterColumnType: rename_references(castNode(ColumnDef, command->def)->raw_default, shard); return command;
    case AT_DropConstraint:
        command->missing_ok = true; // a foreign key to another node's table is not here
        [[fallthrough]];
    case AT_ValidateConstraint: command->name = pstrdup(constraint_on(shard, command->name)); return command;
    case AT_AlterConstraint: {
        auto *constraint = castNode(Constraint, command->def);
        constraint->conname = pstrdup(constraint_on(shard, constraint->conname));
        return command;
    }
    case AT_ClusterOn: command->name = shard_name(shard, command->name); return command;
    case AT_ReplicaIdentity:
        if (auto *identity = castNode(ReplicaIdentityStmt, command->def); identity->name)
            identity->name = shard_name(shard, identity->name);
        return command;
    case AT_DropNotNull:
    case AT_SetNotNull:
    case AT_DropExpression:
    case AT_SetStatistics:
    case AT_SetOptions:
    case AT_ResetOptions:
    case AT_SetStorage:
    case AT_SetCompression:
    case AT_DropColumn:
    case AT_ChangeOwner:
    case AT_DropCluster:
    case AT_SetLogged:
    case AT_SetUnLogged:
    case AT_SetAccessMethod:
    case AT_SetTableSpace:
    case AT_SetRelOptions:
    case AT_ResetRelOptions:
    case AT_EnableRowSecurity:
    case AT_DisableRowSecurity: return command;
    case AT_AddIdentity:
    case AT_SetIdentity:
    case AT_DropIdentity:
    case AT_ForceRowSecurity:
    case AT_NoForceRowSecurity:
    case AT_AddOf:
    case AT_DropOf: return nullptr; // the shell's alone
    default:
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                        errmsg("this ALTER TABLE command is not supported for distributed tables")));
    }
}

} // namespace cedro::worker
