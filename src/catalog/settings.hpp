// The values of all settings (citus.*), for every floor from here up.
// Registered in src/extension/settings_*.cpp, which also says which of them do
// anything yet: whoever makes one work turns its Inert into Live there.
#pragma once
#include "net/settings.hpp"

namespace cedro::setting {

enum CoordinatorAggregationStrategy { kNoCoordinatorAggregation, kAggregateByRows };
enum ObjectPropagation { kPropagateDeferred, kPropagateAutomatically, kPropagateImmediately };
enum TaskOrder { kTasksByTime, kTasksById };
enum LocalTableJoinPolicy { kJoinNever, kJoinPreferLocal, kJoinPreferDistributed, kJoinAuto };
enum MetadataSyncMode { kSyncInTransaction, kSyncStepwise };
enum MultiShardModifyMode { kModifyParallel, kModifySequential };
enum SetPropagation { kPropagateNoSet, kPropagateSetLocal };
enum ReplicationModel { kReplicateStatements = 'c', kReplicateStreaming = 's' };
enum TrackMode { kTrackNone, kTrackAll };
enum TaskAssignmentPolicy { kAssignGreedy, kAssignRoundRobin, kAssignFirstReplica };
enum TaskExecutorType { kExecutorAdaptive, kExecutorRealTime, kExecutorTaskTracker };
enum SecondaryUse { kUseSecondariesNever, kUseSecondariesAlways };
inline constexpr int kInheritPriority = -100; ///< no nice value of its own

// Times are in milliseconds and sizes in bytes unless said otherwise.
extern bool all_modifications_commutative;
extern bool allow_aggregate_worker_combine_on_internal_types;
extern bool allow_modifications_from_workers_to_replicated_tables;
extern bool allow_nested_distributed_execution;
extern bool allow_unsafe_constraints;
extern bool allow_unsafe_locks_from_workers;
extern int background_task_queue_interval;
extern bool check_available_space_before_move;
extern char *cluster_name;
extern int coordinator_aggregation_strategy; ///< kNoCoordinatorAggregation or kAggregateByRows
extern int copy_switchover_threshold;
extern double count_distinct_error_rate;
extern int cpu_priority;
extern int cpu_priority_for_logical_replication_senders; ///< a nice value or kInheritPriority
extern int create_object_propagation; ///< kPropagateDeferred, kPropagateAutomatically or kPropagateImmediately
extern bool defer_drop_after_shard_move;
extern bool defer_drop_after_shard_split;
extern int defer_shard_delete_interval;
extern double desired_percent_disk_available_after_move;
extern double distributed_deadlock_detection_factor;
extern bool enable_alter_database_owner;
extern bool enable_alter_role_propagation;
extern bool enable_alter_role_set_propagation;
extern bool enable_change_data_capture;
extern bool enable_cluster_clock;
extern bool enable_cost_based_connection_establishment;
extern bool enable_create_database_propagation;
extern bool enable_create_role_propagation;
extern bool enable_create_type_propagation;
extern bool enable_ddl_propagation;
extern bool enable_deadlock_prevention;
extern bool enable_fast_path_router_planner;
extern bool enable_local_execution;
extern bool enable_local_fast_path_query_optimization;
extern bool enable_local_reference_table_foreign_keys;
extern bool enable_manual_changes_to_shards;
extern char *enable_manual_metadata_changes_for_user;
extern bool enable_metadata_sync;
extern bool enable_non_colocated_router_query_pushdown;
extern bool enable_outer_joins_with_pseudoconstant_quals_pre_pg17;
extern bool enable_procedure_transaction_skip;
extern bool enable_recurring_outer_join_pushdown;
extern bool enable_repartition_joins;
extern bool enable_repartitioned_insert_select;
extern bool enable_router_execution;
extern bool enable_schema_based_sharding;
extern bool enable_single_hash_repartition_joins;
extern bool enable_stat_counters;
extern bool enable_statistics_collection;
extern bool enable_unique_job_ids;
extern bool enable_unsafe_triggers;
extern bool enable_unsupported_feature_messages;
extern bool enable_version_checks;
extern bool enforce_foreign_key_restrictions;
extern bool enforce_object_restrictions_for_local_objects;
extern int exchange_seed; ///< 0: rows move as costs say
extern int executor_slow_start_interval;
extern bool explain_all_tasks;
extern int explain_analyze_sort_method; ///< kTasksByTime or kTasksById
extern bool explain_distributed_queries;
extern bool force_max_query_parallelization;
extern bool force_pull; ///< read each table by itself
extern bool function_opens_transaction_block;
extern bool hide_citus_dependent_objects;
extern char *fault_points;
extern char *hide_shards_from_app_name_prefixes;
extern int isolation_test_session_process_id;
extern int isolation_test_session_remote_process_id;
extern int limit_clause_row_fetch_count;
extern int local_copy_flush_threshold;
extern int local_table_join_policy; ///< a LocalTableJoinPolicy
extern bool log_distributed_deadlock_detection;
extern bool log_intermediate_results;
extern bool log_local_commands;
extern bool log_multi_join_order;
extern int logical_replication_timeout;
extern int max_adaptive_executor_pool_size;
extern int max_background_task_executors;
extern int max_background_task_executors_per_node;
extern int max_high_priority_background_processes;
extern int max_intermediate_result_size;
extern int max_matview_size_to_auto_recreate;
extern int max_rebalancer_logged_ignored_moves;
extern int max_worker_nodes_tracked;
extern int metadata_sync_interval;
extern int metadata_sync_mode; ///< kSyncInTransaction or kSyncStepwise
extern int metadata_sync_retry_interval;
extern char *mitmfifo;
extern int multi_shard_modify_mode;    ///< kModifyParallel or kModifySequential
extern int multi_task_query_log_level; ///< an elevel or kLogOff
extern int next_cleanup_record_id;
extern int next_operation_id;
extern int next_placement_id;
extern int next_shard_id;
extern bool override_table_visibility;
extern bool propagate_session_settings_for_loopback_connection;
extern int propagate_set_commands; ///< kPropagateNoSet or kPropagateSetLocal
extern int plan_seed;              ///< 0: plans are not left to chance
extern bool prune_groups;
extern bool push_conditions;
extern bool push_grouping;
extern bool push_joins;
extern bool push_levels;
extern bool push_limits;
extern bool push_order;
extern bool push_partial_aggregates;
extern bool push_partial_states;
extern bool push_statements;
extern bool push_sub_selects;
extern bool start_scans_together;
extern int rebalancer_by_disk_size_base_cost;
extern int recover_2pc_interval;
extern int remote_copy_flush_threshold;
extern int remote_task_check_interval;
extern int repartition_join_bucket_count_per_node;
extern bool replicate_reference_tables_on_activate;
extern int replication_model; ///< kReplicateStatements or kReplicateStreaming: a repmodel
extern bool running_under_citus_test_suite;
extern bool select_opens_transaction_block;
extern int shard_count;
extern int shard_replication_factor;
extern char *show_shards_for_app_name_prefixes;
extern bool skip_advisory_lock_permission_checks;
extern bool skip_constraint_validation;
extern bool skip_jsonb_validation_in_copy;
extern bool sort_returning;
extern int stat_statements_max;
extern int stat_statements_purge_interval;
extern int stat_statements_track; ///< kTrackNone or kTrackAll
extern int stat_tenants_limit;
extern int stat_tenants_log_level; ///< an elevel or kLogOff
extern int stat_tenants_period;
extern int stat_tenants_track; ///< kTrackNone or kTrackAll
extern double stat_tenants_untracked_sample_rate;
extern bool subquery_pushdown;
extern char *superuser;
extern int task_assignment_policy; ///< a TaskAssignmentPolicy
extern int task_executor_type;     ///< a TaskExecutorType
extern bool use_citus_managed_tables;
extern int use_secondary_nodes; ///< kUseSecondariesNever or kUseSecondariesAlways
extern int values_materialization_threshold;
extern char *version;
extern bool writable_standby_coordinator;

} // namespace cedro::setting
