-- a key over all shards survives the change of its column's type
\set SHOW_CONTEXT never
CREATE SCHEMA changed_types;
SET search_path TO changed_types;
SET client_min_messages TO warning;
CREATE TABLE t (k int, v int, w int, b boolean);
SELECT create_distributed_table('t', 'k', shard_count => 4, colocate_with => 'none');
CREATE UNIQUE INDEX t_v ON t (v);
ALTER TABLE t ADD CONSTRAINT t_w UNIQUE (w);
CREATE UNIQUE INDEX t_e ON t ((w + 1)) WHERE b;
CREATE UNIQUE INDEX t_p ON t ((v * 2)) WHERE b::text > 'a';
INSERT INTO t SELECT i, i, i, i % 2 = 0 FROM generate_series(1, 10) i;
ALTER TABLE t ALTER v TYPE bigint;
INSERT INTO t VALUES (11, 5, 11);
ALTER TABLE t ALTER w TYPE numeric USING w / 10.0;
INSERT INTO t VALUES (11, 11, 0.5);
ALTER TABLE t ALTER b TYPE text;
INSERT INTO t VALUES (11, 11, 11, 'true') ON CONFLICT (v) DO NOTHING;
INSERT INTO t VALUES (12, 11, 12, 'true') ON CONFLICT (v) DO UPDATE SET w = 13;
SELECT * FROM t WHERE v = 11;
-- one that makes values equal fails, and leaves all as it was
ALTER TABLE t ALTER v TYPE int USING v / 2;
INSERT INTO t VALUES (13, 5, 14);
BEGIN;
ALTER TABLE t ALTER v TYPE int;
INSERT INTO t VALUES (13, 5, 14);
ROLLBACK;
INSERT INTO t VALUES (13, 5, 14);
SELECT count(*) FROM citus_internal.global_key WHERE relid = 't'::regclass;
DROP SCHEMA changed_types CASCADE;
SELECT count(*) FROM citus_internal.global_key WHERE relid NOT IN (SELECT oid FROM pg_class);
