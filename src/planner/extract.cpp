#include "planner/extract.hpp"

#include "pg/list.hpp"
#include "pg/walk.hpp"
#include "plan/row_change.hpp"
#include "planner/analysis.hpp"
#include "planner/enclose.hpp"
#include "planner/push.hpp"
#include "planner/pushable.hpp"
#include "planner/surgery.hpp"

namespace cedro::planner {

namespace {

// A part that moves into a sub-select.
struct Moved {
    Place place;
    List *nodes; // of the join tree, as they stood in the query
    List *conjuncts;
    Relids relids;          // without joins
    RangeTblRef *reference; // takes its place in FROM; its index is known at the end
    List *outputs;          // Vars of the query, in order of the sub-select's columns
};

struct Extraction {
    Block &block;
    Query *query;
    Relids unmovable; // relations of which a record is wanted
    pg::Vector<Moved> moved;
};

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

bool is_single_entry(const Unit &unit) {
    return list_length(unit.nodes) == 1 && IsA(linitial(unit.nodes), RangeTblRef);
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

bool is_worth_moving(const Extraction &extraction, const Unit &unit) {
    const Query *query = extraction.query;
    if (!unit.is_pushable || unit.place.tables == NIL || unit.place.locus.kind == LocusKind::Bound) return false;
    // A table alone is read by the floor, a sub-select alone becomes a fragment as it stands.
    if (is_single_entry(unit)) return false;
    return !bms_overlap(unit.relids, extraction.unmovable) && !has_system_columns(query, unit.relids) &&
           !reads_ctes(query, unit.relids) && !reads_around(query, unit) && !is_locked(query, unit.relids);
}

// Conditions on the part alone that groups can check.
List *own_conjuncts(Extraction &extraction, Unit &unit, List **rest) {
    List *own = NIL;
    List *left = NIL;
    for (Node *conjunct : pg::ListOf<Node>(*rest)) {
        Relids relids = pull_varnos(nullptr, conjunct);
        Place place = unit.place;
        const bool is_own = !bms_is_empty(relids) && bms_is_subset(relids, unit.relids) && !is_volatile(conjunct) &&
                            accept_expression(extraction.block, place, conjunct, true);
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

// A sub-select that groups compute as it stands.
void mark_entry(Extraction &extraction, int index) {
    Query *query = extraction.query;
    RangeTblEntry *entry = rt_fetch(index, query->rtable);
    if (entry->rtekind != RTE_SUBQUERY || entry->security_barrier || plan::fragment_of(entry) ||
        plan::row_change_of(entry))
        return;
    if (entry->subquery->sortClause || reads_ctes(query, bms_make_singleton(index))) return;
    if (!bms_is_empty(lateral_references(query, index))) return;
    if (!travel(entry->subquery->targetList)) return;
    const Verdict verdict = analyse(extraction.block.run, entry->subquery, nullptr);
    if (!verdict.is_pushable || verdict.place.tables == NIL) return;
    mark_fragment(query, entry, verdict.place);
}

Node *extract_from(Extraction &extraction, Node *node, List *context);

Node *extract_item(Extraction &extraction, Node *item, List *context) {
    if (IsA(item, RangeTblRef)) {
        mark_entry(extraction, reinterpret_cast<RangeTblRef *>(item)->rtindex);
        return item;
    }
    auto *join = castNode(JoinExpr, item);
    const OuterJoin sides = read_outer_join(join, context);
    const bool is_swapped = sides.left != join->larg;
    Node *left = extract_from(extraction, sides.left, sides.left_context);
    Node *right = extract_from(extraction, sides.right, sides.right_context);
    join->larg = is_swapped ? right : left;
    join->rarg = is_swapped ? left : right;
    return item;
}

Node *move(Extraction &extraction, Unit &unit, List **conjuncts) {
    auto *reference = makeNode(RangeTblRef);
    List *own = own_conjuncts(extraction, unit, conjuncts);
    extraction.moved.push({unit.place, unit.nodes, own, unit.relids, reference, NIL});
    return reinterpret_cast<Node *>(reference);
}

// What takes the place of a node of the join tree.
Node *extract_from(Extraction &extraction, Node *node, List *context) {
    JoinList list = analyse_join(extraction.block, node, context);
    List *items = NIL;
    List *conjuncts = list_copy(list.conjuncts);
    for (Unit &unit : list.units) {
        if (is_worth_moving(extraction, unit)) {
            items = lappend(items, move(extraction, unit, &conjuncts));
            continue;
        }
        for (Node *item : pg::ListOf<Node>(unit.nodes))
            items = lappend(items, extract_item(extraction, item, list.context));
    }
    if (!IsA(node, FromExpr) && list_length(items) == 1 && conjuncts == NIL)
        return static_cast<Node *>(linitial(items));
    Node *quals = conjuncts ? reinterpret_cast<Node *>(make_ands_explicit(conjuncts)) : nullptr;
    return reinterpret_cast<Node *>(makeFromExpr(items, quals));
}

Moved *part_of(Extraction &extraction, int index) {
    for (Moved &part : extraction.moved)
        if (bms_is_member(index, part.relids)) return &part;
    return nullptr;
}

// The column of a part's sub-select that holds the Var.
AttrNumber output_of(Moved &part, const Var *var) {
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
pg::Vector<int> renumbering(const Query *query, const Moved &part, List **entries) {
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

Query *sub_select_of(const Query *query, const Moved &part) {
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

Locus output_locus(const Block &block, const Moved &part) {
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

// Puts the sub-selects into the query and lets everything refer to their columns.
void finish(Extraction &extraction) {
    Query *query = extraction.query;
    Query before = *query; // with the entries that parts take along
    before.rtable = static_cast<List *>(copyObjectImpl(query->rtable));
    int next = list_length(query->rtable);
    for (RangeTblEntry *entry : pg::ListOf<RangeTblEntry>(query->rtable)) entry->joinaliasvars = NIL;
    for (const Moved &part : extraction.moved) {
        Relids used = nullptr;
        for (Node *node : pg::ListOf<Node>(part.nodes)) used = bms_add_members(used, all_relids(node));
        for (int index = -1; (index = bms_next_member(used, index)) >= 0;) retire(rt_fetch(index, query->rtable));
    }
    // Each part becomes one entry; where it will be is known beforehand.
    for (Moved &part : extraction.moved) part.reference->rtindex = ++next;
    *query = *with_vars(query, [&](const Var *var, int depth) -> Node * {
        if (static_cast<int>(var->varlevelsup) != depth) return nullptr;
        Moved *part = part_of(extraction, var->varno);
        if (!part) return nullptr;
        return reinterpret_cast<Node *>(redirected(var, part->reference->rtindex, output_of(*part, var)));
    });
    List *privileges = NIL;
    for (Moved &part : extraction.moved) {
        Place place = part.place;
        place.locus = output_locus(extraction.block, part);
        const int length = list_length(query->rtable);
        add_fragment(query, fragment_at(sub_select_of(&before, part), place));
        // The sub-select itself goes to its place, what judges privileges behind all of them.
        for (int i = length + 1; i < list_length(query->rtable); i++)
            privileges = lappend(privileges, list_nth(query->rtable, i));
        query->rtable = list_truncate(query->rtable, length + 1);
    }
    query->rtable = list_concat(query->rtable, privileges);
}

} // namespace

void extract_fragments(Run &run, Query *query) {
    Block block{run, query, nullptr};
    Extraction extraction{block, query, with_records(query), pg::Vector<Moved>()};
    Node *from = extract_from(extraction, reinterpret_cast<Node *>(query->jointree), NIL);
    query->jointree = castNode(FromExpr, from);
    if (!extraction.moved.empty()) finish(extraction);
}

} // namespace cedro::planner
