-- A scan that is read again with the same values asks the nodes once; with other values it asks them again.
SET client_min_messages TO warning;
CREATE SCHEMA rescans;
SET search_path TO rescans;
SET citus.shard_count TO 4;
CREATE TABLE items (id int PRIMARY KEY, v int);
SELECT create_distributed_table('items', 'id');
INSERT INTO items SELECT i, i % 7 FROM generate_series(1, 20) i;
CREATE TABLE here (a int, b text);
INSERT INTO here SELECT i, 'row ' || i FROM generate_series(1, 5) i;

-- Counts on each node the rows that it is asked about.
SELECT bool_and(success) FROM run_command_on_all_nodes('CREATE SEQUENCE rescans.asked');
CREATE FUNCTION seen(v int) RETURNS bool LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN nextval('rescans.asked') > v - 100; END $$;
SET enable_hashjoin TO off;
SET enable_mergejoin TO off;
SET enable_material TO off;
SET enable_memoize TO off;

SELECT count(*) FROM here JOIN items ON a <> v;
SELECT count(*) FROM here JOIN (SELECT * FROM items WHERE seen(v) OFFSET 0) i ON a <> v;
SELECT sum(result::int) < 40 AS asked_once FROM run_command_on_all_nodes('SELECT last_value FROM rescans.asked');
-- A condition that only this node may judge changes with each row, what is asked of the nodes does not.
SELECT a, (SELECT count(*) FROM items WHERE v = a OR b = (SELECT current_setting('rescans.none', true))) FROM here ORDER BY a;
SELECT a, (SELECT min(id) FROM items WHERE v = a) FROM here ORDER BY a;
SELECT a, n FROM here, LATERAL (SELECT count(*) AS n FROM items WHERE id < a) i ORDER BY a;
-- Whole rows, and a store that does not fit into memory.
SELECT count(i::text), max(length(i::text)) FROM here JOIN items i ON a <> v;
SET work_mem TO '64kB';
CREATE TABLE wide (id int, t text);
SELECT create_distributed_table('wide', 'id');
INSERT INTO wide SELECT i, repeat(chr(65 + i % 26), 500) FROM generate_series(1, 1000) i;
SELECT count(*), sum(length(t)) FROM here JOIN wide ON a <> length(t);
-- Left early, and read from the beginning again.
SELECT a FROM here WHERE EXISTS (SELECT FROM items WHERE v <> a AND id > 0) ORDER BY a;
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT a, id FROM here JOIN items ON v = a WHERE a < 3 ORDER BY a, id;
FETCH 3 FROM c;
MOVE BACKWARD ALL FROM c;
FETCH 2 FROM c;
COMMIT;

DROP SCHEMA rescans CASCADE;
