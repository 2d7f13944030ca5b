#include "planner/analysis.hpp"

#include "pg/list.hpp"
#include "pg/walk.hpp"
#include "planner/pushable.hpp"
#include "planner/steps.hpp"

namespace cedro::planner {

namespace {

// What the deparser does not print as it was.
bool is_unprintable(const Query *query) {
    for (const CommonTableExpr *cte : pg::ListOf<const CommonTableExpr>(query->cteList))
        if (cte->search_clause || cte->cycle_clause) return true;
    return query->utilityStmt || query->hasModifyingCTE;
}

// Every CTE is bound with the statement, whether it is read or not.
bool accept_ctes(Block &block, Place &place) {
    for (const CommonTableExpr *cte : pg::ListOf<const CommonTableExpr>(block.query->cteList)) {
        const Verdict verdict = verdict_of_cte(block, cte);
        if (!verdict.is_pushable) return false;
        if (cte->cterefcount > 0) continue; // merged where it is read
        if (verdict.place.locus.is_spread() || !absorb(block.run, place, verdict.place)) return false;
    }
    return true;
}

// A leaf's column means the same as the result's: it is hashed alike.
bool is_column_kept(const SetOperationStmt *operation, const Query *leaf, int output) {
    const TargetEntry *target = get_tle_by_resno(leaf->targetList, static_cast<AttrNumber>(output + 1));
    if (!target || output >= list_length(operation->colTypes)) return false;
    const Node *column = reinterpret_cast<const Node *>(target->expr);
    const Const result{{T_Const}, list_nth_oid(operation->colTypes, output),
                       -1,        list_nth_oid(operation->colCollations, output),
                       0,         0,
                       false,     false,
                       -1};
    const Node *merged = reinterpret_cast<const Node *>(&result);
    return are_hashed_alike(column, merged);
}

std::optional<Place> branch_place(Block &block, const SetOperationStmt *parent, const Node *node) {
    if (IsA(node, SetOperationStmt)) {
        const auto *operation = reinterpret_cast<const SetOperationStmt *>(node);
        const auto left = branch_place(block, operation, operation->larg);
        const auto right = left ? branch_place(block, operation, operation->rarg) : std::nullopt;
        if (!right) return std::nullopt;
        const bool is_union_all = operation->op == SETOP_UNION && operation->all;
        auto place = unite_places(block.run, *left, *right, is_union_all);
        if (!place) refuse(block.run, "the branches of a set operation do not meet in their distribution columns");
        return place;
    }
    const int index = castNode(const RangeTblRef, node)->rtindex;
    const Query *leaf = rt_fetch(index, block.query->rtable)->subquery;
    const Verdict verdict = analyse(block.run, leaf, &block);
    if (!verdict.is_pushable) return std::nullopt;
    Place place = verdict.place;
    for (int i = 0; i < kMaximumColumns; i++) {
        const ColumnSet column = ColumnSet{1} << i;
        if (!(place.locus.keys() & column) || is_column_kept(parent, leaf, i)) continue;
        place.locus.strong &= ~column;
        place.locus.weak &= ~column;
    }
    return place;
}

// The first evaluation says where the rows are that the CTE reads of itself; they must stay there.
std::optional<Place> recursive_place(Block &block, const CommonTableExpr *cte, const SetOperationStmt *operation) {
    const auto start = branch_place(block, operation, operation->larg);
    if (!start) return std::nullopt;
    if (start->locus.is_spread()) {
        refuse(block.run, "a recursive query is not restricted to one shard group");
        return std::nullopt;
    }
    Place own = *start;
    own.locus.strong = own.locus.weak = 0;
    block.run.recursions.push({cte, own});
    const auto step = branch_place(block, operation, operation->rarg);
    block.run.recursions.resize_down(block.run.recursions.size() - 1);
    if (!step) return std::nullopt;
    const auto place = unite_places(block.run, own, *step, true);
    if (!place || place->locus.is_spread()) return std::nullopt;
    return place;
}

const CommonTableExpr *recursive_cte(const Query *query, const Block *outer) {
    if (!outer) return nullptr;
    for (const CommonTableExpr *cte : pg::ListOf<const CommonTableExpr>(outer->query->cteList))
        if (cte->cterecursive && cte->ctequery == reinterpret_cast<const Node *>(query)) return cte;
    return nullptr;
}

std::optional<Place> set_operation_source(Block &block) {
    const CommonTableExpr *cte = recursive_cte(block.query, block.outer);
    if (!cte) return branch_place(block, nullptr, block.query->setOperations);
    return recursive_place(block, cte, castNode(const SetOperationStmt, block.query->setOperations));
}

} // namespace

Locus output_locus(Block &block, const Place &place) {
    Locus locus = place.locus;
    locus.strong = locus.weak = 0;
    for (const TargetEntry *target : pg::ListOf<const TargetEntry>(block.query->targetList)) {
        if (target->resjunk || target->resno > kMaximumColumns) continue;
        const ColumnSet column = known_set_of(block, bare(reinterpret_cast<const Node *>(target->expr)));
        const ColumnSet output = ColumnSet{1} << (target->resno - 1);
        if (column & place.locus.strong)
            locus.strong |= output;
        else if (column & place.locus.weak)
            locus.weak |= output;
    }
    return locus;
}

std::optional<Place> source_of(Block &block) {
    const Query *query = block.query;
    if (query->commandType != CMD_SELECT || is_unprintable(query)) {
        refuse(block.run, "it holds a part that cannot be sent to other nodes");
        return std::nullopt;
    }
    std::optional<Place> place =
        query->setOperations ? set_operation_source(block)
                             : whole_of(block, analyse_join(block, reinterpret_cast<Node *>(query->jointree), NIL));
    if (!place || !accept_ctes(block, *place)) return std::nullopt;
    return place;
}

Verdict analyse(Run &run, const Query *query, Block *outer) {
    check_stack_depth();
    Block block{run, query, outer};
    const std::optional<Place> source = source_of(block);
    if (!source) return {};
    Place place = *source;
    if (!accept_steps(block, place)) return {};
    if (!query->setOperations) place.locus = output_locus(block, place);
    return {true, place};
}

Verdict verdict_of_cte(Block &owner, const CommonTableExpr *cte) {
    // What lies further out, rows around it or a recursion, could change the verdict.
    const bool is_lasting = !owner.outer && owner.run.recursions.empty();
    if (is_lasting)
        for (const KnownCte &known : owner.run.ctes)
            if (known.cte == cte) return known.verdict;
    const Verdict verdict = analyse(owner.run, castNode(Query, cte->ctequery), &owner);
    if (is_lasting) owner.run.ctes.push({cte, verdict});
    return verdict;
}

std::optional<Place> recursion_place(const Run &run, const CommonTableExpr *cte) {
    for (const Recursion &each : run.recursions)
        if (each.cte == cte) return each.place;
    return std::nullopt;
}

} // namespace cedro::planner
