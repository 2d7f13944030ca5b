// Where PostgreSQL's programs and the built extension are, and how the extension gets to where servers can read it.
#pragma once
#include "cluster.hpp"

namespace cedro {

/// The directory of initdb, pg_ctl and postgres: what pg_config says, or the newest that Debian installed.
Path find_programs();

/// What "make" put beside this program, or nothing: then the servers use what "make install" installed.
Path built_extension();

/// Copies the built extension into the cluster's directory, when there is one.
void copy_extension(const Cluster &cluster);

/// The lines of postgresql.conf by which a server finds the copy.
std::string extension_settings(const Cluster &cluster);

} // namespace cedro
