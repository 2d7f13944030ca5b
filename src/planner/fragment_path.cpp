#include "planner/fragment_path.hpp"

#include "catalog/settings.hpp"
#include "pg/catalog.hpp"
#include "pg/inheritance.hpp"
#include "pg/list.hpp"
#include "plan/pruning.hpp"
#include "planner/plan.hpp"
#include "planner/push.hpp"
#include "planner/pushable.hpp"
#include "planner/row_bound.hpp"
#include "planner/surgery.hpp"
#include "table/table.hpp"

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
    if (setting::force_pull) return result;
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
    Query *query = select_from(inner);
    query->targetList = column_targets(columns, inner);
    query->jointree->quals = clauses ? node(make_ands_explicit(list_copy(clauses))) : nullptr;
    fragment->query = query;
    if (clauses && fragment->keys && list_length(fragment->layouts) == 1) {
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

Plan *plan_scan(PlannerInfo *root, RelOptInfo *rel, CustomPath *path, List *target, List *clauses, List *) {
    const Index index = rel->relid;
    const RangeTblEntry *entry = planner_rt_fetch(index, root);
    const List *remote = path->custom_private;
    List *local = NIL;
    for (Node *clause : pg::ListOf<Node>(extract_actual_clauses(clauses, false)))
        if (!list_member_ptr(remote, clause)) local = lappend(local, clause);

    List *columns = columns_of(NIL, index, rel->reltarget->exprs);
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
    List *values = take_values(fragment);
    List *tuple = add_to_flat_tlist(NIL, columns);
    if (whole_row) name_columns(tuple, entry);
    return &make_scan(fragment, values, tuple, target, local, whole_row)->scan.plan;
}

constexpr CustomPathMethods kPathMethods = {plan::kFragmentScan, plan_scan, nullptr};

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
        fragment->pruning = list_make1(copyObjectImpl(quals));
        fragment->is_single = plan::names_one_group(table, quals);
    }
    fragment->role = entry->checkAsUser;
    fragment->is_small = returns_few_rows(query);
    return fragment;
}

CustomScan *make_scan(plan::Fragment *fragment, List *values, List *tuple, List *target, List *quals, int whole_row) {
    auto *scan = makeNode(CustomScan);
    scan->scan.plan.targetlist = target;
    scan->scan.plan.qual = quals;
    scan->flags = CUSTOMPATH_SUPPORT_PROJECTION;
    scan->custom_scan_tlist = tuple;
    scan->custom_exprs = values;
    scan->custom_private = list_make2(fragment, makeInteger(whole_row));
    scan->methods = GetCustomScanMethods(plan::kFragmentScan, false);
    return scan;
}

void set_paths(PlannerInfo *root, RelOptInfo *rel, Index, RangeTblEntry *entry) {
    if (!is_ours(root, rel, entry) || IS_DUMMY_REL(rel) || is_storage_meant()) return;
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
    path->custom_private = travelling(rel, entry);
    path->methods = &kPathMethods;
    rel->pathlist = NIL;
    rel->partial_pathlist = NIL;
    rel->consider_parallel = false;
    // Of a partitioned relation the planner would drop this path and append its partitions' instead.
    rel->part_scheme = nullptr;
    add_path(rel, &path->path);
}

} // namespace cedro::planner
