// The role that other nodes log in as.
#pragma once

namespace cedro::transaction {

/// Creates the role citus_node, or gives it its password again: the one that
/// is derived from the secret in the data directory. Needs a superuser.
void make_node_login();

} // namespace cedro::transaction
