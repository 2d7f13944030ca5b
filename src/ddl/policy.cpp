// Row level security policies. They are sent as they are described, because
// CURRENT_USER in a statement means somebody else on another node.
#include "ddl/describe/dependency.hpp"
#include "ddl/describe/kinds.hpp"
#include "ddl/statement.hpp"
#include "plan/sql_text.hpp"
#include "table/table.hpp"
#include "transaction/everywhere.hpp"

namespace cedro::ddl {

namespace {

struct Names {
    RangeVar *table;
    const char *policy;
};

Names names_of(Node *statement) {
    if (IsA(statement, CreatePolicyStmt)) {
        auto *create = reinterpret_cast<CreatePolicyStmt *>(statement);
        return {create->table, create->policy_name};
    }
    auto *alter = castNode(AlterPolicyStmt, statement);
    return {alter->table, alter->policy_name};
}

} // namespace

void handle_policy(const pg::Utility &utility) {
    const Names names = names_of(utility.tree());
    const Oid relid = RangeVarGetRelid(names.table, NoLock, true);
    if (!OidIsValid(relid) || !table::is_shell(relid)) return utility.run();
    ObjectAddress table;
    ObjectAddressSet(table, RelationRelationId, relid);
    require_here(table);
    transaction::lock_metadata();
    utility.run();
    CommandCounterIncrement();
    pg::Vector<const char *> everywhere;
    add_new_dependencies(everywhere, table);
    const char *const on_others[] = {psprintf("SELECT citus_internal.make_policy(%s::regclass, %s, %s, %s)",
                                              plan::literal(pg::qualified_name(relid)), plan::literal(names.policy),
                                              plan::literal(policy_command(relid, names.policy)),
                                              text_array(needs_of(table))),
                                     settle_command(table)};
    carry(everywhere, on_others);
}

} // namespace cedro::ddl
