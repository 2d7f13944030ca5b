-- sizes of tables, indexes and shards over all nodes, and the views that show them
CREATE SCHEMA sizes;
SET search_path TO sizes, public;
SET citus.shard_count TO 4;
CREATE TABLE hashed (id int PRIMARY KEY, filler text);
CREATE TABLE "Ref Table" (id int);
CREATE TABLE single (id int);
CREATE TABLE plain (id int);
CREATE TABLE parent (id int, day date) PARTITION BY RANGE (day);
CREATE TABLE parent_1 PARTITION OF parent FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
INSERT INTO hashed SELECT i, repeat('x', 100) FROM generate_series(1, 1000) i;
INSERT INTO parent SELECT i, '2020-02-02' FROM generate_series(1, 1000) i;
SET client_min_messages TO warning;
SELECT create_distributed_table('hashed', 'id', colocate_with => 'none');
SELECT create_reference_table('"Ref Table"');
SELECT create_distributed_table('single', NULL);
SELECT create_distributed_table('parent', 'id', colocate_with => 'none');
RESET client_min_messages;

-- a table is as large as its parts
SELECT citus_relation_size('hashed') > 100000 AS rows, citus_table_size('hashed') > citus_relation_size('hashed') AS forks,
       citus_total_relation_size('hashed') = citus_table_size('hashed') + citus_relation_size('hashed_pkey') AS indexes,
       citus_total_relation_size('hashed', fail_on_error => false) = citus_total_relation_size('hashed') AS lenient;
SELECT citus_total_relation_size('hashed') = sum(shard_size) FROM citus_shards WHERE table_name = 'hashed'::regclass;
SELECT citus_total_relation_size('parent') = citus_total_relation_size('parent_1'), citus_relation_size('parent') > 0;
SELECT citus_relation_size('"Ref Table"'), citus_relation_size('single');
SELECT available_disk_size BETWEEN 1 AND total_disk_size FROM citus_local_disk_space_stats();
SELECT bool_and(success), sum(result::bigint) = citus_table_size('parent') FROM run_command_on_placements('parent', $$SELECT worker_partitioned_table_size('%s')$$);
SELECT citus_table_size('plain');
SELECT citus_table_size('pg_class');

SELECT table_name, citus_table_type, distribution_column, table_size, shard_count, table_owner = current_user AS mine, access_method
FROM citus_tables WHERE table_name::text !~ 'hashed|parent' AND table_name::oid IN (SELECT oid FROM pg_class WHERE relnamespace = 'sizes'::regnamespace)
ORDER BY 1::text;
SELECT table_name, citus_table_type, distribution_column, shard_count FROM citus_tables
WHERE table_name IN ('hashed'::regclass, 'parent'::regclass, 'parent_1'::regclass) ORDER BY table_name::text;
SELECT table_name, count(DISTINCT shardid), count(*) = count(shard_size) AS all_known, bool_and(shard_name = shard_name(table_name, shardid)) AS named
FROM citus_shards WHERE table_name IN ('hashed'::regclass, 'single'::regclass) GROUP BY table_name ORDER BY table_name::text;
-- a reference table has a copy on every node
SELECT count(*) = (SELECT count(*) FROM pg_dist_node WHERE noderole = 'primary' AND isactive)
FROM citus_shards WHERE table_name = '"Ref Table"'::regclass;
-- where the shards are is the same everywhere
SELECT count(DISTINCT result) FROM run_command_on_all_nodes($$
    SELECT string_agg(s::text, ',' ORDER BY s::text) FROM citus_shards s WHERE table_name = 'sizes.hashed'::regclass $$);

-- in a transaction that has written, and for whom may not read the table
BEGIN;
COPY single FROM STDIN;
1
2
\.
SELECT citus_relation_size('single') > 0;
ROLLBACK;
SELECT count(*) FROM run_command_on_all_nodes('CREATE ROLE sizes_nobody');
SELECT count(*) FROM run_command_on_all_nodes('GRANT USAGE ON SCHEMA sizes TO sizes_nobody');
SET ROLE sizes_nobody;
SELECT citus_table_size('hashed') > 0, (SELECT count(*) FROM citus_tables WHERE table_name = 'hashed'::regclass);
RESET ROLE;

SELECT citus_shard_cost_by_disk_size(shardid) > 104857600
FROM pg_dist_shard WHERE logicalrelid = 'hashed'::regclass ORDER BY shardid LIMIT 1;
SELECT citus_shard_cost_by_disk_size(0);

SELECT shard_name('hashed', 5), shard_name('"Ref Table"', 5), shard_name('hashed_pkey', 7), shard_name('hashed', NULL);
SELECT shard_name('pg_class'::regclass, 7), shard_name('hashed', 0);

SET client_min_messages TO warning;
DROP SCHEMA sizes CASCADE;
SELECT count(*) FROM run_command_on_all_nodes('DROP ROLE sizes_nobody');
SELECT DISTINCT success, result FROM run_command_on_all_nodes('SELECT count(*) FROM pg_roles WHERE rolname = ''sizes_nobody''');
