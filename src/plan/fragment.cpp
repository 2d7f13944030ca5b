#include "plan/fragment.hpp"

#include "pg/list.hpp"
#include "pg/planner.hpp"
#include "pg/walk.hpp"
#include "plan/exchange.hpp"

namespace cedro::plan {

namespace {

const Fragment *cast(const ExtensibleNode *node) { return reinterpret_cast<const Fragment *>(node); }

void copy(ExtensibleNode *target, const ExtensibleNode *source) {
    auto *to = reinterpret_cast<Fragment *>(target);
    const Fragment *from = cast(source);
    to->query = static_cast<Query *>(copyObjectImpl(from->query));
    to->tables = list_copy(from->tables);
    to->layouts = list_copy(from->layouts);
    to->pruning = static_cast<List *>(copyObjectImpl(from->pruning));
    to->keys = list_copy(from->keys);
    to->exchanges = static_cast<List *>(copyObjectImpl(from->exchanges));
    to->role = from->role;
    to->is_single = from->is_single;
    to->locks_rows = from->locks_rows;
    to->is_small = from->is_small;
    to->is_volatile = from->is_volatile;
    to->text = {};
}

bool equals(const ExtensibleNode *one, const ExtensibleNode *other) {
    const Fragment *a = cast(one);
    const Fragment *b = cast(other);
    return equal(a->query, b->query) && equal(a->tables, b->tables) && equal(a->layouts, b->layouts) &&
           equal(a->pruning, b->pruning) && equal(a->keys, b->keys) && equal(a->exchanges, b->exchanges) && a->role == b->role &&
           a->is_single == b->is_single && a->locks_rows == b->locks_rows && a->is_small == b->is_small &&
           a->is_volatile == b->is_volatile;
}

void print_field(StringInfo text, const char *name, const void *node) {
    appendStringInfo(text, " :%s %s", name, nodeToString(node));
}

void print(StringInfo text, const ExtensibleNode *node) {
    const Fragment *fragment = cast(node);
    print_field(text, "query", fragment->query);
    print_field(text, "tables", fragment->tables);
    print_field(text, "layouts", fragment->layouts);
    print_field(text, "pruning", fragment->pruning);
    print_field(text, "keys", fragment->keys);
    print_field(text, "exchanges", fragment->exchanges);
    appendStringInfo(text, " :role %u :is_single %d :locks_rows %d :is_small %d", fragment->role, fragment->is_single,
                     fragment->locks_rows, fragment->is_small);
}

void read(ExtensibleNode *) {
    // Only plans for parallel workers are read back, and no scan of ours runs in one.
    ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("a distributed fragment cannot be read from text")));
}

constexpr ExtensibleNodeMethods kMethods = {kFragmentNode, sizeof(Fragment), copy, equals, print, read};

} // namespace

Fragment *make_fragment(Query *query) {
    auto *fragment = reinterpret_cast<Fragment *>(newNode(sizeof(Fragment), T_ExtensibleNode));
    fragment->node.extnodename = kFragmentNode;
    fragment->query = query;
    return fragment;
}

Fragment *fragment_of(const RangeTblEntry *entry) {
    if (entry->rtekind != RTE_SUBQUERY || list_length(entry->values_lists) != 1) return nullptr;
    auto *node = static_cast<ExtensibleNode *>(linitial(entry->values_lists));
    if (!IsA(node, ExtensibleNode) || strcmp(node->extnodename, kFragmentNode) != 0) return nullptr;
    return reinterpret_cast<Fragment *>(node);
}

void set_fragment(RangeTblEntry *entry, Fragment *fragment) { entry->values_lists = list_make1(fragment); }

void register_fragment() { RegisterExtensibleNodeMethods(&kMethods); }

Node *with_values(Node *tree, List *values) {
    return pg::replaced(tree, [&](Node *node) -> Node * {
        if (!IsA(node, Param)) return nullptr;
        const auto *param = reinterpret_cast<Param *>(node);
        if (param->paramkind != PARAM_EXTERN) return nullptr;
        if (param->paramid < 1 || param->paramid > list_length(values))
            ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("a fragment has no value %d", param->paramid)));
        return static_cast<Node *>(copyObjectImpl(list_nth(values, param->paramid - 1)));
    });
}

Fragment *with_values(const Fragment *fragment, List *values) {
    auto *result = static_cast<Fragment *>(palloc(sizeof(Fragment)));
    *result = *fragment;
    if (values == NIL) return result;
    result->query = reinterpret_cast<Query *>(with_values(reinterpret_cast<Node *>(fragment->query), values));
    Node *pruning = with_values(reinterpret_cast<Node *>(fragment->pruning), values);
    result->pruning = reinterpret_cast<List *>(eval_const_expressions(nullptr, pruning));
    result->exchanges = NIL;
    for (const Exchange *each : pg::ListOf<const Exchange>(fragment->exchanges)) {
        auto *exchange = static_cast<Exchange *>(palloc(sizeof(Exchange)));
        *exchange = *each;
        exchange->producer = with_values(each->producer, values);
        result->exchanges = lappend(result->exchanges, exchange);
    }
    return result;
}

} // namespace cedro::plan
