// PREPARE TRANSACTION as one node sends it to another: a comment ahead of it says
// where else the transaction writes, `/*cedro2 g=1,2 m*/ PREPARE TRANSACTION '…'`;
// m: it changes metadata.
#pragma once
#include "pg/utility.hpp"
#include "transaction/snapshot_report.hpp"

namespace cedro::transaction {

const char *prepare_command(const Groups &groups, const char *gid);

/// Sees PREPARE TRANSACTION, COMMIT PREPARED and ROLLBACK PREPARED, and keeps account of what is in doubt
/// (in_doubt.hpp); registered in src/extension/hooks.cpp.
bool handle_two_phase(const pg::Utility &utility);

} // namespace cedro::transaction
