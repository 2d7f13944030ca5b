// One statement on its way through the handlers of this folder.
#pragma once
#include "ddl/describe/description.hpp"
#include "pg/utility.hpp"

namespace cedro::ddl {

/// A statement of a kind that concerns other nodes. Each runs the statement
/// here (utility.run()) and carries it on.
void handle_create(const pg::Utility &utility);
void handle_alter(const pg::Utility &utility);
void handle_role(const pg::Utility &utility);
void handle_grant(const pg::Utility &utility);
void handle_default_privileges(const pg::Utility &utility);
void handle_database_setting(const pg::Utility &utility);
void handle_policy(const pg::Utility &utility);
void handle_drop(const pg::Utility &utility);
void handle_drop_extension(const pg::Utility &utility);
void handle_table(const pg::Utility &utility);
void handle_trigger_or_rule(const pg::Utility &utility);
void handle_vacuum(const pg::Utility &utility);

/// The statement's own text, out of the string in which the client sent it.
const char *text_of(const pg::Utility &utility);

/// A command that runs SQL on another node with the search_path of this session,
/// in the cluster's name: nothing in it may be an expression of a user.
const char *repeat_command(const char *sql);

/// The same in the name of the owner of an object that the SQL changes.
const char *repeat_command_as_owner(const char *sql, const ObjectAddress &object);

/// The relations that a statement names as those to change: the table of an
/// index, of statistics, of a constraint. In target order.
pg::Vector<Oid> relations_of(Node *statement);

/// Objects that a statement made or changed, each once, as what another node
/// would be told: the type for its array type, the table for its column.
struct Touched {
    pg::Vector<ObjectAddress> created;
    pg::Vector<ObjectAddress> altered;

    pg::Vector<ObjectAddress> all() const;
};

/// Runs body and tells what it touched.
Touched watch(pg::FunctionRef<void()> body);

/// Runs body and tells what it dropped, by CASCADE too.
pg::Vector<ObjectAddress> watch_drops(pg::FunctionRef<void()> body);

/// The objects that a statement names as those to change. Called after it ran.
pg::Vector<ObjectAddress> targets_of(Node *statement);

/// What another node would be told about the object (see Touched); nothing when it concerns nobody else.
std::optional<ObjectAddress> shared_object(const ObjectAddress &object);

/// Raises 55000 on another node than the coordinator.
void require_here(const ObjectAddress &object);

/// Ends a change: `everywhere` (what it newly depends on) on all nodes, then
/// `on_others` on the others. Counts as one change of the metadata.
void carry(std::span<const char *const> everywhere, std::span<const char *const> on_others);

/// Adds, for a shared object that changed, the commands for what it depends on now. Raises when
/// something of that cannot go to other nodes.
void add_new_dependencies(pg::Vector<const char *> &commands, const ObjectAddress &object,
                          std::span<const Oid> known = {});

/// Whether another node has to hear of anything.
bool has_other_nodes();

} // namespace cedro::ddl
