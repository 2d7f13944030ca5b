#include "convert/checks.hpp"

#include "pg/catalog.hpp"
#include "pg/inheritance.hpp"
#include "pg/list.hpp"
#include "pg/scope.hpp"
#include "pg/trigger.hpp"
#include "table/key_type.hpp"
#include "table/table.hpp"

namespace cedro::convert {

namespace {

[[noreturn]] void refuse(const char *message, const char *hint) {
    ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg_internal("%s", message), errhint("%s", hint)));
}

bool has_user_trigger(Relation relation) {
    const TriggerDesc *triggers = relation->trigdesc;
    for (int i = 0; triggers && i < triggers->numtriggers; i++)
        if (!triggers->triggers[i].tgisinternal) return true;
    return false;
}

bool is_extension_member(Oid relid) { return OidIsValid(getExtensionOfObject(RelationRelationId, relid)); }

void require_kind(Relation relation) {
    const char *name = RelationGetRelationName(relation);
    const char kind = relation->rd_rel->relkind;
    if (kind == RELKIND_FOREIGN_TABLE)
        refuse(psprintf("foreign table \"%s\" cannot be managed by the cluster", name),
               "Import its rows into an ordinary table.");
    if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE)
        ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is not a table", name),
                        errdetail("Only ordinary and partitioned tables can be distributed.")));
    if (IsCatalogRelation(relation) || IsToastRelation(relation) || RelationGetRelid(relation) < FirstNormalObjectId)
        ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("\"%s\" is a system catalog", name),
                        errdetail("Catalogs cannot be distributed.")));
    if (is_extension_member(RelationGetRelid(relation)))
        refuse(psprintf("table \"%s\" belongs to an extension and cannot be managed by the cluster", name),
               "Detach it with ALTER EXTENSION … DROP TABLE first.");
    if (relation->rd_rel->relpersistence == RELPERSISTENCE_TEMP)
        refuse(psprintf("temporary table \"%s\" cannot be managed by the cluster", name),
               "A temporary table exists in its session only. Use an ordinary or an unlogged table.");
}

// Partitions come with their parents; inheritance of the old kind is not carried over.
void require_no_inheritance(Relation relation) {
    const Oid relid = RelationGetRelid(relation);
    const char *name = RelationGetRelationName(relation);
    const bool is_partitioned = relation->rd_rel->relkind == RELKIND_PARTITIONED_TABLE;
    if (!is_partitioned && has_subclass(relid) && find_inheritance_children(relid, NoLock) != NIL)
        refuse(psprintf("table \"%s\" has tables that inherit from it", name),
               "Use declarative partitioning, or end the inheritance with ALTER TABLE … NO INHERIT.");
    if (!relation->rd_rel->relispartition && has_superclass(relid))
        refuse(psprintf("table \"%s\" inherits from another table", name),
               "Use declarative partitioning, or end the inheritance with ALTER TABLE … NO INHERIT.");
}

// Whether the column takes part in an index as itself, compared by equality as its hash sees it.
bool index_holds(Relation index, AttrNumber key, Oid key_collation, pg::FunctionRef<bool(int)> is_equality) {
    const Form_pg_index form = index->rd_index;
    for (int i = 0; i < form->indnkeyatts; i++) {
        if (form->indkey.values[i] != key || !is_equality(i)) continue;
        const Oid collation = index->rd_indcollation[i];
        if (collation == key_collation || !OidIsValid(key_collation)) return true;
        if (get_collation_isdeterministic(collation) && get_collation_isdeterministic(key_collation)) return true;
    }
    return false;
}

bool exclusion_holds(Relation index, AttrNumber key, Oid key_collation) {
    Oid *operators;
    Oid *procedures;
    uint16 *strategies;
    RelationGetExclusionInfo(index, &operators, &procedures, &strategies);
    return index_holds(index, key, key_collation,
                       [&](int i) { return op_hashjoinable(operators[i], get_atttype(RelationGetRelid(index),
                                                                                    static_cast<AttrNumber>(i + 1))); });
}

void require_enforceable(Relation relation, Oid index_relid, AttrNumber key) {
    Relation index = index_open(index_relid, AccessShareLock);
    const Form_pg_index form = index->rd_index;
    Oid type;
    int32 type_modifier;
    Oid collation;
    get_atttypetypmodcoll(RelationGetRelid(relation), key, &type, &type_modifier, &collation);
    const char *key_name = get_attname(RelationGetRelid(relation), key, false);
    if (form->indisexclusion && !exclusion_holds(index, key, collation))
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                        errmsg("exclusion constraint \"%s\" cannot be enforced over the shards of table \"%s\"",
                               RelationGetRelationName(index), RelationGetRelationName(relation)),
                        errdetail("Rows that it compares may lie in different shards."),
                        errhint("Let the constraint contain the distribution column as \"%s WITH =\".", key_name)));
    if (form->indisunique && !index_holds(index, key, collation, [](int) { return true; })) {
        if (!form->indimmediate)
            ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                            errmsg("deferrable constraint \"%s\" cannot be enforced over the shards of table \"%s\"",
                                   RelationGetRelationName(index), RelationGetRelationName(relation)),
                            errhint("Make it NOT DEFERRABLE, or let it contain the distribution column \"%s\".",
                                    key_name)));
    }
    index_close(index, NoLock);
}

} // namespace

pg::Vector<Oid> lock_with_partitions(Oid relid) {
    LockRelationOid(relid, AccessExclusiveLock);
    if (!SearchSysCacheExists1(RELOID, ObjectIdGetDatum(relid)))
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE), errmsg("relation with OID %u does not exist", relid),
                        errdetail("It was dropped by another session.")));
    pg::Vector<Oid> relids;
    for (Oid each : pg::OidsOf(find_all_inheritors(relid, AccessExclusiveLock, nullptr))) relids.push(each);
    return relids;
}

void require_owner(Oid relid) {
    if (pg::is_owner_of_table(relid, GetUserId())) return;
    aclcheck_error(ACLCHECK_NOT_OWNER, get_relkind_objtype(get_rel_relkind(relid)), get_rel_name(relid));
}

void require_manageable(Relation relation) {
    require_kind(relation);
    require_no_inheritance(relation);
    const char *name = RelationGetRelationName(relation);
    if (has_user_trigger(relation))
        refuse(psprintf("table \"%s\" has triggers", name),
               "Triggers are not run on shards yet. Drop them, and keep what they do in the application.");
    if (relation->rd_rules && relation->rd_rules->numLocks > 0)
        refuse(psprintf("table \"%s\" has rules", name), "Drop the rules.");
}

void require_not_distributed(Oid relid) {
    const table::Table *table = table::find(relid);
    if (!table || table->kind == table::Kind::Local) return;
    ereport(ERROR, (errcode(ERRCODE_INVALID_TABLE_DEFINITION),
                    errmsg("table \"%s\" is already distributed", get_rel_name(relid)),
                    errhint("Use undistribute_table() first to distribute it in another way.")));
}

AttrNumber require_key_column(Relation relation, const char *name) {
    const Oid relid = RelationGetRelid(relation);
    const char *table = RelationGetRelationName(relation);
    const AttrNumber column = get_attnum(relid, name);
    if (column == InvalidAttrNumber)
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
                        errmsg("column \"%s\" of relation \"%s\" does not exist", name, table)));
    if (column < 0)
        refuse(psprintf("system column \"%s\" of table \"%s\" cannot be the distribution column", name, table),
               "Choose a column of your own.");
    const Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(relation), column - 1);
    if (attribute->attgenerated != '\0')
        refuse(psprintf("generated column \"%s\" of table \"%s\" cannot be the distribution column", name, table),
               "Distribute by one of the columns that it is computed from.");
    if (attribute->atttypid == NUMERICOID && attribute->atttypmod >= 0 &&
        pg::numeric_scale(attribute->atttypmod) < 0)
        refuse(psprintf("column \"%s\" of table \"%s\" rounds its values (negative scale) and cannot be the "
                        "distribution column",
                        name, table),
               "Choose a column whose values are kept as they come.");
    if (!table::key_family(attribute->atttypid, attribute->attcollation))
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_FUNCTION),
                        errmsg("type %s of column \"%s\" has no hash function", format_type_be(attribute->atttypid), name),
                        errdetail("The distribution column needs a type with a default hash operator class.")));
    if (table::is_node_dependent(attribute->atttypid))
        refuse(psprintf("column \"%s\" of type %s cannot be the distribution column", name,
                        format_type_be(attribute->atttypid)),
               "Its values hash differently on each node. Choose a column of another type.");
    return column;
}

void require_enforceable_keys(Relation relation, AttrNumber key) {
    if (key == InvalidAttrNumber) return;
    for (Oid index : pg::OidsOf(RelationGetIndexList(relation))) require_enforceable(relation, index, key);
}

} // namespace cedro::convert
