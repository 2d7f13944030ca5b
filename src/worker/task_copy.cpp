#include "worker/task_copy.hpp"

#include "catalog/relation.hpp"
#include "pg/copy_rows.hpp"
#include "pg/list.hpp"
#include "pg/planner.hpp"
#include "pg/privilege.hpp"
#include "pg/scope.hpp"
#include "transaction/node_session.hpp"
#include "worker/local_shard.hpp"
#include "worker/shard_error.hpp"
#include "worker/task.hpp"

namespace cedro::worker {

namespace {

// A default that the list leaves to the table would be the shard's: there is none.
void require_all_columns(Relation shell, const pg::Copy &copy) {
    const List *columns = pg::copy_columns(copy);
    int wanted = 0;
    for (int i = 0; i < RelationGetNumberOfAttributes(shell); i++) {
        const FormData_pg_attribute *attribute = TupleDescAttr(RelationGetDescr(shell), i);
        if (!attribute->attisdropped && !attribute->attgenerated) wanted++;
    }
    if (list_length(columns) != wanted)
        ereport(ERROR, (errcode(ERRCODE_PROTOCOL_VIOLATION),
                        errmsg("COPY into shards of \"%s\" must name every column", RelationGetRelationName(shell))));
}

void check_privileges(Relation shell, const pg::Copy &copy) {
    pg::check_insert_privilege(shell, pg::copy_columns(copy));
    if (pg::has_policies(RelationGetRelid(shell)))
        ereport(ERROR,
                (errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("COPY FROM not supported with row-level security"),
                 errhint("Use INSERT statements instead.")));
}

// Runs body, which stores rows, in the shard and in the name that fits.
// is_node: nobody's privileges count, and code of users runs as the table's owner.
template <typename Body>
uint64 into_shard(Oid shell_oid, int ordinal, pg::Copy copy, bool is_node, Body &&body) {
    Relation shell = table_open(shell_oid, RowExclusiveLock);
    require_all_columns(shell, {shell, copy.columns, NIL, copy.source});
    if (!is_node) check_privileges(shell, {shell, copy.columns, NIL, copy.source});
    const Oid owner = shell->rd_rel->relowner;
    table_close(shell, NoLock);
    copy.relation = table_open(open_local_shard(shell_oid, ordinal, RowExclusiveLock), NoLock);
    uint64 rows = 0;
    if (is_node)
        rows = pg::with_user(owner, SECURITY_LOCAL_USERID_CHANGE | SECURITY_RESTRICTED_OPERATION,
                             [&] { return body(copy); });
    else
        rows = body(copy);
    table_close(copy.relation, NoLock);
    return rows;
}

uint64 copy_from_session(const CopyStmt *statement, Oid shell, int ordinal, const char *source) {
    return into_shard(shell, ordinal, {nullptr, statement->attlist, statement->options, source},
                      !transaction::has_assumed_role(),
                      [](const pg::Copy &copy) { return pg::copy_from_client(copy); });
}

// SELECT of the columns that COPY TO would give; it is bound when it is planned.
RawStmt *rows_of(const CopyStmt *statement, Oid shell) {
    auto *select = makeNode(SelectStmt);
    pg::with_relation(shell, AccessShareLock, [&](Relation relation) {
        const pg::Copy copy{relation, statement->attlist, NIL, nullptr};
        List *columns = pg::copy_columns(copy);
        for (int i = 0; i < list_length(columns); i++) {
            const auto column = static_cast<AttrNumber>(list_nth_int(columns, i));
            auto *reference = makeNode(ColumnRef);
            reference->fields = list_make1(makeString(get_attname(shell, column, false)));
            reference->location = -1;
            auto *target = makeNode(ResTarget);
            target->val = reinterpret_cast<Node *>(reference);
            target->location = -1;
            select->targetList = lappend(select->targetList, target);
        }
    });
    select->fromClause = list_make1(copyObjectImpl(statement->relation));
    auto *raw = makeNode(RawStmt);
    raw->stmt = reinterpret_cast<Node *>(select);
    return raw;
}

uint64 copy_to_session(const CopyStmt *statement, Oid shell, int ordinal, const char *source) {
    if (transaction::has_assumed_role()) {
        uint64 rows = 0;
        as_task_text(source, [&] {
            rows = pg::copy_to_client({nullptr, NIL, statement->options, source}, rows_of(statement, shell));
        });
        return rows;
    }
    Relation shard = table_open(open_local_shard(shell, ordinal, AccessShareLock), NoLock);
    const uint64 rows = pg::copy_to_client({shard, statement->attlist, statement->options, source}, nullptr);
    table_close(shard, NoLock);
    return rows;
}

bool copy_task(const pg::Utility &utility) {
    if (!utility.is_top_level() || !transaction::is_proved_session()) return false;
    const std::optional<plan::Header> header = plan::header_of(utility.query_string);
    if (!header) return false;
    const auto *statement = castNode(CopyStmt, utility.tree());
    if (header->is_parameter || statement->filename || statement->whereClause)
        ereport(ERROR, (errcode(ERRCODE_PROTOCOL_VIOLATION), errmsg("malformed COPY of a task")));
    // The node itself has no right to look into schemas; a client's role is judged.
    auto find_shell = [&] {
        return RangeVarGetRelid(statement->relation, statement->is_from ? RowExclusiveLock : AccessShareLock, false);
    };
    const Oid shell = transaction::has_assumed_role()
                          ? find_shell()
                          : pg::with_user(catalog::owner(), SECURITY_LOCAL_USERID_CHANGE, find_shell);
    const int ordinal = ordinal_in(table::get(shell), header->groups);
    const uint64 rows = statement->is_from ? copy_from_session(statement, shell, ordinal, utility.query_string)
                                           : copy_to_session(statement, shell, ordinal, utility.query_string);
    if (utility.completion) SetQueryCompletion(utility.completion, CMDTAG_COPY, rows);
    return true;
}

} // namespace

uint64 copy_in(const table::Table &table, int ordinal, List *columns, std::span<const char> data, Oid role) {
    uint64 rows = 0;
    auto store = [&] {
        rows = into_shard(table.relid, ordinal, {nullptr, columns, NIL, "COPY"}, !OidIsValid(role),
                          [&](const pg::Copy &copy) { return pg::copy_from_memory(copy, data); });
    };
    naming_tables([&] {
        if (!OidIsValid(role) || role == GetUserId())
            store();
        else
            pg::with_user(role, SECURITY_LOCAL_USERID_CHANGE, store);
    });
    return rows;
}

bool handle_utility(const pg::Utility &utility) {
    switch (nodeTag(utility.tree())) {
    case T_CopyStmt:
        return castNode(CopyStmt, utility.tree())->relation ? copy_task(utility) : run_task_utility(utility);
    case T_DeclareCursorStmt:
    case T_ExplainStmt: return run_task_utility(utility);
    default: return false;
    }
}

} // namespace cedro::worker
