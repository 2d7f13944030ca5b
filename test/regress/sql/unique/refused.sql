-- Constraints that hold over all shards cannot be deferred, and EXCLUDE needs the distribution column.
\set SHOW_CONTEXT never
CREATE SCHEMA refused_keys;
SET search_path TO refused_keys;
CREATE TABLE t (k int, v int, w text);
SELECT create_distributed_table('t', 'k', shard_count => 4);
ALTER TABLE t ADD CONSTRAINT late UNIQUE (v) DEFERRABLE;
ALTER TABLE t ADD CONSTRAINT late UNIQUE (v) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE t ADD COLUMN x int UNIQUE DEFERRABLE;
ALTER TABLE t ADD CONSTRAINT apart EXCLUDE USING btree (v WITH =);
CREATE UNIQUE INDEX t_w ON t (w);
ALTER TABLE t ADD CONSTRAINT late UNIQUE USING INDEX t_w DEFERRABLE;
-- with the distribution column each shard can do it
ALTER TABLE t ADD CONSTRAINT late UNIQUE (k, v) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE t ADD CONSTRAINT apart EXCLUDE USING btree (k WITH =, v WITH =);
SELECT conname, condeferrable FROM pg_constraint WHERE conrelid = 't'::regclass ORDER BY 1;
-- new tables alike
CREATE TABLE late_table (k int, v int UNIQUE DEFERRABLE);
SELECT create_distributed_table('late_table', 'k');
CREATE TABLE apart_table (k int, v int, EXCLUDE USING btree (v WITH =));
SELECT create_distributed_table('apart_table', 'k');
CREATE TABLE p (k int, t int) PARTITION BY RANGE (t);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
SELECT create_distributed_table('p', 'k', shard_count => 4);
ALTER TABLE p1 ADD CONSTRAINT p1_late UNIQUE (t) DEFERRABLE;
SET client_min_messages TO warning;
DROP SCHEMA refused_keys CASCADE;
