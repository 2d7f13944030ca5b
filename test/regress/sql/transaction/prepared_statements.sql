-- nodes keep statements prepared: whatever changes beneath them, the answers are those of now
\set SHOW_CONTEXT never
\set VERBOSITY terse
SET client_min_messages TO warning;
CREATE SCHEMA prepared_statements;
SET search_path TO prepared_statements;
CREATE ROLE prepared_reader;
CREATE ROLE prepared_other;
GRANT USAGE ON SCHEMA prepared_statements TO prepared_reader, prepared_other;
CREATE TABLE t (k integer PRIMARY KEY, v integer, owner text DEFAULT 'prepared_reader');
SELECT create_distributed_table('t', 'k', shard_count => 4);
INSERT INTO t SELECT i, 10 * i FROM generate_series(1, 8) i;
GRANT SELECT ON t TO prepared_reader;
-- runs a statement often enough for its plan to be kept; gives the different answers
CREATE FUNCTION often(statement text, VARIADIC keys integer[] DEFAULT '{3, 5}') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
    answers text[] := '{}';
BEGIN
    FOR i IN 1..9 LOOP
        FOR j IN 1..array_length(keys, 1) LOOP
            EXECUTE statement INTO answer USING keys[j];
            IF NOT coalesce(answer, 'NULL') = ANY (answers) THEN answers := answers || coalesce(answer, 'NULL'); END IF;
        END LOOP;
    END LOOP;
    RETURN array_to_string(answers, ' ');
END $$;

-- all that may keep or write the plan: a read of its own, one in a transaction, a write
SELECT often('SELECT v FROM t WHERE k = $1'), often('SELECT t FROM t WHERE k = $1');
BEGIN;
SELECT often('SELECT v FROM t WHERE k = $1');
SELECT often('UPDATE t SET v = v + 1 WHERE k = $1 RETURNING v');
SELECT often('SELECT v FROM t WHERE k = $1');
ROLLBACK;
SELECT often('UPDATE t SET v = 100 + $1 WHERE k = $1 RETURNING v'), often('DELETE FROM t WHERE k = $1 + 100 RETURNING v');
SELECT often('SELECT v FROM t WHERE k = $1'), often('SELECT count(*) FROM t WHERE v > $1');

-- the type of a column, a new column, a dropped one
ALTER TABLE t ALTER v TYPE text USING 'text ' || v;
SELECT often('SELECT v FROM t WHERE k = $1'), often('SELECT t FROM t WHERE k = $1');
ALTER TABLE t ADD COLUMN w integer DEFAULT 7;
SELECT often('SELECT t FROM t WHERE k = $1'), often('SELECT w FROM t WHERE k = $1');
ALTER TABLE t DROP COLUMN w;
SELECT often('SELECT t FROM t WHERE k = $1');
ALTER TABLE t RENAME v TO x;
SELECT often('SELECT x FROM t WHERE k = $1');
ALTER TABLE t RENAME x TO v;
ALTER TABLE t ALTER v TYPE integer USING k;
SELECT often('SELECT v FROM t WHERE k = $1');

-- where the shard is
SELECT citus_move_shard_placement(shardid, source.nodename, source.nodeport, target.nodename, target.nodeport)
FROM (SELECT get_shard_id_for_distribution_column('t', 3) AS shardid) s JOIN pg_dist_placement USING (shardid)
     JOIN pg_dist_node source USING (groupid) JOIN pg_dist_node target ON target.groupid > 0 AND target.groupid <> source.groupid;
SELECT often('SELECT v FROM t WHERE k = $1'), often('UPDATE t SET v = v WHERE k = $1 RETURNING v');

-- who asks
SET ROLE prepared_reader;
SELECT often('SELECT v FROM t WHERE k = $1');
SET ROLE prepared_other;
SELECT often('SELECT v FROM t WHERE k = $1');
RESET ROLE;
REVOKE SELECT ON t FROM prepared_reader;
SET ROLE prepared_reader;
SELECT often('SELECT v FROM t WHERE k = $1');
RESET ROLE;
GRANT SELECT ON t TO prepared_reader, prepared_other;
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON t USING (owner = current_user);
SET ROLE prepared_reader;
SELECT often('SELECT v FROM t WHERE k = $1');
SET ROLE prepared_other;
SELECT often('SELECT v FROM t WHERE k = $1');
RESET ROLE;
DROP POLICY p ON t;
CREATE POLICY p ON t USING (owner <> current_user);
SET ROLE prepared_reader;
SELECT often('SELECT v FROM t WHERE k = $1');
SET ROLE prepared_other;
SELECT often('SELECT v FROM t WHERE k = $1');
RESET ROLE;
ALTER TABLE t DISABLE ROW LEVEL SECURITY;
SET ROLE prepared_reader;
SELECT often('SELECT v FROM t WHERE k = $1');
RESET ROLE;

-- functions that are replaced, and the settings of the client
CREATE FUNCTION f(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 + 1000';
SELECT often('SELECT f(v) FROM t WHERE k = $1');
CREATE OR REPLACE FUNCTION f(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 + 2000';
SELECT often('SELECT f(v) FROM t WHERE k = $1');
SELECT often('SELECT date ''2024-02-03'' + v || '' '' || interval ''-1 days +02:03:04'' FROM t WHERE k = $1');
SET IntervalStyle TO sql_standard;
SET DateStyle TO 'German';
SELECT often('SELECT date ''03.02.2024'' + v || '' '' || interval ''-1 days +02:03:04'' FROM t WHERE k = $1');
RESET IntervalStyle;
RESET DateStyle;
SELECT often('SELECT date ''2024-02-03'' + v || '' '' || interval ''-1 days +02:03:04'' FROM t WHERE k = $1');

-- parameters of types that travel, and of types that do not
CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE DOMAIN even AS integer CHECK (value % 2 = 0);
PREPARE q(mood, even, numeric, text, timestamptz, integer[], jsonb, bytea, double precision, regclass) AS
    SELECT k, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 FROM t WHERE k = 3;
SET extra_float_digits TO -3;
EXECUTE q('glad', 4, 1.50, e'it''s "text" \\', '2024-01-01 00:00:00+00', '{1,NULL,3}', '{"a": [1]}', '\x00ff', 0.1234567890123456789, 't');
EXECUTE q('glad', 4, 1.50, e'it''s "text" \\', '2024-01-01 00:00:00+00', '{1,NULL,3}', '{"a": [1]}', '\x00ff', 0.1234567890123456789, 't');
EXECUTE q(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
RESET extra_float_digits;
SELECT often('SELECT v FROM t WHERE k = $1 AND v < 0.5 + $1'), often('SELECT v FROM t WHERE k = $1::bigint'), often('SELECT v FROM t WHERE k = $1::smallint');

-- code of users cannot make a node forget, and a rollback does no harm
SELECT often('SELECT v + 1 FROM t WHERE k = $1');
SELECT citus_internal.execute_on_node(nodeid, 'DEALLOCATE ALL', false) FROM pg_dist_node WHERE groupid > 0;
SELECT often('SELECT v + 1 FROM t WHERE k = $1');
BEGIN;
SELECT often('SELECT v + 2 FROM t WHERE k = $1');
SELECT often('SELECT v / (v - 5) FROM t WHERE k = $1');
ROLLBACK;
SELECT often('SELECT v + 2 FROM t WHERE k = $1');
SELECT often('SELECT v / (v - 5) FROM t WHERE k = $1', 3);

-- another table of the same name
DROP TABLE t;
CREATE TABLE t (v text, k integer PRIMARY KEY);
SELECT create_distributed_table('t', 'k', shard_count => 4);
INSERT INTO t VALUES ('three', 3), ('five', 5);
SELECT often('SELECT v FROM t WHERE k = $1'), often('SELECT t FROM t WHERE k = $1');

-- more statements than a connection keeps
SELECT count(DISTINCT often(format('SELECT v || %L FROM t WHERE k = $1', i))) FROM generate_series(1, 300) i;
SELECT often('SELECT v FROM t WHERE k = $1');

DROP SCHEMA prepared_statements CASCADE;
DROP ROLE prepared_reader, prepared_other;
