// This server's side of a connection that another node opened: the proof, the
// role it acts for, and which commands it may give.
//
// A privileged command is a procedure of citus_internal that runs only as a
// CALL at the top level of a message, in a session that has proved that a node
// opened it. Functions and triggers of users run through SPI, which is never
// top level, and a SELECT cannot call a procedure: so no user code reaches one.
#pragma once
#include "pg/utility.hpp"

namespace cedro::transaction {

/// Whether another node opened this session and proved it.
bool is_proved_session();

/// The group of the node that opened this session; -1 when none did.
int32 peer_group();

/// A fresh random text, valid for one proof.
const char *new_challenge();

/// What a node says of itself when it proves that it is one.
struct Proof {
    const char *proof;
    const char *library_version;
    const char *extension_version;
    int32 wire_version;
    int32 group;
};

/// Checks the answer to the challenge; raises 42501 when it is wrong and 55000 when the versions differ.
void prove(const Proof &proof);

/// First thing in a privileged procedure: raises 42501 unless the call is legal. `name` for the message.
void begin_privileged(const char *name);

/// Whether a client's role is assumed (assume_role): code of users may run.
bool has_assumed_role();

/// Acts for a role to the end of the transaction, or for the node itself again ("").
void assume_role(const char *name);

/// Turns the session into one of a role, for good: it is a client's from then
/// on, and nothing privileged runs in it any more.
void become(const char *name);

/// Sees each CALL and DISCARD; registered in src/extension/hooks.cpp.
bool handle_utility(const pg::Utility &utility);

} // namespace cedro::transaction
