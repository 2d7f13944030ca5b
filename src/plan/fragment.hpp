// The part of a statement that runs in shard groups, each by itself: its text
// over the shells and the groups it runs in. The planner makes fragments, the
// executor turns them into tasks.
#pragma once
#include "pg/executor.hpp"
#include "plan/message.hpp"
#include "plan/task_text.hpp"

namespace cedro::plan {

/// A node: it lives in custom_private of a cached plan, is copied and printed.
/// Values that are known only at execution stand in `query` and `pruning` as
/// Param(PARAM_EXTERN, n): the n-th expression (from 1) of the scan's custom_exprs.
struct Fragment {
    ExtensibleNode node;
    Query *query;  ///< over shells; nothing in it refers to what is outside
    List *tables;  ///< oids of the shells it reads or writes, each once
    List *layouts; ///< for each colocation it runs in: the oid of one table, whose shards are the groups
    /// For each layout a qual over Var(1, distribution column) of that table, which
    /// every row that matters fulfils; or nullptr: all groups.
    List *pruning;
    /// Output columns (int, from 1) whose value's hash names the group of the row: a condition on
    /// one of them restricts the groups of the first layout.
    List *keys;
    List *exchanges;  ///< Exchanges that `query` reads, by number (plan/exchange.hpp)
    Oid role;         ///< in whose name it runs; InvalidOid: the current role at execution
    bool is_single;   ///< all rows come from one group: exactly one task, whatever pruning leaves
    bool locks_rows;  ///< SELECT … FOR UPDATE/SHARE: every node must choose the same placement
    bool is_volatile; ///< executed twice, it may do two different things
    KeptText text;    ///< of `query`, made when it is first executed; no part of the node's value
    bool is_small;    ///< each task returns at most kFewRows rows: they are fetched at once
};

/// So many rows of a task may be in memory at the same time.
inline constexpr int kFewRows = 1000;

/// Name of the node type, and of the scan that executes it ("Citus Adaptive" in EXPLAIN).
inline constexpr char kFragmentNode[] = "citus fragment";
inline constexpr char kFragmentScan[] = "Citus Adaptive";

Fragment *make_fragment(Query *query);

/// The fragment that a sub-select in FROM stands for (it hangs on a field that
/// sub-selects do not use, which planning copies along), or nullptr.
Fragment *fragment_of(const RangeTblEntry *entry);
void set_fragment(RangeTblEntry *entry, Fragment *fragment);

/// What custom_private of such a scan holds: the fragment, the position of the
/// whole row (see the planner's make_scan), and the order of the rows as a List of
/// SortGroupClause whose reference is the column of the scan tuple; last a Boolean: the
/// plan needs the rows in any case, so the scan starts when another one does.
enum ScanPrivate { kScanFragment, kScanWholeRow, kScanOrder, kScanIsEager };

/// Tells PostgreSQL how to copy and print fragments; called once from _PG_init.
void register_fragment();

/// The fragment with these values (a List of Const) for its Params, also in the fragments whose rows it reads. Shallow
/// where there is nothing to replace.
Fragment *with_values(const Fragment *fragment, List *values);

/// A copy of the tree in which Param n is the n-th constant (a List of Const).
Node *with_values(Node *tree, List *values);

} // namespace cedro::plan
