-- a task that another node sends runs on the shards of its groups, and means what it says of the table
BEGIN;
\set VERBOSITY terse
\set ON_ERROR_ROLLBACK on
SET LOCAL client_min_messages TO warning;
-- one(SQL, groups): the first value of a task on the worker that has these shard groups; all(): all its rows
CREATE FUNCTION pg_temp.worker(groups integer[]) RETURNS integer LANGUAGE sql AS $$
    SELECT min(nodeid) FILTER (WHERE groupid > 0) + CASE WHEN groups[2] = 1 THEN 1 ELSE 0 END FROM pg_dist_node $$;
CREATE FUNCTION pg_temp.one(command text, groups integer[] DEFAULT '{990301, 0}') RETURNS text LANGUAGE sql AS $$
    SELECT citus_internal.execute_on_node(pg_temp.worker(groups), format('/*cedro1 g=%s*/ %s', groups::text, command)) $$;
CREATE FUNCTION pg_temp.all(command text, groups integer[] DEFAULT '{990301, 0}') RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.one(format('SELECT string_agg(q::text, '' '' ORDER BY q::text) FROM (%s) q', command), groups) $$;

SELECT citus_internal.execute_everywhere(ARRAY[
    $$CREATE SCHEMA task_binding$$,
    $$CREATE ROLE task_reader$$,
    $$GRANT USAGE ON SCHEMA task_binding TO task_reader$$,
    $$CREATE TABLE task_binding.ref (a integer PRIMARY KEY, t text DEFAULT 'filled')$$,
    $$CREATE TABLE task_binding.o (k integer, gone text, v integer CHECK (v > 0), g integer GENERATED ALWAYS AS (v * 2) STORED,
        CONSTRAINT "O key" PRIMARY KEY (k), UNIQUE (v))$$,
    $$ALTER TABLE task_binding.o DROP gone$$,
    $$CREATE TABLE task_binding.p (k integer, d integer, x text) PARTITION BY RANGE (d)$$,
    $$CREATE TABLE task_binding.p1 PARTITION OF task_binding.p FOR VALUES FROM (0) TO (10)$$,
    $$CREATE TABLE task_binding.p2 (x text, d integer, k integer)$$,
    $$ALTER TABLE task_binding.p ATTACH PARTITION task_binding.p2 FOR VALUES FROM (10) TO (20)$$,
    $$CREATE VIEW task_binding.small AS SELECT k, v FROM task_binding.o WHERE v < 500 WITH CHECK OPTION$$,
    $$INSERT INTO pg_dist_partition SELECT r::regclass, 'h', column_name_to_column(r::regclass, 'k'), 990301, 's'
      FROM unnest('{task_binding.o, task_binding.p, task_binding.p1, task_binding.p2}'::text[]) r$$,
    $$CREATE TABLE task_binding.q (k integer PRIMARY KEY)$$,
    $$INSERT INTO pg_dist_partition VALUES ('task_binding.q', 'h', column_name_to_column('task_binding.q', 'k'), 990303, 's')$$,
    $$INSERT INTO pg_dist_shard VALUES ('task_binding.q', 990000391, 't', -2147483648, -1), ('task_binding.q', 990000392, 't', 0, 2147483647)$$,
    $$INSERT INTO pg_dist_placement SELECT 10 * shardid, shardid, 1, 0, (SELECT min(groupid) FROM pg_dist_node WHERE groupid > 0)
      FROM pg_dist_shard WHERE shardid IN (990000391, 990000392)$$,
    $$INSERT INTO pg_dist_partition VALUES ('task_binding.ref', 'n', NULL, 990302, 't')$$,
    $$INSERT INTO pg_dist_shard SELECT r::regclass, 990000300 + 10 * n + i, 't', -2147483648 + i * 2147483648, -1 + i * 2147483648
      FROM unnest('{task_binding.o, task_binding.p, task_binding.p1, task_binding.p2}'::text[]) WITH ORDINALITY u (r, n), generate_series(0, 1) i$$,
    $$INSERT INTO pg_dist_shard VALUES ('task_binding.ref', 990000399, 't', NULL, NULL)$$,
    $$INSERT INTO pg_dist_placement SELECT 10 * shardid + i + 1, shardid, 1, 0, g FROM pg_dist_shard,
      (SELECT DISTINCT groupid, dense_rank() OVER (ORDER BY groupid) - 2 FROM pg_dist_node) n (g, i)
      WHERE shardid BETWEEN 990000300 AND 990000349 AND shardid % 10 = i OR shardid = 990000399$$,
    $$DO 'DECLARE r record; BEGIN
        FOR r IN SELECT logicalrelid, array_agg(shardid) ids FROM pg_dist_shard JOIN pg_dist_placement USING (shardid)
                 WHERE shardid BETWEEN 990000300 AND 990000399 AND groupid = (SELECT groupid FROM pg_dist_local_group)
                 GROUP BY logicalrelid LOOP
            PERFORM citus_internal.create_shards(r.logicalrelid, r.ids);
        END LOOP; END'$$]);

-- writing: defaults, generated columns, RETURNING, ON CONFLICT by column and by constraint, EXCLUDED as a row
SELECT pg_temp.one('WITH w AS (INSERT INTO task_binding.ref (a) VALUES (1), (2) RETURNING ref, tableoid) SELECT string_agg(ref::text || tableoid::regclass, '' '') FROM w', '{}');
SELECT pg_temp.one('WITH w AS (INSERT INTO task_binding.o VALUES (1, 10), (2, 20), (3, 30) RETURNING o, tableoid::regclass, *) SELECT string_agg(w::text, '' '') FROM w');
SELECT pg_temp.one('INSERT INTO task_binding.o VALUES (1, 5), (4, 40) ON CONFLICT ON CONSTRAINT "O key" DO UPDATE SET v = excluded.v + o.v RETURNING o::text');
SELECT pg_temp.one($$INSERT INTO task_binding.o VALUES (1, 10) ON CONFLICT (k) DO UPDATE SET v = (row_to_json(excluded)->>'v')::int + o.v WHERE excluded IS NOT NULL RETURNING row_to_json(o)$$);
SELECT pg_temp.one('INSERT INTO task_binding.o VALUES (7, -1)');
SELECT pg_temp.one('INSERT INTO task_binding.o VALUES (2, 1)');
SELECT pg_temp.one('INSERT INTO task_binding.o VALUES (7, 5) ON CONFLICT ON CONSTRAINT "no key" DO NOTHING');
-- reading: rows as wholes, tableoid (also where there is no row), sub-links, CTEs, locking, TABLESAMPLE
SELECT pg_temp.all('SELECT o.tableoid::regclass, o, (o).v, ref.t, (SELECT count(*) FROM task_binding.o o2 WHERE o2.k <= o.k), none.tableoid::regclass
    FROM task_binding.o LEFT JOIN task_binding.ref ON ref.a = o.k LEFT JOIN task_binding.ref none ON none.a = 100');
SELECT pg_temp.all('WITH c AS (SELECT * FROM task_binding.o) SELECT k FROM c WHERE EXISTS (SELECT FROM task_binding.ref r WHERE r.a = c.k) FOR UPDATE');
SELECT pg_temp.all('SELECT k FROM task_binding.o TABLESAMPLE bernoulli (100)');
SELECT pg_temp.one('WITH gone AS (DELETE FROM task_binding.o WHERE k = 3 RETURNING *), new AS (INSERT INTO task_binding.o (k, v) SELECT k + 100, v FROM gone RETURNING k)
    SELECT format(''%s %s %s'', (SELECT count(*) FROM task_binding.o), gone, new) FROM gone, new');
SELECT pg_temp.one('MERGE INTO task_binding.o USING task_binding.ref ON o.k = ref.a WHEN MATCHED THEN UPDATE SET v = o.v + 1000 WHEN NOT MATCHED THEN INSERT (k, v) VALUES (ref.a, 3)');
SELECT pg_temp.one('UPDATE task_binding.o SET v = v + 1 FROM task_binding.ref WHERE ref.a = o.k AND a = 2 RETURNING o::text || ref::text');
SELECT pg_temp.all('SELECT o FROM task_binding.o');
-- the other group has other rows; a group that is elsewhere, or not named, is an error
SELECT pg_temp.all('SELECT count(*) FROM task_binding.o', '{990301, 1}');
SELECT citus_internal.execute_on_node(pg_temp.worker('{990301, 0}'), '/*cedro1 g={990301, 1}*/ SELECT count(*) FROM task_binding.o');
SELECT pg_temp.one('SELECT count(*) FROM task_binding.o', '{}');
SELECT citus_internal.execute_on_node(pg_temp.worker('{990301, 0}'), '/*cedro1 g={990301}*/ SELECT count(*) FROM task_binding.o');
-- partitions: each row says which table's it is, rows move between partitions of the same group
SELECT pg_temp.one('INSERT INTO task_binding.p SELECT i, i, ''x'' || i FROM generate_series(1, 19) i');
SELECT pg_temp.all('SELECT tableoid::regclass, count(*), min(p::text), max((p).x) FROM task_binding.p GROUP BY 1');
SELECT pg_temp.one('UPDATE task_binding.p SET d = 15 WHERE k = 3 RETURNING tableoid::regclass || p::text');
SELECT pg_temp.all('SELECT tableoid::regclass, p2 FROM task_binding.p2 WHERE k < 10');
SELECT pg_temp.all('SELECT p, o FROM task_binding.p JOIN task_binding.o USING (k)');
-- views, with their check
SELECT pg_temp.all('SELECT * FROM task_binding.small');
SELECT pg_temp.one('UPDATE task_binding.small SET v = 700 WHERE k = 4');
-- cursors, EXPLAIN
SELECT citus_internal.execute_on_node(pg_temp.worker('{990301, 0}'), 'DECLARE binding NO SCROLL CURSOR FOR /*cedro1 g={990301,0}*/ SELECT o::text FROM task_binding.o ORDER BY k');
SELECT citus_internal.execute_on_node(pg_temp.worker('{990301, 0}'), 'FETCH binding');
SELECT pg_temp.one('EXPLAIN (COSTS off) SELECT FROM task_binding.o');

-- the header counts at the top level only: a function is over the whole table, a header in a literal is none
SELECT citus_internal.execute_everywhere(ARRAY[
    $$CREATE FUNCTION task_binding.number() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM task_binding.q'$$,
    $$CREATE FUNCTION task_binding.rows() RETURNS SETOF task_binding.q LANGUAGE sql STABLE AS 'SELECT * FROM task_binding.q'$$,
    $$CREATE FUNCTION task_binding.again(sql text) RETURNS bigint LANGUAGE plpgsql AS 'DECLARE n bigint; BEGIN EXECUTE sql INTO n; RETURN n; END'$$]);
SELECT pg_temp.one('INSERT INTO task_binding.q SELECT generate_series(1, 3)', '{990303, 0}');
SELECT citus_internal.execute_on_node(pg_temp.worker('{990303, 0}'), '/*cedro1 g={990303,1}*/ INSERT INTO task_binding.q VALUES (4), (5)');
SELECT pg_temp.one('SELECT format(''%s here, %s in functions: %s %s'', count(*), task_binding.number(), (SELECT count(*) FROM task_binding.rows()),
    task_binding.again(''/*cedro1 g={990303,0}*/ SELECT count(*) FROM task_binding.q'')) FROM task_binding.q', '{990303, 0}');
SELECT citus_internal.execute_on_node(pg_temp.worker('{990303, 0}'), $$SELECT format('%s, not %s', count(*), '/*cedro1 g={990303,0}*/ ') FROM task_binding.q$$);
SELECT citus_internal.execute_on_node(pg_temp.worker('{990303, 0}'), $$EXPLAIN (COSTS off, SETTINGS off) SELECT '/*cedro1 g={990303,0}*/ ' WHERE false$$);

-- privileges and policies are the table's, and judged where the task runs
GRANT EXECUTE ON FUNCTION citus_internal.execute_on_node TO task_reader;
SET LOCAL ROLE task_reader;
SELECT pg_temp.one('SELECT count(*) FROM task_binding.o');
RESET ROLE;
SELECT citus_internal.execute_everywhere(ARRAY['GRANT SELECT (k), UPDATE (v) ON task_binding.o TO task_reader']);
SET LOCAL ROLE task_reader;
SELECT pg_temp.all('SELECT k FROM task_binding.o');
SELECT pg_temp.one('SELECT sum(v) FROM task_binding.o');
SELECT pg_temp.one('UPDATE task_binding.o SET v = 2001 WHERE k = 1');
SELECT pg_temp.one('UPDATE task_binding.o SET k = 2001 WHERE k = 1');
SELECT pg_temp.one('SELECT count(*) FROM task_binding.small');
SELECT citus_internal.execute_on_node(pg_temp.worker('{990301, 0}'), 'SELECT count(*) FROM task_binding.o_990000310');
RESET ROLE;
SELECT citus_internal.execute_everywhere(ARRAY['GRANT SELECT ON task_binding.small, task_binding.o, task_binding.p TO task_reader', 'GRANT INSERT ON task_binding.o TO task_reader',
    'ALTER TABLE task_binding.o ENABLE ROW LEVEL SECURITY',
    'CREATE POLICY large ON task_binding.o USING (v > (SELECT min(d) + 100 FROM task_binding.p WHERE p.k <> o.k))']);
SET LOCAL ROLE task_reader;
SELECT pg_temp.all('SELECT o FROM task_binding.o');
SELECT pg_temp.all('SELECT * FROM task_binding.small');
SELECT pg_temp.one('INSERT INTO task_binding.o VALUES (1, 1)');
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT pg_temp.one('INSERT INTO task_binding.o VALUES (4, 5001)');
RESET ROLE;
\set VERBOSITY terse

-- locks of shard groups: by a node only
CALL citus_internal.lock_shard_group(990301, 0, true);
SELECT citus_internal.execute_on_node(pg_temp.worker('{990301, 0}'), 'CALL citus_internal.lock_shard_group(990301, 0, NULL)');
SELECT citus_internal.execute_on_node(pg_temp.worker('{990301, 0}'), 'CALL citus_internal.lock_shard_group(990301, 0, true)');
SELECT citus_internal.execute_on_node(pg_temp.worker('{990301, 0}'),
    'SELECT string_agg(format(''%s %s %s %s'', classid, objid, objsubid, mode), '','') FROM pg_locks WHERE locktype = ''advisory'' AND objsubid = 5');

-- a client's header is a comment
/*cedro1 g={990301,0}*/ SELECT count(*) FROM task_binding.o;
ROLLBACK;
