#include "ddl/handler.hpp"

#include "catalog/relation.hpp"
#include "catalog/settings.hpp"
#include "ddl/table.hpp"
#include "pg/list.hpp"
#include "transaction/everywhere.hpp"

namespace cedro::ddl {

namespace {

using Handler = void (*)(const pg::Utility &);

// Statements about the extension itself concern this database alone.
bool is_own_extension(const Node *statement) {
    if (IsA(statement, AlterExtensionStmt))
        return strcmp(reinterpret_cast<const AlterExtensionStmt *>(statement)->extname, "citus") == 0;
    if (IsA(statement, CreateExtensionStmt))
        return strcmp(reinterpret_cast<const CreateExtensionStmt *>(statement)->extname, "citus") == 0;
    return false;
}

Handler handler_of(const Node *statement) {
    switch (nodeTag(statement)) {
    case T_CreateSchemaStmt:
    case T_ViewStmt:
    case T_CreateFunctionStmt:
    case T_DefineStmt:
    case T_CompositeTypeStmt:
    case T_CreateEnumStmt:
    case T_CreateRangeStmt:
    case T_CreateDomainStmt:
    case T_CreateExtensionStmt:
    case T_CreateCastStmt:
    case T_CreateOpClassStmt:
    case T_CreateOpFamilyStmt:
    case T_CreatePLangStmt:
    case T_CreateConversionStmt:
    case T_CreateTransformStmt:
    case T_CreatePublicationStmt:
    case T_CreateSubscriptionStmt:
    case T_CreateEventTrigStmt:
    case T_CreateAmStmt:
    case T_CreateForeignServerStmt:
    case T_CreateFdwStmt: return handle_create;
    case T_AlterEnumStmt:
    case T_AlterDomainStmt:
    case T_AlterTypeStmt:
    case T_AlterFunctionStmt:
    case T_AlterOperatorStmt:
    case T_AlterCollationStmt:
    case T_AlterExtensionStmt:
    case T_AlterTSConfigurationStmt:
    case T_AlterTSDictionaryStmt:
    case T_AlterSeqStmt: return handle_alter;
    case T_CreateRoleStmt:
    case T_AlterRoleStmt:
    case T_AlterRoleSetStmt:
    case T_GrantRoleStmt:
    case T_DropRoleStmt:
    case T_DropOwnedStmt:
    case T_ReassignOwnedStmt: return handle_role;
    case T_GrantStmt: return handle_grant;
    case T_AlterDefaultPrivilegesStmt: return handle_default_privileges;
    case T_AlterDatabaseStmt:
    case T_AlterDatabaseSetStmt: return handle_database_setting;
    case T_CreateTableAsStmt: {
        const bool is_view = reinterpret_cast<const CreateTableAsStmt *>(statement)->objtype == OBJECT_MATVIEW;
        return is_view ? handle_create : nullptr;
    }
    case T_CreatePolicyStmt:
    case T_AlterPolicyStmt: return handle_policy;
    case T_DropStmt: return handle_drop;
    case T_VacuumStmt: return handle_vacuum;
    case T_CreateTrigStmt:
    case T_RuleStmt: return handle_trigger_or_rule;
    case T_AlterTableStmt:
    case T_AlterTableMoveAllStmt:
    case T_IndexStmt:
    case T_CreateStatsStmt:
    case T_AlterStatsStmt:
    case T_ReindexStmt:
    case T_ClusterStmt:
    case T_RenameStmt:
    case T_AlterObjectSchemaStmt:
    case T_AlterOwnerStmt:
    case T_CommentStmt:
    case T_SecLabelStmt: return handle_table; // which passes on to handle_alter what is about no table
    default: return nullptr;
    }
}

} // namespace

namespace {

// With propagation switched off, objects stay here. A shell must not differ from its shards.
void refuse_unpropagated(Node *statement) {
    const pg::Vector<Oid> tables = tables_of(statement);
    if (!tables.empty())
        ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
                        errmsg("distributed table \"%s\" cannot be changed while citus.enable_ddl_propagation is off",
                               get_rel_name(tables[0])),
                        errhint("Run SET citus.enable_ddl_propagation TO on.")));
}

} // namespace

bool handle_utility(const pg::Utility &utility) {
    const Handler handler = handler_of(utility.tree());
    // Parts of a statement come with the whole; what the cluster applies, PostgreSQL alone executes.
    if (!handler || utility.context == PROCESS_UTILITY_SUBCOMMAND || creating_extension || transaction::is_applying())
        return false;
    if (is_own_extension(utility.tree()) || !catalog::is_extension_ready()) return false;
    if (!setting::enable_ddl_propagation) {
        refuse_unpropagated(utility.tree());
        return false;
    }
    handler(utility);
    return true;
}

} // namespace cedro::ddl
