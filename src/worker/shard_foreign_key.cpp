// Foreign keys between shards: to the shard of the same ordinal of a co-located
// table, or to this node's placement of a reference table.
#include "worker/shard.hpp"

#include "pg/catalog.hpp"
#include "pg/list.hpp"
#include "pg/text.hpp"
#include "worker/shard_parts.hpp"
#include "worker/shard_scope.hpp"

namespace cedro::worker {

namespace {

// A row of pg_constraint, copied.
struct ForeignKey {
    const char *name;
    Oid referencing;
    Oid referenced;
    Form_pg_constraint form;
    HeapTuple tuple;
};

// Foreign keys of a table, or to it, that are not copies of a partitioned table's.
pg::Vector<ForeignKey> foreign_keys(Oid shell, bool is_referenced) {
    pg::Vector<ForeignKey> keys;
    Relation catalog = table_open(ConstraintRelationId, AccessShareLock);
    ScanKeyData key;
    ScanKeyInit(&key, is_referenced ? Anum_pg_constraint_confrelid : Anum_pg_constraint_conrelid, BTEqualStrategyNumber,
                F_OIDEQ, ObjectIdGetDatum(shell));
    SysScanDesc rows = systable_beginscan(catalog, is_referenced ? InvalidOid : ConstraintRelidTypidNameIndexId,
                                          !is_referenced, nullptr, 1, &key);
    while (HeapTuple tuple = systable_getnext(rows)) {
        auto *form = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple));
        if (form->contype != CONSTRAINT_FOREIGN || OidIsValid(form->conparentid)) continue;
        if (is_referenced && form->conrelid == shell) continue; // seen from the other side
        HeapTuple copy = heap_copytuple(tuple);
        form = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(copy));
        keys.push({pstrdup(NameStr(form->conname)), form->conrelid, form->confrelid, form, copy});
    }
    systable_endscan(rows);
    table_close(catalog, AccessShareLock);
    return keys;
}

List *column_names(Oid relid, const AttrNumber *columns, int count) {
    List *names = NIL;
    for (int i = 0; i < count; i++) names = lappend(names, makeString(get_attname(relid, columns[i], false)));
    return names;
}

// SET DEFAULT reads the default from the table the trigger works on.
List *default_commands(const ForeignKey &key, const AttrNumber *columns, int count) {
    if (key.form->confdeltype != FKCONSTR_ACTION_SETDEFAULT && key.form->confupdtype != FKCONSTR_ACTION_SETDEFAULT)
        return NIL;
    return pg::with_relation(key.referencing, AccessShareLock, [&](Relation shell) {
        List *commands = NIL;
        const TupleConstr *constraints = RelationGetDescr(shell)->constr;
        for (int d = 0; constraints && d < constraints->num_defval; d++) {
            const AttrNumber column = constraints->defval[d].adnum;
            if (std::find(columns, columns + count, column) == columns + count) continue;
            commands = add_command(commands, AT_CookedColumnDefault, get_attname(key.referencing, column, false),
                                   static_cast<Node *>(stringToNode(constraints->defval[d].adbin)));
            llast_node(AlterTableCmd, commands)->num = column;
        }
        return commands;
    });
}

Constraint *definition_of(const ForeignKey &key, Oid referenced_shard, const char *name, List **columns_with_default) {
    int count = 0;
    int set_count = 0;
    AttrNumber columns[INDEX_MAX_KEYS];
    AttrNumber referenced_columns[INDEX_MAX_KEYS];
    AttrNumber set_columns[INDEX_MAX_KEYS];
    Oid operators[3][INDEX_MAX_KEYS];
    DeconstructFkConstraintRow(key.tuple, &count, columns, referenced_columns, operators[0], operators[1], operators[2],
                               &set_count, set_columns);
    *columns_with_default = default_commands(key, columns, count);

    auto *constraint = makeNode(Constraint);
    constraint->contype = CONSTR_FOREIGN;
    constraint->conname = pstrdup(name);
    constraint->deferrable = key.form->condeferrable;
    constraint->initdeferred = key.form->condeferred;
    constraint->pktable = range_var(referenced_shard);
    constraint->fk_attrs = column_names(key.referencing, columns, count);
    constraint->pk_attrs = column_names(key.referenced, referenced_columns, count);
    constraint->fk_matchtype = key.form->confmatchtype;
    constraint->fk_upd_action = key.form->confupdtype;
    constraint->fk_del_action = key.form->confdeltype;
    constraint->fk_del_set_cols = column_names(key.referencing, set_columns, set_count);
    constraint->skip_validation = !key.form->convalidated;
    constraint->initially_valid = key.form->convalidated;
    constraint->location = -1;
    return constraint;
}

// As the owner of the referencing table, who needs rights on the referenced one
// that the shell may have granted and the shard has not.
void create(const ForeignKey &key, Oid shard, Oid referenced_shard, const char *name) {
    List *commands = NIL;
    Constraint *constraint = definition_of(key, referenced_shard, name, &commands);
    commands = add_command(commands, AT_AddConstraint, nullptr, reinterpret_cast<Node *>(constraint));
    const Grant grants[] = {{"USAGE", OBJECT_SCHEMA, get_rel_namespace(shard)},
                            {"USAGE", OBJECT_SCHEMA, get_rel_namespace(referenced_shard)},
                            {"REFERENCES", OBJECT_TABLE, referenced_shard},
                            {"SELECT", OBJECT_TABLE, referenced_shard}};
    as_role(owner_of(shard), grants, [&] { alter_table(shard, commands); });
}

// The ordinal that rows of one ordinal refer to; -1 when that is another node's matter.
int referenced_ordinal(const table::Table &from, const table::Table &to, int ordinal) {
    if (to.kind == table::Kind::Reference || to.kind == table::Kind::Local) return 0;
    if (from.colocation == to.colocation && from.colocation != 0) return ordinal;
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                    errmsg("cannot enforce a foreign key from \"%s\" to \"%s\"", get_rel_name(from.relid),
                           get_rel_name(to.relid)),
                    errdetail("The rows of the two tables do not lie together."),
                    errhint("Distribute the tables by the referencing columns in one co-location group, or make the "
                            "referenced table a reference table.")));
}

// Makes the key between one shard and what it refers to, where both are here and it is missing.
void create_for(const ForeignKey &key, const table::Table &from, const table::Table &to, int ordinal) {
    const Oid shard = table::shard_relid(from, ordinal);
    const Oid referenced_shard = table::shard_relid(to, referenced_ordinal(from, to, ordinal));
    if (!OidIsValid(shard) || !OidIsValid(referenced_shard)) return;
    const char *name = table::shard_name(key.name, from.shards[static_cast<size_t>(ordinal)].id);
    if (OidIsValid(get_relation_constraint_oid(shard, name, true))) return;
    create(key, shard, referenced_shard, name);
}

void create_outgoing(const table::Table &table, std::span<const int64> shards) {
    for (const ForeignKey &key : foreign_keys(table.relid, false)) {
        const table::Table *to = table::find(key.referenced);
        if (!to)
            ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                            errmsg("cannot enforce foreign key \"%s\" of distributed table \"%s\"", key.name,
                                   get_rel_name(table.relid)),
                            errdetail("The referenced table \"%s\" is not distributed.", get_rel_name(key.referenced)),
                            errhint("Make it a reference table with create_reference_table().")));
        for (int64 shard : shards)
            if (const int ordinal = ordinal_of_shard(table, shard); ordinal >= 0) create_for(key, table, *to, ordinal);
    }
}

void create_incoming(const table::Table &table, std::span<const int64> shards) {
    for (const ForeignKey &key : foreign_keys(table.relid, true)) {
        const table::Table *from = table::find(key.referencing);
        if (!from) continue;
        for (int ordinal = 0; ordinal < static_cast<int>(from->shards.size()); ordinal++) {
            const int target = referenced_ordinal(*from, table, ordinal);
            const int64 id = table.shards[static_cast<size_t>(target)].id;
            if (std::find(shards.begin(), shards.end(), id) != shards.end()) create_for(key, *from, table, ordinal);
        }
    }
}

} // namespace

void create_foreign_keys(Oid shell, std::span<const int64> shards) {
    as_definer([&] {
        const table::Table &table = table::get(shell);
        create_outgoing(table, shards);
        create_incoming(table, shards);
    });
}

} // namespace cedro::worker
