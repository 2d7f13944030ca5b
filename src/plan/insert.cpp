#include "plan/insert.hpp"

namespace cedro::plan {

namespace {

void copy(ExtensibleNode *target, const ExtensibleNode *source) {
    auto *to = reinterpret_cast<Insert *>(target);
    const auto *from = reinterpret_cast<const Insert *>(source);
    const ExtensibleNode node = to->node;
    *to = *from;
    to->node = node;
    to->conflict = static_cast<Query *>(copyObjectImpl(from->conflict));
    to->arbiters = list_copy(from->arbiters);
    to->columns = list_copy(from->columns);
    to->source = list_copy(from->source);
    to->returned = list_copy(from->returned);
    to->checks = static_cast<List *>(copyObjectImpl(from->checks));
}

bool equals(const ExtensibleNode *one, const ExtensibleNode *other) {
    const auto *a = reinterpret_cast<const Insert *>(one);
    const auto *b = reinterpret_cast<const Insert *>(other);
    return a->relid == b->relid && a->role == b->role && equal(a->conflict, b->conflict) &&
           equal(a->arbiters, b->arbiters) && equal(a->columns, b->columns) && equal(a->source, b->source) &&
           equal(a->returned, b->returned) && equal(a->checks, b->checks) && a->returns_rows == b->returns_rows &&
           a->sets_tag == b->sets_tag && a->reads_target == b->reads_target;
}

void print(StringInfo text, const ExtensibleNode *node) {
    const auto *insert = reinterpret_cast<const Insert *>(node);
    appendStringInfo(text,
                     " :relid %u :role %u :conflict %s :arbiters %s :columns %s :source %s :returned %s :checks %s",
                     insert->relid, insert->role, nodeToString(insert->conflict), nodeToString(insert->arbiters),
                     nodeToString(insert->columns), nodeToString(insert->source), nodeToString(insert->returned),
                     nodeToString(insert->checks));
}

void read(ExtensibleNode *) {
    // Only plans for parallel workers are read back, and writes do not run in one.
    ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("a distributed INSERT cannot be read from text")));
}

constexpr ExtensibleNodeMethods kMethods = {kInsertNode, sizeof(Insert), copy, equals, print, read};

} // namespace

Insert *make_insert() {
    auto *insert = reinterpret_cast<Insert *>(newNode(sizeof(Insert), T_ExtensibleNode));
    insert->node.extnodename = kInsertNode;
    return insert;
}

void register_insert() { RegisterExtensibleNodeMethods(&kMethods); }

} // namespace cedro::plan
