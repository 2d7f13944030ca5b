#include "planner/fragment_path.hpp"

#include "catalog/settings.hpp"
#include "pg/catalog.hpp"
#include "pg/inheritance.hpp"
#include "pg/list.hpp"
#include "plan/pruning.hpp"
#include "plan/row_change.hpp"
#include "planner/by_row.hpp"
#include "planner/columns.hpp"
#include "planner/exchange/estimate.hpp"
#include "planner/plan.hpp"
#include "planner/push.hpp"
#include "planner/pushable.hpp"
#include "planner/row_bound.hpp"
#include "planner/rules.hpp"
#include "planner/surgery.hpp"
#include "table/table.hpp"

#include <cmath>

namespace cedro::planner {

namespace {

Node *node(void *any) { return static_cast<Node *>(any); }

Expr *oid_constant(Oid oid) {
    return reinterpret_cast<Expr *>(makeConst(OIDOID, -1, InvalidOid, sizeof(Oid), ObjectIdGetDatum(oid), false, true));
}

// CASE WHEN tableoid = 'partition'::regclass THEN <its oid here> …: names mean the same on all nodes, oids do not.
Expr *oid_of_partition(Var *tableoid, Oid relid) {
    auto *choice = makeNode(CaseExpr);
    choice->casetype = OIDOID;
    choice->location = -1;
    for (Oid partition : pg::OidsOf(find_all_inheritors(relid, NoLock, nullptr))) {
        auto *name = makeConst(REGCLASSOID, -1, InvalidOid, sizeof(Oid), ObjectIdGetDatum(partition), false, true);
        auto *when = makeNode(CaseWhen);
        when->expr = make_opclause(lookup_type_cache(OIDOID, TYPECACHE_EQ_OPR)->eq_opr, BOOLOID, false,
                                   reinterpret_cast<Expr *>(copyObjectImpl(tableoid)), reinterpret_cast<Expr *>(name),
                                   InvalidOid, InvalidOid);
        when->result = oid_constant(partition);
        when->location = -1;
        choice->args = lappend(choice->args, when);
    }
    choice->defresult = reinterpret_cast<Expr *>(makeNullConst(OIDOID, -1, InvalidOid));
    return reinterpret_cast<Expr *>(choice);
}

List *column_targets(const List *columns, const RangeTblEntry *entry) {
    List *targets = NIL;
    for (const Var *column : pg::ListOf<const Var>(columns)) {
        const auto position = static_cast<AttrNumber>(list_length(targets) + 1);
        Expr *expression = column_for_task(column, entry);
        targets = lappend(targets, makeTargetEntry(expression, position, psprintf("c%d", position), false));
    }
    return targets;
}

Node *over_entry(const Node *tree, Index index) {
    Node *copy = node(copyObjectImpl(tree));
    ChangeVarNodes(copy, static_cast<int>(index), 1, 0);
    return copy;
}

// A clause that the fragment can check itself.
bool can_travel(const Node *clause, bool is_barrier) {
    return !contain_subplans(const_cast<Node *>(clause)) && !is_volatile(clause) && is_pushable(clause) &&
           keeps_collations(clause) && !(is_barrier && contain_leaked_vars(const_cast<Node *>(clause)));
}

// The bare clauses among a relation's restrictions that travel with the fragment.
List *travelling(const RelOptInfo *rel, const RangeTblEntry *entry) {
    List *result = NIL;
    if (!may(Rule::Conditions)) return result;
    const plan::Fragment *fragment = plan::fragment_of(entry);
    // A view's owner must not run what the client made.
    const bool is_foreign = OidIsValid(fragment ? fragment->role : entry->checkAsUser);
    for (RestrictInfo *info : pg::ListOf<RestrictInfo>(rel->baserestrictinfo)) {
        auto *clause = node(info->clause);
        if (info->pseudoconstant || (is_foreign && has_code(clause))) continue;
        if (can_travel(clause, entry->security_barrier)) result = lappend(result, clause);
    }
    return result;
}

// Columns of the relation that expressions need, each once.
List *columns_of(List *columns, Index index, const void *expressions) {
    List *vars = pull_var_clause(node(const_cast<void *>(expressions)),
                                 PVC_RECURSE_AGGREGATES | PVC_RECURSE_WINDOWFUNCS | PVC_RECURSE_PLACEHOLDERS);
    for (Var *var : pg::ListOf<Var>(vars))
        if (var->varno == static_cast<int>(index) && var->varlevelsup == 0) columns = list_append_unique(columns, var);
    return columns;
}

plan::Fragment *base_fragment(const RangeTblEntry *entry, const List *columns, const List *clauses) {
    Node *quals = clauses ? node(make_ands_explicit(list_copy(clauses))) : nullptr;
    return table_fragment(entry, column_targets(columns, entry), quals);
}

// Conditions on output columns that are keys also say which groups matter.
Node *pruning_by_output(const plan::Fragment *fragment, const List *clauses) {
    const table::Table &table = table::get(linitial_oid(fragment->layouts));
    List *quals = NIL;
    for (const Node *clause : pg::ListOf<const Node>(clauses)) {
        Node *copy = node(copyObjectImpl(clause));
        bool is_about_key = false;
        for (Var *var : pg::ListOf<Var>(pull_var_clause(copy, 0))) {
            const bool is_output_key = list_member_int(fragment->keys, var->varattno);
            is_about_key |= is_output_key;
            var->varattno = is_output_key ? table.key : 0;
        }
        if (is_about_key) quals = lappend(quals, copy);
    }
    return reinterpret_cast<Node *>(quals);
}

// The fragment of a sub-select, reduced to what is needed of its rows.
plan::Fragment *narrowed(const plan::Fragment *whole, const RangeTblEntry *entry, const List *columns,
                         const List *clauses) {
    auto *fragment = static_cast<plan::Fragment *>(copyObjectImpl(whole));
    const bool is_all = clauses == NIL && list_length(columns) == ExecCleanTargetListLength(whole->query->targetList);
    bool is_in_order = is_all;
    AttrNumber position = 0;
    for (const Var *column : pg::ListOf<const Var>(columns))
        is_in_order = is_in_order && column->varattno == ++position;
    if (is_in_order) return fragment;
    RangeTblEntry *inner = text_entry(entry);
    inner->subquery = fragment->query;
    if (!inner->alias) inner->alias = inner->eref;
    Query *query = select_from(inner);
    query->targetList = column_targets(columns, inner);
    query->jointree->quals = clauses ? node(make_ands_explicit(list_copy(clauses))) : nullptr;
    fragment->query = query;
    if (clauses && fragment->keys && may(Rule::Pruning) && list_length(fragment->layouts) == 1) {
        List *quals = reinterpret_cast<List *>(pruning_by_output(fragment, clauses));
        if (linitial(fragment->pruning)) quals = lappend(quals, linitial(fragment->pruning));
        if (quals) linitial(fragment->pruning) = make_ands_explicit(quals);
    }
    return fragment;
}

// All columns of a sub-select as Vars, for a reference to its whole row.
List *all_columns(const RangeTblEntry *entry, Index index) {
    List *columns = NIL;
    for (TargetEntry *target : pg::ListOf<TargetEntry>(entry->subquery->targetList))
        if (!target->resjunk) columns = lappend(columns, makeVarFromTargetEntry(static_cast<int>(index), target));
    return columns;
}

// A row of all columns has their names.
void name_columns(List *tuple, const RangeTblEntry *entry) {
    for (TargetEntry *target : pg::ListOf<TargetEntry>(tuple)) {
        const auto *column = castNode(const Var, target->expr);
        if (column->varattno > 0 && column->varattno <= list_length(entry->eref->colnames))
            target->resname = pstrdup(strVal(list_nth(entry->eref->colnames, column->varattno - 1)));
    }
}

// The relation's column that is sorted by, under the collation that it has in a
// task's text, with the operator: the two are added to the lists.
bool add_sort_column(const PathKey *key, const RelOptInfo *rel, List **columns, List **operators) {
    if (key->pk_eclass->ec_has_volatile || key->pk_opfamily >= FirstNormalObjectId) return false;
    for (const EquivalenceMember *member : pg::ListOf<const EquivalenceMember>(key->pk_eclass->ec_members)) {
        if (member->em_is_child || !bms_equal(member->em_relids, rel->relids)) continue;
        const Node *column = bare(reinterpret_cast<const Node *>(member->em_expr));
        if (!IsA(column, Var) || exprCollation(column) != key->pk_eclass->ec_collation) continue;
        const Oid type = member->em_datatype;
        const Oid operator_oid =
            get_opfamily_member(key->pk_opfamily, type, type, static_cast<int16>(key->pk_strategy));
        if (!OidIsValid(operator_oid) || reinterpret_cast<const Var *>(column)->varattno <= 0) continue;
        *columns = lappend(*columns, copyObjectImpl(column));
        *operators = lappend_oid(*operators, operator_oid);
        return true;
    }
    return false;
}

// The order of the scan tuple by these columns.
List *order_of(const List *pathkeys, const List *columns, const List *operators, List *tuple) {
    List *order = NIL;
    for (int i = 0; i < list_length(columns); i++) {
        auto *column = static_cast<Expr *>(list_nth(columns, i));
        auto *clause = makeNode(SortGroupClause);
        clause->tleSortGroupRef = static_cast<Index>(tlist_member(column, tuple)->resno);
        clause->sortop = list_nth_oid(operators, i);
        clause->eqop = get_equality_op_for_ordering_op(clause->sortop, nullptr);
        clause->nulls_first = static_cast<const PathKey *>(list_nth(pathkeys, i))->pk_nulls_first;
        order = lappend(order, clause);
    }
    return order;
}

// SELECT all columns FROM the query. They get names: those of a set operation would be its first branch's.
Query *around(Query *query) {
    RangeTblEntry *inner = makeNode(RangeTblEntry);
    inner->rtekind = RTE_SUBQUERY;
    inner->subquery = query;
    inner->inFromCl = true;
    List *names = NIL;
    List *targets = NIL;
    for (TargetEntry *target : pg::ListOf<TargetEntry>(query->targetList)) {
        if (target->resjunk) continue;
        names = lappend(names, makeString(pstrdup(target->resname)));
        auto *column = reinterpret_cast<Expr *>(makeVarFromTargetEntry(1, target));
        targets = lappend(targets, makeTargetEntry(column, target->resno, pstrdup(target->resname), false));
    }
    inner->alias = inner->eref = makeAlias("rows", names);
    Query *result = select_from(inner);
    result->targetList = targets;
    return result;
}

// Lets the text sort its rows: its columns are those of the scan tuple, in this order.
void sort_text(plan::Fragment *fragment, const List *order) {
    const Query *own = fragment->query;
    const bool is_ordered = own->sortClause || own->limitCount || own->limitOffset || own->distinctClause;
    Query *query = is_ordered || own->setOperations || own->hasTargetSRFs || own->rowMarks ? around(fragment->query)
                                                                                           : fragment->query;
    for (const SortGroupClause *clause : pg::ListOf<const SortGroupClause>(order)) {
        auto *copy = static_cast<SortGroupClause *>(copyObjectImpl(clause));
        TargetEntry *target = get_tle_by_resno(query->targetList, static_cast<AttrNumber>(clause->tleSortGroupRef));
        copy->tleSortGroupRef = assignSortGroupRef(target, query->targetList);
        query->sortClause = lappend(query->sortClause, copy);
    }
    fragment->query = query;
}

Plan *plan_scan(PlannerInfo *root, RelOptInfo *rel, CustomPath *path, List *target, List *clauses, List *) {
    const Index index = rel->relid;
    const RangeTblEntry *entry = planner_rt_fetch(index, root);
    const auto *remote = static_cast<const List *>(linitial(path->custom_private));
    auto *sorted = static_cast<List *>(lsecond(path->custom_private));
    List *local = NIL;
    for (Node *clause : pg::ListOf<Node>(extract_actual_clauses(clauses, false)))
        if (!list_member_ptr(remote, clause)) local = lappend(local, clause);

    List *columns = columns_of(NIL, index, sorted);
    columns = columns_of(columns, index, rel->reltarget->exprs);
    columns = columns_of(columns, index, target);
    columns = columns_of(columns, index, local);
    List *outside = NIL;
    for (Node *clause : pg::ListOf<Node>(remote)) outside = lappend(outside, over_entry(clause, index));

    int whole_row = 0;
    plan::Fragment *fragment;
    if (const plan::Fragment *whole = plan::fragment_of(entry)) {
        Var *row = nullptr;
        for (Var *column : pg::ListOf<Var>(columns))
            if (column->varattno == 0) row = column;
        if (row) columns = all_columns(entry, index);
        fragment = narrowed(whole, entry, columns, outside);
        if (row) {
            columns = lappend(columns, row);
            whole_row = list_length(columns);
        }
    } else {
        fragment = base_fragment(entry, columns, outside);
    }
    List *tuple = add_to_flat_tlist(NIL, columns);
    if (whole_row) name_columns(tuple, entry);
    List *order = order_of(path->path.pathkeys, sorted, static_cast<List *>(lthird(path->custom_private)), tuple);
    if (order) sort_text(fragment, order);
    List *values = take_values(fragment);
    return &make_scan(fragment, values, tuple, target, local, whole_row, order)->scan.plan;
}

constexpr CustomPathMethods kPathMethods = {plan::kFragmentScan, plan_scan, nullptr};

CustomPath *unsorted_path(PlannerInfo *root, RelOptInfo *rel, const RangeTblEntry *entry) {
    auto *path = makeNode(CustomPath);
    path->path.pathtype = T_CustomScan;
    path->path.parent = rel;
    path->path.pathtarget = rel->reltarget;
    path->path.param_info = rel->reloptkind == RELOPT_BASEREL
                                ? get_baserel_parampathinfo(root, rel, rel->lateral_relids)
                                : get_appendrel_parampathinfo(rel, rel->lateral_relids);
    path->path.rows = path->path.param_info ? path->path.param_info->ppi_rows : rel->rows;
    path->path.startup_cost = kTaskCost;
    path->path.total_cost = kTaskCost + kRowCost * path->path.rows;
    path->flags = CUSTOMPATH_SUPPORT_PROJECTION;
    path->custom_private = list_make3(travelling(rel, entry), NIL, NIL);
    path->methods = &kPathMethods;
    return path;
}

// The path with the order that the query wants of its rows, when groups can sort by it.
CustomPath *sorted_path(PlannerInfo *root, RelOptInfo *rel, const CustomPath *unsorted) {
    if (root->query_pathkeys == NIL || unsorted->path.param_info || !bms_is_empty(rel->lateral_relids) ||
        !may(Rule::Order))
        return nullptr;
    List *columns = NIL;
    List *operators = NIL;
    for (const PathKey *key : pg::ListOf<const PathKey>(root->query_pathkeys))
        if (!add_sort_column(key, rel, &columns, &operators)) return nullptr;
    auto *path = static_cast<CustomPath *>(palloc(sizeof(CustomPath)));
    *path = *unsorted;
    path->path.pathkeys = root->query_pathkeys;
    path->custom_private = list_make3(linitial(unsorted->custom_private), columns, operators);
    // Groups sort at the same time; this node compares the heads of their streams.
    const Cost comparisons = cpu_operator_cost * path->path.rows * std::log2(path->path.rows + 2);
    path->path.startup_cost += comparisons;
    path->path.total_cost += comparisons;
    return path;
}

// A partition or child table is read through its parent.
bool is_read_by_parent(const PlannerInfo *root, const RelOptInfo *rel) {
    if (rel->reloptkind != RELOPT_OTHER_MEMBER_REL || !root->append_rel_array) return false;
    const AppendRelInfo *info = root->append_rel_array[rel->relid];
    return info && root->simple_rte_array[info->parent_relid]->rtekind == RTE_RELATION;
}

bool is_ours(const PlannerInfo *root, const RelOptInfo *rel, const RangeTblEntry *entry) {
    if (rel->reloptkind != RELOPT_BASEREL && rel->reloptkind != RELOPT_OTHER_MEMBER_REL) return false;
    if (entry->rtekind == RTE_SUBQUERY) return plan::fragment_of(entry) != nullptr;
    return entry->rtekind == RTE_RELATION && table::is_shell(entry->relid) && !is_read_by_parent(root, rel);
}

} // namespace

// tableoid means the table on the node that asks.
Expr *column_for_task(const Var *column, const RangeTblEntry *entry) {
    Var *copy = redirected(column, 1, column->varattno);
    if (entry->rtekind != RTE_RELATION || column->varattno != TableOidAttributeNumber)
        return reinterpret_cast<Expr *>(copy);
    return entry->relkind == RELKIND_PARTITIONED_TABLE ? oid_of_partition(copy, entry->relid)
                                                       : oid_constant(entry->relid);
}

plan::Fragment *table_fragment(const RangeTblEntry *entry, List *targets, Node *quals) {
    Query *query = select_from(text_entry(entry));
    query->targetList = targets;
    query->jointree->quals = quals;
    plan::Fragment *fragment = plan::make_fragment(query);
    const table::Table &table = table::get(entry->relid);
    fragment->tables = list_make1_oid(entry->relid);
    if (table.colocation != 0 && !table.is_reference()) {
        fragment->layouts = list_make1_oid(entry->relid);
        Node *pruning = quals && may(Rule::Pruning) ? quals : nullptr;
        fragment->pruning = list_make1(copyObjectImpl(pruning));
        fragment->is_single = plan::names_one_group(table, pruning);
    }
    fragment->role = entry->checkAsUser;
    fragment->is_small = returns_few_rows(query);
    return fragment;
}

CustomScan *make_scan(plan::Fragment *fragment, List *values, List *tuple, List *target, List *quals, int whole_row,
                      List *order) {
    auto *scan = makeNode(CustomScan);
    scan->scan.plan.targetlist = target;
    scan->scan.plan.qual = quals;
    scan->flags = CUSTOMPATH_SUPPORT_PROJECTION;
    scan->custom_scan_tlist = tuple;
    scan->custom_exprs = values;
    scan->custom_private = list_make4(fragment, makeInteger(whole_row), order, makeBoolean(false));
    scan->methods = GetCustomScanMethods(plan::kFragmentScan, false);
    return scan;
}

void for_each_scan(Plan *plan, pg::FunctionRef<void(CustomScan *)> visit) {
    if (!plan) return;
    check_stack_depth();
    for_each_scan(plan->lefttree, visit);
    for_each_scan(plan->righttree, visit);
    const List *inputs = NIL;
    switch (nodeTag(plan)) {
    case T_Append: inputs = reinterpret_cast<Append *>(plan)->appendplans; break;
    case T_MergeAppend: inputs = reinterpret_cast<MergeAppend *>(plan)->mergeplans; break;
    case T_SubqueryScan: return for_each_scan(reinterpret_cast<SubqueryScan *>(plan)->subplan, visit);
    case T_CustomScan: {
        auto *scan = reinterpret_cast<CustomScan *>(plan);
        if (scan->methods == GetCustomScanMethods(plan::kFragmentScan, true)) visit(scan);
        break;
    }
    default: break;
    }
    for (Plan *input : pg::ListOf<Plan>(inputs)) for_each_scan(input, visit);
}

void start_together(Plan *plan) {
    if (!may(Rule::Together)) return;
    for_each_scan(plan, [](CustomScan *scan) {
        castNode(Boolean, list_nth(scan->custom_private, plan::kScanIsEager))->boolval = true;
    });
}

void make_scrollable(Plan *plan, int cursor_options) {
    // DECLARE plans with this option; what functions loop over is not read backwards, and need not be kept.
    if (!(cursor_options & CURSOR_OPT_FAST_PLAN) || (cursor_options & CURSOR_OPT_NO_SCROLL)) return;
    for_each_scan(plan, [](CustomScan *scan) { scan->flags |= CUSTOMPATH_SUPPORT_BACKWARD_SCAN; });
}

void set_paths(PlannerInfo *root, RelOptInfo *rel, Index, RangeTblEntry *entry) {
    if (plan::row_change_of(entry) && !IS_DUMMY_REL(rel) && !is_estimating()) return set_change_path(root, rel, entry);
    if (!is_ours(root, rel, entry) || IS_DUMMY_REL(rel) || is_storage_meant() || is_estimating()) return;
    CustomPath *path = unsorted_path(root, rel, entry);
    rel->pathlist = NIL;
    rel->partial_pathlist = NIL;
    rel->consider_parallel = false;
    // Of a partitioned relation the planner would drop this path and append its partitions' instead.
    rel->part_scheme = nullptr;
    add_path(rel, &path->path);
    if (CustomPath *sorted = sorted_path(root, rel, path)) add_path(rel, &sorted->path);
}

} // namespace cedro::planner
