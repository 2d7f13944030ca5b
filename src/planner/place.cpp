#include "planner/place.hpp"

#include "pg/list.hpp"
#include "pg/walk.hpp"
#include "plan/pruning.hpp"
#include "plan/site.hpp"
#include "planner/rules.hpp"

namespace cedro::planner {

namespace {

Node *conjunction(Node *left, Node *right) {
    if (!left || !right) return left ? left : right;
    return reinterpret_cast<Node *>(list_make2(left, right)); // pruning reads a list as AND
}

Node *disjunction(Node *left, Node *right) {
    if (!left || !right) return nullptr;
    auto explicit_and = [](Node *node) {
        return IsA(node, List) ? reinterpret_cast<Node *>(make_andclause(reinterpret_cast<List *>(node))) : node;
    };
    return reinterpret_cast<Node *>(make_orclause(list_make2(explicit_and(left), explicit_and(right))));
}

// Merges who reads and whose code runs.
bool merge_roles(Run &run, Place &into, const Place &from) {
    if (into.has_role && from.has_role && into.role != from.role) {
        const Oid other = OidIsValid(into.role) ? into.role : from.role;
        const bool is_own = !OidIsValid(into.role) || !OidIsValid(from.role);
        if (!is_own || other != GetUserId()) {
            refuse(run, "its tables are read in the name of different roles");
            return false;
        }
        run.depends_on_role = true;
        into.role = InvalidOid;
    } else if (from.has_role) {
        into.role = from.role;
    }
    into.has_role |= from.has_role;
    into.has_code |= from.has_code;
    if (into.has_role && into.has_code && OidIsValid(into.role)) {
        if (into.role != GetUserId()) {
            refuse(run, "functions of the client must not run in the name of a view's owner");
            return false;
        }
        run.depends_on_role = true;
        into.role = InvalidOid;
    }
    return true;
}

int position_of(const List *layouts, int32 colocation) {
    int position = 0;
    for (Oid relid : pg::OidsOf(layouts)) {
        if (table::get(relid).colocation == colocation) return position;
        position++;
    }
    return -1;
}

enum class Merge { And, Left, Or, Neither };

void merge_layouts(Place &into, const Place &from, Merge merge) {
    for (int i = 0; i < list_length(from.layouts); i++) {
        const Oid relid = list_nth_oid(from.layouts, i);
        auto *qual = static_cast<Node *>(list_nth(from.pruning, i));
        const int position = position_of(into.layouts, table::get(relid).colocation);
        if (position < 0) {
            into.layouts = lappend_oid(list_copy(into.layouts), relid);
            into.pruning = lappend(list_copy(into.pruning), qual);
            continue;
        }
        into.pruning = list_copy(into.pruning);
        ListCell *cell = list_nth_cell(into.pruning, position);
        auto *own = static_cast<Node *>(lfirst(cell));
        switch (merge) {
        case Merge::And: lfirst(cell) = conjunction(own, qual); break;
        case Merge::Or: lfirst(cell) = disjunction(own, qual); break;
        case Merge::Neither: lfirst(cell) = nullptr; break;
        case Merge::Left: break;
        }
    }
}

bool merge_tables(Run &run, Place &into, const Place &from) {
    into.tables = list_concat_unique_oid(list_copy(into.tables), from.tables);
    return merge_roles(run, into, from);
}

// Puts the groups that both places are pinned to beside each other: a node has all of them.
bool are_together(const Place &left, const Place &right) {
    pg::Vector<plan::Group> groups;
    pg::Vector<Oid> tables;
    for (const Place *place : {&left, &right}) {
        for (Oid relid : pg::OidsOf(place->tables)) tables.push(relid);
        for (int i = 0; i < list_length(place->layouts); i++) {
            const table::Table &table = table::get(list_nth_oid(place->layouts, i));
            Node *qual = pruning_for(table, static_cast<Node *>(list_nth(place->pruning, i)));
            Bitmapset *ordinals = plan::ordinals(table, qual);
            if (bms_num_members(ordinals) > 1) return false;
            groups.push({table.colocation, bms_is_empty(ordinals) ? 0 : bms_singleton_member(ordinals)});
        }
    }
    return !plan::nodes_with(tables, groups).empty();
}

// Pinned to known groups of different layouts that one node holds: one group for what follows.
Place beside(const Place &left, const Place &right) {
    const bool are_pinned = left.locus.is_pinned() && right.locus.is_pinned();
    if (!are_pinned || left.locus.layout == right.locus.layout || left.locus.group < 0 || right.locus.group < 0 ||
        !are_together(left, right))
        return right;
    Place moved = right;
    moved.locus.layout = left.locus.layout;
    moved.locus.group = left.locus.group;
    moved.locus.strong = moved.locus.weak = 0;
    return moved;
}

Merge merge_for(JoinKind kind, const Place &left, const Place &right, const Locus &result) {
    // The side that is the same everywhere has no groups to restrict.
    if (left.locus.kind != LocusKind::Part || right.locus.kind != LocusKind::Part) return Merge::And;
    if (kind == JoinKind::Inner) return Merge::And;
    if (kind == JoinKind::Full && !result.is_pinned()) return Merge::Neither;
    return Merge::Left;
}

std::optional<Place> merged(Run &run, const Place &left, const Place &right, const Locus &locus, Merge merge) {
    Place result = left;
    result.locus = locus;
    merge_layouts(result, right, merge);
    if (!merge_tables(run, result, right)) return std::nullopt;
    return result;
}

int32_t deferred_group(Run &run, const Node *value) {
    size_t index = 0;
    while (index < run.values.size() && !equal(run.values[index], value)) index++;
    if (index == run.values.size()) run.values.push(value);
    return kNoGroup - 1 - static_cast<int32_t>(index);
}

} // namespace

void refuse(Run &run, const char *reason) {
    if (!run.reason) run.reason = reason;
}

Place place_of(Run &run, const table::Table &table, int32 key_id, Oid role) {
    Place place;
    place.tables = list_make1_oid(table.relid);
    place.role = role;
    place.has_role = true;
    if (table.is_reference()) {
        place.locus.kind = LocusKind::Everywhere;
        return place;
    }
    place.locus.kind = LocusKind::Part;
    // A table of its own layout that no colocation names.
    place.locus.layout = table.colocation != 0 ? table.colocation : -static_cast<int32>(table.relid);
    if (table.colocation != 0) {
        place.layouts = list_make1_oid(table.relid);
        place.pruning = list_make1(nullptr);
    }
    if (key_id >= 0) place.locus.strong = ColumnSet{1} << key_id;
    if (table.shards.size() == 1) place.locus.group = 0;
    if (table.shards.empty()) refuse(run, "a table has no shards");
    return place;
}

Node *pruning_for(const table::Table &table, const Node *qual) {
    return pg::replaced(const_cast<Node *>(qual), [&](Node *node) -> Node * {
        if (!IsA(node, Var) || reinterpret_cast<Var *>(node)->varno != 1) return nullptr;
        auto *var = static_cast<Var *>(copyObjectImpl(node));
        var->varattno = table.key;
        return reinterpret_cast<Node *>(var);
    });
}

void restrict_groups(Run &run, Place &place, Node *qual) {
    if (place.locus.kind != LocusKind::Part || place.layouts == NIL || !qual) return;
    if (!run.is_write && !may(Rule::Pruning)) return;
    const table::Table &table = table::get(linitial_oid(place.layouts));
    place.pruning = list_copy(place.pruning);
    linitial(place.pruning) = conjunction(static_cast<Node *>(linitial(place.pruning)), qual);
    if (place.locus.is_pinned()) return;
    Node *own = pruning_for(table, static_cast<Node *>(linitial(place.pruning)));
    Bitmapset *ordinals = plan::ordinals(table, own);
    if (bms_is_empty(ordinals))
        place.locus.group = table::ordinal_of(table, 0, true); // no row fulfils it: any group can say so
    else if (bms_membership(ordinals) == BMS_SINGLETON)
        place.locus.group = bms_singleton_member(ordinals);
    else if (const Node *value = plan::value_of_one_group(table, own))
        place.locus.group = deferred_group(run, value);
}

std::optional<Place> join_places(Run &run, JoinKind kind, const Place &left, const Place &right, Classes classes) {
    const Place other = beside(left, right);
    const std::optional<Locus> locus = join(kind, left.locus, other.locus, classes);
    if (!locus) return std::nullopt;
    return merged(run, left, other, *locus, merge_for(kind, left, other, *locus));
}

std::optional<Place> join_lateral_places(Run &run, const Place &outer, const Place &inner) {
    const Place other = beside(outer, inner);
    const std::optional<Locus> locus = join_lateral(outer.locus, other.locus);
    if (!locus) return std::nullopt;
    return merged(run, outer, other, *locus, Merge::Left);
}

std::optional<Place> unite_places(Run &run, const Place &left, const Place &right, bool is_union_all) {
    const Place other = beside(left, right);
    const std::optional<Locus> locus = united(left.locus, other.locus, is_union_all);
    if (!locus) return std::nullopt;
    return merged(run, left, other, *locus, Merge::Or);
}

bool absorb(Run &run, Place &rows, const Place &inner) {
    const Place other = beside(rows, inner);
    if (other.locus.kind == LocusKind::Local) return false;
    if (other.locus.kind == LocusKind::Part) {
        const bool is_same = rows.locus.is_pinned() && other.locus.is_pinned() &&
                             rows.locus.layout == other.locus.layout && rows.locus.group == other.locus.group;
        const bool can_follow = (rows.locus.kind == LocusKind::Const || rows.locus.kind == LocusKind::Everywhere) &&
                                other.locus.is_pinned();
        if (!is_same && !can_follow) return false;
        if (can_follow) {
            rows.locus.kind = LocusKind::Part;
            rows.locus.layout = other.locus.layout;
            rows.locus.group = other.locus.group;
            rows.locus.is_exclusive = true;
        }
    } else if (other.locus.is_volatile && other.locus.kind != LocusKind::Bound && rows.locus.is_spread()) {
        return false;
    }
    merge_layouts(rows, other, Merge::Left);
    return merge_tables(run, rows, other);
}

} // namespace cedro::planner
