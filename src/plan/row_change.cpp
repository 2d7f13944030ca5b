#include "plan/row_change.hpp"

namespace cedro::plan {

namespace {

void copy(ExtensibleNode *target, const ExtensibleNode *source) {
    auto *to = reinterpret_cast<RowChange *>(target);
    const auto *from = reinterpret_cast<const RowChange *>(source);
    const ExtensibleNode node = to->node;
    *to = *from;
    to->node = node;
    to->checks = static_cast<List *>(copyObjectImpl(from->checks));
    for (List **list : {&to->identity, &to->columns, &to->values, &to->row, &to->returned, &to->carried})
        *list = list_copy(*list);
}

bool equals(const ExtensibleNode *one, const ExtensibleNode *other) {
    const auto *a = reinterpret_cast<const RowChange *>(one);
    const auto *b = reinterpret_cast<const RowChange *>(other);
    return a->relid == b->relid && a->role == b->role && a->is_delete == b->is_delete &&
           a->returns_rows == b->returns_rows && a->changes_identity == b->changes_identity && a->key == b->key &&
           equal(a->identity, b->identity) && a->moves_rows == b->moves_rows && equal(a->row, b->row) &&
           equal(a->columns, b->columns) && equal(a->values, b->values) && equal(a->returned, b->returned) &&
           equal(a->carried, b->carried) && equal(a->checks, b->checks);
}

void print(StringInfo text, const ExtensibleNode *node) {
    const auto *change = reinterpret_cast<const RowChange *>(node);
    appendStringInfo(
        text, " :relid %u :is_delete %d :key %d :identity %s :columns %s :values %s :returned %s :carried %s",
        change->relid, change->is_delete, change->key, nodeToString(change->identity), nodeToString(change->columns),
        nodeToString(change->values), nodeToString(change->returned), nodeToString(change->carried));
}

void read(ExtensibleNode *) {
    // Only plans for parallel workers are read back, and writes do not run in one.
    ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("a distributed write cannot be read from text")));
}

constexpr ExtensibleNodeMethods kMethods = {kRowChangeNode, sizeof(RowChange), copy, equals, print, read};

} // namespace

RowChange *make_row_change() {
    auto *change = reinterpret_cast<RowChange *>(newNode(sizeof(RowChange), T_ExtensibleNode));
    change->node.extnodename = kRowChangeNode;
    return change;
}

void register_row_change() { RegisterExtensibleNodeMethods(&kMethods); }

} // namespace cedro::plan
