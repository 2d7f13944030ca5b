// Defaults of columns that ALTER TABLE adds: what fills the rows that are there.
#pragma once
#include "pg/ddl.hpp"

namespace cedro::worker {

/// For each column with a default that the statement adds, in order: the value
/// (text) when it has to be evaluated once for all nodes (now()), nullptr when
/// it is a constant. Raises 0A000 when it differs from row to row.
List *default_values(const Node *statement);

/// Puts the values into the statement, and takes them off the list.
void set_default_values(Node *statement, List **values);

} // namespace cedro::worker
