#include "plan/row_change.hpp"

#include "pg/list.hpp"

namespace cedro::plan {

namespace {

template <typename T>
T *to_node(ExtensibleNode *node) {
    return reinterpret_cast<T *>(node);
}

template <typename T>
const T *to_node(const ExtensibleNode *node) {
    return reinterpret_cast<const T *>(node);
}

// All fields but the lists, which the caller copies.
template <typename T>
void copy_fields(T *to, const T *from) {
    const ExtensibleNode node = to->node;
    *to = *from;
    to->node = node;
}

void copy_action(ExtensibleNode *target, const ExtensibleNode *source) {
    auto *to = to_node<RowAction>(target);
    copy_fields(to, to_node<RowAction>(source));
    for (List **list : {&to->columns, &to->values, &to->row}) *list = list_copy(*list);
}

bool equals_action(const ExtensibleNode *one, const ExtensibleNode *other) {
    const auto *a = to_node<RowAction>(one);
    const auto *b = to_node<RowAction>(other);
    return a->command == b->command && a->moves_rows == b->moves_rows && equal(a->columns, b->columns) &&
           equal(a->values, b->values) && equal(a->row, b->row);
}

void print_action(StringInfo text, const ExtensibleNode *node) {
    const auto *action = to_node<RowAction>(node);
    appendStringInfo(text, " :command %d :moves_rows %d :columns %s :values %s :row %s", action->command,
                     action->moves_rows, nodeToString(action->columns), nodeToString(action->values),
                     nodeToString(action->row));
}

void copy_change(ExtensibleNode *target, const ExtensibleNode *source) {
    auto *to = to_node<RowChange>(target);
    copy_fields(to, to_node<RowChange>(source));
    to->actions = static_cast<List *>(copyObjectImpl(to->actions));
    for (List **list : {&to->place, &to->image, &to->returned, &to->returned_at}) *list = list_copy(*list);
}

bool equals_change(const ExtensibleNode *one, const ExtensibleNode *other) {
    const auto *a = to_node<RowChange>(one);
    const auto *b = to_node<RowChange>(other);
    return a->relid == b->relid && a->role == b->role && a->repeat == b->repeat && a->emits_rows == b->emits_rows &&
           a->sets_tag == b->sets_tag && a->key == b->key && a->action == b->action && equal(a->place, b->place) &&
           equal(a->image, b->image) && equal(a->actions, b->actions) && equal(a->returned, b->returned) &&
           equal(a->returned_at, b->returned_at);
}

void print_change(StringInfo text, const ExtensibleNode *node) {
    const auto *change = to_node<RowChange>(node);
    appendStringInfo(text, " :relid %u :key %d :action %d :place %s :image %s :actions %s :returned %s :returned_at %s",
                     change->relid, change->key, change->action, nodeToString(change->place),
                     nodeToString(change->image), nodeToString(change->actions), nodeToString(change->returned),
                     nodeToString(change->returned_at));
}

void read(ExtensibleNode *) {
    // Only plans for parallel workers are read back, and writes do not run in one.
    ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("a distributed write cannot be read from text")));
}

constexpr ExtensibleNodeMethods kActionMethods = {kRowActionNode, sizeof(RowAction), copy_action,
                                                  equals_action,  print_action,      read};
constexpr ExtensibleNodeMethods kChangeMethods = {kRowChangeNode, sizeof(RowChange), copy_change,
                                                  equals_change,  print_change,      read};

} // namespace

RowAction *make_row_action(CmdType command) {
    auto *action = reinterpret_cast<RowAction *>(newNode(sizeof(RowAction), T_ExtensibleNode));
    action->node.extnodename = kRowActionNode;
    action->command = command;
    return action;
}

RowChange *make_row_change() {
    auto *change = reinterpret_cast<RowChange *>(newNode(sizeof(RowChange), T_ExtensibleNode));
    change->node.extnodename = kRowChangeNode;
    return change;
}

RowChange *row_change_of(const RangeTblEntry *entry) {
    if (entry->rtekind != RTE_SUBQUERY || list_length(entry->values_lists) != 1) return nullptr;
    auto *node = static_cast<ExtensibleNode *>(linitial(entry->values_lists));
    if (!IsA(node, ExtensibleNode) || strcmp(node->extnodename, kRowChangeNode) != 0) return nullptr;
    return reinterpret_cast<RowChange *>(node);
}

void set_row_change(RangeTblEntry *entry, RowChange *change) { entry->values_lists = list_make1(change); }

void register_row_change() {
    RegisterExtensibleNodeMethods(&kActionMethods);
    RegisterExtensibleNodeMethods(&kChangeMethods);
}

} // namespace cedro::plan
