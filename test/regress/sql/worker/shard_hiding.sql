-- clients neither see shards in the system catalogs nor change them by hand, unless they ask to
BEGIN;
\set VERBOSITY terse
\set ON_ERROR_ROLLBACK on
SET LOCAL client_min_messages TO warning;
CREATE SCHEMA shard_hiding;
SET LOCAL search_path TO shard_hiding;
CREATE TABLE t (k integer PRIMARY KEY, v integer);
CREATE INDEX ON t (v);
CREATE STATISTICS st ON k, v FROM t;
CREATE TABLE p (k integer, d integer) PARTITION BY RANGE (d);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE t_990000203 (k integer PRIMARY KEY);
INSERT INTO pg_dist_partition SELECT r::regclass, 'h', column_name_to_column(r::regclass, 'k'), 990201, 's'
FROM unnest('{t, p, p1}'::text[]) r;
INSERT INTO pg_dist_shard VALUES
    ('t', 990000201, 't', -2147483648, -1), ('t', 990000202, 't', 0, 2147483647),
    ('p', 990000203, 't', -2147483648, -1), ('p1', 990000204, 't', -2147483648, -1);
INSERT INTO pg_dist_placement (shardid, shardstate, shardlength, groupid)
SELECT shardid, 1, 0, 0 FROM pg_dist_shard WHERE shardid BETWEEN 990000201 AND 990000204;
SELECT citus_internal.create_shards('t', '{990000201, 990000202}'), citus_internal.create_shards('p', '{990000203}'),
    citus_internal.create_shards('p1', '{990000204}');
CREATE TABLE citus_internal.key_990201 (k integer PRIMARY KEY);

-- not in lists, not in joins on either side, not in sub-queries, CTEs or functions; others of such a name are seen
\dt
\di
\dX
SELECT relname FROM pg_class WHERE relname LIKE '%990%' ORDER BY 1;
SELECT i.indexrelid = c.oid AS found FROM pg_index i LEFT JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = 't_990000201'::regclass OR i.indrelid = 't'::regclass ORDER BY 1;
SELECT table_name FROM information_schema.tables WHERE table_name LIKE '%990%';
SELECT tablename, indexname FROM pg_indexes WHERE indexname LIKE '%990%';
WITH c AS (SELECT * FROM pg_class) SELECT count(*), (SELECT count(*) FROM pg_class WHERE relname LIKE '%990%') FROM c WHERE relname LIKE '%990%';
SELECT EXISTS (SELECT FROM pg_class WHERE oid = 't_990000201'::regclass);
CREATE FUNCTION number() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM pg_class WHERE relname LIKE '%990%' $$;
SELECT number();
SELECT stxname FROM pg_statistic_ext WHERE stxname LIKE 'st%' ORDER BY 1;
-- but by those who ask
SELECT r, relation_is_a_known_shard(r), citus_table_is_visible(r)
FROM unnest('{t, t_990000201, t_pkey_990000201, p_990000203, t_990000203, p1_990000204}'::regclass[]) r;
SELECT citus_table_is_visible(0), citus_table_is_visible('pg_class'::regclass);
SELECT * FROM citus_shards_on_worker WHERE "Schema" = 'shard_hiding';
SELECT * FROM citus_shard_indexes_on_worker WHERE "Schema" = 'shard_hiding';
SET LOCAL application_name TO 'My tool 1.0';
SET LOCAL citus.show_shards_for_app_name_prefixes TO 'other, "My tool"';
SELECT count(*) FROM pg_class WHERE relname LIKE '%990%';
SET LOCAL application_name TO 'my tool';
SELECT count(*) FROM pg_class WHERE relname LIKE '%990%';
SET LOCAL citus.show_shards_for_app_name_prefixes TO '*';
SELECT count(*) FROM pg_class WHERE relname LIKE '%990%';
SET LOCAL citus.show_shards_for_app_name_prefixes TO '';
SET LOCAL citus.override_table_visibility TO off;
SELECT count(*) FROM pg_class WHERE relname LIKE '%990%';
SET LOCAL citus.override_table_visibility TO on;
SELECT count(*) FROM pg_class WHERE relname LIKE '%990%';

-- no changes by hand
INSERT INTO t_990000201 VALUES (1);
UPDATE t_990000201 SET v = 1;
DELETE FROM t_990000201;
MERGE INTO t_990000201 s USING t_990000203 o ON s.k = o.k WHEN MATCHED THEN DELETE;
WITH w AS (INSERT INTO t_990000201 VALUES (1) RETURNING *) SELECT * FROM w;
DO 'BEGIN INSERT INTO shard_hiding.t_990000201 VALUES (1); END';
TRUNCATE t_990000203, t_990000201;
ALTER TABLE t_990000201 ADD COLUMN x integer;
ALTER TABLE t_990000201 RENAME TO x;
ALTER TABLE t_990000201 SET SCHEMA public;
CREATE INDEX ON t_990000201 (v);
DROP TABLE t_990000203, t_990000201;
DROP INDEX t_pkey_990000201;
INSERT INTO t_990000203 VALUES (1);
SELECT * FROM t_990000201;
COPY t_990000201 FROM PROGRAM 'true';
SET LOCAL citus.enable_manual_changes_to_shards TO on;
INSERT INTO t_990000201 VALUES (1);
SELECT * FROM t_990000201;
ROLLBACK;
