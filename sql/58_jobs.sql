-- Jobs that run in the background: lists of statements (tasks), some of which wait for others. The maintenance daemon of
-- the coordinator starts a process for each task; what a task has come to is kept here, so a restart loses nothing.

-- A task is ready when nothing it waits for is left, its time has come, and its nodes are not busy enough already.
CREATE FUNCTION citus_internal.claim_task(executors_per_node integer) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    claimed bigint;
BEGIN
    SELECT t.task_id INTO claimed
    FROM pg_dist_background_task t JOIN pg_dist_background_job j USING (job_id)
    WHERE t.status = 'runnable' AND j.state IN ('scheduled', 'running', 'failing')
          AND coalesce(t.not_before <= now(), true)
          AND NOT EXISTS (SELECT FROM pg_dist_background_task_depend d JOIN pg_dist_background_task b
                          ON b.job_id = d.job_id AND b.task_id = d.depends_on
                          WHERE d.job_id = t.job_id AND d.task_id = t.task_id AND b.status <> 'done')
          AND NOT EXISTS (SELECT FROM unnest(t.nodes_involved) n
                          WHERE (SELECT count(*) FROM pg_dist_background_task r
                                 WHERE r.status IN ('running', 'cancelling') AND n = ANY (r.nodes_involved)) >= executors_per_node)
    ORDER BY t.task_id LIMIT 1 FOR UPDATE OF t SKIP LOCKED;
    UPDATE pg_dist_background_task SET status = 'running', pid = NULL WHERE task_id = claimed;
    UPDATE pg_dist_background_job j SET state = 'running', started_at = coalesce(j.started_at, clock_timestamp())
    FROM pg_dist_background_task t WHERE t.task_id = claimed AND t.job_id = j.job_id AND j.state = 'scheduled';
    RETURN claimed;
END $$;
COMMENT ON FUNCTION citus_internal.claim_task(integer) IS 'the next task to run, from now on marked as running; NULL when there is none';
REVOKE EXECUTE ON FUNCTION citus_internal.claim_task(integer) FROM PUBLIC;

CREATE FUNCTION citus_internal.busy_executors() RETURNS bigint LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT count(*) FROM pg_catalog.pg_dist_background_task WHERE status IN ('running', 'cancelling')
$$;
COMMENT ON FUNCTION citus_internal.busy_executors() IS 'how many background tasks run';

-- A job has come to its end when none of its tasks can run any more.
CREATE FUNCTION citus_internal.settle_job(job bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- What waits for a task that will not be done is not run either.
    LOOP
        UPDATE pg_dist_background_task t SET status = 'unscheduled'
        WHERE t.job_id = job AND t.status IN ('blocked', 'runnable')
              AND EXISTS (SELECT FROM pg_dist_background_task_depend d JOIN pg_dist_background_task b
                          ON b.job_id = d.job_id AND b.task_id = d.depends_on
                          WHERE d.job_id = job AND d.task_id = t.task_id AND b.status IN ('error', 'cancelled', 'unscheduled'));
        EXIT WHEN NOT FOUND;
    END LOOP;
    UPDATE pg_dist_background_task t SET status = 'runnable'
    WHERE t.job_id = job AND t.status = 'blocked'
          AND NOT EXISTS (SELECT FROM pg_dist_background_task_depend d JOIN pg_dist_background_task b
                          ON b.job_id = d.job_id AND b.task_id = d.depends_on
                          WHERE d.job_id = job AND d.task_id = t.task_id AND b.status <> 'done');
    UPDATE pg_dist_background_job j SET (state, finished_at) = (
        SELECT CASE WHEN s.is_left AND s.has_failed THEN 'failing' WHEN s.is_left THEN j.state
                    WHEN s.has_failed THEN 'failed' WHEN s.is_cancelled THEN 'cancelled' ELSE 'finished' END::citus_job_status,
               CASE WHEN NOT s.is_left THEN clock_timestamp() END
        FROM (SELECT bool_or(status IN ('blocked', 'runnable', 'running', 'cancelling')) AS is_left,
                     bool_or(status = 'error') AS has_failed, bool_or(status IN ('cancelled', 'unscheduled')) AS is_cancelled
              FROM pg_dist_background_task WHERE job_id = job) s)
    WHERE j.job_id = job AND j.finished_at IS NULL;
END $$;
COMMENT ON FUNCTION citus_internal.settle_job(bigint) IS 'brings the states of a job and its waiting tasks up to date';
REVOKE EXECUTE ON FUNCTION citus_internal.settle_job(bigint) FROM PUBLIC;

-- A task that failed is tried again after some seconds, three times, then every minute; after 30 times it has failed.
CREATE FUNCTION citus_internal.finish_task(task bigint, has_succeeded boolean, told text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    job bigint;
BEGIN
    UPDATE pg_dist_background_task t SET
        status = CASE WHEN has_succeeded THEN 'done' WHEN t.status = 'cancelling' THEN 'cancelled'
                      WHEN coalesce(t.retry_count, 0) >= 30 THEN 'error' ELSE 'runnable' END::citus_task_status,
        pid = NULL, message = told,
        retry_count = CASE WHEN has_succeeded OR t.status = 'cancelling' THEN t.retry_count ELSE coalesce(t.retry_count, 0) + 1 END,
        not_before = CASE WHEN NOT has_succeeded AND t.status = 'running'
                          THEN clock_timestamp() + CASE WHEN coalesce(t.retry_count, 0) < 3 THEN interval '5 seconds'
                                                        ELSE interval '1 minute' END END
    WHERE t.task_id = task AND t.status IN ('running', 'cancelling')
    RETURNING t.job_id INTO job;
    PERFORM citus_internal.settle_job(job);
END $$;
COMMENT ON FUNCTION citus_internal.finish_task(bigint, boolean, text) IS 'notes what became of a running task';
REVOKE EXECUTE ON FUNCTION citus_internal.finish_task(bigint, boolean, text) FROM PUBLIC;

CREATE FUNCTION citus_internal.revive_tasks() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM citus_internal.finish_task(t.task_id, false, 'the process that ran the task is gone')
    FROM pg_dist_background_task t
    WHERE t.status IN ('running', 'cancelling')
          AND NOT EXISTS (SELECT FROM pg_stat_activity a
                          WHERE a.pid = t.pid AND a.backend_type = 'citus background task executor');
END $$;
COMMENT ON FUNCTION citus_internal.revive_tasks() IS 'has tasks run again whose process is gone';
REVOKE EXECUTE ON FUNCTION citus_internal.revive_tasks() FROM PUBLIC;

CREATE FUNCTION citus_internal.cancel_job(job bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE pg_dist_background_task SET status = 'cancelled' WHERE job_id = job AND status IN ('blocked', 'runnable');
    UPDATE pg_dist_background_task SET status = 'cancelling' WHERE job_id = job AND status = 'running';
    PERFORM pg_cancel_backend(pid) FROM pg_dist_background_task WHERE job_id = job AND status = 'cancelling' AND pid IS NOT NULL;
    UPDATE pg_dist_background_job SET state = 'cancelling' WHERE job_id = job AND finished_at IS NULL;
    PERFORM citus_internal.settle_job(job);
END $$;
COMMENT ON FUNCTION citus_internal.cancel_job(bigint) IS 'cancels what a job has left to do';
REVOKE EXECUTE ON FUNCTION citus_internal.cancel_job(bigint) FROM PUBLIC;

CREATE FUNCTION pg_catalog.citus_job_cancel(jobid bigint) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_job_cancel';
COMMENT ON FUNCTION pg_catalog.citus_job_cancel(bigint) IS
    'cancels a background job: its running task ends, the others do not begin; what is done stays done';

CREATE FUNCTION pg_catalog.citus_job_list()
    RETURNS TABLE (job_id bigint, state citus_job_status, job_type name, description text, started_at timestamptz,
                   finished_at timestamptz) LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    SELECT j.job_id, j.state, j.job_type, j.description, j.started_at, j.finished_at
    FROM pg_catalog.pg_dist_background_job j ORDER BY j.job_id
$$;
COMMENT ON FUNCTION pg_catalog.citus_job_list() IS 'the background jobs';

CREATE FUNCTION pg_catalog.citus_job_status(job_id bigint, raw boolean DEFAULT false)
    RETURNS TABLE (job_id bigint, state citus_job_status, job_type name, description text, started_at timestamptz,
                   finished_at timestamptz, details jsonb) LANGUAGE sql STRICT SET search_path = pg_catalog, pg_temp AS $$
    SELECT j.job_id, j.state, j.job_type, j.description, j.started_at, j.finished_at,
           pg_catalog.jsonb_build_object(
               'task_state_counts', (SELECT pg_catalog.jsonb_object_agg(c.status, c.count)
                                     FROM (SELECT t.status, pg_catalog.count(*) FROM pg_catalog.pg_dist_background_task t
                                           WHERE t.job_id = j.job_id GROUP BY 1) c),
               'tasks', (SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                                    'task_id', t.task_id, 'state', t.status, 'command', t.command, 'message', t.message,
                                    'retried', coalesce(t.retry_count, 0), 'hosts', (
                                        SELECT pg_catalog.jsonb_agg(n.nodename || ':' || n.nodeport ORDER BY n.nodeid)
                                        FROM pg_catalog.pg_dist_node n WHERE n.nodeid = ANY (t.nodes_involved)))
                                    ORDER BY t.task_id), '[]')
                         FROM pg_catalog.pg_dist_background_task t
                         WHERE t.job_id = j.job_id AND ($2 OR t.status IN ('running', 'cancelling', 'error')
                                                        OR (t.status = 'runnable' AND t.message <> ''))))
    FROM pg_catalog.pg_dist_background_job j WHERE j.job_id = $1
$$;
COMMENT ON FUNCTION pg_catalog.citus_job_status(bigint, boolean) IS
    'a background job, how many of its tasks are in which state, and those that run or have failed; with raw, all of them';

CREATE FUNCTION pg_catalog.citus_job_wait(jobid bigint, desired_status citus_job_status DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    now_in citus_job_status;
BEGIN
    LOOP
        SELECT j.state INTO now_in FROM pg_dist_background_job j WHERE j.job_id = jobid;
        IF now_in IS NULL THEN
            RAISE EXCEPTION USING errcode = 'undefined_object', message = format('there is no background job %s', jobid);
        END IF;
        EXIT WHEN now_in = desired_status;
        IF now_in IN ('finished', 'cancelled', 'failed') THEN
            EXIT WHEN desired_status IS NULL;
            RAISE EXCEPTION USING errcode = 'object_not_in_prerequisite_state',
                message = format('background job %s is %s and will not become %s', jobid, now_in, desired_status);
        END IF;
        PERFORM pg_sleep(0.1);
    END LOOP;
END $$;
COMMENT ON FUNCTION pg_catalog.citus_job_wait(bigint, citus_job_status) IS
    'waits until a background job has ended, or is in a state';

CREATE FUNCTION pg_catalog.citus_task_wait(taskid bigint, desired_status citus_task_status DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    now_in citus_task_status;
BEGIN
    LOOP
        SELECT t.status INTO now_in FROM pg_dist_background_task t WHERE t.task_id = taskid;
        IF now_in IS NULL THEN
            RAISE EXCEPTION USING errcode = 'undefined_object', message = format('there is no background task %s', taskid);
        END IF;
        EXIT WHEN now_in = desired_status;
        IF now_in IN ('done', 'cancelled', 'error', 'unscheduled') THEN
            EXIT WHEN desired_status IS NULL;
            RAISE EXCEPTION USING errcode = 'object_not_in_prerequisite_state',
                message = format('background task %s is %s and will not become %s', taskid, now_in, desired_status);
        END IF;
        PERFORM pg_sleep(0.1);
    END LOOP;
END $$;
COMMENT ON FUNCTION pg_catalog.citus_task_wait(bigint, citus_task_status) IS
    'waits until a background task has ended, or is in a state';

-- Rebalancing in the background: a task for each move.

CREATE FUNCTION pg_catalog.citus_rebalance_start(
    rebalance_strategy name DEFAULT NULL, drain_only boolean DEFAULT false,
    shard_transfer_mode citus.shard_transfer_mode DEFAULT 'auto', parallel_transfer_reference_tables boolean DEFAULT false,
    parallel_transfer_colocated_shards boolean DEFAULT false) RETURNS bigint
    LANGUAGE c AS 'MODULE_PATHNAME', 'citus_rebalance_start';
COMMENT ON FUNCTION pg_catalog.citus_rebalance_start(name, boolean, citus.shard_transfer_mode, boolean, boolean) IS
    'moves shards in the background until the nodes carry their share; returns the job';

CREATE FUNCTION citus_internal.last_rebalance(is_running boolean) RETURNS bigint LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT pg_catalog.max(j.job_id) FROM pg_catalog.pg_dist_background_job j
    WHERE j.job_type OPERATOR(pg_catalog.=) 'rebalance' AND (NOT is_running OR j.finished_at IS NULL)
$$;
COMMENT ON FUNCTION citus_internal.last_rebalance(boolean) IS 'the job of the last rebalance, or of the running one';

CREATE FUNCTION pg_catalog.citus_rebalance_status(raw boolean DEFAULT false)
    RETURNS TABLE (job_id bigint, state citus_job_status, job_type name, description text, started_at timestamptz,
                   finished_at timestamptz, details jsonb) LANGUAGE sql STRICT SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.* FROM pg_catalog.citus_job_status(citus_internal.last_rebalance(false), $1) s
$$;
COMMENT ON FUNCTION pg_catalog.citus_rebalance_status(boolean) IS 'how far the last rebalance in the background is';

CREATE FUNCTION pg_catalog.citus_rebalance_stop() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    job bigint := citus_internal.last_rebalance(true);
BEGIN
    IF job IS NULL THEN
        RAISE EXCEPTION USING errcode = 'object_not_in_prerequisite_state', message = 'no rebalance runs in the background';
    END IF;
    PERFORM citus_job_cancel(job);
END $$;
COMMENT ON FUNCTION pg_catalog.citus_rebalance_stop() IS 'cancels the rebalance that runs in the background; shards that were moved stay moved';

CREATE FUNCTION pg_catalog.citus_rebalance_wait() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    job bigint := citus_internal.last_rebalance(true);
BEGIN
    IF job IS NOT NULL THEN
        PERFORM citus_job_wait(job);
    END IF;
END $$;
COMMENT ON FUNCTION pg_catalog.citus_rebalance_wait() IS 'waits until the rebalance in the background has ended';
