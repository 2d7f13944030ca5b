// ALTER, RENAME, OWNER, COMMENT on objects other than tables.
#include "ddl/describe/make.hpp"
#include "ddl/statement.hpp"
#include "pg/list.hpp"

namespace cedro::ddl {

namespace {

// Whether the description alone would not bring another node there: names change,
// and parts that cannot be compared one by one.
bool needs_repeating(const Node *statement) {
    switch (nodeTag(statement)) {
    case T_RenameStmt:
    case T_AlterObjectSchemaStmt:
    case T_AlterEnumStmt:
    case T_AlterDomainStmt:
    case T_AlterTypeStmt:
    case T_AlterOperatorStmt:
    case T_AlterCollationStmt:
    case T_AlterExtensionStmt:
    case T_AlterTSConfigurationStmt:
    case T_AlterTSDictionaryStmt:
    case T_AlterTableStmt:
    case T_AlterSeqStmt: return true;
    default: return false;
    }
}

bool has_command(const AlterTableStmt *statement, AlterTableType type) {
    for (const AlterTableCmd *command : pg::ListOf<AlterTableCmd>(statement->cmds))
        if (command->subtype == type) return true;
    return false;
}

// The command that repeats the statement; nullptr when the description says it all.
const char *repeated(const pg::Utility &utility, const ObjectAddress &object) {
    const char *text = text_of(utility);
    if (IsA(utility.tree(), AlterDomainStmt)) return repeat_command_as_owner(text, object);
    if (!IsA(utility.tree(), AlterTableStmt)) return repeat_command(text);
    const auto *alter = reinterpret_cast<const AlterTableStmt *>(utility.tree());
    if (object.classId != RelationRelationId || get_rel_relkind(object.objectId) != RELKIND_VIEW)
        return repeat_command(text);
    return has_command(alter, AT_ChangeOwner) ? nullptr : repeat_command_as_owner(text, object);
}

// Where a sequence starts and ends differs from node to node, and its values are the coordinator's own matter.
bool is_local_option(const DefElem *option) {
    for (const char *name : {"restart", "start", "minvalue", "maxvalue"})
        if (strcmp(option->defname, name) == 0) return true;
    return false;
}

bool is_local_change(const Node *statement) {
    if (!IsA(statement, AlterSeqStmt)) return false;
    const auto *alter = reinterpret_cast<const AlterSeqStmt *>(statement);
    int local = 0;
    for (const DefElem *option : pg::ListOf<DefElem>(alter->options))
        if (is_local_option(option)) local++;
    if (local > 0 && local < list_length(alter->options))
        ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                        errmsg("RESTART, START, MINVALUE and MAXVALUE of a distributed table's sequence cannot be set "
                               "together with other options"),
                        errhint("Use one ALTER SEQUENCE for these and one for the others.")));
    return local > 0;
}

// Of what was not made on all nodes, that was said when it was made. Every node has a database.
void say_stays(const Node *statement) {
    const bool is_about_database =
        (IsA(statement, CommentStmt) && reinterpret_cast<const CommentStmt *>(statement)->objtype == OBJECT_DATABASE) ||
        (IsA(statement, SecLabelStmt) &&
         reinterpret_cast<const SecLabelStmt *>(statement)->objtype == OBJECT_DATABASE) ||
        (IsA(statement, AlterOwnerStmt) &&
         reinterpret_cast<const AlterOwnerStmt *>(statement)->objectType == OBJECT_DATABASE);
    if (is_about_database && has_other_nodes())
        ereport(NOTICE, (errmsg("the change stays on this node"),
                         errdetail("What is said of a database does not go to other nodes.")));
}

pg::Vector<ObjectAddress> shared_among(const Touched &touched, Node *statement) {
    pg::Vector<ObjectAddress> result;
    auto add = [&](const ObjectAddress &object) {
        const bool is_known = std::ranges::any_of(result, [&](const ObjectAddress &each) {
            return each.classId == object.classId && each.objectId == object.objectId;
        });
        if (!is_known && is_shared(object)) result.push(object);
    };
    for (const ObjectAddress &object : touched.all()) add(object);
    for (const ObjectAddress &object : targets_of(statement)) add(object);
    return result;
}

} // namespace

void handle_alter(const pg::Utility &utility) {
    Node *statement = utility.tree();
    const Touched touched = watch([&] { utility.run(); });
    const pg::Vector<ObjectAddress> objects = shared_among(touched, statement);
    if (objects.empty()) return say_stays(statement);
    require_here(objects[0]);
    if (is_local_change(statement)) return;
    pg::Vector<const char *> everywhere;
    pg::Vector<const char *> on_others;
    for (const ObjectAddress &object : objects) add_new_dependencies(everywhere, object);
    if (needs_repeating(statement))
        if (const char *command = repeated(utility, objects[0])) on_others.push(command);
    for (const ObjectAddress &object : objects) on_others.push(settle_command(object));
    carry(everywhere, on_others);
}

} // namespace cedro::ddl
