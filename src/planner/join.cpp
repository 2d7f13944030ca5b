// Where the rows of joins are.
#include "pg/list.hpp"
#include "planner/analysis.hpp"

namespace cedro::planner {

namespace {

void add_conjuncts(List **conjuncts, Node *qual) {
    if (!qual) return;
    if (IsA(qual, List) || is_andclause(qual)) {
        List *quals = IsA(qual, List) ? reinterpret_cast<List *>(qual) : reinterpret_cast<BoolExpr *>(qual)->args;
        for (Node *each : pg::ListOf<Node>(quals)) add_conjuncts(conjuncts, each);
        return;
    }
    *conjuncts = lappend(*conjuncts, qual);
}

// Takes inner joins apart.
void flatten(Node *node, List **items, List **conjuncts) {
    if (IsA(node, FromExpr)) {
        auto *from = reinterpret_cast<FromExpr *>(node);
        for (Node *each : pg::ListOf<Node>(from->fromlist)) flatten(each, items, conjuncts);
        add_conjuncts(conjuncts, from->quals);
    } else if (IsA(node, JoinExpr) && reinterpret_cast<JoinExpr *>(node)->jointype == JOIN_INNER) {
        auto *join = reinterpret_cast<JoinExpr *>(node);
        flatten(join->larg, items, conjuncts);
        flatten(join->rarg, items, conjuncts);
        add_conjuncts(conjuncts, join->quals);
    } else {
        *items = lappend(*items, node);
    }
}

Relids relids_of(Node *node) { return get_relids_in_jointree(node, false); }

List *folded_list(const List *conjuncts) {
    List *result = NIL;
    for (Node *each : pg::ListOf<Node>(conjuncts)) result = list_concat(result, folded(each));
    return result;
}

// What of the context still tells which rows of the nullable side matter: a
// condition that NULLs in the side's columns could fulfil does not.
List *strict_for(List *context, Relids nullable) {
    List *result = NIL;
    for (Node *each : pg::ListOf<Node>(context)) {
        Relids touched = bms_intersect(pull_varnos(nullptr, each), nullable);
        if (bms_is_subset(touched, find_nonnullable_rels(each))) result = lappend(result, each);
    }
    return result;
}

bool rejects_nulls_of(List *context, Relids relids) {
    for (Node *each : pg::ListOf<Node>(context))
        if (bms_overlap(find_nonnullable_rels(each), relids)) return true;
    return false;
}

// Relations outside of the node that LATERAL entries inside refer to.
Relids outer_lateral_references(const Query *query, Node *node) {
    Relids references = nullptr;
    Relids inside = relids_of(node);
    for (int index = -1; (index = bms_next_member(inside, index)) >= 0;)
        references = bms_add_members(references, lateral_references(query, index));
    return bms_difference(references, inside);
}

// Evaluates body while sub-queries of the level see these rows.
template <typename Body>
auto with_rows(Block &block, const Locus &rows, Body &&body) {
    const Locus saved = block.rows;
    block.rows = rows;
    auto result = body();
    block.rows = saved;
    return result;
}

// The merged column of FULL JOIN … USING names the group when each side's column does.
void add_merged_keys(Block &block, const JoinExpr *join, const Place &left, const Place &right, Locus &result) {
    List *conjuncts = NIL;
    add_conjuncts(&conjuncts, join->quals);
    for (const Node *each : pg::ListOf<const Node>(conjuncts)) {
        if (!IsA(each, OpExpr) || list_length(reinterpret_cast<const OpExpr *>(each)->args) != 2) continue;
        const auto *equality = reinterpret_cast<const OpExpr *>(each);
        auto *one = static_cast<Node *>(linitial(equality->args));
        auto *other = static_cast<Node *>(lsecond(equality->args));
        if (!is_hash_equality(equality->opno, equality->inputcollid, bare(one), bare(other))) continue;
        if (exprType(one) != exprType(other)) continue;
        const ColumnSet set_one = known_set_of(block, bare(one));
        const ColumnSet set_other = known_set_of(block, bare(other));
        if (!(set_one & left.locus.strong) || !(set_other & right.locus.strong)) continue;
        auto *merged = makeNode(CoalesceExpr);
        merged->coalescetype = exprType(one);
        merged->coalescecollid = exprCollation(one);
        merged->args = list_make2(one, other);
        merged->location = -1;
        result.strong |= set_of(block, reinterpret_cast<Node *>(merged));
    }
}

// One side of an outer join. Only its own columns are keys of it: what equals
// them in matching rows does not where NULLs stand for the side.
std::optional<Place> side_of(Block &block, Node *node, List *context) {
    std::optional<Place> place = whole_of(block, analyse_join(block, node, context));
    if (!place) return std::nullopt;
    const ColumnSet own = columns_of_relations(block, relids_of(node));
    place->locus.strong &= own;
    place->locus.weak &= own;
    return place;
}

// The sub-queries of a join condition are evaluated for pairs, in which the keys of both sides are keys.
bool accept_condition(Block &block, Place &joined, const JoinExpr *source, const Place &left, const Place &right,
                      Classes classes) {
    const Locus locus = joined.locus;
    joined.locus.strong |= left.locus.strong | right.locus.strong;
    joined.locus.weak = (left.locus.keys() | right.locus.keys()) & ~joined.locus.strong;
    joined.locus = filtered(joined.locus, classes);
    List *conjuncts = NIL;
    add_conjuncts(&conjuncts, source->quals);
    for (Node *each : pg::ListOf<Node>(conjuncts))
        if (!accept_expression(block, joined, each, true)) return false;
    joined.locus.strong = locus.strong;
    joined.locus.weak = locus.weak;
    return true;
}

std::optional<Place> join_sides(Block &block, const OuterJoin &join, const JoinExpr *source, List *context) {
    const std::optional<Place> left = side_of(block, join.left, join.left_context);
    if (!left) return std::nullopt;
    const bool is_lateral = !bms_is_empty(outer_lateral_references(block.query, join.right));
    const std::optional<Place> right = with_rows(block, is_lateral ? left->locus : block.rows,
                                                 [&] { return side_of(block, join.right, join.right_context); });
    if (!right) return std::nullopt;

    List *on = list_concat(folded(source->quals), list_copy(context));
    const pg::Vector<ColumnSet> classes = classes_of(block, on);
    std::optional<Place> place = is_lateral && right->locus.kind != LocusKind::Part && join.kind != JoinKind::Full
                                     ? join_lateral_places(block.run, *left, *right)
                                     : join_places(block.run, join.kind, *left, *right, classes);
    if (!place) {
        refuse(block.run, "an outer join is not on the distribution columns");
        return std::nullopt;
    }
    if (!accept_condition(block, *place, source, *left, *right, classes)) return std::nullopt;
    if (join.kind == JoinKind::Full) add_merged_keys(block, source, *left, *right, place->locus);
    return place;
}

Unit unit_of(Block &block, Node *item, List *context) {
    Unit unit{false, {}, list_make1(item), relids_of(item)};
    std::optional<Place> place;
    if (IsA(item, RangeTblRef)) {
        place = place_of_entry(block, reinterpret_cast<RangeTblRef *>(item)->rtindex, context);
    } else {
        const auto *join = castNode(const JoinExpr, item);
        place = join_sides(block, read_outer_join(join, context), join, context);
    }
    unit.is_pushable = place.has_value();
    if (place) unit.place = *place;
    return unit;
}

bool is_shared(const Unit &unit) { return unit.place.locus.kind < LocusKind::Part; }

// Some condition looks at both.
bool are_linked(const Unit &one, const Unit &other, const List *conjuncts) {
    for (Node *each : pg::ListOf<Node>(const_cast<List *>(conjuncts))) {
        Relids relids = pull_varnos(nullptr, each);
        if (bms_overlap(relids, one.relids) && bms_overlap(relids, other.relids)) return true;
    }
    return false;
}

void put_together(Unit &into, const Unit &other, const Place &place) {
    into.place = place;
    into.nodes = list_concat_copy(into.nodes, other.nodes);
    into.relids = bms_union(into.relids, other.relids);
}

void remove_at(pg::Vector<Unit> &units, size_t index) {
    std::move(units.begin() + index + 1, units.end(), units.begin() + index);
    units.resize_down(units.size() - 1);
}

// Joins two of the units for which `wanted` holds; false when there are none.
bool join_two(Block &block, pg::Vector<Unit> &units, Classes classes,
              pg::FunctionRef<bool(const Unit &, const Unit &)> wanted) {
    for (size_t i = 0; i < units.size(); i++)
        for (size_t j = i + 1; j < units.size(); j++) {
            if (!units[i].is_pushable || !units[j].is_pushable || !wanted(units[i], units[j])) continue;
            const auto place = join_places(block.run, JoinKind::Inner, units[i].place, units[j].place, classes);
            if (!place) continue;
            put_together(units[i], units[j], *place);
            remove_at(units, j);
            return true;
        }
    return false;
}

void join_units(Block &block, pg::Vector<Unit> &units, const List *conjuncts, Classes classes) {
    auto both_parts = [](const Unit &one, const Unit &other) { return !is_shared(one) && !is_shared(other); };
    auto linked = [&](const Unit &one, const Unit &other) { return are_linked(one, other, conjuncts); };
    while (join_two(block, units, classes, both_parts)) continue;
    while (join_two(block, units, classes, linked)) continue;
    // A cross product is worth it only when it makes the list whole.
    const bool has_one_part = std::ranges::count_if(units, [](const Unit &unit) { return !is_shared(unit); }) <= 1;
    if (has_one_part && std::ranges::all_of(units, &Unit::is_pushable))
        while (join_two(block, units, classes, [](const Unit &, const Unit &) { return true; })) continue;
}

// LATERAL items see the rows of the unit that they refer to.
void join_lateral_item(Block &block, JoinList &list, Node *item, Relids references) {
    for (Unit &unit : list.units) {
        if (!unit.is_pushable || !bms_is_subset(references, unit.relids)) continue;
        const Unit inner = with_rows(block, unit.place.locus, [&] { return unit_of(block, item, list.context); });
        if (!inner.is_pushable) break;
        const pg::Vector<ColumnSet> classes = classes_of(block, list.context);
        const auto place = inner.place.locus.kind == LocusKind::Part
                               ? join_places(block.run, JoinKind::Inner, unit.place, inner.place, classes)
                               : join_lateral_places(block.run, unit.place, inner.place);
        if (!place) break;
        put_together(unit, inner, *place);
        return;
    }
    list.units.push({false, {}, list_make1(item), relids_of(item)});
}

} // namespace

OuterJoin read_outer_join(const JoinExpr *join, List *context) {
    const bool is_right = join->jointype == JOIN_RIGHT;
    OuterJoin result{join->jointype == JOIN_FULL ? JoinKind::Full : JoinKind::Left, is_right ? join->rarg : join->larg,
                     is_right ? join->larg : join->rarg, NIL, NIL};
    if (result.kind == JoinKind::Full) {
        const bool needs_left = rejects_nulls_of(context, relids_of(result.left));
        const bool needs_right = rejects_nulls_of(context, relids_of(result.right));
        if (needs_right && !needs_left) std::swap(result.left, result.right);
        if (needs_left || needs_right) result.kind = needs_left && needs_right ? JoinKind::Inner : JoinKind::Left;
    } else if (rejects_nulls_of(context, relids_of(result.right))) {
        result.kind = JoinKind::Inner;
    }
    List *on = folded(join->quals);
    result.left_context = context;
    result.right_context = list_concat_copy(on, strict_for(context, relids_of(result.right)));
    if (result.kind == JoinKind::Full) {
        result.left_context = strict_for(context, relids_of(result.left));
        result.right_context = strict_for(context, relids_of(result.right));
    } else if (result.kind == JoinKind::Inner) {
        result.left_context = result.right_context = list_concat_copy(on, context);
    }
    return result;
}

JoinList analyse_join(Block &block, Node *node, List *context) {
    List *items = NIL;
    JoinList list{pg::Vector<Unit>(), NIL, NIL};
    flatten(node, &items, &list.conjuncts);
    list.context = list_concat(folded_list(list.conjuncts), list_copy(context));
    List *lateral = NIL;
    Relids inside = relids_of(node);
    for (Node *item : pg::ListOf<Node>(items)) {
        // What lies outside of the node is in block.rows already.
        if (!bms_overlap(outer_lateral_references(block.query, item), inside))
            list.units.push(unit_of(block, item, list.context));
        else
            lateral = lappend(lateral, item);
    }
    join_units(block, list.units, list.conjuncts, classes_of(block, list.context));
    for (Node *item : pg::ListOf<Node>(lateral))
        join_lateral_item(block, list, item, bms_intersect(outer_lateral_references(block.query, item), inside));
    if (lateral) join_units(block, list.units, list.conjuncts, classes_of(block, list.context));
    return list;
}

std::optional<Place> whole_of(Block &block, const JoinList &list) {
    Place place;
    if (list.units.size() > 1) refuse(block.run, "its tables are not joined on their distribution columns");
    if (list.units.size() > 1 || (list.units.size() == 1 && !list.units[0].is_pushable)) return std::nullopt;
    if (list.units.size() == 1) place = list.units[0].place;
    place.locus = filtered(place.locus, classes_of(block, list.context));
    for (Node *conjunct : pg::ListOf<Node>(list.conjuncts))
        if (!accept_expression(block, place, conjunct, true)) return std::nullopt;
    return place;
}

} // namespace cedro::planner
