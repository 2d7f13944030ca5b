#include "executor/placement.hpp"

#include "cluster/node.hpp"
#include "unique/lookup.hpp"
#include "pg/list.hpp"
#include "plan/pruning.hpp"
#include "plan/site.hpp"
#include "table/table.hpp"
#include "transaction/gate.hpp"

namespace cedro::executor {

namespace {

struct Layout {
    int32 colocation;
    pg::Vector<int> ordinals;
};

// The WHERE of a statement over one table alone, which is Var(1, …) in it.
const Node *condition_on_one_table(const plan::Fragment *fragment) {
    const FromExpr *from = fragment->query->jointree;
    if (list_length(fragment->tables) != 1 || !from || list_length(from->fromlist) != 1) return nullptr;
    const auto *only = static_cast<const Node *>(linitial(from->fromlist));
    if (!IsA(only, RangeTblRef) || reinterpret_cast<const RangeTblRef *>(only)->rtindex != 1) return nullptr;
    const auto *entry = static_cast<const RangeTblEntry *>(linitial(fragment->query->rtable));
    return entry->rtekind == RTE_RELATION ? from->quals : nullptr;
}

Layout layout_of(const plan::Fragment *fragment, int position) {
    const table::Table &table = table::get(list_nth_oid(fragment->layouts, position));
    auto *qual = position < list_length(fragment->pruning) ? static_cast<Node *>(list_nth(fragment->pruning, position))
                                                           : nullptr;
    Layout layout{table.colocation, pg::Vector<int>()};
    Bitmapset *ordinals = plan::ordinals(table, qual);
    if (bms_membership(ordinals) == BMS_MULTIPLE)
        if (std::optional<int> ordinal = unique::ordinal_by_key(table, condition_on_one_table(fragment)))
            ordinals = bms_make_singleton(*ordinal);
    for (int each = -1; (each = bms_next_member(ordinals, each)) >= 0;) layout.ordinals.push(each);
    if (!fragment->is_single) return layout;
    if (layout.ordinals.size() > 1)
        ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("the value that names a shard group is not known")));
    // Any group answers a statement that no row can fulfil: an aggregate still has a row.
    const int only = layout.ordinals.empty() ? table::ordinal_of(table, 0, true) : layout.ordinals[0];
    layout.ordinals.clear();
    layout.ordinals.push(only);
    return layout;
}

void put_local_first(pg::Vector<int32> &nodes) {
    auto *local =
        std::find_if(nodes.begin(), nodes.end(), [](int32 id) { return cluster::is_local(cluster::node(id)); });
    if (local != nodes.end()) std::rotate(nodes.begin(), local, local + 1);
}

[[noreturn]] void no_placement(std::span<const Oid> tables, plan::GroupSet groups) {
    for (Oid relid : tables) {
        const table::Table &table = table::get(relid);
        const int ordinal = plan::ordinal_in(table, groups);
        const Oid one[] = {relid};
        if (static_cast<size_t>(ordinal) < table.shards.size() && plan::nodes_with(one, groups).empty())
            ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                            errmsg("no active node holds shard " INT64_FORMAT " of table \"%s\"",
                                   table.shards[static_cast<size_t>(ordinal)].id, get_rel_name(relid)),
                            errhint("See pg_dist_node and pg_dist_shard_placement; activate the node with "
                                    "citus_activate_node().")));
    }
    ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                    errmsg("no active node holds all tables of the statement"),
                    errhint("Check the placements in pg_dist_shard_placement.")));
}

Task make_task(const plan::Fragment *fragment, std::span<const Oid> tables, const pg::Vector<plan::Group> &groups) {
    pg::Vector<int32> nodes = plan::nodes_with(tables, groups);
    if (nodes.empty()) no_placement(tables, groups);
    // Whoever locks a row must lock it where others look for the lock.
    if (!fragment->locks_rows) put_local_first(nodes);
    return {groups, nodes};
}

} // namespace

pg::Vector<Task> tasks_of(const plan::Fragment *fragment) {
    pg::Vector<Oid> tables;
    for (Oid relid : pg::OidsOf(fragment->tables)) tables.push(relid);

    pg::Vector<Layout> layouts;
    for (int i = 0; i < list_length(fragment->layouts); i++) layouts.push(layout_of(fragment, i));
    // A locked row must not move away from its lock.
    if (fragment->locks_rows)
        for (const Layout &layout : layouts) transaction::pass_gates(layout.colocation, layout.ordinals);

    pg::Vector<Task> tasks;
    if (layouts.size() == 1) {
        for (int ordinal : layouts[0].ordinals) {
            pg::Vector<plan::Group> groups;
            groups.push({layouts[0].colocation, ordinal});
            tasks.push(make_task(fragment, tables, groups));
        }
        return tasks;
    }
    pg::Vector<plan::Group> groups;
    for (const Layout &layout : layouts) {
        if (layout.ordinals.size() != 1)
            ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("a fragment over several layouts names no group")));
        groups.push({layout.colocation, layout.ordinals[0]});
    }
    tasks.push(make_task(fragment, tables, groups));
    return tasks;
}

} // namespace cedro::executor
