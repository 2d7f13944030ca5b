-- VACUUM and ANALYZE reach the shards on all nodes; shells know on all nodes what the planner wants to know.
\set SHOW_CONTEXT never
CREATE SCHEMA maintenance;
SET search_path TO maintenance;
SET client_min_messages TO warning;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE t (k int, gone int, v text, m mood, "A b" int[], d date, n numeric);
ALTER TABLE t DROP COLUMN gone;
SELECT create_distributed_table('t', 'k', shard_count => 4);
INSERT INTO t SELECT i, 'v' || i % 10, CASE WHEN i % 2 = 0 THEN 'ok'::mood END, ARRAY[i % 3], '2020-01-01'::date + i % 100, i / 7.0
FROM generate_series(1, 20000) i;
CREATE UNIQUE INDEX t_n ON t (n);
CREATE STATISTICS together (dependencies) ON v, m FROM t;
CREATE TABLE ref (k int PRIMARY KEY, v text);
SELECT create_reference_table('ref');
INSERT INTO ref SELECT i, i FROM generate_series(1, 500) i;
-- What the shards of t on all nodes have: rows in pg_stats, pages, pages that VACUUM has marked
CREATE FUNCTION here(OUT statistics bigint, OUT pages numeric, OUT marked bool) LANGUAGE sql
SET citus.override_table_visibility TO off SET search_path TO pg_catalog, maintenance AS $$
    SELECT (SELECT count(*) FROM pg_stats WHERE tablename ~ '^t_\d+$'), sum(pg_relation_size(oid)) / 8192, bool_and(relallvisible > 0)
    FROM pg_class WHERE relname ~ '^t_\d+$' AND relnamespace = 'maintenance'::regnamespace
$$;
CREATE FUNCTION there(what text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT result FROM run_command_on_all_nodes(format('SELECT %s FROM maintenance.here()', what)) WHERE result <> '' AND result <> '0'
$$;

ANALYZE t, ref;
SELECT relname, relpages > 100 AS pages, reltuples FROM pg_class WHERE oid IN ('t'::regclass, 'ref'::regclass) ORDER BY 1;
SELECT attname, round(null_frac::numeric, 1) AS nulls, n_distinct, most_common_vals IS NOT NULL AS common, histogram_bounds IS NOT NULL AS bounds,
       most_common_elems FROM pg_stats WHERE schemaname = 'maintenance' AND tablename = 't' ORDER BY 1;
SELECT most_common_vals FROM pg_stats WHERE tablename = 't' AND attname = 'm';
SELECT d.stxddependencies IS NOT NULL AS dependencies FROM pg_statistic_ext s JOIN pg_statistic_ext_data d ON s.oid = d.stxoid WHERE stxname = 'together';
-- the same on every node
SELECT count(DISTINCT result), count(*) FROM run_command_on_all_nodes($$
    SELECT md5(string_agg(concat(attname, null_frac, avg_width, n_distinct, most_common_vals, most_common_freqs, histogram_bounds, correlation, most_common_elems), '' ORDER BY tablename, attname))
           || ' ' || (SELECT string_agg(reltuples::text, ' ') FROM pg_class WHERE relname IN ('t', 'ref') AND relnamespace = 'maintenance'::regnamespace)
    FROM pg_stats WHERE schemaname = 'maintenance' AND tablename IN ('t', 'ref')$$);
-- shards have been analysed
SELECT sum(there::int) FROM there('statistics');
DROP STATISTICS together;
-- some columns, wrong columns, in a transaction
INSERT INTO t SELECT -i, 'new' FROM generate_series(1, 20000) i;
ANALYZE t (v);
SELECT attname, n_distinct FROM pg_stats WHERE tablename = 't' AND attname IN ('v', 'k') ORDER BY 1;
ANALYZE t (nope);
ANALYZE t (v, v);
BEGIN;
ANALYZE t;
ROLLBACK;
SELECT attname, n_distinct FROM pg_stats WHERE tablename = 't' AND attname = 'm' ORDER BY 1;
ANALYZE t;
SELECT round(null_frac::numeric, 2) FROM pg_stats WHERE tablename = 't' AND attname = 'm' ORDER BY 1;

-- partitions
CREATE TABLE p (k int, t int) PARTITION BY RANGE (t);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20);
SELECT create_distributed_table('p', 'k', shard_count => 4);
INSERT INTO p SELECT i, i % 15 FROM generate_series(1, 3000) i;
ANALYZE p;
SELECT relname, reltuples FROM pg_class WHERE relname IN ('p', 'p1', 'p2') AND relnamespace = 'maintenance'::regnamespace ORDER BY 1;
SELECT tablename, inherited, n_distinct FROM pg_stats WHERE schemaname = 'maintenance' AND tablename IN ('p', 'p1', 'p2') AND attname = 't' ORDER BY 1;

-- VACUUM
SELECT sum(there::numeric) AS before FROM there('pages') \gset
DELETE FROM t WHERE k < 0;
VACUUM (ANALYZE, TRUNCATE) t, p;
SELECT reltuples FROM pg_class WHERE oid = 't'::regclass;
SELECT DISTINCT there FROM there('marked');
VACUUM FULL t;
SELECT sum(there::numeric) < :before AS is_smaller FROM there('pages');
BEGIN;
VACUUM t;
ROLLBACK;
VACUUM (nonsense) t;
CREATE ROLE maintenance_reader;
GRANT USAGE ON SCHEMA maintenance TO maintenance_reader;
SET ROLE maintenance_reader;
ANALYZE t;
VACUUM t;
RESET ROLE;
DROP OWNED BY maintenance_reader;
DROP ROLE maintenance_reader;
SELECT reltuples FROM pg_class WHERE oid = 't'::regclass;

DROP SCHEMA maintenance CASCADE;
