#include "plan/modify.hpp"

namespace cedro::plan {

namespace {

void copy(ExtensibleNode *target, const ExtensibleNode *source) {
    auto *to = reinterpret_cast<Modify *>(target);
    const auto *from = reinterpret_cast<const Modify *>(source);
    const ExtensibleNode node = to->node;
    *to = *from;
    to->node = node;
    to->text = {};
    to->statement = static_cast<Query *>(copyObjectImpl(from->statement));
    to->fragment = static_cast<Fragment *>(copyObjectImpl(from->fragment));
}

bool equals(const ExtensibleNode *one, const ExtensibleNode *other) {
    const auto *a = reinterpret_cast<const Modify *>(one);
    const auto *b = reinterpret_cast<const Modify *>(other);
    return equal(a->statement, b->statement) && equal(a->fragment, b->fragment) && a->target == b->target &&
           a->returns_rows == b->returns_rows && a->sets_tag == b->sets_tag && a->is_volatile == b->is_volatile;
}

void print(StringInfo text, const ExtensibleNode *node) {
    const auto *modify = reinterpret_cast<const Modify *>(node);
    appendStringInfo(text, " :target %u :statement %s :fragment %s", modify->target, nodeToString(modify->statement),
                     nodeToString(modify->fragment));
}

void read(ExtensibleNode *) {
    // Only plans for parallel workers are read back, and writes do not run in one.
    ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("a distributed write cannot be read from text")));
}

constexpr ExtensibleNodeMethods kMethods = {kModifyNode, sizeof(Modify), copy, equals, print, read};

} // namespace

Modify *make_modify() {
    auto *modify = reinterpret_cast<Modify *>(newNode(sizeof(Modify), T_ExtensibleNode));
    modify->node.extnodename = kModifyNode;
    return modify;
}

void register_modify() { RegisterExtensibleNodeMethods(&kMethods); }

} // namespace cedro::plan
