-- who shares shard groups with whom: by hash family, number of shards and copies, and by name
\set SHOW_CONTEXT never
CREATE SCHEMA colo;
SET search_path TO colo;
SET citus.shard_count TO 6;
CREATE TABLE i2 (k int2); CREATE TABLE i4 (k int4); CREATE TABLE i8 (k int8);
CREATE TABLE tx (k text); CREATE TABLE vc (k varchar(20)); CREATE TABLE bc (k char(5)); CREATE TABLE txc (k text COLLATE "C");
CREATE TABLE d (k date); CREATE TABLE ts (k timestamp); CREATE TABLE u (k uuid);
CREATE TABLE four (k int); CREATE TABLE twice (k int); CREATE TABLE apart (k int); CREATE TABLE apart_too (k bigint);
SELECT t, create_distributed_table(t, 'k') FROM unnest('{i4,i2,i8,tx,vc,bc,txc,d,ts,u}'::text[]) t;
SELECT create_distributed_table('four', 'k', shard_count => 4);
SELECT create_distributed_table('twice', 'k', replication_factor => 2);
SELECT create_distributed_table('apart', 'k', colocate_with => 'none');
SELECT create_distributed_table('apart_too', 'k', colocate_with => 'apart');
SELECT string_agg(logicalrelid::text, ', ' ORDER BY logicalrelid::text) AS together, shardcount, replicationfactor,
       distributioncolumntype::regtype
FROM pg_dist_partition JOIN pg_dist_colocation USING (colocationid)
WHERE logicalrelid::text = ANY ('{i2,i4,i8,tx,vc,bc,txc,d,ts,u,four,twice,apart,apart_too}')
GROUP BY colocationid, shardcount, replicationfactor, distributioncolumntype ORDER BY 1;
-- a table made later joins the oldest fitting group, never one that is apart
CREATE TABLE late (k int);
SELECT create_distributed_table('late', 'k');
SELECT distributed_tables_colocated('late', 'i8'), distributed_tables_colocated('late', 'apart'),
       distributed_tables_colocated('i4', 'tx'), distributed_tables_colocated('late', 'late');
SELECT distributed_tables_colocated('late', 'pg_class');
SELECT get_colocated_table_array('i4') @> '{i2,i4,i8,late}', get_colocated_table_array('apart');
SELECT get_colocated_table_array('pg_class');

-- equal values of one family find shards of one ordinal
SELECT get_shard_id_for_distribution_column('i8', 7) = ANY (get_colocated_shard_array(get_shard_id_for_distribution_column('i2', 7)));
SELECT get_shard_id_for_distribution_column('i8', '7') = get_shard_id_for_distribution_column('i8', 7::int8);
SELECT bool_and(get_shard_id_for_distribution_column('i8', i) = shardid)
FROM generate_series(-50, 50) i
JOIN pg_dist_shard ON logicalrelid = 'i8'::regclass AND worker_hash(i) BETWEEN shardminvalue::int AND shardmaxvalue::int;
SELECT get_shard_id_for_distribution_column('i8') = get_shard_id_for_distribution_column('i8', NULL);
SELECT get_shard_id_for_distribution_column('i8', 'no number');
SELECT get_colocated_shard_array(1);
SELECT worker_hash(NULL::int), worker_hash(1), worker_hash(1::int2), worker_hash(1::bigint), worker_hash(-1::bigint), worker_hash('a'::text);
SELECT worker_hash('a');
SELECT worker_hash('(1,2)'::point);

-- leaving and joining a group
SELECT update_distributed_table_colocation('late', 'none');
SELECT distributed_tables_colocated('late', 'i8');
SELECT update_distributed_table_colocation('late', 'apart');
SELECT distributed_tables_colocated('late', 'apart_too');
SELECT update_distributed_table_colocation('late', 'i8');
SELECT distributed_tables_colocated('late', 'i4');
SELECT update_distributed_table_colocation('late', 'four');
SELECT update_distributed_table_colocation('late', 'tx');
\set VERBOSITY terse
SELECT update_distributed_table_colocation('late', 'twice');
\set VERBOSITY default
-- unique keys over all shards go along, and are not shown
CREATE TABLE keyed (id int PRIMARY KEY, k int);
INSERT INTO keyed SELECT i, i % 7 FROM generate_series(1, 50) i;
SELECT create_distributed_table('keyed', 'k');
SELECT update_distributed_table_colocation('keyed', 'none');
SELECT get_colocated_table_array('keyed'), array_length(get_colocated_shard_array(get_shard_id_for_distribution_column('keyed', 1)), 1);
INSERT INTO keyed VALUES (7, 100);
INSERT INTO keyed VALUES (51, 1);
ALTER TABLE keyed SET (shard_replication_factor = 2);
INSERT INTO keyed VALUES (51, 3);
SELECT rebalance_table_shards('keyed');
UPDATE keyed SET id = 1 WHERE k = 5 AND id = 5;
SELECT count(*), count(DISTINCT id) FROM keyed;
SELECT update_distributed_table_colocation('pg_class', 'i4');
SELECT count(DISTINCT result), bool_and(success) FROM run_command_on_all_nodes($$
    SELECT string_agg(logicalrelid || ' ' || colocationid, ',' ORDER BY logicalrelid::text)
    FROM pg_dist_partition WHERE logicalrelid::text LIKE 'colo.%'$$);
-- no group without a table stays behind
SELECT count(*) FROM pg_dist_colocation c
WHERE shardcount = 6 AND NOT EXISTS (SELECT FROM pg_dist_partition p WHERE p.colocationid = c.colocationid);
SET client_min_messages TO warning;
DROP SCHEMA colo CASCADE;
