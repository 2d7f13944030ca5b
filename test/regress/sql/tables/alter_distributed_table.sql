-- alter_distributed_table: another column, another number of shards, another company
\set SHOW_CONTEXT never
CREATE SCHEMA alt;
SET search_path TO alt;
CREATE VIEW how AS
SELECT logicalrelid::text AS "table", column_to_column_name(logicalrelid, partkey) AS key, repmodel,
       (SELECT count(*) FROM pg_dist_shard s WHERE s.logicalrelid = p.logicalrelid) AS shards,
       dense_rank() OVER (ORDER BY colocationid) AS grp
FROM pg_dist_partition p WHERE logicalrelid::text IN ('a', 'b', 'c', 'p', 'p1');
CREATE TABLE a (id int PRIMARY KEY, v int);
CREATE TABLE b (id int REFERENCES a, v int);
CREATE TABLE c (id int);
CREATE VIEW over_a AS SELECT * FROM a;
INSERT INTO a SELECT i, i % 10 FROM generate_series(1, 100) i;
INSERT INTO b SELECT i, i FROM generate_series(1, 50) i;
SET client_min_messages TO warning;
SELECT create_distributed_table('a', 'id', shard_count => 4, colocate_with => 'none', replication_factor => 2);
SELECT create_distributed_table('b', 'id', colocate_with => 'a');
SELECT create_distributed_table('c', 'id', shard_count => 2, colocate_with => 'none');
RESET client_min_messages;
SELECT * FROM how ORDER BY 1;
-- all of the group, in the order that the foreign key asks for
SELECT alter_distributed_table('b', shard_count => 6, cascade_to_colocated => true);
SELECT * FROM how ORDER BY 1;
SELECT count(*), sum(a.v), sum(b.v) FROM a LEFT JOIN b USING (id);
INSERT INTO b VALUES (1000);
SELECT count(*) FROM over_a;
SELECT result, success FROM run_command_on_workers('SELECT count(*) FROM alt.over_a');
-- another column; the primary key holds all the same
ALTER TABLE b DROP CONSTRAINT b_id_fkey;
SELECT alter_distributed_table('a', distribution_column => 'v');
INSERT INTO a VALUES (1, 99);
SELECT * FROM how ORDER BY 1;
SELECT count(*), sum(v) FROM a WHERE v = 3;
-- beside another table
SELECT alter_distributed_table('b', colocate_with => 'c', cascade_to_colocated => false);
SELECT * FROM how ORDER BY 1;
SELECT count(*), sum(v) FROM b;
-- partitions
CREATE TABLE p (k int, d int) PARTITION BY RANGE (d);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (100);
INSERT INTO p SELECT i, i % 100 FROM generate_series(1, 200) i;
SELECT create_distributed_table('p', 'k', shard_count => 3);
SELECT alter_distributed_table('p', distribution_column => 'd', shard_count => 5);
SELECT * FROM how WHERE "table" LIKE 'p%' ORDER BY 1;
SELECT count(*), sum(k) FROM p;
-- what is refused
SELECT alter_distributed_table('p1', shard_count => 2);
SELECT alter_distributed_table('a');
SELECT alter_distributed_table('a', distribution_column => 'v');
SELECT alter_distributed_table('a', distribution_column => 'missing');
SELECT alter_distributed_table('b', shard_count => 2);
SELECT alter_distributed_table('b', shard_count => 3);
SELECT alter_distributed_table('b', distribution_column => 'v', cascade_to_colocated => true);
SELECT alter_distributed_table('b', colocate_with => 'none', cascade_to_colocated => true);
SELECT alter_distributed_table('pg_class', shard_count => 2);
CREATE TABLE r AS SELECT 1 AS k;
SELECT create_reference_table('r');
SELECT alter_distributed_table('r', shard_count => 2);
SELECT * FROM how ORDER BY 1;
SELECT count(*) FROM pg_dist_colocation g WHERE NOT EXISTS (SELECT FROM pg_dist_partition p WHERE p.colocationid = g.colocationid) AND replicationfactor > 0;
SET client_min_messages TO warning;
DROP SCHEMA alt CASCADE;
