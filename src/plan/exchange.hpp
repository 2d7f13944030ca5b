// Rows that move between nodes: what a fragment makes in its shard groups and
// another fragment reads in others.
#pragma once
#include "plan/fragment.hpp"

namespace cedro::plan {

/// A node, as fragments are: it lives in plans. In the query of the fragment that reads it stands as
/// `citus_internal.exchange(number, colocation) AS e(c1 type, …)`.
struct Exchange {
    ExtensibleNode node;
    Fragment *producer; ///< whose rows move
    int key;            ///< its output column (from 1) by whose hash a row finds its group; 0: every node gets all rows
    Oid layout;         ///< a table whose shard groups the rows go to; InvalidOid when every node gets all
    double rows;        ///< estimated
    int width;          ///< bytes of a row, estimated
    const char *reason; ///< why the rows move so, for EXPLAIN
};

inline constexpr char kExchangeNode[] = "citus exchange";

Exchange *make_exchange(Fragment *producer);

/// An entry of FROM that reads the exchange. `names`: of its columns (String).
RangeTblEntry *make_exchange_entry(Exchange *exchange, List *names);

/// The exchange that an entry of FROM reads, or nullptr. The planner's entries
/// carry it on a field that functions do not use.
Exchange *exchange_of(const RangeTblEntry *entry);

/// Numbers the exchanges that a query reads from 1 and returns them in this order; those that
/// their producers read are in the producers.
List *number_exchanges(Query *query);

/// A copy of a query whose n-th exchange is called by the n-th id.
Query *with_exchange_ids(const Query *query, std::span<const int64> ids);

/// What the text of a task says of an entry that reads an exchange.
struct ExchangeCall {
    int64 id;
    int32 colocation; ///< whose group's rows it reads; 0: all rows
};

/// Nothing when the entry is another one.
std::optional<ExchangeCall> exchange_call_of(const RangeTblEntry *entry);

/// Whether the node is the call that such an entry makes.
bool is_exchange_call(const Node *node);

void register_exchange();

} // namespace cedro::plan
