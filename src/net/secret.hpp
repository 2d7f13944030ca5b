// The credential of the cluster: the file citus.secret of the data directory,
// with the same content on every node and readable by superusers only. What
// nodes tell each other is derived from it, never the secret itself.
#pragma once
#include "pg/postgres.hpp"

namespace cedro::net {

inline constexpr char kSecretFile[] = "citus.secret"; ///< in the data directory
inline constexpr char kNodeRole[] = "citus_node";     ///< the role nodes log in as; owns nothing

/// Whether the file is there.
bool has_secret();

/// Writes a file with a new random secret, mode 0600. Raises when one is there.
void make_secret();

/// The password of the role citus_node. palloc'ed; raises when the file is missing or too open.
const char *login_password();

/// What a node answers to a challenge of another one. palloc'ed.
const char *proof(const char *challenge);

/// Compares in a time that does not depend on where the texts differ.
bool is_same_proof(const char *a, const char *b);

/// Random bytes as 64 hexadecimal digits. palloc'ed.
const char *random_text();

} // namespace cedro::net
