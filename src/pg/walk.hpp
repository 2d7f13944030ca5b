// Tree walking and rewriting with lambdas.
#pragma once
#include "pg/postgres.hpp"

namespace cedro::pg {

#if PG_VERSION_NUM >= 160000
using StateWalker = planstate_tree_walker_callback;
inline StateWalker as_state_walker(bool (*step)(PlanState *, void *)) { return step; }
using Walker = tree_walker_callback;
using Mutator = tree_mutator_callback;
inline Walker as_walker(bool (*step)(Node *, void *)) { return step; }
inline Mutator as_mutator(Node *(*step)(Node *, void *)) { return step; }
#else // 15 declares bool (*)(): in C++ that means (void)
using StateWalker = bool (*)();
inline StateWalker as_state_walker(bool (*step)(PlanState *, void *)) {
    return reinterpret_cast<bool (*)()>(reinterpret_cast<void *>(step));
}
using Walker = bool (*)();
using Mutator = Node *(*)();
inline Walker as_walker(bool (*step)(Node *, void *)) {
    return reinterpret_cast<bool (*)()>(reinterpret_cast<void *>(step));
}
inline Mutator as_mutator(Node *(*step)(Node *, void *)) {
    return reinterpret_cast<Node *(*)()>(reinterpret_cast<void *>(step));
}
#endif

/// True when some node of the tree, sub-queries included, satisfies the
/// predicate. The predicate sees Query nodes and, with
/// QTW_EXAMINE_RTES_BEFORE in flags, RangeTblEntry nodes.
template <typename Predicate>
bool any_node(Node *tree, Predicate &&predicate, int flags = 0) {
    struct Walk {
        std::remove_reference_t<Predicate> *predicate;
        int flags;
        static bool step(Node *node, void *argument) {
            if (node == nullptr) return false;
            auto *self = static_cast<Walk *>(argument);
            if ((*self->predicate)(node)) return true;
            if (IsA(node, RangeTblEntry)) return false; // range_table_walker descends by itself
            if (IsA(node, Query))
                return query_tree_walker(reinterpret_cast<Query *>(node), as_walker(step), argument, self->flags);
            return expression_tree_walker(node, as_walker(step), argument);
        }
    };
    Walk walk{&predicate, flags};
    return Walk::step(tree, &walk);
}

/// Copies an expression tree (sub-queries included) with replacements:
/// replace(node) returns the node to put there, or nullptr to descend.
template <typename Replace>
Node *replaced(Node *tree, Replace &&replace) {
    struct Rewrite {
        static Node *step(Node *node, void *argument) {
            if (node == nullptr) return nullptr;
            auto &replace = *static_cast<std::remove_reference_t<Replace> *>(argument);
            if (Node *other = replace(node)) return other;
            if (IsA(node, Query))
                return reinterpret_cast<Node *>(
                    query_tree_mutator(reinterpret_cast<Query *>(node), as_mutator(step), argument, 0));
            return expression_tree_mutator(node, as_mutator(step), argument);
        }
    };
    return Rewrite::step(tree, &replace);
}

} // namespace cedro::pg
