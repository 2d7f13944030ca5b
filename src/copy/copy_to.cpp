#include "copy/copy.hpp"

#include "pg/copy.hpp"
#include "pg/list.hpp"
#include "pg/scope.hpp"
#include "table/table.hpp"
#include "transaction/everywhere.hpp"

namespace cedro::copy {

namespace {

List *target_list(Relation shell, List *names) {
    List *targets = NIL;
    TupleDesc descriptor = RelationGetDescr(shell);
    // Raises what PostgreSQL raises for unknown, repeated and generated columns.
    List *attributes = CopyGetAttnums(descriptor, shell, names);
    for (int i = 0; i < list_length(attributes); i++) {
        auto *column = makeNode(ColumnRef);
        const int attribute = list_nth_int(attributes, i);
        column->fields = list_make1(makeString(pstrdup(NameStr(TupleDescAttr(descriptor, attribute - 1)->attname))));
        column->location = -1;
        auto *target = makeNode(ResTarget);
        target->val = reinterpret_cast<Node *>(column);
        target->location = -1;
        targets = lappend(targets, target);
    }
    return targets;
}

SelectStmt *select_of(Relation shell, List *names) {
    if (shell->rd_rel->relkind == RELKIND_PARTITIONED_TABLE)
        ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
                        errmsg("cannot copy from partitioned table \"%s\"", RelationGetRelationName(shell)),
                        errhint("Try the COPY (SELECT ...) TO variant.")));
    // ONLY: COPY never reads the rows of children.
    RangeVar *from =
        makeRangeVar(get_namespace_name(RelationGetNamespace(shell)), pstrdup(RelationGetRelationName(shell)), -1);
    from->inh = false;
    auto *select = makeNode(SelectStmt);
    select->targetList = target_list(shell, names);
    select->fromClause = list_make1(from);
    return select;
}

} // namespace

bool copy_to(const pg::Utility &utility) {
    if (!IsA(utility.tree(), CopyStmt) || transaction::is_applying()) return false;
    auto *statement = castNode(CopyStmt, utility.tree());
    if (statement->is_from || !statement->relation) return false;
    const Oid relid = RangeVarGetRelid(statement->relation, NoLock, true);
    if (!OidIsValid(relid) || !table::is_shell(relid)) return false;

    auto *copy = static_cast<CopyStmt *>(copyObjectImpl(statement));
    Relation shell = table_openrv(statement->relation, AccessShareLock);
    copy->query = reinterpret_cast<Node *>(select_of(shell, statement->attlist));
    table_close(shell, NoLock);
    copy->relation = nullptr;
    copy->attlist = NIL;

    pg::Utility rewritten = utility;
    rewritten.statement = static_cast<PlannedStmt *>(copyObjectImpl(utility.statement));
    rewritten.statement->utilityStmt = reinterpret_cast<Node *>(copy);
    rewritten.run();
    return true;
}

} // namespace cedro::copy
