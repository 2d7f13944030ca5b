// The settings that connections to other nodes obey. Registered in
// src/extension/settings_*.cpp, which also says which of them do anything yet.
#pragma once
#include "pg/postgres.hpp"

namespace cedro::setting {

/// Levels of messages are elevels; this one is below none of them.
inline constexpr int kLogOff = 0;

// Times are in milliseconds.
extern bool enable_binary_protocol;
extern char *grep_remote_commands;
extern char *local_hostname;
extern int local_shared_pool_size;
extern bool log_remote_commands;
extern int max_cached_connection_lifetime;
extern int max_cached_conns_per_worker;
extern int max_client_connections;
extern int max_shared_pool_size;
extern int node_connection_timeout;
extern char *node_conninfo;
extern bool prevent_incomplete_connection_establishment;
extern int worker_min_messages; ///< an elevel or kLogOff

} // namespace cedro::setting
