#include "plan/sequence_value.hpp"

#include "catalog/relation.hpp"
#include "cluster/node.hpp"
#include "pg/catalog.hpp"
#include "pg/sequence.hpp"
#include "pg/walk.hpp"
#include "table/table.hpp"

namespace cedro::plan {

namespace {

// Registered by itself, or part of a table that is.
bool is_on_all_nodes(Oid sequence) {
    Oid table = InvalidOid;
    int32 column = 0;
    bool found = sequenceIsOwned(sequence, DEPENDENCY_INTERNAL, &table, &column) && table::is_shell(table);
    if (found) return true;
    catalog::scan(catalog::Relation::Object, 2, F_OIDEQ, ObjectIdGetDatum(sequence), nullptr,
                  [&](HeapTuple tuple, TupleDesc descriptor) {
                      found |= DatumGetObjectId(catalog::column(tuple, descriptor, 1)) == RelationRelationId;
                  });
    return found;
}

// The sequence of a call nextval('name'), or InvalidOid.
Oid called_sequence(Node *node) {
    if (!node || !IsA(node, FuncExpr)) return InvalidOid;
    const auto *call = reinterpret_cast<FuncExpr *>(node);
    if (call->funcid != F_NEXTVAL) return InvalidOid;
    auto *argument = static_cast<Node *>(linitial(call->args));
    if (!IsA(argument, Const) || reinterpret_cast<Const *>(argument)->constisnull) return InvalidOid;
    return DatumGetObjectId(reinterpret_cast<Const *>(argument)->constvalue);
}

bool is_narrow(Oid sequence) {
    return OidIsValid(sequence) && get_rel_relkind(sequence) == RELKIND_SEQUENCE &&
           pg::sequence_row(sequence).seqtypid != INT8OID && is_on_all_nodes(sequence);
}

// The call below a cast to int or smallint, whatever type the sequence has.
Node *narrowed_call(Node *node) {
    if (!IsA(node, FuncExpr)) return nullptr;
    const auto *cast = reinterpret_cast<FuncExpr *>(node);
    if (cast->funcid != F_INT4_INT8 && cast->funcid != F_INT2_INT8) return nullptr;
    auto *call = static_cast<Node *>(linitial(cast->args));
    const Oid sequence = called_sequence(call);
    return OidIsValid(sequence) && is_on_all_nodes(sequence) ? call : nullptr;
}

bool is_concerned(Node *node) {
    if (IsA(node, NextValueExpr)) return is_narrow(reinterpret_cast<NextValueExpr *>(node)->seqid);
    return narrowed_call(node) || is_narrow(called_sequence(node));
}

Expr *next_value_call(Oid sequence) {
    List *name = list_make2(makeString(pstrdup("citus_internal")), makeString(pstrdup("next_value")));
    const Oid types[] = {REGCLASSOID};
    Const *argument = makeConst(REGCLASSOID, -1, InvalidOid, sizeof(Oid), ObjectIdGetDatum(sequence), false, true);
    return reinterpret_cast<Expr *>(makeFuncExpr(LookupFuncName(name, 1, types, false), INT8OID, list_make1(argument),
                                                 InvalidOid, InvalidOid, COERCE_EXPLICIT_CALL));
}

Expr *cast_to(Oid type, Expr *value) {
    if (type == INT8OID) return value;
    return reinterpret_cast<Expr *>(makeFuncExpr(type == INT4OID ? F_INT4_INT8 : F_INT2_INT8, type, list_make1(value),
                                                 InvalidOid, InvalidOid, COERCE_IMPLICIT_CAST));
}

Node *replacement(Node *node) {
    if (IsA(node, NextValueExpr)) {
        const auto *next = reinterpret_cast<NextValueExpr *>(node);
        return is_narrow(next->seqid) ? reinterpret_cast<Node *>(cast_to(next->typeId, next_value_call(next->seqid)))
                                      : nullptr;
    }
    if (Node *call = narrowed_call(node))
        return reinterpret_cast<Node *>(cast_to(exprType(node), next_value_call(called_sequence(call))));
    const Oid sequence = called_sequence(node);
    return is_narrow(sequence) ? reinterpret_cast<Node *>(next_value_call(sequence)) : nullptr;
}

} // namespace

Node *with_coordinator_values(Node *tree) {
    if (!catalog::is_extension_ready() || cluster::is_coordinator() || !pg::any_node(tree, is_concerned)) return tree;
    return pg::replaced(tree, [](Node *node) { return replacement(node); });
}

} // namespace cedro::plan
