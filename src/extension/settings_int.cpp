// Whole numbers, times and sizes. The columns: name, variable, default, least,
// greatest, who may set it, flags, whether it does anything yet, description.
#include "extension/setting_table.hpp"
#include "pg/guc.hpp"

#include <climits>
#include <sys/resource.h>

namespace cedro::extension {
namespace {

// Stand for what is known only when the server runs.
constexpr int kNiceValue = INT_MIN;
constexpr int kMaxConnections = INT_MIN;

constexpr IntSetting kSettings[] = {
    {"citus.background_task_queue_interval", &setting::background_task_queue_interval, 5000, -1, 7 * kDay, PGC_SIGHUP,
     GUC_UNIT_MS, Live, "Sets the time between two looks at the queue of background tasks."},
    {"citus.copy_switchover_threshold", &setting::copy_switchover_threshold, 4 * 1024 * 1024, 1, INT_MAX, PGC_USERSET,
     kHidden | GUC_UNIT_BYTE, Inert,
     "Sets how much data COPY sends over one connection before it goes on to the next."},
    {"citus.cpu_priority", &setting::cpu_priority, kNiceValue, -20, 19, PGC_SUSET, 0, Inert,
     "Sets the nice value of this backend."},
    {"citus.defer_shard_delete_interval", &setting::defer_shard_delete_interval, 15000, -1, 7 * kDay, PGC_SIGHUP,
     GUC_UNIT_MS, Live,
     "Sets the time between two attempts to drop what moves and splits left behind; -1 disables them."},
    {"citus.exchange_seed", &setting::exchange_seed, 0, 0, INT_MAX, PGC_USERSET, kHidden, Live,
     "Chooses among the ways to move rows between nodes by chance, for tests; 0 chooses by cost."},
    {"citus.executor_slow_start_interval", &setting::executor_slow_start_interval, 10, 0, INT_MAX, PGC_USERSET,
     kHidden | GUC_UNIT_MS, Inert, "Sets the time a statement waits before it opens one more connection to a node."},
    {"citus.isolation_test_session_process_id", &setting::isolation_test_session_process_id, -1, -1, INT_MAX,
     PGC_USERSET, kHidden, Inert, "Names the process whose waits an isolation test looks at."},
    {"citus.isolation_test_session_remote_process_id", &setting::isolation_test_session_remote_process_id, -1, -1,
     INT_MAX, PGC_USERSET, kHidden, Inert, "Names the process on another node whose waits an isolation test looks at."},
    {"citus.limit_clause_row_fetch_count", &setting::limit_clause_row_fetch_count, -1, -1, INT_MAX, PGC_USERSET, 0,
     Inert, "Sets how many rows of each shard an approximate ORDER BY ... LIMIT reads; -1 keeps it exact."},
    {"citus.local_copy_flush_threshold", &setting::local_copy_flush_threshold, 512 * 1024, 1, INT_MAX, PGC_USERSET,
     kHidden | GUC_UNIT_BYTE, Inert, "Sets how much data COPY collects for a shard on this node before it writes."},
    {"citus.local_shared_pool_size", &setting::local_shared_pool_size, 0, -1, INT_MAX, PGC_SIGHUP, GUC_SUPERUSER_ONLY,
     Inert, "Limits the connections of this server to itself; 0 stands for half of max_connections, -1 for no limit."},
    {"citus.logical_replication_timeout", &setting::logical_replication_timeout, 2 * kHour, 0, 7 * kDay, PGC_SIGHUP,
     kHidden | GUC_UNIT_MS, Inert,
     "Sets how long a moving shard may stand still in catching up before the move is given up."},
    {"citus.max_adaptive_executor_pool_size", &setting::max_adaptive_executor_pool_size, 16, 1, INT_MAX, PGC_USERSET, 0,
     Inert, "Limits the connections that one statement opens to one node."},
    {"citus.max_background_task_executors", &setting::max_background_task_executors, 1, 1, 1000, PGC_SIGHUP, 0, Live,
     "Limits the background tasks that run at the same time."},
    {"citus.max_background_task_executors_per_node", &setting::max_background_task_executors_per_node, 1, 1, 128,
     PGC_SIGHUP, 0, Live, "Limits the background tasks that move data to or from one node at the same time."},
    {"citus.max_cached_connection_lifetime", &setting::max_cached_connection_lifetime, 10 * kMinute, -1, INT_MAX,
     PGC_USERSET, GUC_UNIT_MS, Live,
     "Sets how long a connection to another node is kept for later transactions; -1 keeps it forever."},
    {"citus.max_cached_conns_per_worker", &setting::max_cached_conns_per_worker, 1, 0, INT_MAX, PGC_USERSET, 0, Live,
     "Sets how many connections to each node a session keeps for later transactions."},
    {"citus.max_client_connections", &setting::max_client_connections, -1, -1, kMaxConnections, PGC_SUSET, 0, Inert,
     "Limits the connections of regular clients, so that other nodes find some left; -1 sets no limit."},
    {"citus.max_high_priority_background_processes", &setting::max_high_priority_background_processes, 2, 0, 10000,
     PGC_SUSET, 0, Inert, "Limits the processes whose nice value may be below that of others."},
    {"citus.max_intermediate_result_size", &setting::max_intermediate_result_size, 1048576, -1, MAX_KILOBYTES,
     PGC_USERSET, GUC_UNIT_KB, Inert, "Limits the size of one intermediate result; -1 sets no limit."},
    {"citus.max_matview_size_to_auto_recreate", &setting::max_matview_size_to_auto_recreate, 1024, -1, INT_MAX,
     PGC_USERSET, GUC_UNIT_MB, Inert,
     "Limits the size of materialized views that are filled again when their table is converted; -1 sets no limit."},
    {"citus.max_rebalancer_logged_ignored_moves", &setting::max_rebalancer_logged_ignored_moves, 5, -1, INT_MAX,
     PGC_USERSET, kHidden, Inert, "Limits the log lines about moves that the rebalancer left out; -1 sets no limit."},
    {"citus.max_shared_pool_size", &setting::max_shared_pool_size, 0, -1, INT_MAX, PGC_SIGHUP, GUC_SUPERUSER_ONLY,
     Inert, "Limits the connections of this server to each other node; 0 stands for max_connections, -1 for no limit."},
    {"citus.max_worker_nodes_tracked", &setting::max_worker_nodes_tracked, 2048, 1024, INT_MAX, PGC_POSTMASTER, 0,
     Inert, "Sets for how many nodes shared memory has room."},
    {"citus.metadata_sync_interval", &setting::metadata_sync_interval, 60 * kSecond, 1, 7 * kDay, PGC_SIGHUP,
     kHidden | GUC_UNIT_MS, Inert, "Sets the time between two attempts to bring other nodes' metadata to the present."},
    {"citus.metadata_sync_retry_interval", &setting::metadata_sync_retry_interval, 5 * kSecond, 1, 7 * kDay, PGC_SIGHUP,
     kHidden | GUC_UNIT_MS, Live, "Sets the time after which a failed attempt to send metadata is repeated."},
    {"citus.next_cleanup_record_id", &setting::next_cleanup_record_id, 0, 0, INT_MAX, PGC_USERSET, kHidden, Inert,
     "Sets the id of the next cleanup record; 0 takes it from the sequence."},
    {"citus.next_operation_id", &setting::next_operation_id, 0, 0, INT_MAX, PGC_USERSET, kHidden, Inert,
     "Sets the id of the next operation; 0 takes it from the sequence."},
    {"citus.next_placement_id", &setting::next_placement_id, 0, 0, INT_MAX, PGC_USERSET, kHidden, Inert,
     "Sets the id of the next placement; 0 takes it from the sequence."},
    {"citus.next_shard_id", &setting::next_shard_id, 0, 0, INT_MAX, PGC_USERSET, kHidden, Inert,
     "Sets the id of the next shard; 0 takes it from the sequence."},
    {"citus.node_connection_timeout", &setting::node_connection_timeout, 30 * kSecond, 10, 1 * kHour, PGC_USERSET,
     GUC_UNIT_MS, Live, "Sets how long connecting to another node may take."},
    {"citus.plan_seed", &setting::plan_seed, 0, 0, INT_MAX, PGC_USERSET, kHidden, Live,
     "Applies each rule of the planner by chance, which starts from this number; 0 applies all."},
    {"citus.rebalancer_by_disk_size_base_cost", &setting::rebalancer_by_disk_size_base_cost, 100 * 1024 * 1024, 0,
     INT_MAX, PGC_USERSET, kHidden | GUC_UNIT_BYTE, Live,
     "Sets the size that the strategy by_disk_size adds to each shard's own."},
    {"citus.recover_2pc_interval", &setting::recover_2pc_interval, 60 * kSecond, -1, 7 * kDay, PGC_SIGHUP, GUC_UNIT_MS,
     Live, "Sets the time between two looks for prepared transactions without an end; -1 disables them."},
    {"citus.remote_copy_flush_threshold", &setting::remote_copy_flush_threshold, 8 * 1024 * 1024, 0, INT_MAX,
     PGC_USERSET, kHidden | GUC_UNIT_BYTE, Inert, "Sets how much data COPY collects for another node before it sends."},
    {"citus.remote_task_check_interval", &setting::remote_task_check_interval, 10, 1, INT_MAX, PGC_USERSET, GUC_UNIT_MS,
     Inert, "Sets how often the state of a running remote task is looked at."},
    {"citus.repartition_join_bucket_count_per_node", &setting::repartition_join_bucket_count_per_node, 4, 1, INT_MAX,
     PGC_SIGHUP, kHidden, Inert,
     "Sets into how many parts each node's share of rows is cut when rows move between nodes."},
    {"citus.shard_count", &setting::shard_count, 32, 1, 64000, PGC_USERSET, 0, Live,
     "Sets the number of shards of new distributed tables."},
    {"citus.shard_replication_factor", &setting::shard_replication_factor, 1, 1, 100, PGC_USERSET, 0, Live,
     "Sets the number of copies of each shard of new distributed tables."},
    {"citus.stat_statements_max", &setting::stat_statements_max, 50000, 1000, 10000000, PGC_POSTMASTER, kHidden, Inert,
     "Sets how many statements citus_stat_statements remembers."},
    {"citus.stat_statements_purge_interval", &setting::stat_statements_purge_interval, 10, -1, INT_MAX, PGC_SIGHUP,
     kHidden | GUC_UNIT_MS, Inert,
     "Sets the time between two removals of statements that pg_stat_statements forgot; -1 disables them."},
    {"citus.stat_tenants_limit", &setting::stat_tenants_limit, 100, 1, 10000, PGC_POSTMASTER, 0, Inert,
     "Sets how many tenants citus_stat_tenants shows."},
    {"citus.stat_tenants_period", &setting::stat_tenants_period, 60, 1, 86400, PGC_USERSET, 0, Inert,
     "Sets the length, in seconds, of the period for which tenants are counted."},
    {"citus.values_materialization_threshold", &setting::values_materialization_threshold, 100, -1, INT_MAX,
     PGC_USERSET, 0, Inert,
     "Sets from how many rows on a VALUES list is sent as an intermediate result; -1 never does."},
};

} // namespace

void define_int_settings() {
    define_each<kSettings>([](const IntSetting &setting, GucIntCheckHook check, const char *note) {
        int standard = setting.standard == kNiceValue ? getpriority(PRIO_PROCESS, 0) : setting.standard;
        int maximum = setting.maximum == kMaxConnections ? MaxConnections : setting.maximum;
        *setting.variable = standard;
        DefineCustomIntVariable(setting.name, setting.description, note, setting.variable, standard, setting.minimum,
                                maximum, setting.context, setting.flags, check, setting.assign, nullptr);
    });
}

} // namespace cedro::extension
