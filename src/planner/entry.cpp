// Where the rows of one entry of FROM are.
#include "pg/catalog.hpp"
#include "pg/list.hpp"
#include "pg/walk.hpp"
#include "plan/exchange.hpp"
#include "plan/row_change.hpp"
#include "planner/analysis.hpp"
#include "planner/pushable.hpp"

namespace cedro::planner {

namespace {

constexpr int kOther = 2; // Var(2, …) in pruning: a column that says nothing about groups

bool has_null_test(const Node *node) {
    return pg::any_node(const_cast<Node *>(node), [](Node *each) { return IsA(each, NullTest); });
}

// The conjunct as a condition on keys of the layout, or nullptr when it has none.
Node *key_condition(Block &block, const Node *conjunct, ColumnSet keys) {
    bool has_key = false;
    Node *condition = pg::replaced(const_cast<Node *>(conjunct), [&](Node *node) -> Node * {
        if (!IsA(node, Var)) return nullptr;
        auto *var = static_cast<Var *>(copyObjectImpl(node));
        const bool is_key = var->varlevelsup == 0 && (known_set_of(block, node) & keys);
        has_key |= is_key;
        var->varno = is_key ? 1 : kOther;
        var->varlevelsup = 0;
        return reinterpret_cast<Node *>(var);
    });
    return has_key ? condition : nullptr;
}

bool has_sub_link(const Node *node) {
    return pg::any_node(const_cast<Node *>(node), [](Node *each) { return IsA(each, SubLink); });
}

// Restricts the place by what holds for the rows that matter.
void narrow(Block &block, Place &place, const List *context) {
    if (place.locus.kind != LocusKind::Part) return;
    const pg::Vector<ColumnSet> classes = classes_of(block, context);
    const Locus outer = outer_row(block, place.locus.layout);
    for (ColumnSet each : classes)
        if (!place.locus.is_pinned() && (each & place.locus.keys()) && (each & outer.strong)) {
            place.locus.kind = LocusKind::Bound;
            place.locus.strong |= place.locus.weak | each;
            place.locus.weak = 0;
            return;
        }
    ColumnSet strict = place.locus.keys();
    for (ColumnSet each : classes)
        if (each & place.locus.keys()) strict |= each;
    for (const Node *conjunct : pg::ListOf<const Node>(context)) {
        if (has_sub_link(conjunct)) continue;
        // Only a key that is never NULL elsewhere tells the group by being NULL.
        const ColumnSet keys = has_null_test(conjunct) ? place.locus.strong : strict;
        restrict_groups(block.run, place, key_condition(block, conjunct, keys));
    }
}

std::optional<Place> table_place(Block &block, int index, const RangeTblEntry *entry) {
    const table::Table *table = table::find(entry->relid);
    if (!table) {
        refuse(block.run, psprintf("\"%s\" is not a distributed table", get_rel_name(entry->relid)));
        return std::nullopt;
    }
    int key = -1;
    if (table->is_hash()) {
        Var *var = makeVar(index, table->key, table->key_type, -1, table->key_collation, 0);
        get_atttypetypmodcoll(entry->relid, table->key, &var->vartype, &var->vartypmod, &var->varcollid);
        key = number_of(block, reinterpret_cast<Node *>(var));
    }
    Place place = place_of(block.run, *table, key, entry->checkAsUser);
    if (entry->tablesample) {
        const auto *sample = reinterpret_cast<Node *>(entry->tablesample);
        place.locus.is_volatile = true;
        if (!is_pushable(sample) || has_sub_link(sample) || reads_outside(block, sample)) return std::nullopt;
    }
    // A policy's sub-queries are bound to the groups of the task as everything else in it.
    for (const Node *policy : pg::ListOf<const Node>(entry->securityQuals))
        if (has_sub_link(policy) && !accept_expression(block, place, policy, true)) return std::nullopt;
    return place;
}

// Output columns of a sub-query as columns of the level that reads it.
ColumnSet lifted(Block &block, int index, const Query *query, ColumnSet outputs) {
    ColumnSet columns = 0;
    for (const TargetEntry *target : pg::ListOf<const TargetEntry>(query->targetList)) {
        if (target->resjunk || target->resno > kMaximumColumns) continue;
        if (!(outputs & (ColumnSet{1} << (target->resno - 1)))) continue;
        Var *var = makeVarFromTargetEntry(index, const_cast<TargetEntry *>(target));
        columns |= set_of(block, reinterpret_cast<Node *>(var));
    }
    return columns;
}

std::optional<Place> place_of_output(Block &block, int index, const Query *query, const Verdict &verdict) {
    if (!verdict.is_pushable) return std::nullopt;
    Place place = verdict.place;
    place.locus.strong = lifted(block, index, query, verdict.place.locus.strong);
    place.locus.weak = lifted(block, index, query, verdict.place.locus.weak);
    return place;
}

const CommonTableExpr *find_cte(const Query *query, const char *name) {
    for (const CommonTableExpr *each : pg::ListOf<const CommonTableExpr>(query->cteList))
        if (strcmp(each->ctename, name) == 0) return each;
    return nullptr;
}

std::optional<Place> cte_place(Block &block, int index, const RangeTblEntry *entry) {
    Block *owner = level_of(block, entry->ctelevelsup);
    const CommonTableExpr *cte = owner ? find_cte(owner->query, entry->ctename) : nullptr;
    if (!cte) return std::nullopt;
    if (entry->self_reference) return recursion_place(block.run, cte);
    const Verdict verdict = verdict_of_cte(*owner, cte);
    return place_of_output(block, index, castNode(Query, cte->ctequery), verdict);
}

std::optional<Place> expression_place(const Block &block, const void *tree) {
    auto *expressions = static_cast<const Node *>(tree);
    if (!is_pushable(expressions) || has_sub_link(expressions) || reads_outside(block, expressions))
        return std::nullopt;
    Place place;
    place.has_code = has_code(expressions);
    place.locus.is_volatile = is_volatile(expressions);
    return place;
}

// Rows that other nodes send: those of a group by the hash of a column, or all of them.
Place exchange_place(Block &block, int index, const plan::Exchange *exchange) {
    Place place;
    if (!exchange->key) {
        place.locus.kind = LocusKind::Everywhere;
        return place;
    }
    TargetEntry *column =
        get_tle_by_resno(exchange->producer->query->targetList, static_cast<AttrNumber>(exchange->key));
    const int key = number_of(block, reinterpret_cast<Node *>(makeVarFromTargetEntry(index, column)));
    place = place_of(block.run, table::get(exchange->layout), key, InvalidOid);
    place.has_role = false;
    return place;
}

std::optional<Place> bare_place(Block &block, int index, const RangeTblEntry *entry) {
    switch (entry->rtekind) {
    case RTE_RELATION: return table_place(block, index, entry);
    case RTE_SUBQUERY:
        // Conditions from outside must not get below the barrier of a view.
        if (entry->security_barrier) {
            refuse(block.run, "it reads a view with a security barrier");
            return std::nullopt;
        }
        if (plan::row_change_of(entry)) {
            refuse(block.run, "it writes row by row");
            return std::nullopt;
        }
        return place_of_output(block, index, entry->subquery, analyse(block.run, entry->subquery, &block));
    case RTE_CTE: return cte_place(block, index, entry);
    case RTE_FUNCTION:
        if (const plan::Exchange *exchange = plan::exchange_of(entry)) return exchange_place(block, index, exchange);
        return expression_place(block, entry->functions);
    case RTE_TABLEFUNC: return expression_place(block, entry->tablefunc);
    case RTE_VALUES: return expression_place(block, entry->values_lists);
    case RTE_RESULT: return Place{};
    case RTE_JOIN:
    case RTE_NAMEDTUPLESTORE: break;
    }
    return std::nullopt;
}

} // namespace

std::optional<Place> place_of_entry(Block &block, int index, List *context) {
    std::optional<Place> place = bare_place(block, index, rt_fetch(index, block.query->rtable));
    if (place) narrow(block, *place, context);
    return place;
}

Relids lateral_references(const Query *query, int index) {
    const RangeTblEntry *entry = rt_fetch(index, query->rtable);
    Relids references = nullptr;
    if (!entry->lateral) return references;
    switch (entry->rtekind) {
    case RTE_SUBQUERY: return pull_varnos_of_level(nullptr, reinterpret_cast<Node *>(entry->subquery), 1);
    case RTE_FUNCTION: return pull_varnos(nullptr, reinterpret_cast<Node *>(entry->functions));
    case RTE_TABLEFUNC: return pull_varnos(nullptr, reinterpret_cast<Node *>(entry->tablefunc));
    case RTE_VALUES: return pull_varnos(nullptr, reinterpret_cast<Node *>(entry->values_lists));
    default: return references;
    }
}

} // namespace cedro::planner
