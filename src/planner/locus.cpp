#include "planner/locus.hpp"

#include <algorithm>

namespace cedro::planner {

namespace {

bool is_shared(const Locus &locus) { return locus.kind < LocusKind::Part; }

bool is_bound(const Locus &locus) { return locus.kind == LocusKind::Bound; }

// Some class holds a key of each side.
bool is_key_join(const Locus &left, const Locus &right, Classes classes) {
    return std::ranges::any_of(classes, [&](ColumnSet each) { return (each & left.keys()) && (each & right.keys()); });
}

bool is_same_group(const Locus &left, const Locus &right) {
    return left.is_pinned() && left.layout == right.layout && left.group == right.group;
}

// What equals a key is a key, and no longer NULL.
void add_equals(Locus &locus, Classes classes) {
    for (ColumnSet each : classes)
        if (each & locus.keys()) locus.strong |= each;
    locus.weak &= ~locus.strong;
}

void set_keys(Locus &locus, JoinKind kind, const Locus &left, const Locus &right, Classes classes) {
    switch (kind) {
    case JoinKind::Inner:
        locus.strong = left.strong | right.strong;
        locus.weak = (left.weak | right.weak) & ~locus.strong;
        add_equals(locus, classes);
        break;
    case JoinKind::Left:
        locus.strong = left.strong;
        locus.weak = (left.weak | right.keys()) & ~locus.strong;
        break;
    case JoinKind::Full:
        locus.strong = 0;
        locus.weak = left.keys() | right.keys();
        break;
    case JoinKind::Semi:
    case JoinKind::Anti: locus.strong = left.strong; locus.weak = left.weak;
    }
}

std::optional<Locus> join_shared(JoinKind kind, const Locus &left, const Locus &right, Classes classes) {
    if (is_bound(left) && is_bound(right) && left.layout != right.layout) return std::nullopt;
    Locus locus = is_bound(right) ? right : left;
    locus.kind = std::max(left.kind, right.kind);
    set_keys(locus, kind, left, right, classes);
    return locus;
}

// One side is in parts, the other one is the same in every group.
std::optional<Locus> join_part_shared(JoinKind kind, const Locus &left, const Locus &right, Classes classes) {
    const bool is_left_part = left.kind == LocusKind::Part;
    const Locus &part = is_left_part ? left : right;
    const Locus &shared = is_left_part ? right : left;
    const bool is_symmetric = kind == JoinKind::Inner;
    // A shared side whose rows all come out must not come out once per group.
    const bool is_shared_preserved = kind == JoinKind::Full || (!is_symmetric && !is_left_part);
    if (!part.is_pinned() && (is_shared_preserved || shared.is_volatile)) return std::nullopt;
    Locus locus = part;
    locus.is_exclusive |= is_shared_preserved;
    set_keys(locus, kind, left, right, classes);
    return locus;
}

// Inside a sub-query: the rows in parts must be filtered down to the outer row's group.
std::optional<Locus> join_part_bound(JoinKind kind, const Locus &left, const Locus &right, Classes classes) {
    const bool filters_part = kind == JoinKind::Inner || kind == JoinKind::Semi
                                  ? true
                                  : kind != JoinKind::Full && right.kind == LocusKind::Part;
    if (!filters_part || left.layout != right.layout || !is_key_join(left, right, classes)) return std::nullopt;
    Locus locus = is_bound(left) ? left : right;
    set_keys(locus, kind, left, right, classes);
    return locus;
}

int32_t group_of(JoinKind kind, const Locus &left, const Locus &right) {
    if (kind == JoinKind::Full) return is_same_group(left, right) ? left.group : kNoGroup;
    if (kind == JoinKind::Inner && !left.is_pinned()) return right.group;
    return left.group;
}

std::optional<Locus> join_parts(JoinKind kind, const Locus &left, const Locus &right, Classes classes) {
    const bool is_local =
        (left.layout == right.layout && is_key_join(left, right, classes)) || is_same_group(left, right);
    if (!is_local) return std::nullopt;
    Locus locus = left;
    locus.group = group_of(kind, left, right);
    locus.is_exclusive = left.is_exclusive || right.is_exclusive;
    // Only a full join gives rows of the right side that match nothing.
    if (!locus.is_pinned() && kind == JoinKind::Full && locus.is_exclusive) return std::nullopt;
    locus.is_exclusive &= locus.is_pinned();
    set_keys(locus, kind, left, right, classes);
    return locus;
}

} // namespace

std::optional<Locus> join(JoinKind kind, const Locus &left, const Locus &right, Classes classes) {
    if (left.kind == LocusKind::Local || right.kind == LocusKind::Local) return std::nullopt;
    std::optional<Locus> result;
    if (is_shared(left) && is_shared(right))
        result = join_shared(kind, left, right, classes);
    else if (is_bound(left) || is_bound(right))
        result = join_part_bound(kind, left, right, classes);
    else if (is_shared(left) || is_shared(right))
        result = join_part_shared(kind, left, right, classes);
    else
        result = join_parts(kind, left, right, classes);
    if (result) result->is_volatile = left.is_volatile || right.is_volatile;
    return result;
}

std::optional<Locus> join_lateral(const Locus &outer, const Locus &inner) {
    if (outer.kind == LocusKind::Local || inner.kind == LocusKind::Local) return std::nullopt;
    if (inner.kind == LocusKind::Part && !is_same_group(outer, inner)) return std::nullopt;
    Locus locus = outer;
    if (is_shared(outer)) locus.kind = std::max(outer.kind, inner.kind);
    locus.is_volatile = outer.is_volatile || inner.is_volatile;
    return locus;
}

Locus filtered(const Locus &input, Classes classes) {
    Locus locus = input;
    add_equals(locus, classes);
    return locus;
}

bool keeps_together(const Locus &input, ColumnSet columns) {
    return input.kind != LocusKind::Local && (!input.is_spread() || (input.strong & columns) != 0);
}

std::optional<Locus> united(const Locus &left, const Locus &right, bool is_union_all) {
    if (left.kind == LocusKind::Local || right.kind == LocusKind::Local) return std::nullopt;
    Locus locus = left.kind == LocusKind::Part ? left : right;
    locus.is_volatile = left.is_volatile || right.is_volatile;
    locus.strong = left.strong & right.strong;
    locus.weak = left.keys() & right.keys() & ~locus.strong;
    if (is_shared(left) && is_shared(right)) {
        locus.kind = std::max(left.kind, right.kind);
        return locus;
    }
    if (is_shared(left) || is_shared(right)) {
        // The shared branch must come out once.
        if (!locus.is_pinned() || is_bound(left) || is_bound(right)) return std::nullopt;
        locus.strong = locus.weak = 0;
        locus.is_exclusive = true;
        return locus;
    }
    if (is_same_group(left, right)) {
        locus.is_exclusive = left.is_exclusive || right.is_exclusive;
        return locus;
    }
    if (left.layout != right.layout || left.is_exclusive || right.is_exclusive) return std::nullopt;
    locus.group = kNoGroup;
    if (!is_union_all && locus.strong == 0) return std::nullopt;
    return locus;
}

} // namespace cedro::planner
