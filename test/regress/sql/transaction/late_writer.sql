-- a function in a policy writes on the nodes that a SELECT was sent to: its work belongs to the transaction
\set SHOW_CONTEXT never
\set VERBOSITY terse
CREATE SCHEMA late_writer;
SET search_path TO late_writer;
CREATE TABLE t (k integer PRIMARY KEY, v integer);
SELECT create_distributed_table('t', 'k', shard_count => 4);
INSERT INTO t SELECT i, 0 FROM generate_series(1, 8) i;
CREATE ROLE late_reader;
GRANT USAGE ON SCHEMA late_writer TO late_reader;
GRANT SELECT ON t TO late_reader;
SELECT citus_internal.execute_everywhere(ARRAY[
    'CREATE TABLE late_writer.seen (k integer UNIQUE DEFERRABLE INITIALLY DEFERRED)',
    'GRANT ALL ON late_writer.seen TO late_reader']);
CREATE FUNCTION note(k integer) RETURNS boolean LANGUAGE plpgsql AS $$
    BEGIN INSERT INTO late_writer.seen VALUES (k); RETURN true; END $$;
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
SET client_min_messages TO warning;
CREATE POLICY p ON t TO late_reader USING (note(k));
RESET client_min_messages;
CREATE FUNCTION seen() RETURNS numeric LANGUAGE sql AS $$
    SELECT (SELECT count(*) FROM late_writer.seen)
         + sum(citus_internal.execute_on_node(nodeid, 'SELECT count(*) FROM late_writer.seen', false)::bigint)
    FROM pg_dist_node WHERE groupid > 0 $$;

SET ROLE late_reader;
-- rolled back and committed with all of its transaction
BEGIN;
SELECT count(*) FROM t;
ROLLBACK;
RESET ROLE;
SELECT seen();
SET ROLE late_reader;
SELECT count(*) FROM t;
RESET ROLE;
SELECT seen();
-- what a node finds wrong at the end is an error, and undoes the rest
CREATE TABLE here (k integer);
GRANT INSERT ON here TO late_reader;
SET ROLE late_reader;
SELECT count(*) FROM t;
SELECT count(*) FROM t WHERE k = 3;
BEGIN;
INSERT INTO here VALUES (1);
SELECT count(*) FROM t WHERE k = 3;
COMMIT;
RESET ROLE;
SELECT count(*) FROM here;
SELECT seen();

SELECT citus_internal.execute_everywhere(ARRAY['DROP TABLE late_writer.seen CASCADE']);
SET client_min_messages TO warning;
DROP SCHEMA late_writer CASCADE;
DROP ROLE late_reader;
