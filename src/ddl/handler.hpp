// Definitions that users change: carried to the other nodes and to the shards,
// or refused.
#pragma once
#include "pg/utility.hpp"

namespace cedro::ddl {

/// Sees each utility statement; registered in src/extension/hooks.cpp.
bool handle_utility(const pg::Utility &utility);

/// Watches which objects statements make and change; called once from _PG_init.
void initialize();

/// The SQL event trigger function on sql_drop: what was dropped here goes on
/// all nodes, with shards and metadata. Called inside the event trigger.
void carry_drop(const Node *statement);

} // namespace cedro::ddl
