// The table of a shard: what its shell says about how rows are stored and checked.
#include "worker/shard_parts.hpp"

#include "pg/list.hpp"
#include "pg/scope.hpp"
#include "pg/text.hpp"

namespace cedro::worker {

namespace {

// A dropped column keeps its place, so that attribute numbers agree.
ColumnDef *placeholder(AttrNumber attribute) {
    auto *column = makeNode(ColumnDef);
    column->colname = psprintf("........citus.dropped.%d........", attribute);
    column->typeName = makeTypeNameFromOid(INT4OID, -1);
    column->is_local = true;
    column->location = -1;
    return column;
}

const char *generation_expression(TupleDesc descriptor, AttrNumber attribute) {
    for (int i = 0; i < descriptor->constr->num_defval; i++)
        if (descriptor->constr->defval[i].adnum == attribute) return descriptor->constr->defval[i].adbin;
    ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("generated column %d has no expression", attribute)));
}

List *columns_of(TupleDesc descriptor) {
    List *columns = NIL;
    for (int i = 0; i < descriptor->natts; i++) {
        const FormData_pg_attribute *attribute = TupleDescAttr(descriptor, i);
        if (attribute->attisdropped) {
            columns = lappend(columns, placeholder(attribute->attnum));
            continue;
        }
        ColumnDef *column = pg::column_definition(*attribute);
        if (attribute->attgenerated) {
            column->generated = attribute->attgenerated;
            column->cooked_default =
                static_cast<Node *>(stringToNode(generation_expression(descriptor, attribute->attnum)));
        }
        columns = lappend(columns, column);
    }
    return columns;
}

List *options_of(Oid relid, const char *space) {
    HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
    if (!HeapTupleIsValid(tuple)) return NIL;
    bool is_null = false;
    Datum options = SysCacheGetAttr(RELOID, tuple, Anum_pg_class_reloptions, &is_null);
    List *result = is_null ? NIL : untransformRelOptions(options);
    for (DefElem *option : pg::ListOf<DefElem>(result)) option->defnamespace = space ? pstrdup(space) : nullptr;
    ReleaseSysCache(tuple);
    return result;
}

// The partition key only exists as text outside the relation that has it.
PartitionSpec *partition_key_of(Relation shell) {
    if (shell->rd_rel->relkind != RELKIND_PARTITIONED_TABLE) return nullptr;
    Datum key = OidFunctionCall1(F_PG_GET_PARTKEYDEF, ObjectIdGetDatum(RelationGetRelid(shell)));
    const char *sql = psprintf("CREATE TABLE t () PARTITION BY %s", TextDatumGetCString(key));
    return castNode(CreateStmt, pg::parse_definition(sql))->partspec;
}

CreateStmt *table_definition(const ShardDraft &draft) {
    Relation shell = draft.shell;
    auto *statement = makeNode(CreateStmt);
    statement->relation = range_var(draft.schema, draft.name);
    statement->relation->relpersistence = shell->rd_rel->relpersistence;
    statement->tableElts = columns_of(RelationGetDescr(shell));
    statement->options = options_of(RelationGetRelid(shell), nullptr);
    if (OidIsValid(shell->rd_rel->reltoastrelid))
        statement->options = list_concat(statement->options, options_of(shell->rd_rel->reltoastrelid, "toast"));
    statement->oncommit = ONCOMMIT_NOOP;
    statement->partspec = partition_key_of(shell);
    if (OidIsValid(shell->rd_rel->reltablespace))
        statement->tablespacename = get_tablespace_name(shell->rd_rel->reltablespace);
    if (OidIsValid(shell->rd_rel->relam) && !statement->partspec)
        statement->accessMethod = get_am_name(shell->rd_rel->relam);
    return statement;
}

void create_toast_table(Oid relid, List *options) {
    static constinit const char *spaces[] = {"toast", nullptr};
    Datum toast = transformRelOptions(0, options, "toast", const_cast<char **>(spaces), true, false);
    heap_reloptions(RELKIND_TOASTVALUE, toast, true);
    NewRelationCreateToastTable(relid, toast);
    CommandCounterIncrement();
}

// ALTER DEFAULT PRIVILEGES must not open a way to the rows around the shell's privileges.
void remove_default_privileges(Oid relid) {
    HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
    bool is_null = false;
    Datum privileges = SysCacheGetAttr(RELOID, tuple, Anum_pg_class_relacl, &is_null);
    if (!is_null) {
        Relation catalog = table_open(RelationRelationId, RowExclusiveLock);
        Datum values[Natts_pg_class] = {};
        bool nulls[Natts_pg_class] = {};
        bool replaces[Natts_pg_class] = {};
        nulls[Anum_pg_class_relacl - 1] = true;
        replaces[Anum_pg_class_relacl - 1] = true;
        HeapTuple changed = heap_modify_tuple(tuple, RelationGetDescr(catalog), values, nulls, replaces);
        CatalogTupleUpdate(catalog, &changed->t_self, changed);
        Oid *members = nullptr;
        const int count = aclmembers(DatumGetAclP(privileges), &members);
        updateAclDependencies(RelationRelationId, relid, 0, reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->relowner,
                              count, members, 0, nullptr);
        table_close(catalog, RowExclusiveLock);
        CommandCounterIncrement();
    }
    ReleaseSysCache(tuple);
}

const char *storage_keyword(char storage) {
    switch (storage) {
    case TYPSTORAGE_PLAIN: return "plain";
    case TYPSTORAGE_EXTERNAL: return "external";
    case TYPSTORAGE_MAIN: return "main";
    default: return "extended";
    }
}

// What CREATE TABLE cannot say about a column.
List *column_commands(Relation shell, Relation shard) {
    List *commands = NIL;
    for (int i = 0; i < RelationGetNumberOfAttributes(shell); i++) {
        const FormData_pg_attribute *wanted = TupleDescAttr(RelationGetDescr(shell), i);
        const FormData_pg_attribute *made = TupleDescAttr(RelationGetDescr(shard), i);
        if (wanted->attisdropped) continue;
        const char *name = NameStr(wanted->attname);
        if (wanted->attnotnull && !made->attnotnull) commands = add_command(commands, AT_SetNotNull, name, nullptr);
        if (wanted->attstorage != made->attstorage)
            commands = add_command(commands, AT_SetStorage, name,
                                   reinterpret_cast<Node *>(makeString(pstrdup(storage_keyword(wanted->attstorage)))));
        if (CompressionMethodIsValid(wanted->attcompression) && wanted->attcompression != made->attcompression)
            commands = add_command(
                commands, AT_SetCompression, name,
                reinterpret_cast<Node *>(makeString(pstrdup(GetCompressionMethodName(wanted->attcompression)))));
        if (wanted->attstattarget >= 0 && wanted->attstattarget != made->attstattarget)
            commands = add_command(commands, AT_SetStatistics, name,
                                   reinterpret_cast<Node *>(makeInteger(wanted->attstattarget)));
        if (List *options = pg::attribute_options(RelationGetRelid(shell), wanted->attnum))
            commands = add_command(commands, AT_SetOptions, name, reinterpret_cast<Node *>(options));
    }
    return commands;
}

// Partitions may have other attribute numbers: there the expression must be parsed anew.
Node *parsed_again(Node *expression, Relation shard) {
    List *context = deparse_context_for(RelationGetRelationName(shard), RelationGetRelid(shard));
    const char *sql = psprintf("ALTER TABLE t ADD CHECK (%s)", deparse_expression(expression, context, false, false));
    auto *statement = castNode(AlterTableStmt, pg::parse_definition(sql));
    return castNode(Constraint, linitial_node(AlterTableCmd, statement->cmds)->def)->raw_expr;
}

Constraint *check_definition(const ConstrCheck &from, const char *name, const AttrMap *same, Relation shard) {
    bool has_whole_row = false;
    Node *expression = map_variable_attnos(static_cast<Node *>(stringToNode(from.ccbin)), 1, 0, same,
                                           shard->rd_rel->reltype, &has_whole_row);
    auto *check = makeNode(Constraint);
    check->contype = CONSTR_CHECK;
    check->conname = pstrdup(name);
    if (shard->rd_rel->relkind == RELKIND_PARTITIONED_TABLE)
        check->raw_expr = parsed_again(expression, shard);
    else
        check->cooked_expr = nodeToString(expression);
    check->is_no_inherit = from.ccnoinherit;
    check->skip_validation = !from.ccvalid;
    check->initially_valid = from.ccvalid;
    check->location = -1;
    return check;
}

// CHECK constraints that the shell has and the shard has not.
List *check_commands(const ShardDraft &draft, Relation shard) {
    const TupleConstr *constraints = RelationGetDescr(draft.shell)->constr;
    if (!constraints || constraints->num_check == 0) return NIL;
    AttrMap *same = build_attrmap_by_name(RelationGetDescr(shard), RelationGetDescr(draft.shell));
    List *commands = NIL;
    for (int i = 0; i < constraints->num_check; i++) {
        const ConstrCheck &from = constraints->check[i];
        const char *name = check_name(draft, from.ccname);
        if (OidIsValid(get_relation_constraint_oid(draft.relid, name, true))) continue;
        Constraint *check = check_definition(from, name, same, shard);
        commands = add_command(commands, AT_AddConstraint, nullptr, reinterpret_cast<Node *>(check));
    }
    return commands;
}

} // namespace

void create_table(ShardDraft &draft) {
    CreateStmt *statement = table_definition(draft);
    draft.relid = DefineRelation(statement, RELKIND_RELATION, draft.shell->rd_rel->relowner, nullptr, nullptr).objectId;
    CommandCounterIncrement();
    create_toast_table(draft.relid, statement->options);
    remove_default_privileges(draft.relid);
    for (int i = 0; i < RelationGetNumberOfAttributes(draft.shell); i++)
        if (TupleDescAttr(RelationGetDescr(draft.shell), i)->attisdropped)
            RemoveAttributeById(draft.relid, static_cast<AttrNumber>(i + 1));
    CommandCounterIncrement();

    complete_table(draft);
}

const char *check_name(const ShardDraft &draft, const char *name) {
    Oid relid = RelationGetRelid(draft.shell);
    int64 shard = draft.id;
    const table::Table *table = table::find(relid);
    const int ordinal = table ? ordinal_of_shard(*table, shard) : -1;
    while (ordinal >= 0 && get_rel_relispartition(relid)) {
        relid = get_partition_parent(relid, true);
        const table::Table *parent = table::find(relid);
        if (!parent || static_cast<size_t>(ordinal) >= parent->shards.size() ||
            !OidIsValid(get_relation_constraint_oid(relid, name, true)))
            break;
        shard = parent->shards[static_cast<size_t>(ordinal)].id;
    }
    return table::shard_name(name, shard);
}

void complete_table(const ShardDraft &draft) {
    List *commands = pg::with_relation(draft.relid, AccessExclusiveLock, [&](Relation shard) {
        List *missing = list_concat(column_commands(draft.shell, shard), check_commands(draft, shard));
        // Without a policy this hides the rows, and the keys in error messages, from
        // everybody but the owner. Statements of users are judged on the shell.
        if (draft.shell->rd_rel->relrowsecurity && !shard->rd_rel->relrowsecurity)
            missing = add_command(missing, AT_EnableRowSecurity, nullptr, nullptr);
        return missing;
    });
    if (commands) alter_table(draft.relid, commands);
}

RangeVar *range_var(const char *schema, const char *name) { return makeRangeVar(pstrdup(schema), pstrdup(name), -1); }

RangeVar *range_var(Oid relid) { return range_var(get_namespace_name(get_rel_namespace(relid)), get_rel_name(relid)); }

void alter_table(Oid relid, List *commands) {
    auto *statement = makeNode(AlterTableStmt);
    statement->relation = range_var(relid);
    statement->cmds = commands;
    statement->objtype = OBJECT_TABLE;
    pg::execute_definition(reinterpret_cast<Node *>(statement));
}

List *add_command(List *commands, AlterTableType type, const char *name, Node *definition) {
    auto *command = makeNode(AlterTableCmd);
    command->subtype = type;
    command->name = name ? pstrdup(name) : nullptr;
    command->def = definition;
    command->behavior = DROP_RESTRICT;
    return lappend(commands, command);
}

int ordinal_of_shard(const table::Table &table, int64 shard) {
    for (size_t i = 0; i < table.shards.size(); i++)
        if (table.shards[i].id == shard) return static_cast<int>(i);
    return -1;
}

} // namespace cedro::worker
