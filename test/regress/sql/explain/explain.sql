-- EXPLAIN shows the tasks of a statement, the SQL that nodes are sent, and their plans; with ANALYZE also what came back
\set VERBOSITY terse
SET client_min_messages TO warning;
CREATE SCHEMA explained;
SET search_path TO explained;
CREATE TABLE a (k int, v int);
CREATE TABLE r (id int PRIMARY KEY, name text);
SELECT create_distributed_table('a', 'k', shard_count => 4, colocate_with => 'none') \g /dev/null
SELECT create_reference_table('r') \g /dev/null
INSERT INTO a SELECT i, i % 5 FROM generate_series(1, 100) i;
INSERT INTO r SELECT i, 'name ' || i FROM generate_series(0, 4) i;
-- explain(options, statement): without ports and shard ids
CREATE FUNCTION explain(options text, statement text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE format('EXPLAIN (%s, COSTS OFF, TIMING OFF, SUMMARY OFF) %s', options, statement) LOOP
        RETURN NEXT regexp_replace(regexp_replace(line, 'port=\d+ dbname=\w+', 'port=N dbname=D', 'g'), '_\d{6,}', '_N', 'g');
    END LOOP;
END $$;
CREATE FUNCTION explain(statement text) RETURNS SETOF text LANGUAGE sql AS $$ SELECT explain('VERBOSE OFF', statement) $$;

SELECT explain('SELECT * FROM a WHERE k = 5 ORDER BY v LIMIT 3');
SELECT explain('SELECT * FROM a JOIN r ON a.v = r.id');
SELECT explain('SELECT v, count(*), avg(k) FROM a GROUP BY v ORDER BY v');
SELECT explain($$SELECT k, 'a  b' AS "x  y" FROM a WHERE v = (SELECT max(id) FROM r) LIMIT 2$$);
SELECT explain('SELECT k, (SELECT count(*) FROM a b WHERE b.v = a.k) FROM a WHERE k < 4');
SELECT explain('ANALYZE', 'SELECT * FROM a WHERE k = 5');
SELECT explain('VERBOSE', 'SELECT k FROM a WHERE k = 5');
PREPARE p(int) AS SELECT v FROM a WHERE k = $1;
SET plan_cache_mode TO force_generic_plan;
SELECT explain('EXECUTE p(7)');
RESET plan_cache_mode;
SET citus.explain_all_tasks TO on;
SELECT count(*) FROM explain('SELECT * FROM a') line WHERE line LIKE '%->  Task%';
RESET citus.explain_all_tasks;
SET citus.explain_distributed_queries TO off;
SELECT explain('SELECT * FROM a');
RESET citus.explain_distributed_queries;
-- the other formats
CREATE FUNCTION explain_as(format text, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    EXECUTE format('EXPLAIN (COSTS OFF, FORMAT %s) %s', format, statement) INTO result;
    RETURN result;
END $$;
SELECT plan->0->'Plan'->>'Task Count' AS count, jsonb_array_length(plan->0->'Plan'->'Tasks') AS shown, task->>'Query' AS query,
       task->'Remote Plan'->0->'Plan'->>'Node Type' AS remote
FROM (SELECT explain_as('JSON', 'SELECT count(*) FROM a WHERE k = 5')::jsonb) x(plan), jsonb_array_elements(plan->0->'Plan'->'Tasks') task;
SELECT xpath('//*[local-name() = ''Tasks-Shown'']/text()', explain_as('XML', 'SELECT * FROM a')::xml);
SELECT explain_as('YAML', 'SELECT * FROM a') LIKE '%Remote Plan: %';
DROP SCHEMA explained CASCADE;
