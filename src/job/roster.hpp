// Which databases have a maintenance daemon: a table in shared memory that the
// launcher, the daemons and DROP DATABASE share.
#pragma once
#include "pg/utility.hpp"

namespace cedro::job {

void request_shared_memory();
void attach_shared_memory();

/// The daemon of a database enters itself; false when there is one, when the
/// database is held, or when the table is full. It leaves it at exit.
bool enter(Oid database);
/// The daemon's database has no extension (any more): it is not started again.
void leave_for_good();

/// A database whose daemon should run and does not.
enum class Vacancy {
    Unknown, ///< not in the table: has perhaps no extension
    Free,    ///< the daemon ended; start it again
    Taken    ///< it runs, or the database is held
};
Vacancy vacancy_of(Oid database);

/// Takes databases that do not exist any more off the table.
void keep_only(std::span<const Oid> databases);

/// The launcher's registration, and whether it has been asked to look at all databases since the last call.
void set_launcher();
bool take_request();

/// Asks the launcher to look at all databases.
void request_look();

/// Utility statements that concern the daemons: those that need a database for
/// themselves have its daemon end and stay away for a while; those that make a
/// database or the extension have the launcher look, once they are committed.
/// Never takes a statement.
bool handle_utility(const pg::Utility &utility);

} // namespace cedro::job
