-- every setting of Citus is there with its type, range, default and context; one without effect says so when it is changed
\pset format unaligned
\pset tuples_only on
SELECT name, vartype, CASE WHEN name = 'citus.max_client_connections' THEN 'max_connections' ELSE max_val END AS maximum, min_val,
       CASE WHEN name = 'citus.cpu_priority' THEN 'nice' ELSE boot_val END AS standard, unit, context, array_to_string(enumvals, ' ')
FROM pg_settings WHERE name LIKE 'citus.%' ORDER BY name COLLATE "C";
-- those that SHOW ALL does not show
SELECT name, current_setting('citus.' || name)
FROM unnest('{allow_modifications_from_workers_to_replicated_tables, allow_nested_distributed_execution, allow_unsafe_constraints, allow_unsafe_locks_from_workers,
    check_available_space_before_move, copy_switchover_threshold, create_object_propagation, enable_alter_database_owner,
    enable_alter_role_propagation, enable_alter_role_set_propagation, enable_cluster_clock, enable_cost_based_connection_establishment,
    enable_create_type_propagation, enable_ddl_propagation, enable_fast_path_router_planner, enable_local_fast_path_query_optimization,
    enable_manual_changes_to_shards, enable_manual_metadata_changes_for_user, enable_metadata_sync, enable_non_colocated_router_query_pushdown,
    enable_outer_joins_with_pseudoconstant_quals_pre_pg17, enable_procedure_transaction_skip, enable_recurring_outer_join_pushdown, enable_repartitioned_insert_select,
    enable_router_execution, enable_single_hash_repartition_joins, enable_unique_job_ids, enable_unsafe_triggers,
    enable_unsupported_feature_messages, enable_version_checks, enforce_foreign_key_restrictions, enforce_object_restrictions_for_local_objects,
    executor_slow_start_interval, explain_distributed_queries, force_max_query_parallelization, function_opens_transaction_block,
    grep_remote_commands, hide_citus_dependent_objects, hide_shards_from_app_name_prefixes, isolation_test_session_process_id,
    isolation_test_session_remote_process_id, local_copy_flush_threshold, log_distributed_deadlock_detection, log_intermediate_results,
    log_local_commands, log_multi_join_order, logical_replication_timeout, max_rebalancer_logged_ignored_moves,
    metadata_sync_interval, metadata_sync_mode, metadata_sync_retry_interval, mitmfifo,
    next_cleanup_record_id, next_operation_id, next_placement_id, next_shard_id,
    override_table_visibility, prevent_incomplete_connection_establishment, propagate_session_settings_for_loopback_connection, rebalancer_by_disk_size_base_cost,
    remote_copy_flush_threshold, repartition_join_bucket_count_per_node, replicate_reference_tables_on_activate, replication_model,
    running_under_citus_test_suite, select_opens_transaction_block, skip_advisory_lock_permission_checks, sort_returning,
    stat_statements_max, stat_statements_purge_interval, subquery_pushdown}'::text[]) hidden (name)
WHERE NOT EXISTS (SELECT FROM pg_settings s WHERE s.name = 'citus.' || hidden.name)
ORDER BY name COLLATE "C";
-- all are described
SELECT name FROM pg_settings WHERE name LIKE 'citus.%' AND coalesce(short_desc, '') = '';

-- one without effect warns, a change back too; no change, no warning
SET citus.subquery_pushdown TO on;
SET citus.subquery_pushdown TO on;
RESET citus.subquery_pushdown;
SET citus.subquery_pushdown TO off;
BEGIN;
SET LOCAL citus.stat_tenants_period TO 5;
COMMIT;
SET citus.count_distinct_error_rate TO 0.5;
SET citus.task_executor_type TO 'real-time';
SET citus.superuser TO 'somebody';
SET citus.enable_single_hash_repartition_joins TO off;
SELECT extra_desc FROM pg_settings WHERE name = 'citus.count_distinct_error_rate';
-- one with effect does not
SET citus.shard_count TO 5;
SHOW citus.shard_count;
RESET citus.shard_count;
SELECT extra_desc FROM pg_settings WHERE name = 'citus.shard_count';

-- ranges and units
SET citus.shard_count TO 0;
SET citus.shard_count TO 64001;
SET citus.shard_replication_factor TO 101;
SET citus.node_connection_timeout TO '2h';
SET citus.node_connection_timeout TO '1min';
SHOW citus.node_connection_timeout;
SET citus.multi_shard_modify_mode TO 'sideways';

-- who may set what
SET citus.version TO '14.0';
SET citus.recover_2pc_interval TO '1s';
SET citus.cluster_name TO 'x';
SET citus.max_worker_nodes_tracked TO 5000;
SET citus.no_such_setting TO 1;
CREATE ROLE settings_nobody;
SET ROLE settings_nobody;
SET citus.sort_returning TO on;
SHOW citus.node_conninfo;
RESET ROLE;
DROP ROLE settings_nobody;

-- connection strings: how to connect, not whom to
\set VERBOSITY default
ALTER SYSTEM SET citus.node_conninfo TO 'sslmode=prefer user=somebody';
ALTER SYSTEM SET citus.node_conninfo TO 'sslmode=prefer port=1';
ALTER SYSTEM SET citus.node_conninfo TO 'nonsense';
ALTER SYSTEM SET citus.node_conninfo TO 'sslmode=verify-full sslrootcert=/tmp/root.crt keepalives=1 keepalives_idle=10 connect_timeout=5 tcp_user_timeout=100';
ALTER SYSTEM RESET citus.node_conninfo;
