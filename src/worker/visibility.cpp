#include "worker/visibility.hpp"

#include "catalog/relation.hpp"
#include "catalog/settings.hpp"
#include "pg/catalog.hpp"
#include "pg/ddl.hpp"
#include "pg/list.hpp"
#include "pg/planner.hpp"
#include "pg/server.hpp"
#include "pg/text.hpp"
#include "pg/walk.hpp"
#include "transaction/everywhere.hpp"
#include "transaction/node_session.hpp"
#include "worker/shard_list.hpp"

namespace cedro::worker {

namespace {

bool shows_shards_to_application() {
    const char *prefixes = setting::show_shards_for_app_name_prefixes;
    if (!prefixes || prefixes[0] == '\0' || !application_name) return false;
    List *names = NIL;
    if (!SplitGUCList(pstrdup(prefixes), ',', &names)) return false;
    for (const char *prefix : pg::ListOf<char>(names))
        if (strcmp(prefix, "*") == 0 || strncmp(application_name, prefix, strlen(prefix)) == 0) return true;
    return false;
}

bool is_hiding() {
    return setting::override_table_visibility && !transaction::is_applying() && !transaction::is_proved_session() &&
           catalog::is_extension_ready() && !shows_shards_to_application();
}

Oid filter_function(int argument_count) {
    static constexpr Oid kArguments[] = {OIDOID, NAMEOID, OIDOID, CHAROID};
    const char *name = argument_count == 1 ? "is_statistics_shown" : "is_relation_shown";
    return LookupFuncName(list_make2(makeString(pstrdup("citus_internal")), makeString(pstrdup(name))), argument_count,
                          kArguments, false);
}

Node *filter(int index, std::initializer_list<AttrNumber> columns, Oid relid) {
    List *arguments = NIL;
    for (AttrNumber column : columns) {
        Oid type = InvalidOid;
        int32 modifier = -1;
        Oid collation = InvalidOid;
        get_atttypetypmodcoll(relid, column, &type, &modifier, &collation);
        arguments = lappend(arguments, makeVar(index, column, type, modifier, collation, 0));
    }
    return reinterpret_cast<Node *>(makeFuncExpr(filter_function(list_length(arguments)), BOOLOID, arguments,
                                                 InvalidOid, C_COLLATION_OID, COERCE_EXPLICIT_CALL));
}

// A condition of the entry itself, as a policy's: outer joins leave it alone.
void filter_entry(const Query *query, int index) {
    RangeTblEntry *entry = rt_fetch(index, query->rtable);
    if (entry->rtekind != RTE_RELATION || index == query->resultRelation) return;
    Node *condition = nullptr;
    if (entry->relid == RelationRelationId)
        condition =
            filter(index, {Anum_pg_class_oid, Anum_pg_class_relname, Anum_pg_class_relnamespace, Anum_pg_class_relkind},
                   entry->relid);
    else if (entry->relid == StatisticExtRelationId)
        condition = filter(index, {Anum_pg_statistic_ext_stxrelid}, entry->relid);
    if (condition) entry->securityQuals = lappend(entry->securityQuals, condition);
}

bool reads_catalog(const Query *query) {
    for (const RangeTblEntry *entry : pg::ListOf<RangeTblEntry>(query->rtable))
        if (entry->rtekind == RTE_RELATION &&
            (entry->relid == RelationRelationId || entry->relid == StatisticExtRelationId))
            return true;
    return false;
}

// Visits the query and those inside it. Expressions are searched only where they hold some.
template <typename Visit>
void each_query(Query *query, Visit &visit) {
    visit(query);
    for (RangeTblEntry *entry : pg::ListOf<RangeTblEntry>(query->rtable))
        if (entry->rtekind == RTE_SUBQUERY) each_query(entry->subquery, visit);
    for (CommonTableExpr *cte : pg::ListOf<CommonTableExpr>(query->cteList))
        each_query(castNode(Query, cte->ctequery), visit);
    if (!query->hasSubLinks) return;
    struct Walk {
        Visit *visit;
        static bool step(Node *node, void *argument) {
            if (!node) return false;
            if (IsA(node, SubLink))
                each_query(castNode(Query, reinterpret_cast<SubLink *>(node)->subselect),
                           *static_cast<Walk *>(argument)->visit);
            if (IsA(node, Query)) return false;
            return expression_tree_walker(node, pg::as_walker(step), argument);
        }
    };
    Walk walk{&visit};
    query_tree_walker(query, pg::as_walker(Walk::step), &walk, QTW_IGNORE_RT_SUBQUERIES | QTW_IGNORE_CTE_SUBQUERIES);
}

[[noreturn]] void refuse(Oid relid) {
    ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE), errmsg("cannot change \"%s\" directly", get_rel_name(relid)),
                    errdetail("It is a shard of a distributed table."),
                    errhint("Change the table instead, or set citus.enable_manual_changes_to_shards to on.")));
}

bool are_changes_free() {
    constexpr char kRunCommand[] = "citus_run_command gpid=";
    return setting::enable_manual_changes_to_shards || transaction::is_applying() || InNoForceRLSOperation() ||
           (application_name && strncmp(application_name, kRunCommand, sizeof kRunCommand - 1) == 0);
}

void refuse_named(const RangeVar *name) {
    const Oid relid = name ? RangeVarGetRelid(name, NoLock, true) : InvalidOid;
    if (OidIsValid(relid) && is_shard(relid)) refuse(relid);
}

void refuse_all_named(const List *names) {
    for (const RangeVar *name : pg::ListOf<RangeVar>(names)) refuse_named(name);
}

void refuse_drop(const DropStmt *statement) {
    if (statement->removeType != OBJECT_TABLE && statement->removeType != OBJECT_INDEX) return;
    for (Node *name : pg::ListOf<Node>(statement->objects))
        refuse_named(makeRangeVarFromNameList(castNode(List, name)));
}

} // namespace

void hide_shards(Query *query) {
    bool is_known = false;
    bool is_wanted = false;
    auto visit = [&](Query *each) {
        if (!reads_catalog(each)) return;
        if (!is_known) is_wanted = is_hiding();
        is_known = true;
        if (!is_wanted) return;
        for (int index = 1; index <= list_length(each->rtable); index++) filter_entry(each, index);
    };
    each_query(query, visit);
}

void refuse_shard_writes(const Query *query, const char *query_string) {
    auto check = [](const Query *each) {
        if (each->resultRelation == 0) return;
        const Oid relid = rt_fetch(each->resultRelation, each->rtable)->relid;
        if (is_shard(relid)) refuse(relid);
    };
    if (query->commandType == CMD_SELECT && !query->hasModifyingCTE) return;
    if (are_changes_free() || (transaction::is_proved_session() && query_string == debug_query_string)) return;
    check(query);
    for (const CommonTableExpr *cte : pg::ListOf<CommonTableExpr>(query->cteList))
        if (IsA(cte->ctequery, Query)) check(castNode(Query, cte->ctequery));
}

bool refuse_shard_changes(const pg::Utility &utility) {
    if (are_changes_free() || (transaction::is_proved_session() && utility.is_top_level())) return false;
    Node *tree = utility.tree();
    switch (nodeTag(tree)) {
    case T_AlterTableStmt: refuse_named(castNode(AlterTableStmt, tree)->relation); break;
    case T_IndexStmt: refuse_named(castNode(IndexStmt, tree)->relation); break;
    case T_RenameStmt: refuse_named(castNode(RenameStmt, tree)->relation); break;
    case T_AlterObjectSchemaStmt: refuse_named(castNode(AlterObjectSchemaStmt, tree)->relation); break;
    case T_CreateTrigStmt: refuse_named(castNode(CreateTrigStmt, tree)->relation); break;
    case T_RuleStmt: refuse_named(castNode(RuleStmt, tree)->relation); break;
    case T_CreatePolicyStmt: refuse_named(castNode(CreatePolicyStmt, tree)->table); break;
    case T_TruncateStmt: refuse_all_named(castNode(TruncateStmt, tree)->relations); break;
    case T_CopyStmt:
        if (castNode(CopyStmt, tree)->is_from) refuse_named(castNode(CopyStmt, tree)->relation);
        break;
    case T_DropStmt: refuse_drop(castNode(DropStmt, tree)); break;
    default: break;
    }
    return false;
}

} // namespace cedro::worker
