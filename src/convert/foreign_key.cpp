#include "convert/foreign_key.hpp"

#include "pg/array.hpp"
#include "pg/catalog.hpp"
#include "pg/inheritance.hpp"

namespace cedro::convert {

namespace {

std::span<const AttrNumber> columns_in(HeapTuple tuple, AttrNumber attribute) {
    bool is_null = false;
    const Datum value = SysCacheGetAttr(CONSTROID, tuple, attribute, &is_null);
    if (is_null) return {};
    ArrayType *array = DatumGetArrayTypePCopy(value);
    return {reinterpret_cast<const AttrNumber *>(ARR_DATA_PTR(array)), static_cast<size_t>(ARR_DIMS(array)[0])};
}

ForeignKey read(HeapTuple tuple) {
    auto *form = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple));
    return {pstrdup(NameStr(form->conname)),
            form->conrelid,
            form->confrelid,
            columns_in(tuple, Anum_pg_constraint_conkey),
            columns_in(tuple, Anum_pg_constraint_confkey),
            form->confupdtype,
            form->confdeltype,
            columns_in(tuple, Anum_pg_constraint_confdelsetcols)};
}

pg::Vector<ForeignKey> foreign_keys(AttrNumber attribute, Oid relid) {
    pg::Vector<ForeignKey> keys;
    Relation constraints = table_open(ConstraintRelationId, AccessShareLock);
    ScanKeyData key;
    ScanKeyInit(&key, attribute, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relid));
    const bool has_index = attribute == Anum_pg_constraint_conrelid;
    SysScanDesc rows = systable_beginscan(constraints, has_index ? ConstraintRelidTypidNameIndexId : InvalidOid,
                                          has_index, nullptr, 1, &key);
    while (HeapTuple tuple = systable_getnext(rows)) {
        auto *form = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple));
        if (form->contype != CONSTRAINT_FOREIGN || OidIsValid(form->conparentid)) continue;
        if (attribute == Anum_pg_constraint_confrelid && form->conrelid == relid) continue;
        keys.push(read(tuple));
    }
    systable_endscan(rows);
    table_close(constraints, AccessShareLock);
    return keys;
}

Oid topmost(Oid relid) {
    if (!get_rel_relispartition(relid)) return relid;
    List *ancestors = get_partition_ancestors(relid);
    return ancestors == NIL ? relid : llast_oid(ancestors);
}

/// One side of a foreign key as it would be after the conversion.
struct Side {
    bool is_managed;
    table::Kind kind;
    int32 colocation;
    AttrNumber key;
};

Side side_of(Oid relid) {
    const table::Table *table = table::find(relid);
    if (!table) return {false, table::Kind::Local, 0, 0};
    return {true, table->kind, table->colocation, table->key};
}

bool is_sharded(const Side &side) {
    return side.is_managed && (side.kind == table::Kind::Hash || side.kind == table::Kind::Single);
}

[[noreturn]] void refuse(const ForeignKey &key, const char *detail, const char *hint) {
    ereport(ERROR, (errcode(ERRCODE_INVALID_FOREIGN_KEY),
                    errmsg("foreign key \"%s\" of table \"%s\" cannot be enforced", key.name, get_rel_name(key.from)),
                    errdetail_internal("%s", detail), errhint("%s", hint)));
}

bool has_at(std::span<const AttrNumber> columns, AttrNumber column, std::span<const AttrNumber> others,
            AttrNumber other) {
    for (size_t i = 0; i < columns.size(); i++)
        if (columns[i] == column && others[i] == other) return true;
    return false;
}

void check_actions(const ForeignKey &key, const Side &from) {
    if (from.kind != table::Kind::Hash || std::ranges::find(key.from_columns, from.key) == key.from_columns.end()) return;
    const bool moves_on_update = key.on_update == FKCONSTR_ACTION_CASCADE || key.on_update == FKCONSTR_ACTION_SETNULL ||
                                 key.on_update == FKCONSTR_ACTION_SETDEFAULT;
    if (!moves_on_update && !key.sets(from.key)) return;
    refuse(key, psprintf("Its action would change the distribution column \"%s\", so rows would change their shard.",
                         get_attname(key.from, from.key, false)),
           "Use NO ACTION, RESTRICT, or ON DELETE CASCADE.");
}

void check_between_shards(const ForeignKey &key, const Side &from, const Side &to) {
    const char *target = get_rel_name(key.to);
    if (from.colocation != to.colocation)
        refuse(key, psprintf("Table \"%s\" is distributed in another way, so rows that belong together lie on different nodes.",
                             target),
               psprintf("Co-locate the tables with colocate_with => '%s', or make \"%s\" a reference table.", target,
                        target));
    if (from.kind == table::Kind::Hash && !has_at(key.from_columns, from.key, key.to_columns, to.key))
        refuse(key, psprintf("It does not refer from one distribution column to the other: \"%s\" of \"%s\".",
                             get_attname(key.to, to.key, false), target),
               psprintf("Let the foreign key contain both distribution columns, or make \"%s\" a reference table.",
                        target));
}

void check(const ForeignKey &key, const Side &from, const Side &to) {
    check_actions(key, from);
    const char *target = get_rel_name(key.to);
    if (to.is_managed && to.kind == table::Kind::Reference) return;
    if (is_sharded(from)) {
        if (is_sharded(to)) return check_between_shards(key, from, to);
        refuse(key, psprintf("Table \"%s\" is not distributed.", target),
               psprintf("Make \"%s\" a reference table with create_reference_table(), or distribute it by the column "
                        "that is referred to.",
                        target));
    }
    if (!from.is_managed) return; // enforced when it is converted in turn
    if (is_sharded(to))
        refuse(key, psprintf("The rows of \"%s\" are distributed and do not lie beside those of \"%s\".", target, get_rel_name(key.from)),
               psprintf("Make \"%s\" a reference table, or drop the foreign key.", target));
    // Reference to local: the placement on the coordinator checks for all of them, and must not change rows by itself.
    const bool is_passive = (key.on_delete == FKCONSTR_ACTION_NOACTION || key.on_delete == FKCONSTR_ACTION_RESTRICT) &&
                            (key.on_update == FKCONSTR_ACTION_NOACTION || key.on_update == FKCONSTR_ACTION_RESTRICT);
    if (from.kind == table::Kind::Reference && !is_passive)
        refuse(key, psprintf("Table \"%s\" lies on the coordinator only, so its action would change one copy of \"%s\".",
                             target, get_rel_name(key.from)),
               "Use NO ACTION or RESTRICT.");
}

void push_once(pg::Vector<Oid> &relids, Oid relid) {
    if (!relids.contains(relid)) relids.push(relid);
}

} // namespace

bool ForeignKey::sets(AttrNumber column) const {
    if (on_delete != FKCONSTR_ACTION_SETNULL && on_delete != FKCONSTR_ACTION_SETDEFAULT) return false;
    return delete_columns.empty() || std::ranges::find(delete_columns, column) != delete_columns.end();
}

pg::Vector<ForeignKey> foreign_keys_of(Oid relid) { return foreign_keys(Anum_pg_constraint_conrelid, relid); }

pg::Vector<ForeignKey> foreign_keys_to(Oid relid) { return foreign_keys(Anum_pg_constraint_confrelid, relid); }

void require_enforceable_foreign_keys(Oid relid, const Layout &layout, AttrNumber key) {
    const Side self{true, layout.kind, layout.colocation, key};
    for (const ForeignKey &each : foreign_keys_of(relid)) check(each, self, each.to == relid ? self : side_of(each.to));
    for (const ForeignKey &each : foreign_keys_to(relid)) check(each, side_of(each.from), self);
}

void require_enforceable_foreign_keys(Oid relid) {
    const table::Table &table = table::get(relid);
    const Layout layout{table.kind, nullptr, table.colocation, std::nullopt, false, false, {}};
    require_enforceable_foreign_keys(relid, layout, table.key);
}

bool refers_to_shards(Oid relid) {
    return std::ranges::any_of(foreign_keys_of(relid), [](const ForeignKey &key) { return is_sharded(side_of(key.to)); });
}

void tell_of_waiting(const ForeignKey &key) {
    ereport(NOTICE, (errmsg("foreign key \"%s\" finds no rows of \"%s\" until table \"%s\" is distributed too", key.name,
                            get_rel_name(key.to), get_rel_name(key.from))));
}

pg::Vector<Oid> plain_neighbours(Oid relid) {
    pg::Vector<Oid> relids;
    auto add = [&](Oid other) {
        const Oid top = topmost(other);
        if (top != relid && !table::is_shell(top)) push_once(relids, top);
    };
    for (const ForeignKey &each : foreign_keys_of(relid)) add(each.to);
    for (const ForeignKey &each : foreign_keys_to(relid)) add(each.from);
    return relids;
}

pg::Vector<Oid> connected_tables(Oid relid) {
    pg::Vector<Oid> relids;
    relids.push(topmost(relid));
    for (size_t i = 0; i < relids.size(); i++) {
        const Oid current = relids[i];
        for (const ForeignKey &each : foreign_keys_of(current)) push_once(relids, topmost(each.to));
        for (const ForeignKey &each : foreign_keys_to(current)) push_once(relids, topmost(each.from));
    }
    std::sort(relids.begin(), relids.end());
    return relids;
}

} // namespace cedro::convert
