-- Indexes made, dropped and rebuilt shard by shard, outside of transactions.
\set SHOW_CONTEXT never
CREATE SCHEMA apart;
SET search_path TO apart;
SET client_min_messages TO warning;
CREATE TABLE t (k int PRIMARY KEY, v int, "Text" text);
SELECT create_distributed_table('t', 'k', shard_count => 4);
INSERT INTO t SELECT i, i % 100, 'x' || i FROM generate_series(1, 1000) i;
ALTER TABLE t SET (shard_replication_factor = 2);
-- Indexes on shells and on shards of all nodes, by name, and how many of them are valid
CREATE FUNCTION here() RETURNS SETOF text LANGUAGE sql SET citus.override_table_visibility TO off SET search_path TO pg_catalog AS $$
    SELECT regexp_replace(relname, '_\d{6,}(?!\d)', ' on shards') || ' ' || indisvalid || ' ' || indisready
    FROM pg_index i JOIN pg_class c ON c.oid = indexrelid WHERE relnamespace = 'apart'::regnamespace AND relname !~ 'pkey'
$$;
CREATE FUNCTION indexes() RETURNS TABLE (name text, number bigint) LANGUAGE sql AS $$
    SELECT line, count(*) FROM run_command_on_all_nodes('SELECT string_agg(h, ''|'') FROM apart.here() h') r,
        unnest(string_to_array(nullif(r.result, ''), '|')) line GROUP BY 1 ORDER BY 1
$$;

CREATE INDEX CONCURRENTLY ON t (v);
CREATE INDEX CONCURRENTLY "Part" ON t (lower("Text") text_pattern_ops DESC) INCLUDE (v) WITH (fillfactor = 60) WHERE v > 3;
CREATE UNIQUE INDEX CONCURRENTLY t_both ON t (v, k);
CREATE INDEX CONCURRENTLY IF NOT EXISTS t_both ON t (v, k);
SELECT * FROM indexes();
SELECT DISTINCT regexp_replace(result, '_\d{6,}(?!\d)', '', 'g') FROM run_command_on_placements('t', $$SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i
    WHERE indrelid = '%s'::regclass AND indnatts = 2 AND NOT indisunique$$);
SELECT count(*) FROM t WHERE v = 7;
REINDEX INDEX CONCURRENTLY "Part";
REINDEX TABLE CONCURRENTLY t;
REINDEX (CONCURRENTLY off) TABLE t;
REINDEX SCHEMA CONCURRENTLY apart;
DROP INDEX CONCURRENTLY "Part";
SELECT * FROM indexes();

-- What fails leaves an index that is not valid, and says what to do about it
INSERT INTO t VALUES (2000, 0, NULL), (2001, NULL, 'x');
CREATE INDEX CONCURRENTLY inverse ON t ((100 / v));
SELECT name, number > 0 FROM indexes() WHERE name ~ 'inverse' AND name !~ 'shards';
SELECT indisvalid FROM pg_index WHERE indexrelid = 'inverse'::regclass;
CREATE INDEX CONCURRENTLY inverse ON t ((100 / v));
REINDEX INDEX CONCURRENTLY inverse;
DELETE FROM t WHERE v = 0;
REINDEX INDEX CONCURRENTLY inverse;
SELECT * FROM indexes() WHERE name ~ 'inverse';
DROP INDEX inverse;
SELECT * FROM indexes() WHERE name ~ 'inverse';
-- also where a plain DROP INDEX or a change of the table comes next
INSERT INTO t VALUES (2000, 0, NULL);
CREATE INDEX CONCURRENTLY inverse ON t ((100 / v));
DROP INDEX inverse;
SELECT * FROM indexes() WHERE name ~ 'inverse';

-- Refused
CREATE TABLE p (k int, t int) PARTITION BY RANGE (t);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
SELECT create_distributed_table('p', 'k', shard_count => 4);
CREATE INDEX p_t ON p (t);
CREATE INDEX CONCURRENTLY ON p (t);
CREATE INDEX CONCURRENTLY on_part ON p1 (t);
DROP INDEX CONCURRENTLY on_part;
DROP INDEX CONCURRENTLY p_t;
REINDEX TABLE CONCURRENTLY p;
REINDEX INDEX p_t;
ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY;
CREATE UNIQUE INDEX CONCURRENTLY ON t ("Text");
CREATE UNIQUE INDEX global ON t ("Text");
DROP INDEX CONCURRENTLY global;
DROP INDEX CONCURRENTLY t_pkey;
DROP INDEX CONCURRENTLY t_v_idx, t_both;
DROP INDEX CONCURRENTLY t_v_idx CASCADE;
BEGIN;
CREATE INDEX CONCURRENTLY ON t (v);
ROLLBACK;
BEGIN;
DROP INDEX CONCURRENTLY t_v_idx;
ROLLBACK;
DO $$ BEGIN EXECUTE 'CREATE INDEX CONCURRENTLY ON apart.t (v)'; END $$;
CREATE ROLE concurrently_other;
GRANT USAGE ON SCHEMA apart TO concurrently_other;
SET ROLE concurrently_other;
CREATE INDEX CONCURRENTLY ON t (v);
DROP INDEX CONCURRENTLY t_v_idx;
REINDEX INDEX CONCURRENTLY t_v_idx;
RESET ROLE;
DROP OWNED BY concurrently_other;
DROP ROLE concurrently_other;
-- a reference table, a table on one shard
CREATE TABLE r (k int, v int);
SELECT create_reference_table('r');
CREATE INDEX CONCURRENTLY r_v ON r (v);
CREATE TABLE one (k int, v int);
SELECT create_distributed_table('one', NULL);
CREATE INDEX CONCURRENTLY one_v ON one (v);
SELECT * FROM indexes();
DROP SCHEMA apart CASCADE;
