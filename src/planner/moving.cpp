#include "planner/moving.hpp"

#include "pg/list.hpp"
#include "pg/walk.hpp"
#include "plan/exchange.hpp"
#include "planner/enclose.hpp"
#include "planner/join_entries.hpp"
#include "planner/push.hpp"
#include "planner/pushable.hpp"
#include "planner/surgery.hpp"
#include "planner/whole.hpp"

namespace cedro::planner {

namespace {

Relids all_relids(Node *node) { return get_relids_in_jointree(node, true); }

bool is_table(const Query *query, int index) { return rt_fetch(index, query->rtable)->rtekind == RTE_RELATION; }

// Rows of sub-selects and functions as a whole are records, which do not travel.
Relids with_records(const Query *query) {
    Relids result = nullptr;
    with_vars(query, [&](const Var *var, int depth) -> Node * {
        if (static_cast<int>(var->varlevelsup) != depth) return nullptr;
        const bool is_record =
            var->varattno == 0 ? !is_table(query, var->varno) : !travels(reinterpret_cast<const Node *>(var));
        if (is_record) result = bms_add_member(result, var->varno);
        return nullptr;
    });
    return result;
}

bool has_system_columns(const Query *query, Relids relids) {
    bool found = false;
    with_vars(query, [&](const Var *var, int depth) -> Node * {
        found = found ||
                (static_cast<int>(var->varlevelsup) == depth && var->varattno < 0 && bms_is_member(var->varno, relids));
        return nullptr;
    });
    return found;
}

bool is_locked(const Query *query, Relids relids) {
    for (const RowMarkClause *mark : pg::ListOf<const RowMarkClause>(query->rowMarks))
        if (bms_is_member(static_cast<int>(mark->rti), relids)) return true;
    return false;
}

bool reads_ctes(const Query *query, Relids relids) {
    for (int index = -1; (index = bms_next_member(relids, index)) >= 0;) {
        auto *entry = reinterpret_cast<Node *>(rt_fetch(index, query->rtable));
        const bool found = pg::any_node(
            entry,
            [](Node *node) {
                return IsA(node, RangeTblEntry) && reinterpret_cast<RangeTblEntry *>(node)->rtekind == RTE_CTE;
            },
            QTW_EXAMINE_RTES_BEFORE);
        auto *range_entry = reinterpret_cast<RangeTblEntry *>(entry);
        const bool inside = range_entry->rtekind == RTE_SUBQUERY &&
                            pg::any_node(
                                reinterpret_cast<Node *>(range_entry->subquery),
                                [](Node *node) {
                                    return IsA(node, RangeTblEntry) &&
                                           reinterpret_cast<RangeTblEntry *>(node)->rtekind == RTE_CTE &&
                                           reinterpret_cast<RangeTblEntry *>(node)->ctelevelsup > 0;
                                },
                                QTW_EXAMINE_RTES_BEFORE);
        if (found || inside || range_entry->rtekind == RTE_CTE) return true;
    }
    return false;
}

// The part refers to rows around it: LATERAL to others in FROM, or to outer queries.
bool reads_around(const Query *query, const Unit &unit) {
    for (int index = -1; (index = bms_next_member(unit.relids, index)) >= 0;) {
        if (!bms_is_subset(lateral_references(query, index), unit.relids)) return true;
    }
    return false;
}

Part *part_of(Moving &moving, int index) {
    for (Part &part : moving.parts)
        if (bms_is_member(index, part.relids)) return &part;
    return nullptr;
}

// The column of a part's sub-select that holds the Var.
AttrNumber output_of(Part &part, const Var *var) {
    AttrNumber position = 0;
    for (const Var *output : pg::ListOf<const Var>(part.outputs)) {
        position++;
        if (output->varno == var->varno && output->varattno == var->varattno) return position;
    }
    auto *own = static_cast<Var *>(copyObjectImpl(var));
    own->varlevelsup = 0;
    part.outputs = lappend(part.outputs, own);
    return static_cast<AttrNumber>(position + 1);
}

// Old index to new one, for the entries that a part takes along.
pg::Vector<int> renumbering(const Query *query, const Part &part, List **entries) {
    Relids used = nullptr;
    for (Node *node : pg::ListOf<Node>(part.nodes)) used = bms_add_members(used, all_relids(node));
    pg::Vector<int> numbers;
    for (int index = 0; index <= list_length(query->rtable); index++) {
        const bool is_used = bms_is_member(index, used);
        if (is_used) *entries = lappend(*entries, rt_fetch(index, query->rtable));
        numbers.push(is_used ? list_length(*entries) : 0);
    }
    return numbers;
}

void renumber_nodes(Node *node, const pg::Vector<int> &numbers) {
    if (IsA(node, RangeTblRef)) {
        auto *reference = reinterpret_cast<RangeTblRef *>(node);
        reference->rtindex = numbers[static_cast<size_t>(reference->rtindex)];
    } else if (IsA(node, JoinExpr)) {
        auto *join = reinterpret_cast<JoinExpr *>(node);
        join->rtindex = numbers[static_cast<size_t>(join->rtindex)];
        renumber_nodes(join->larg, numbers);
        renumber_nodes(join->rarg, numbers);
    } else {
        for (Node *each : pg::ListOf<Node>(castNode(FromExpr, node)->fromlist)) renumber_nodes(each, numbers);
    }
}

// An entry that nothing refers to any more, except for its privileges.
void retire(RangeTblEntry *entry) {
    if (entry->rtekind == RTE_RELATION) {
        *entry = *privilege_entry(entry);
        return;
    }
    entry->rtekind = RTE_RESULT;
    entry->subquery = nullptr;
    entry->functions = NIL;
    entry->values_lists = NIL;
    entry->tablefunc = nullptr;
    entry->joinaliasvars = NIL;
    entry->lateral = false;
}

Locus output_locus(const Block &block, const Part &part) {
    Locus locus = part.place.locus;
    locus.strong = locus.weak = 0;
    int position = 0;
    for (const Node *output : pg::ListOf<const Node>(part.outputs)) {
        if (position < kMaximumColumns && (known_set_of(block, output) & part.place.locus.strong))
            locus.strong |= ColumnSet{1} << position;
        position++;
    }
    return locus;
}

// The part as an exchange: what its groups compute goes to others.
RangeTblEntry *exchange_entry(Part &part, plan::Fragment *producer) {
    plan::Exchange *exchange = plan::make_exchange(producer);
    exchange->key = part.target->key ? output_of(part, part.target->key) : 0;
    exchange->layout = part.target->layout;
    exchange->rows = part.target->rows;
    exchange->width = part.target->width;
    exchange->reason = part.target->reason;
    return plan::make_exchange_entry(exchange, names_of(producer->query));
}

} // namespace

Moving start_moving(Block &block, Query *query) { return {block, query, with_records(query), pg::Vector<Part>()}; }

bool is_movable(const Moving &moving, const Unit &unit) {
    const Query *query = moving.query;
    if (!unit.is_pushable || unit.place.tables == NIL || unit.place.locus.kind == LocusKind::Bound) return false;
    return !bms_overlap(unit.relids, moving.unmovable) && !has_system_columns(query, unit.relids) &&
           !reads_ctes(query, unit.relids) && !reads_around(query, unit) && !is_locked(query, unit.relids);
}

bool reads_outer_levels(const Node *expression) {
    bool found = false;
    with_vars(expression, [&](const Var *var, int depth) -> Node * {
        found |= static_cast<int>(var->varlevelsup) > depth;
        return nullptr;
    });
    return found;
}

List *take_own(Moving &moving, Unit &unit, List **rest) {
    List *own = NIL;
    List *left = NIL;
    for (Node *conjunct : pg::ListOf<Node>(*rest)) {
        Relids relids = pull_varnos(nullptr, conjunct);
        Place place = unit.place;
        const bool is_own = !reads_outer_levels(conjunct) && !bms_is_empty(relids) &&
                            bms_is_subset(relids, unit.relids) && !is_volatile(conjunct) &&
                            accept_expression(moving.block, place, conjunct, true);
        if (is_own) {
            unit.place = place;
            own = lappend(own, conjunct);
        } else {
            left = lappend(left, conjunct);
        }
    }
    *rest = left;
    return own;
}

Node *move(Moving &moving, Unit &unit, List **conjuncts, const Target *target) {
    auto *reference = makeNode(RangeTblRef);
    List *own = take_own(moving, unit, conjuncts);
    moving.parts.push({unit.place, unit.nodes, own, unit.relids, reference, NIL, target});
    return reinterpret_cast<Node *>(reference);
}

Query *sub_select_of(const Query *query, const Part &part) {
    List *entries = NIL;
    const pg::Vector<int> numbers = renumbering(query, part, &entries);
    auto *raw = makeNode(Query);
    raw->commandType = CMD_SELECT;
    raw->canSetTag = true;
    raw->hasSubLinks = query->hasSubLinks;
    raw->hasRowSecurity = query->hasRowSecurity;
    raw->rtable = static_cast<List *>(copyObjectImpl(entries));
    Node *quals = part.conjuncts ? reinterpret_cast<Node *>(make_ands_explicit(list_copy(part.conjuncts))) : nullptr;
    raw->jointree = makeFromExpr(static_cast<List *>(copyObjectImpl(part.nodes)), quals);
    for (Var *output : pg::ListOf<Var>(part.outputs)) {
        const auto position = static_cast<AttrNumber>(list_length(raw->targetList) + 1);
        raw->targetList = lappend(raw->targetList, makeTargetEntry(reinterpret_cast<Expr *>(output), position,
                                                                   psprintf("c%d", position), false));
    }
    Query *result = with_vars(raw, [&](const Var *var, int depth) -> Node * {
        if (static_cast<int>(var->varlevelsup) != depth) return nullptr;
        return reinterpret_cast<Node *>(redirected(var, numbers[static_cast<size_t>(var->varno)], var->varattno));
    });
    renumber_nodes(reinterpret_cast<Node *>(result->jointree), numbers);
    return result;
}

bool reads_ctes_of(const Query *query, int index) { return reads_ctes(query, bms_make_singleton(index)); }

// Puts the sub-selects into the query and lets everything refer to their columns.
void finish_moving(Moving &moving) {
    Query *query = moving.query;
    Query before = *query; // with the entries that parts take along
    before.rtable = static_cast<List *>(copyObjectImpl(query->rtable));
    int next = list_length(query->rtable);
    for (RangeTblEntry *entry : pg::ListOf<RangeTblEntry>(query->rtable)) entry->joinaliasvars = NIL;
    for (const Part &part : moving.parts) {
        Relids used = nullptr;
        for (Node *node : pg::ListOf<Node>(part.nodes)) used = bms_add_members(used, all_relids(node));
        for (int index = -1; (index = bms_next_member(used, index)) >= 0;) retire(rt_fetch(index, query->rtable));
    }
    for (Part &part : moving.parts)
        if (part.target && part.target->key) output_of(part, part.target->key);
    // Each part becomes one entry; where it will be is known beforehand.
    for (Part &part : moving.parts) part.reference->rtindex = ++next;
    *query = *with_vars(query, [&](const Var *var, int depth) -> Node * {
        if (static_cast<int>(var->varlevelsup) != depth) return nullptr;
        Part *part = part_of(moving, var->varno);
        if (!part) return nullptr;
        return reinterpret_cast<Node *>(redirected(var, part->reference->rtindex, output_of(*part, var)));
    });
    List *privileges = NIL;
    for (Part &part : moving.parts) {
        Place place = part.place;
        place.locus = output_locus(moving.block, part);
        const int length = list_length(query->rtable);
        plan::Fragment *fragment = fragment_at(sub_select_of(&before, part), place);
        if (part.target) {
            query->rtable = lappend(query->rtable, exchange_entry(part, fragment));
            query->rtable = list_concat(query->rtable, privilege_entries(fragment->query));
        } else {
            add_fragment(query, fragment);
        }
        // The sub-select itself goes to its place, what judges privileges behind all of them.
        for (int i = length + 1; i < list_length(query->rtable); i++)
            privileges = lappend(privileges, list_nth(query->rtable, i));
        query->rtable = list_truncate(query->rtable, length + 1);
    }
    query->rtable = list_concat(query->rtable, privileges);
    // With an exchange the rest of the level is sent as well.
    if (std::ranges::any_of(moving.parts, [](const Part &part) { return part.target != nullptr; }))
        renew_join_entries(query);
}

} // namespace cedro::planner
