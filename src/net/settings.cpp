#include "net/settings.hpp"

namespace cedro::setting {

constinit bool enable_binary_protocol = true;
constinit char *grep_remote_commands = nullptr;
constinit char *local_hostname = nullptr;
constinit int local_shared_pool_size = 0;
constinit bool log_remote_commands = false;
constinit int max_cached_connection_lifetime = 600000;
constinit int max_cached_conns_per_worker = 1;
constinit int max_client_connections = -1;
constinit int max_shared_pool_size = 0;
constinit int node_connection_timeout = 30000;
constinit char *node_conninfo = nullptr;
constinit bool prevent_incomplete_connection_establishment = true;
constinit int worker_min_messages = NOTICE;

} // namespace cedro::setting
