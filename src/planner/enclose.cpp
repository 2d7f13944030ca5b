#include "planner/enclose.hpp"

#include "pg/list.hpp"
#include "plan/fragment.hpp"
#include "planner/push.hpp"
#include "planner/rules.hpp"
#include "planner/surgery.hpp"
#include "planner/whole.hpp"

namespace cedro::planner {

namespace {

Const *int8_constant(int64 value) {
    return makeConst(INT8OID, -1, InvalidOid, sizeof(int64), Int64GetDatum(value), false, FLOAT8PASSBYVAL);
}

Node *simplified(const Node *node) {
    return eval_const_expressions(nullptr, static_cast<Node *>(copyObjectImpl(node)));
}

// The value of a constant, 0 for none; nothing when it is not known.
std::optional<int64> known_count(const Node *node) {
    if (!node) return 0;
    if (!IsA(node, Const)) return std::nullopt;
    const auto *constant = reinterpret_cast<const Const *>(node);
    return constant->constisnull ? 0 : DatumGetInt64(constant->constvalue);
}

// How many rows of each group can be among those wanted: LIMIT + OFFSET, or
// nullptr when that is not simply known.
Node *limit_of_groups(const Query *query) {
    if (!query->limitCount || !may(Rule::Limits)) return nullptr;
    Node *count = simplified(query->limitCount);
    const std::optional<int64> offset = known_count(simplified(query->limitOffset));
    if (!offset || *offset < 0) return nullptr;
    if (IsA(count, Param)) return *offset == 0 ? count : nullptr;
    if (!IsA(count, Const) || reinterpret_cast<Const *>(count)->constisnull) return nullptr;
    const int64 rows = DatumGetInt64(reinterpret_cast<Const *>(count)->constvalue);
    if (rows < 0 || rows > INT64_MAX - *offset) return nullptr;
    return reinterpret_cast<Node *>(int8_constant(rows + *offset));
}

// The query as a fragment: all columns are handed out, those for sorting too.
Query *inner_of(const Query *query, Again again) {
    auto *inner = static_cast<Query *>(copyObjectImpl(query));
    for (TargetEntry *target : pg::ListOf<TargetEntry>(inner->targetList)) {
        target->resjunk = false;
        target->resname = psprintf("c%d", target->resno);
    }
    Node *limit = again.limit ? limit_of_groups(query) : nullptr;
    if (again.limit) {
        inner->limitCount = limit;
        inner->limitOffset = nullptr;
        if (!limit) inner->limitOption = LIMIT_OPTION_COUNT;
    }
    // Order matters to a group only where it chooses rows.
    if (!inner->limitCount && !inner->limitOffset && !inner->hasDistinctOn) inner->sortClause = NIL;
    return inner;
}

// Empties the query but for what its caller knows it by.
Query *outer_of(const Query *query, Again again) {
    auto *outer = makeNode(Query);
    outer->commandType = query->commandType;
    outer->querySource = query->querySource;
    outer->queryId = query->queryId;
    outer->canSetTag = query->canSetTag;
    outer->stmt_location = query->stmt_location;
    outer->stmt_len = query->stmt_len;
    outer->hasRowSecurity = query->hasRowSecurity;
    outer->sortClause = query->sortClause;
    if (again.limit) {
        outer->limitCount = query->limitCount;
        outer->limitOffset = query->limitOffset;
        outer->limitOption = query->limitOption;
        outer->hasSubLinks = query->hasSubLinks;
    }
    if (again.distinct) {
        outer->distinctClause = query->distinctClause;
        outer->hasDistinctOn = query->hasDistinctOn;
    }
    return outer;
}

List *outer_targets(const Query *query, int index) {
    List *targets = NIL;
    for (TargetEntry *target : pg::ListOf<TargetEntry>(query->targetList)) {
        auto *copy = static_cast<TargetEntry *>(palloc(sizeof(TargetEntry)));
        *copy = *target;
        copy->expr = reinterpret_cast<Expr *>(makeVarFromTargetEntry(index, target));
        targets = lappend(targets, copy);
    }
    return targets;
}

} // namespace

List *names_of(const Query *query) {
    List *names = NIL;
    for (const TargetEntry *target : pg::ListOf<const TargetEntry>(query->targetList))
        names = lappend(names, makeString(pstrdup(target->resname ? target->resname : "?column?")));
    return names;
}

int add_fragment(Query *query, plan::Fragment *fragment) {
    auto *entry = makeNode(RangeTblEntry);
    entry->rtekind = RTE_SUBQUERY;
    entry->subquery = fenced(fragment->query);
    entry->eref = makeAlias("fragment", names_of(fragment->query));
    entry->inFromCl = true;
    plan::set_fragment(entry, fragment);
    query->rtable = lappend(query->rtable, entry);
    const int index = list_length(query->rtable);
    query->rtable = list_concat(query->rtable, privilege_entries(fragment->query));
    return index;
}

void mark_fragment(Query *query, RangeTblEntry *entry, const Place &place) {
    auto *inner = static_cast<Query *>(copyObjectImpl(entry->subquery));
    query->rtable = list_concat(query->rtable, privilege_entries(inner));
    entry->subquery = fenced(inner);
    plan::set_fragment(entry, fragment_at(inner, place));
}

void enclose_whole(Query *query, const Place &place, Again again) {
    plan::Fragment *fragment = fragment_at(inner_of(query, again), place);
    Query *outer = outer_of(query, again);
    const int index = add_fragment(outer, fragment);
    auto *reference = makeNode(RangeTblRef);
    reference->rtindex = index;
    outer->jointree = makeFromExpr(list_make1(reference), nullptr);
    outer->targetList = outer_targets(query, index);
    *query = *outer;
}

} // namespace cedro::planner
