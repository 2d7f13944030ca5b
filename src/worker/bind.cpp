// Puts this node's shards into a query over shells.
#include "worker/task.hpp"

#include "cluster/node.hpp"
#include "pg/catalog.hpp"
#include "pg/list.hpp"
#include "pg/planner.hpp"
#include "pg/privilege.hpp"
#include "pg/walk.hpp"
#include "table/table.hpp"
#include "worker/exchange/bind.hpp"
#include "worker/local_shard.hpp"
#include "worker/row_type.hpp"

namespace cedro::worker {

namespace {

struct Binding {
    plan::GroupSet groups;
    pg::Vector<Swap> swaps;
};

// Index and constraint names of a shard follow from the shell's.
void bind_conflict(OnConflictExpr *conflict, Oid shard_relid, int64 shard) {
    if (!OidIsValid(conflict->constraint)) return;
    const char *name = get_constraint_name(conflict->constraint);
    const Oid mapped =
        name ? get_relation_constraint_oid(shard_relid, table::shard_name(name, shard), true) : InvalidOid;
    if (!OidIsValid(mapped))
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("constraint \"%s\" does not exist on shard \"%s\"",
                                                                  name ? name : "?", get_rel_name(shard_relid))));
    conflict->constraint = mapped;
}

void bind_entry(Binding &binding, Query *query, int index, List **extra) {
    RangeTblEntry *entry = rt_fetch(index, query->rtable);
    if (entry->rtekind == RTE_FUNCTION) bind_exchange(entry, binding.groups);
    if (entry->rtekind != RTE_RELATION) return;
    const table::Table *table = table::find(entry->relid);
    if (!table) return;
    const int ordinal = ordinal_in(*table, binding.groups);
    // The entry of EXCLUDED stands for the row type only.
    const LOCKMODE lock = entry->relkind == RELKIND_COMPOSITE_TYPE ? NoLock : entry->rellockmode;
    const Oid shard = open_local_shard(entry->relid, ordinal, lock);
    if (query->onConflict && index == query->resultRelation)
        bind_conflict(query->onConflict, shard, table->shards[static_cast<size_t>(ordinal)].id);
    if (RangeTblEntry *copy = pg::take_privilege_checks(query, entry, shard)) *extra = lappend(*extra, copy);
    binding.swaps.push({entry->relid, shard});
    entry->relid = shard;
}

bool bind_step(Node *node, void *argument) {
    if (node == nullptr) return false;
    if (!IsA(node, Query)) return expression_tree_walker(node, pg::as_walker(bind_step), argument);
    auto *query = reinterpret_cast<Query *>(node);
    List *extra = NIL;
    const int count = list_length(query->rtable);
    for (int index = 1; index <= count; index++) bind_entry(*static_cast<Binding *>(argument), query, index, &extra);
    query_tree_walker(query, pg::as_walker(bind_step), argument, 0);
    query->rtable = list_concat(query->rtable, extra); // appended last: they are not to be bound
    return false;
}

} // namespace

void bind(Query *query, plan::GroupSet groups) {
    Binding binding{groups, pg::Vector<Swap>()};
    bind_step(reinterpret_cast<Node *>(query), &binding);
    keep_row_types(query, binding.swaps);
}

} // namespace cedro::worker
