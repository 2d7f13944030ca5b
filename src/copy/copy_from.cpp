#include "copy/copy.hpp"
#include "copy/row_sink.hpp"

#include "pg/copy.hpp"
#include "pg/list.hpp"
#include "pg/scope.hpp"
#include "plan/sequence_value.hpp"
#include "table/table.hpp"
#include "transaction/everywhere.hpp"

namespace cedro::copy {

namespace {

// What DoCopy checks and makes before it reads the first row.
struct Source {
    ParseState *parse;
    Relation shell;
    List *where; // implicitly ANDed, or NIL
};

void check_file_access(const CopyStmt &statement) {
    if (!statement.filename) return;
    if (statement.is_program && !has_privs_of_role(GetUserId(), ROLE_PG_EXECUTE_SERVER_PROGRAM))
        ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                        errmsg("must be superuser or have privileges of the pg_execute_server_program role to COPY to "
                               "or from an external program"),
                        errhint("Anyone can COPY to stdout or from stdin. psql's \\copy command also works for "
                                "anyone.")));
    if (!statement.is_program && !has_privs_of_role(GetUserId(), ROLE_PG_READ_SERVER_FILES))
        ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
                        errmsg("must be superuser or have privileges of the pg_read_server_files role to COPY from a "
                               "file"),
                        errhint("Anyone can COPY to stdout or from stdin. psql's \\copy command also works for "
                                "anyone.")));
}

void refuse_generated_columns(Relation shell, Node *where) {
    Bitmapset *used = nullptr;
    pull_varattnos(where, 1, &used);
    const bool uses_row = bms_is_member(0 - FirstLowInvalidHeapAttributeNumber, used);
    TupleDesc descriptor = RelationGetDescr(shell);
    for (int i = 0; i < descriptor->natts; i++) {
        Form_pg_attribute attribute = TupleDescAttr(descriptor, i);
        if (!attribute->attgenerated) continue;
        if (!uses_row && !bms_is_member(attribute->attnum - FirstLowInvalidHeapAttributeNumber, used)) continue;
        ereport(ERROR, (errcode(ERRCODE_INVALID_COLUMN_REFERENCE),
                        errmsg("generated columns are not supported in COPY FROM WHERE conditions"),
                        errdetail("Column \"%s\" is a generated column.", NameStr(attribute->attname))));
    }
}

List *where_clause(const Source &source, ParseNamespaceItem *item, Node *raw) {
    if (!raw) return NIL;
    addNSItemToQuery(source.parse, item, false, true, true);
    Node *where = transformExpr(source.parse, raw, EXPR_KIND_COPY_WHERE);
    where = coerce_to_boolean(source.parse, where, "WHERE");
    assign_expr_collations(source.parse, where);
    refuse_generated_columns(source.shell, where);
    where = eval_const_expressions(nullptr, where);
    return make_ands_implicit(canonicalize_qual(reinterpret_cast<Expr *>(where), false));
}

void check_privileges(const Source &source, RangeTblEntry *entry, List *names) {
    entry->requiredPerms = ACL_INSERT;
    List *attributes = CopyGetAttnums(RelationGetDescr(source.shell), source.shell, names);
    for (int i = 0; i < list_length(attributes); i++)
        entry->insertedCols =
            bms_add_member(entry->insertedCols, list_nth_int(attributes, i) - FirstLowInvalidHeapAttributeNumber);
    ExecCheckRTPerms(source.parse->p_rtable, true);
    if (check_enable_rls(entry->relid, InvalidOid, false) == RLS_ENABLED)
        ereport(ERROR,
                (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("COPY FROM not supported with row-level security"),
                 errhint("Use INSERT statements instead.")));
}

void refuse_freeze(ParseState *parse, const CopyStmt &statement) {
    CopyFormatOptions options{};
    ProcessCopyOptions(parse, &options, true, statement.options);
    if (options.freeze)
        ereport(ERROR,
                (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("COPY FREEZE is not supported for distributed tables"),
                 errhint("Run VACUUM FREEZE after COPY.")));
}

Source open_source(const pg::Utility &utility, const CopyStmt &statement) {
    Source source{make_parsestate(nullptr), table_openrv(statement.relation, RowExclusiveLock), NIL};
    source.parse->p_sourcetext = utility.query_string;
    source.parse->p_queryEnv = utility.environment;
    ParseNamespaceItem *item =
        addRangeTableEntryForRelation(source.parse, source.shell, RowExclusiveLock, nullptr, false, false);
    source.where = where_clause(source, item, statement.whereClause);
    check_privileges(source, item->p_rte, statement.attlist);
    refuse_freeze(source.parse, statement);
    if (XactReadOnly) PreventCommandIfReadOnly("COPY FROM");
    return source;
}

// Defaults that draw from sequences of the coordinator. (Those of INSERT are replaced when it is planned.)
void use_coordinator_values(CopyFromState input, Relation shell) {
    for (int i = 0; i < input->num_defaults; i++) {
        Node *value = build_column_default(shell, input->defmap[i] + 1);
        Node *replaced = value ? plan::with_coordinator_values(value) : nullptr;
        if (replaced != value)
            input->defexprs[i] = ExecInitExpr(expression_planner(reinterpret_cast<Expr *>(replaced)), nullptr);
    }
}

// Evaluates what PostgreSQL evaluates between reading a row and storing it.
struct RowCheck {
    EState *estate;
    ResultRelInfo *target;
    TupleTableSlot *slot;
    ExprState *where;
    ModifyTableState *routing; // of a partitioned table, else nullptr
    PartitionTupleRouting *partitions;
};

// Lets a row without partition be refused here, with its line.
void prepare_routing(RowCheck &check) {
    if (check.target->ri_RelationDesc->rd_rel->relkind != RELKIND_PARTITIONED_TABLE) return;
    check.routing = makeNode(ModifyTableState);
    check.routing->ps.state = check.estate;
    check.routing->operation = CMD_INSERT;
    check.routing->mt_nrels = 1;
    check.routing->resultRelInfo = check.target;
    check.routing->rootResultRelInfo = check.target;
    check.partitions = ExecSetupPartitionTupleRouting(check.estate, check.target->ri_RelationDesc);
}

RowCheck make_check(const Source &source) {
    RowCheck check{CreateExecutorState(), makeNode(ResultRelInfo), nullptr, nullptr, nullptr, nullptr};
    ExecInitRangeTable(check.estate, source.parse->p_rtable);
    ExecInitResultRelation(check.estate, check.target, 1);
    check.slot = ExecInitExtraTupleSlot(check.estate, RelationGetDescr(source.shell), &TTSOpsVirtual);
    check.where = ExecInitQual(source.where, nullptr);
    prepare_routing(check);
    return check;
}

bool is_wanted(const RowCheck &check) {
    if (!check.where) return true;
    ExprContext *context = GetPerTupleExprContext(check.estate);
    context->ecxt_scantuple = check.slot;
    return ExecQual(check.where, context);
}

// The shards have these constraints too; checked here, the error names the line and the user's table.
void check_constraints(const RowCheck &check) {
    const TupleConstr *constraints = RelationGetDescr(check.target->ri_RelationDesc)->constr;
    if (constraints && constraints->has_generated_stored)
        ExecComputeStoredGenerated(check.target, check.estate, check.slot, CMD_INSERT);
    if (constraints) ExecConstraints(check.target, check.slot, check.estate);
    if (check.target->ri_RelationDesc->rd_rel->relispartition)
        ExecPartitionCheck(check.target, check.slot, check.estate, true);
    if (check.partitions) ExecFindPartition(check.routing, check.target, check.partitions, check.slot, check.estate);
}

bool read_row(CopyFromState input, const RowCheck &check) {
    CHECK_FOR_INTERRUPTS();
    ResetPerTupleExprContext(check.estate);
    ExecClearTuple(check.slot);
    const bool found = pg::with_context(GetPerTupleMemoryContext(check.estate), [&] {
        return NextCopyFrom(input, GetPerTupleExprContext(check.estate), check.slot->tts_values,
                            check.slot->tts_isnull);
    });
    if (!found) return false;
    ExecStoreVirtualTuple(check.slot);
    check.slot->tts_tableOid = RelationGetRelid(check.target->ri_RelationDesc);
    return true;
}

uint64 copy_rows(CopyFromState input, const RowCheck &check, RowSink *sink) {
    ErrorContextCallback context{error_context_stack, CopyFromErrorCallback, input};
    error_context_stack = &context;
    int64 excluded = 0;
    int64 processed = 0;
    while (read_row(input, check)) {
        if (!is_wanted(check)) {
            pgstat_progress_update_param(PROGRESS_COPY_TUPLES_EXCLUDED, ++excluded);
            continue;
        }
        check_constraints(check);
        // An error of a node is about some row sent before, not about this line.
        error_context_stack = context.previous;
        put(sink, check.slot->tts_values, check.slot->tts_isnull);
        error_context_stack = &context;
        pgstat_progress_update_param(PROGRESS_COPY_TUPLES_PROCESSED, ++processed);
    }
    error_context_stack = context.previous;
    return close(sink);
}

// With privileges on some columns only, the role could not write the defaults
// of the others: this node has judged its rights, the owner's suffice there.
Oid writing_role(Relation shell) {
    if (pg_class_aclcheck(RelationGetRelid(shell), GetUserId(), ACL_INSERT) == ACLCHECK_OK) return GetUserId();
    return shell->rd_rel->relowner;
}

} // namespace

bool copy_from(const pg::Utility &utility) {
    if (!IsA(utility.tree(), CopyStmt) || transaction::is_applying()) return false;
    const auto &statement = *castNode(CopyStmt, utility.tree());
    if (!statement.is_from) return false;
    const Oid relid = RangeVarGetRelid(statement.relation, NoLock, true);
    if (!OidIsValid(relid) || !table::is_shell(relid)) return false;

    check_file_access(statement);
    const Source source = open_source(utility, statement);
    CopyFromState input = BeginCopyFrom(source.parse, source.shell, nullptr, statement.filename, statement.is_program,
                                        nullptr, statement.attlist, statement.options);
    use_coordinator_values(input, source.shell);
    const RowCheck check = make_check(source);
    RowSink *sink = open(table::get(RelationGetRelid(source.shell)), writing_role(source.shell));
    const uint64 processed = copy_rows(input, check, sink);
    if (check.partitions) ExecCleanupTupleRouting(check.routing, check.partitions);
    ExecCloseResultRelations(check.estate);
    ExecCloseRangeTableRelations(check.estate);
    ExecResetTupleTable(check.estate->es_tupleTable, false);
    FreeExecutorState(check.estate);
    EndCopyFrom(input);
    table_close(source.shell, NoLock);
    if (utility.completion) SetQueryCompletion(utility.completion, CMDTAG_COPY, processed);
    return true;
}

} // namespace cedro::copy
