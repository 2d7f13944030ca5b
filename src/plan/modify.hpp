// An UPDATE, DELETE or MERGE that shard groups execute whole.
#pragma once
#include "plan/fragment.hpp"

namespace cedro::plan {

/// A node: it lives in custom_private of a cached plan. In `statement` and
/// `fragment` Param n stands for the n-th expression of the scan's custom_exprs.
struct Modify {
    ExtensibleNode node;
    Query *statement;   ///< as the client wrote it, before rewriting: each node rewrites it against its shells
    Fragment *fragment; ///< says which groups execute it
    Oid target;         ///< the shell it writes to
    KeptText text;      ///< of `statement`, made when it is first executed; no part of the node's value
    bool returns_rows;
    bool sets_tag;    ///< its rows count for the command tag
    bool is_volatile; ///< executed twice, it may do two different things
};

inline constexpr char kModifyNode[] = "citus modify";
inline constexpr char kModifyScan[] = "Citus Modify";

Modify *make_modify();

/// Tells PostgreSQL how to copy and print it; called once from _PG_init.
void register_modify();

} // namespace cedro::plan
