#include "planner/row_source.hpp"

#include "pg/catalog.hpp"
#include "pg/list.hpp"
#include "pg/scope.hpp"
#include "pg/walk.hpp"
#include "planner/surgery.hpp"

namespace cedro::planner {

namespace {

constexpr int kChange = 1; // the change's place in the query around it

Var *outer_column(int position, const Node *like, int depth) {
    return makeVar(kChange, static_cast<AttrNumber>(position), exprType(like), exprTypmod(like), exprCollation(like),
                   static_cast<Index>(depth));
}

bool is_whole_row_of_target(const Query *write, const Var *var) {
    return var->varno == write->resultRelation && var->varattno == InvalidAttrNumber;
}

bool deepen_step(Node *node, void *argument) {
    if (node == nullptr) return false;
    auto *depth = static_cast<Index *>(argument);
    if (IsA(node, RangeTblEntry)) {
        auto *entry = reinterpret_cast<RangeTblEntry *>(node);
        if (entry->rtekind == RTE_CTE && entry->ctelevelsup >= *depth) entry->ctelevelsup++;
        return false; // range_table_walker descends by itself
    }
    if (!IsA(node, Query)) return expression_tree_walker(node, pg::as_walker(deepen_step), argument);
    ++*depth;
    query_tree_walker(reinterpret_cast<Query *>(node), pg::as_walker(deepen_step), argument, QTW_EXAMINE_RTES_BEFORE);
    --*depth;
    return false;
}

// Partitions are named, for an oid means something on one node only.
Expr *named_partition(Var *tableoid) {
    return reinterpret_cast<Expr *>(
        makeRelabelType(reinterpret_cast<Expr *>(tableoid), REGCLASSOID, -1, InvalidOid, COERCE_EXPLICIT_CAST));
}

} // namespace

RangeTblEntry *target_entry(const Query *write) { return rt_fetch(write->resultRelation, write->rtable); }

Var *target_column(const Query *write, AttrNumber attribute) {
    Oid type;
    int32 modifier = -1;
    Oid collation = InvalidOid;
    if (attribute > 0)
        get_atttypetypmodcoll(target_entry(write)->relid, attribute, &type, &modifier, &collation);
    else
        type = SystemAttributeDefinition(attribute)->atttypid;
    return makeVar(write->resultRelation, attribute, type, modifier, collation, 0);
}

int RowSource::add(Expr *value) {
    const auto position = static_cast<AttrNumber>(list_length(targets_) + 1);
    TargetEntry *target = makeTargetEntry(value, position, psprintf("c%d", position), false);
    // Keeps the planner from dropping columns that only the change reads; no sort clause has it.
    target->ressortgroupref = static_cast<Index>(position);
    targets_ = lappend(targets_, target);
    return position;
}

// Where that value is already, or is now.
int RowSource::position_of(const Expr *value) {
    for (const TargetEntry *target : pg::ListOf<const TargetEntry>(targets_))
        if (equal(target->expr, value)) return target->resno;
    return add(static_cast<Expr *>(copyObjectImpl(value)));
}

void RowSource::add_identity() {
    for (List *columns : {change_->place, change_->image})
        for (int i = 0; i < list_length(columns); i++) {
            const auto attribute = static_cast<AttrNumber>(list_nth_int(columns, i));
            Var *column = target_column(write_, attribute);
            add(attribute == TableOidAttributeNumber ? named_partition(column) : reinterpret_cast<Expr *>(column));
        }
    const table::Table &table = table::get(change_->relid);
    if (table.key != 0) change_->key = add(reinterpret_cast<Expr *>(target_column(write_, table.key)));
}

void RowSource::add_assignments(plan::RowAction *action, const List *targets) {
    for (const TargetEntry *entry : pg::ListOf<const TargetEntry>(targets)) {
        if (entry->resjunk) continue;
        action->columns = lappend_int(action->columns, entry->resno);
        action->values = lappend_int(action->values, add(wrapped(entry->expr)));
    }
}

void RowSource::add_row(plan::RowAction *action, const List *targets) {
    pg::with_relation(change_->relid, NoLock, [&](Relation relation) {
        for (int i = 1; i <= RelationGetNumberOfAttributes(relation); i++) {
            const FormData_pg_attribute *column = TupleDescAttr(RelationGetDescr(relation), i - 1);
            const auto attribute = static_cast<AttrNumber>(i);
            int position = 0;
            for (int j = 0; j < list_length(action->columns); j++)
                if (list_nth_int(action->columns, j) == i) position = list_nth_int(action->values, j);
            if (!position && action->command == CMD_UPDATE && !column->attisdropped && !column->attgenerated)
                position = position_of(reinterpret_cast<Expr *>(target_column(write_, attribute)));
            if (!position && action->command == CMD_INSERT)
                if (const TargetEntry *entry = get_tle_by_resno(const_cast<List *>(targets), attribute))
                    if (!entry->resjunk && !column->attgenerated) position = add(wrapped(entry->expr));
            action->row = lappend_int(action->row, position);
        }
    });
}

int RowSource::returned_position(AttrNumber attribute) {
    for (int i = 0; i < list_length(change_->returned); i++)
        if (list_nth_int(change_->returned, i) == attribute) return list_nth_int(change_->returned_at, i);
    const Var *column = target_column(write_, attribute);
    const Oid type = attribute == TableOidAttributeNumber ? REGCLASSOID : column->vartype;
    const int position = add(reinterpret_cast<Expr *>(makeNullConst(type, column->vartypmod, column->varcollid)));
    change_->returned = lappend_int(change_->returned, attribute);
    change_->returned_at = lappend_int(change_->returned_at, position);
    return position;
}

Node *RowSource::returned_column(AttrNumber attribute) {
    const int position = returned_position(attribute);
    const TargetEntry *target = list_nth_node(TargetEntry, targets_, position - 1);
    return reinterpret_cast<Node *>(outer_column(position, reinterpret_cast<const Node *>(target->expr), 0));
}

Node *RowSource::returned_row(const Var *row) {
    auto *result = makeNode(RowExpr);
    pg::with_relation(change_->relid, NoLock, [&](Relation relation) {
        TupleDesc descriptor = RelationGetDescr(relation);
        for (int i = 0; i < descriptor->natts; i++) {
            const FormData_pg_attribute *attribute = TupleDescAttr(descriptor, i);
            Node *value = attribute->attisdropped ? reinterpret_cast<Node *>(makeNullConst(INT4OID, -1, InvalidOid))
                                                  : returned_column(attribute->attnum);
            result->args = lappend(result->args, value);
            result->colnames = lappend(result->colnames, makeString(pstrdup(NameStr(attribute->attname))));
        }
    });
    result->row_typeid = row->vartype;
    result->row_format = COERCE_IMPLICIT_CAST;
    result->location = -1;
    return reinterpret_cast<Node *>(result);
}

Node *RowSource::outside(const Var *var, int depth) {
    if (static_cast<int>(var->varlevelsup) != depth) return nullptr;
    auto *own = static_cast<Var *>(copyObjectImpl(var));
    own->varlevelsup = 0;
    Node *result = nullptr;
    if (is_whole_row_of_target(write_, var)) {
        result = returned_row(var);
    } else if (var->varno != write_->resultRelation) {
        result = reinterpret_cast<Node *>(
            outer_column(position_of(reinterpret_cast<Expr *>(own)), reinterpret_cast<Node *>(own), 0));
    } else if (var->varattno == TableOidAttributeNumber) {
        auto *name = reinterpret_cast<Expr *>(returned_column(var->varattno));
        result = reinterpret_cast<Node *>(makeRelabelType(name, OIDOID, -1, InvalidOid, COERCE_IMPLICIT_CAST));
    } else {
        result = returned_column(var->varattno);
    }
    if (depth > 0) IncrementVarSublevelsUp(result, depth, 0);
    return result;
}

List *RowSource::seen_outside(const List *expressions) {
    return reinterpret_cast<List *>(with_vars(reinterpret_cast<const Node *>(expressions),
                                              [this](const Var *var, int depth) { return outside(var, depth); }));
}

void deepen(Query *query) {
    Index depth = 0;
    query_tree_walker(query, pg::as_walker(deepen_step), &depth, QTW_EXAMINE_RTES_BEFORE);
}

Query *over_change(const Query *write, Query *source, plan::RowChange *change, List *targets, Node *quals) {
    auto *entry = makeNode(RangeTblEntry);
    entry->rtekind = RTE_SUBQUERY;
    deepen(source);
    entry->subquery = fenced(source);
    entry->eref = makeAlias(get_rel_name(change->relid), NIL);
    for (const TargetEntry *target : pg::ListOf<const TargetEntry>(source->targetList))
        if (!target->resjunk)
            entry->eref->colnames = lappend(entry->eref->colnames, makeString(pstrdup(target->resname)));
    entry->inFromCl = true;
    plan::set_row_change(entry, change);

    Query *query = select_from(entry);
    query->querySource = write->querySource;
    query->queryId = write->queryId;
    query->canSetTag = write->canSetTag;
    query->stmt_location = write->stmt_location;
    query->stmt_len = write->stmt_len;
    query->hasSubLinks = write->hasSubLinks;
    query->hasRowSecurity = write->hasRowSecurity;
    query->hasModifyingCTE = write->hasModifyingCTE;
    query->hasRecursive = write->hasRecursive;
    query->cteList = static_cast<List *>(copyObjectImpl(write->cteList));
    query->targetList = targets;
    query->jointree->quals = quals;
    return query;
}

} // namespace cedro::planner
