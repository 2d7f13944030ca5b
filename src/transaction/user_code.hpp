// Functions of users that run while this backend executes the cluster's own
// commands with the rights of the extension's owner.
#pragma once

namespace cedro::transaction {

/// PostgreSQL evaluates constant calls while it stores a definition, and checks
/// rows, as whoever gives the command: here a superuser. From now on a function
/// that no superuser owns runs, during such commands, with the rights of its
/// owner in a security-restricted operation, and with is_applying() false. It is
/// not inlined then. Called once from _PG_init.
void confine_user_code();

} // namespace cedro::transaction
