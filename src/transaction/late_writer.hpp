// A statement that was sent as a read and writes all the same: a function in a
// policy or a view did. The node says so in the stream of its answers, so that
// it takes part in the commit like any other writer.
#pragma once

namespace cedro::transaction {

/// On the node that executes: tells the sender, once in a transaction, that it
/// has written. Called after each execution of a plan.
void tell_of_writing();

/// On the node that executes: whether what runs is a transaction of its own,
/// which the sender may repeat: what writes in it fails with kWroteAlone.
void set_alone(bool is_alone);

inline constexpr char kWroteAlone[] = "CI001"; ///< SQLSTATE

} // namespace cedro::transaction
