#include "planner/returning.hpp"

#include "pg/catalog.hpp"
#include "pg/list.hpp"
#include "pg/scope.hpp"
#include "pg/walk.hpp"

namespace cedro::planner {

namespace {

Var *table_column(Index index, Oid relid, AttrNumber attribute) {
    Oid type;
    int32 modifier;
    Oid collation;
    if (attribute > 0) {
        get_atttypetypmodcoll(relid, attribute, &type, &modifier, &collation);
    } else {
        const FormData_pg_attribute *system = SystemAttributeDefinition(attribute);
        type = system->atttypid;
        modifier = system->atttypmod;
        collation = system->attcollation;
    }
    return makeVar(index, attribute, type, modifier, collation, 0);
}

} // namespace

Node *ReturnedColumns::column(AttrNumber attribute, const Var *like) {
    // All shards of a table are the table; partitions are known by their names.
    const bool is_tableoid = attribute == TableOidAttributeNumber;
    if (is_tableoid && get_rel_relkind(relid_) != RELKIND_PARTITIONED_TABLE)
        return reinterpret_cast<Node *>(
            makeConst(OIDOID, -1, InvalidOid, sizeof(Oid), ObjectIdGetDatum(relid_), false, true));
    int position = 1;
    for (int i = 0; i < list_length(attributes_); i++, position++)
        if (list_nth_int(attributes_, i) == attribute) break;
    if (position > list_length(attributes_)) attributes_ = lappend_int(attributes_, attribute);
    auto *var = like ? static_cast<Var *>(copyObjectImpl(like)) : table_column(target_index_, relid_, attribute);
    var->varno = INDEX_VAR;
    var->varattno = static_cast<AttrNumber>(position);
    if (!is_tableoid) return reinterpret_cast<Node *>(var);
    var->vartype = REGCLASSOID;
    return reinterpret_cast<Node *>(
        makeRelabelType(reinterpret_cast<Expr *>(var), OIDOID, -1, InvalidOid, COERCE_IMPLICIT_CAST));
}

Node *ReturnedColumns::whole_row(const Var *row) {
    auto *result = makeNode(RowExpr);
    pg::with_relation(relid_, NoLock, [&](Relation relation) {
        TupleDesc descriptor = RelationGetDescr(relation);
        for (int i = 0; i < descriptor->natts; i++) {
            Form_pg_attribute attribute = TupleDescAttr(descriptor, i);
            Node *value = attribute->attisdropped ? reinterpret_cast<Node *>(makeNullConst(INT4OID, -1, InvalidOid))
                                                  : column(attribute->attnum, nullptr);
            result->args = lappend(result->args, value);
            result->colnames = lappend(result->colnames, makeString(pstrdup(NameStr(attribute->attname))));
        }
    });
    result->row_typeid = row->vartype;
    result->row_format = COERCE_IMPLICIT_CAST;
    result->location = -1;
    return reinterpret_cast<Node *>(result);
}

Node *ReturnedColumns::replacement(Node *node) {
    if (!IsA(node, Var)) return nullptr;
    const auto *var = reinterpret_cast<const Var *>(node);
    if (static_cast<Index>(var->varno) != target_index_) return nullptr;
    return var->varattno == 0 ? whole_row(var) : column(var->varattno, var);
}

List *ReturnedColumns::fetch(List *expressions) {
    return reinterpret_cast<List *>(
        pg::replaced(reinterpret_cast<Node *>(expressions), [this](Node *node) { return replacement(node); }));
}

List *ReturnedColumns::scan_targets() const {
    List *targets = NIL;
    for (int i = 0; i < list_length(attributes_); i++) {
        Var *var = table_column(target_index_, relid_, static_cast<AttrNumber>(list_nth_int(attributes_, i)));
        if (var->varattno == TableOidAttributeNumber) var->vartype = REGCLASSOID;
        targets = lappend(
            targets, makeTargetEntry(reinterpret_cast<Expr *>(var), static_cast<AttrNumber>(i + 1), nullptr, false));
    }
    return targets;
}

} // namespace cedro::planner
