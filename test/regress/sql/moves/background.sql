-- rebalancing in the background: jobs, their tasks, waiting and cancelling
\set SHOW_CONTEXT never
ALTER SYSTEM SET citus.background_task_queue_interval TO '50ms';
SELECT pg_reload_conf();
CREATE SCHEMA background_jobs;
SET search_path TO background_jobs;
CREATE ROLE background_owner;
GRANT ALL ON SCHEMA background_jobs TO background_owner;
CREATE TABLE t (k int PRIMARY KEY, v int);
SELECT create_distributed_table('t', 'k', shard_count => 4, colocate_with => 'none');
CREATE TABLE other (k int PRIMARY KEY, v int);
ALTER TABLE other OWNER TO background_owner;
SELECT create_distributed_table('other', 'k', shard_count => 2, colocate_with => 'none');
INSERT INTO t SELECT i, i FROM generate_series(1, 100) i;
-- to one worker with all of it
CREATE FUNCTION heap(relation regclass) RETURNS bigint LANGUAGE sql AS $$
    SELECT count(citus_move_shard_placement(s.shardid, s.nodename, s.nodeport, w.nodename, w.nodeport))
    FROM citus_shards s, (SELECT nodename, nodeport FROM pg_dist_node WHERE groupid <> 0 ORDER BY groupid LIMIT 1) w
    WHERE s.table_name = relation AND (s.nodename, s.nodeport) <> (w.nodename, w.nodeport)
$$;
CREATE VIEW spread AS SELECT table_name, array_agg(n ORDER BY n) FROM (
    SELECT table_name, count(*) AS n FROM citus_shards WHERE table_name IN ('t'::regclass, 'other'::regclass) GROUP BY table_name, nodename, nodeport) s
    GROUP BY 1 ORDER BY 1;
SELECT heap('t'), heap('other');
SELECT * FROM spread;

SET client_min_messages TO warning;
SELECT citus_rebalance_start('by_shard_count') AS job \gset
RESET client_min_messages;
SELECT count(*) > 0 AS has_tasks, bool_and(owner = current_user::regrole) AS mine FROM pg_dist_background_task WHERE job_id = :job;
SELECT citus_rebalance_wait();
SELECT * FROM spread;
SELECT sum(v) FROM t;
SELECT job_id = :job, state, job_type, description, started_at <= finished_at AS has_times, details -> 'tasks' AS tasks
FROM citus_rebalance_status();
SELECT state, jsonb_array_length(details -> 'tasks') = (details -> 'task_state_counts' ->> 'done')::int AS all_done
FROM citus_rebalance_status(raw => true);
SELECT count(*) FROM citus_job_list() WHERE job_id = :job AND state = 'finished';
SELECT citus_job_wait(:job, 'finished');
\set VERBOSITY sqlstate
SELECT citus_job_wait(:job, 'cancelled');
\set VERBOSITY default
SELECT citus_job_wait(-1);
SELECT citus_rebalance_start('by_shard_count');
SELECT citus_rebalance_start('by_shard_count', shard_transfer_mode => 'force_logical');
SELECT citus_rebalance_stop();

-- what is cancelled does not begin; a failing task is tried again, and its message shown
SELECT heap('t'), heap('other');
BEGIN; -- keeps the tasks from being found meanwhile
SET LOCAL client_min_messages TO warning;
SELECT citus_rebalance_start('by_shard_count') AS job \gset
\set VERBOSITY sqlstate
SELECT citus_rebalance_start('by_shard_count');
\set VERBOSITY default
ROLLBACK;
BEGIN;
SET LOCAL client_min_messages TO warning;
SELECT citus_rebalance_start('by_shard_count') AS job \gset
SET LOCAL ROLE background_owner;
SAVEPOINT s;
\set VERBOSITY sqlstate
SELECT citus_job_cancel(:job);
\set VERBOSITY default
ROLLBACK TO s;
RESET ROLE;
SELECT citus_rebalance_stop();
COMMIT;
SELECT citus_rebalance_wait();
SELECT state, details -> 'tasks' AS tasks FROM citus_rebalance_status();
SELECT * FROM spread;

INSERT INTO pg_dist_background_job (job_type, description) VALUES ('test', 'a task that fails, and one that waits for it') RETURNING job_id AS job \gset
INSERT INTO pg_dist_background_task (job_id, owner, command) VALUES (:job, 'background_owner', 'UPDATE background_jobs.t SET v = 0') RETURNING task_id AS failing \gset
INSERT INTO pg_dist_background_task (job_id, command, status) VALUES (:job, 'SELECT 1', 'blocked') RETURNING task_id AS waiting \gset
INSERT INTO pg_dist_background_task_depend VALUES (:job, :waiting, :failing);
DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_dist_background_task WHERE retry_count = 1) LOOP PERFORM pg_sleep(0.05); END LOOP; END $$;
SELECT t ->> 'state' AS state, t ->> 'message' AS message, t -> 'retried' AS retried FROM citus_job_status(:job), jsonb_array_elements(details -> 'tasks') t;
SELECT citus_job_cancel(:job);
SELECT citus_task_wait(:failing);
SELECT status, message FROM pg_dist_background_task WHERE job_id = :job ORDER BY task_id;
\set VERBOSITY sqlstate
SELECT citus_task_wait(:waiting, 'done');
\set VERBOSITY default

-- a running task is interrupted
INSERT INTO pg_dist_background_job (job_type, description) VALUES ('test', 'a long task') RETURNING job_id AS job \gset
INSERT INTO pg_dist_background_task (job_id, command) VALUES (:job, 'SELECT pg_sleep(600)') RETURNING task_id AS task \gset
SELECT citus_task_wait(:task, 'running');
SELECT citus_job_cancel(:job);
SELECT citus_job_wait(:job);
SELECT state, details -> 'task_state_counts' AS counts FROM citus_job_status(:job);

ALTER SYSTEM RESET citus.background_task_queue_interval;
SELECT pg_reload_conf();
SET client_min_messages TO warning;
DROP SCHEMA background_jobs CASCADE;
DROP ROLE background_owner;
