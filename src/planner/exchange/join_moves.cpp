#include "planner/exchange/join_moves.hpp"

#include "catalog/settings.hpp"
#include "cluster/node.hpp"
#include "pg/list.hpp"
#include "planner/exchange/estimate.hpp"
#include "planner/join_entries.hpp"
#include "planner/surgery.hpp"
#include "table/key_type.hpp"

namespace cedro::planner {

namespace {

// Of what stays where it is.
constexpr Estimate kUnknown = {1000, 32};

struct Sized {
    Relids relids;
    Estimate estimate;
};

struct Search {
    Block &block;
    Query *query;
    Moving moving;
    size_t nodes;
    pg::Vector<Sized> sizes;
    std::optional<Choice> best;
    double pull;
    uint32 considered;
    bool only_hash;
};

// The columns of the unit that the query needs.
List *outputs_of(const Query *query, Relids relids) {
    List *outputs = NIL;
    with_vars(query, [&](const Var *var, int depth) -> Node * {
        if (static_cast<int>(var->varlevelsup) != depth || !bms_is_member(var->varno, relids)) return nullptr;
        auto *copy = static_cast<Var *>(copyObjectImpl(var));
        copy->varlevelsup = 0;
        outputs = list_append_unique(outputs, copy);
        return nullptr;
    });
    return outputs;
}

// Conjuncts on the unit alone.
List *conjuncts_on(const Unit &unit, const List *conjuncts) {
    List *own = NIL;
    for (Node *each : pg::ListOf<Node>(conjuncts)) {
        Relids relids = pull_varnos(nullptr, each);
        if (!bms_is_empty(relids) && bms_is_subset(relids, unit.relids) && !contain_subplans(each) &&
            !reads_outer_levels(each))
            own = lappend(own, each);
    }
    return own;
}

Estimate size_of(Search &search, const Unit &unit, const List *conjuncts) {
    for (const Sized &each : search.sizes)
        if (bms_equal(each.relids, unit.relids)) return each.estimate;
    if (!is_movable(search.moving, unit)) {
        search.sizes.push({unit.relids, kUnknown});
        return search.sizes.back().estimate;
    }
    const Part part{unit.place,  unit.nodes, conjuncts_on(unit, conjuncts),
                    unit.relids, nullptr,    outputs_of(search.query, unit.relids),
                    nullptr};
    search.sizes.push({unit.relids, estimate(sub_select_of(search.query, part))});
    search.pull += cost_of_pull(search.sizes.back().estimate);
    return search.sizes.back().estimate;
}

bool refers_outside(const Search &search, const Unit &unit) {
    if (!search.block.outer) return false;
    bool found = false;
    Query shell = *search.query;
    shell.rtable = NIL;
    shell.targetList = NIL;
    for (int index = -1; (index = bms_next_member(unit.relids, index)) >= 0;)
        shell.rtable = lappend(shell.rtable, rt_fetch(index, search.query->rtable));
    shell.jointree = makeFromExpr(unit.nodes, nullptr);
    with_vars(&shell, [&](const Var *var, int depth) -> Node * {
        found |= static_cast<int>(var->varlevelsup) > depth;
        return nullptr;
    });
    return found;
}

bool can_move(const Search &search, const Unit &unit) {
    return unit.is_pushable && unit.place.locus.is_spread() && is_movable(search.moving, unit) &&
           !refers_outside(search, unit);
}

size_t groups_of(Oid layout) { return table::get(layout).shards.size(); }

// A column of the unit in the set of equal columns.
const Var *column_in(const Search &search, const Unit &unit, ColumnSet set) {
    for (size_t i = 0; i < search.block.members.size(); i++) {
        const Node *member = search.block.members[i];
        if (!(set & (ColumnSet{1} << i)) || !IsA(member, Var)) continue;
        const auto *var = reinterpret_cast<const Var *>(member);
        if (var->varlevelsup == 0 && var->varattno > 0 && bms_is_member(var->varno, unit.relids)) return var;
    }
    return nullptr;
}

// The values are hashed as keys of the table are.
bool is_hashed_like(const Var *column, Oid layout) {
    const table::Table &table = table::get(layout);
    if (!table.is_hash() || table.shards.size() < 2) return false;
    const auto family = table::key_family(column->vartype, column->varcollid);
    return family && family == table::key_family(table.key_type, table.key_collation);
}

// In a test each way is as good as the others.
double drawn(Search &search) {
    const uint32 number = static_cast<uint32>(setting::exchange_seed) * 1000003 + search.considered++;
    return number * 2654435761U;
}

void consider(Search &search, Choice choice) {
    if (setting::exchange_seed) choice.cost = drawn(search);
    if (!search.best || choice.cost < search.best->cost) search.best = choice;
}

Choice one_move(const Unit &unit, const Target &target, double cost) {
    Choice choice{pg::Vector<Move>(), cost, 0};
    choice.moves.push({unit.relids, pg::make<Target>(target)});
    return choice;
}

const char *reason(const char *what, double cost) { return psprintf("%s: estimated %.1f ms", what, cost / 1000); }

// Moves `unit` to where `other` has equal values as its key.
void consider_hash(Search &search, const Unit &unit, const Unit &other, ColumnSet equal_columns, const Estimate &size) {
    if (other.place.layouts == NIL || !(other.place.locus.keys() & equal_columns)) return;
    const Var *key = column_in(search, unit, equal_columns);
    const Oid layout = linitial_oid(other.place.layouts);
    if (!key || !column_in(search, other, equal_columns & other.place.locus.keys()) || !is_hashed_like(key, layout))
        return;
    const double cost = cost_of_hash(size, search.nodes);
    consider(search, one_move(unit, {key, layout, size.rows, size.width, reason("hash", cost)}, cost));
}

void consider_both(Search &search, const Unit &one, const Unit &other, ColumnSet equal_columns,
                   const Estimate &size_one, const Estimate &size_other) {
    const Var *key_one = column_in(search, one, equal_columns);
    const Var *key_other = column_in(search, other, equal_columns);
    if (!key_one || !key_other) return;
    for (const Unit *home : {&one, &other}) {
        if (home->place.layouts == NIL) continue;
        const Oid layout = linitial_oid(home->place.layouts);
        if (!is_hashed_like(key_one, layout) || !is_hashed_like(key_other, layout)) continue;
        const double cost = cost_of_hash(size_one, search.nodes) + cost_of_hash(size_other, search.nodes);
        const char *why = reason("hash of both sides", cost);
        Choice choice = one_move(one, {key_one, layout, size_one.rows, size_one.width, why}, cost);
        choice.moves.push({other.relids, pg::make<Target>(key_other, layout, size_other.rows, size_other.width, why)});
        consider(search, choice);
        return;
    }
}

void consider_broadcast(Search &search, const Unit &unit, const Unit &other, const Estimate &size) {
    if (other.place.layouts == NIL || search.only_hash) return;
    const double cost = cost_of_broadcast(size, search.nodes, groups_of(linitial_oid(other.place.layouts)));
    consider(search, one_move(unit, {nullptr, InvalidOid, size.rows, size.width, reason("broadcast", cost)}, cost));
}

struct Pair {
    const Unit &left;
    const Unit &right;
    const List *left_conjuncts;
    const List *right_conjuncts;
    JoinKind kind;
    Classes classes;
};

bool are_linked(const Search &search, const Pair &pair) {
    return std::ranges::any_of(pair.classes, [&](ColumnSet each) {
        return column_in(search, pair.left, each) && column_in(search, pair.right, each);
    });
}

void consider_pair(Search &search, const Pair &pair) {
    const bool can_left = can_move(search, pair.left);
    const bool can_right = can_move(search, pair.right);
    const Estimate left = size_of(search, pair.left, pair.left_conjuncts);
    const Estimate right = size_of(search, pair.right, pair.right_conjuncts);
    for (ColumnSet each : pair.classes) {
        if (can_left) consider_hash(search, pair.left, pair.right, each, left);
        if (can_right) consider_hash(search, pair.right, pair.left, each, right);
        if (can_left && can_right) consider_both(search, pair.left, pair.right, each, left, right);
    }
    if (can_left && pair.kind == JoinKind::Inner) consider_broadcast(search, pair.left, pair.right, left);
    if (can_right && pair.kind != JoinKind::Full) consider_broadcast(search, pair.right, pair.left, right);
}

void search_from(Search &search, Node *node, List *context);

List *quals_of(const JoinExpr *join) {
    return join->quals ? make_ands_implicit(reinterpret_cast<Expr *>(join->quals)) : NIL;
}

void search_join(Search &search, JoinExpr *join, List *context) {
    const OuterJoin sides = read_outer_join(join, context);
    search_from(search, sides.left, sides.left_context);
    search_from(search, sides.right, sides.right_context);
    JoinList left = analyse_join(search.block, sides.left, sides.left_context);
    JoinList right = analyse_join(search.block, sides.right, sides.right_context);
    if (left.units.size() != 1 || right.units.size() != 1) return;
    const Unit &one = left.units[0];
    const Unit &other = right.units[0];
    if (!one.is_pushable || !other.is_pushable || !one.place.locus.is_spread() || !other.place.locus.is_spread())
        return;
    const pg::Vector<ColumnSet> classes =
        classes_of(search.block, list_concat(folded(join->quals), list_copy(context)));
    List *right_conjuncts = list_copy(right.conjuncts);
    if (sides.kind != JoinKind::Full) right_conjuncts = list_concat(right_conjuncts, quals_of(join));
    consider_pair(search, {one, other, left.conjuncts, right_conjuncts, sides.kind, classes});
}

void search_list(Search &search, const JoinList &list) {
    const pg::Vector<ColumnSet> classes = classes_of(search.block, list.context);
    auto consider_pairs = [&](bool wants_linked) {
        for (size_t i = 0; i < list.units.size(); i++)
            for (size_t j = i + 1; j < list.units.size(); j++) {
                const Unit &one = list.units[i];
                const Unit &other = list.units[j];
                if (!one.is_pushable || !other.is_pushable || !one.place.locus.is_spread() ||
                    !other.place.locus.is_spread())
                    continue;
                const Pair pair{one, other, list.conjuncts, list.conjuncts, JoinKind::Inner, classes};
                if (are_linked(search, pair) == wants_linked) consider_pair(search, pair);
            }
    };
    consider_pairs(true);
    if (!search.best) consider_pairs(false);
}

void search_from(Search &search, Node *node, List *context) {
    const JoinList list = analyse_join(search.block, node, context);
    for (const Unit &unit : list.units) {
        if (unit.is_pushable || list_length(unit.nodes) != 1) continue;
        auto *item = static_cast<Node *>(linitial(unit.nodes));
        if (IsA(item, JoinExpr)) search_join(search, reinterpret_cast<JoinExpr *>(item), list.context);
    }
    if (!search.best) search_list(search, list);
}

// Rebuilding FROM.

struct Rebuild {
    Moving &moving;
    std::span<const Move> moves;
    bool failed;
};

const Target *target_of(const Rebuild &rebuild, const Unit &unit) {
    for (const Move &each : rebuild.moves)
        if (bms_equal(each.relids, unit.relids)) return each.target;
    return nullptr;
}

bool holds_move(const Rebuild &rebuild, Relids relids) {
    return std::ranges::any_of(rebuild.moves, [&](const Move &each) { return bms_is_subset(each.relids, relids); });
}

Node *rebuild_from(Rebuild &rebuild, Node *node, List *context, List **outside);

Node *rebuild_join(Rebuild &rebuild, JoinExpr *join, List *context) {
    const OuterJoin sides = read_outer_join(join, context);
    const bool is_swapped = sides.left != join->larg;
    List *quals = quals_of(join);
    Node *left = rebuild_from(rebuild, sides.left, sides.left_context, nullptr);
    // What the condition asks of the nullable side alone, the side may be filtered by.
    Node *right =
        rebuild_from(rebuild, sides.right, sides.right_context, sides.kind == JoinKind::Full ? nullptr : &quals);
    join->larg = is_swapped ? right : left;
    join->rarg = is_swapped ? left : right;
    join->quals = quals ? reinterpret_cast<Node *>(make_ands_explicit(quals)) : makeBoolConst(true, false);
    return reinterpret_cast<Node *>(join);
}

Node *rebuild_from(Rebuild &rebuild, Node *node, List *context, List **outside) {
    if (!holds_move(rebuild, get_relids_in_jointree(node, false))) return node;
    JoinList list = analyse_join(rebuild.moving.block, node, context);
    List *items = NIL;
    List *conjuncts = list_copy(list.conjuncts);
    for (Unit &unit : list.units) {
        if (const Target *target = target_of(rebuild, unit)) {
            Node *reference = move(rebuild.moving, unit, &conjuncts, target);
            Part &part = rebuild.moving.parts.back();
            if (outside) {
                part.conjuncts = list_concat(part.conjuncts, take_own(rebuild.moving, unit, outside));
                part.place = unit.place;
            }
            items = lappend(items, reference);
            continue;
        }
        for (Node *item : pg::ListOf<Node>(unit.nodes))
            items = lappend(items, IsA(item, JoinExpr)
                                       ? rebuild_join(rebuild, reinterpret_cast<JoinExpr *>(item), list.context)
                                       : item);
    }
    if (!IsA(node, FromExpr)) {
        // A side of a join has no WHERE of its own.
        if (list_length(items) == 1 && conjuncts != NIL) rebuild.failed = true;
        return inner_join(items, conjuncts);
    }
    Node *quals = conjuncts ? reinterpret_cast<Node *>(make_ands_explicit(conjuncts)) : nullptr;
    return reinterpret_cast<Node *>(makeFromExpr(items, quals));
}

} // namespace

namespace {

Search start_search(Block &block, Query *query, bool only_hash) {
    return {block,
            query,
            start_moving(block, query),
            cluster::shard_nodes().size(),
            pg::Vector<Sized>(),
            std::nullopt,
            0,
            0,
            only_hash};
}

std::optional<Choice> result_of(Search &search) {
    if (search.best) search.best->pull = search.pull;
    return search.best;
}

// Columns of the sub-query's level that equal keys of the rows around it.
ColumnSet columns_equal_to_keys(Block &block, const SubLink *link, const Place &rows, const List *context) {
    ColumnSet result = 0;
    const Locus outer = outer_row(block, rows.locus.layout);
    for (ColumnSet each : classes_of(block, context))
        if (each & outer.strong) result |= each;
    if (link->subLinkType != ANY_SUBLINK || !link->testexpr) return result;
    for (const Node *each : pg::ListOf<const Node>(make_ands_implicit(reinterpret_cast<Expr *>(link->testexpr)))) {
        if (!IsA(each, OpExpr) || list_length(reinterpret_cast<const OpExpr *>(each)->args) != 2) continue;
        const auto *equality = reinterpret_cast<const OpExpr *>(each);
        const Node *left = bare(static_cast<const Node *>(linitial(equality->args)));
        const Node *right = bare(static_cast<const Node *>(lsecond(equality->args)));
        if (!IsA(right, Param) || !(known_set_of(*block.outer, left) & rows.locus.keys())) continue;
        if (!is_hash_equality(equality->opno, equality->inputcollid, left, right)) continue;
        const int output = reinterpret_cast<const Param *>(right)->paramid;
        const TargetEntry *target = get_tle_by_resno(block.query->targetList, static_cast<AttrNumber>(output));
        if (target) result |= set_of(block, bare(reinterpret_cast<const Node *>(target->expr)));
    }
    return result;
}

} // namespace

std::optional<Choice> choose_move(Block &block, Query *query, bool only_hash) {
    Search search = start_search(block, query, only_hash);
    search_from(search, reinterpret_cast<Node *>(query->jointree), NIL);
    return result_of(search);
}

std::optional<Choice> choose_sub_link_move(Block &block, Query *query, const SubLink *link, const Place &rows,
                                           bool only_hash) {
    Search search = start_search(block, query, only_hash);
    const JoinList list = analyse_join(block, reinterpret_cast<Node *>(query->jointree), NIL);
    if (list.units.size() != 1 || rows.layouts == NIL || !can_move(search, list.units[0])) return std::nullopt;
    const Unit &unit = list.units[0];
    const Estimate size = size_of(search, unit, list.conjuncts);
    const Oid layout = linitial_oid(rows.layouts);
    const ColumnSet equal_columns = columns_equal_to_keys(block, link, rows, list.context);
    if (const Var *key = column_in(search, unit, equal_columns); key && is_hashed_like(key, layout)) {
        const double cost = cost_of_hash(size, search.nodes);
        consider(search, one_move(unit, {key, layout, size.rows, size.width, reason("hash", cost)}, cost));
    }
    if (!only_hash) {
        const double cost = cost_of_broadcast(size, search.nodes, groups_of(layout));
        consider(search, one_move(unit, {nullptr, InvalidOid, size.rows, size.width, reason("broadcast", cost)}, cost));
    }
    return result_of(search);
}

bool make_moves(Block &block, Query *query, std::span<const Move> moves) {
    Moving moving = start_moving(block, query);
    Rebuild rebuild{moving, moves, false};
    Node *from = rebuild_from(rebuild, reinterpret_cast<Node *>(query->jointree), NIL, nullptr);
    query->jointree = castNode(FromExpr, from);
    if (rebuild.failed) return false;
    finish_moving(moving);
    return true;
}

} // namespace cedro::planner
