-- the catalogs have the columns, constraints, indexes, triggers, sequences, rows and grants that tools of Citus read
\pset format unaligned
\pset tuples_only on
SELECT extversion FROM pg_extension WHERE extname = 'citus';

-- columns
SELECT attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid)
FROM pg_attribute
JOIN pg_class c ON c.oid = attrelid AND relkind IN ('r', 'v')
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE attnum > 0 AND (relname LIKE 'pg\_dist\_%' OR relname = 'citus_nodes'
    OR c.oid IN ('citus_internal.table_option'::regclass, 'citus_internal.global_key'::regclass, 'citus_internal.metadata_version'::regclass))
ORDER BY attrelid::regclass::text COLLATE "C", attnum;
-- constraints
SELECT conrelid::regclass, conname, pg_get_constraintdef(oid)
FROM pg_constraint
WHERE conrelid::regclass::text LIKE 'pg\_dist\_%'
    OR conrelid IN ('citus_internal.table_option'::regclass, 'citus_internal.global_key'::regclass)
ORDER BY conrelid::regclass::text COLLATE "C", conname COLLATE "C";
-- indexes without a constraint
SELECT indexdef FROM pg_indexes
WHERE (tablename LIKE 'pg\_dist\_%' OR tablename IN ('table_option', 'global_key')) AND schemaname IN ('pg_catalog', 'citus_internal')
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname)
ORDER BY indexname COLLATE "C";
-- triggers
SELECT pg_get_triggerdef(t.oid)
FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
WHERE NOT tgisinternal AND (relname LIKE 'pg\_dist\_%' OR relname IN ('table_option', 'global_key'))
ORDER BY relname COLLATE "C", tgname COLLATE "C";
-- sequences
SELECT sequencename, data_type, start_value, min_value, max_value, cycle
FROM pg_sequences WHERE schemaname = 'pg_catalog' ORDER BY sequencename COLLATE "C";
-- grants: what everybody may not read
SELECT c.oid::regclass FROM pg_class c
WHERE relkind IN ('r', 'v') AND (relname LIKE 'pg\_dist\_%' OR relnamespace = 'citus_internal'::regnamespace) AND relname !~ '^key_'
    AND NOT EXISTS (SELECT FROM aclexplode(relacl) WHERE grantee = 0 AND privilege_type = 'SELECT')
ORDER BY c.oid::regclass::text;
-- types
SELECT t.oid::regtype, string_agg(enumlabel, ',' ORDER BY enumsortorder)
FROM pg_enum JOIN pg_type t ON t.oid = enumtypid
WHERE typname IN ('distribution_type', 'shard_transfer_mode', 'citus_copy_format', 'noderole', 'citus_job_status', 'citus_task_status')
GROUP BY t.oid ORDER BY t.oid::regtype::text COLLATE "C";
SELECT typname, typlen, typbyval, typalign, typstorage FROM pg_type WHERE typname = 'cluster_clock';
-- initial rows
SELECT metadata - 'server_id', (metadata ->> 'server_id')::uuid = citus_server_id() FROM pg_dist_node_metadata;
SELECT groupid = 0 FROM pg_dist_local_group;
SELECT * FROM pg_dist_rebalance_strategy ORDER BY name;
-- everything that can be called is described
SELECT p.oid::regprocedure
FROM pg_proc p
JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
    AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'citus')
WHERE obj_description(p.oid, 'pg_proc') IS NULL ORDER BY p.oid::regprocedure::text;
-- and a plpgsql function does not look into the schemas of who calls it
SELECT p.oid::regprocedure
FROM pg_proc p JOIN pg_language l ON l.oid = prolang AND lanname = 'plpgsql'
JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
    AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'citus')
WHERE NOT coalesce(proconfig::text LIKE '%search_path=pg_catalog%', false) ORDER BY p.oid::regprocedure::text;

-- a dump does not hold the catalogs
SELECT extconfig FROM pg_extension WHERE extname = 'citus';

-- clocks: order, text and btree
SELECT c FROM (VALUES ('(5,10)'::cluster_clock), (' ( 5 , 2 ) '), ('(18446744073709551615,4294967295)'), ('(4,11)')) v (c) ORDER BY c;
SELECT '(1,2)'::cluster_clock = '(1,2)', '(1,2)'::cluster_clock <> '(1,2)', '(1,2)'::cluster_clock < '(1,3)',
       '(2,0)'::cluster_clock <= '(1,9)', '(2,0)'::cluster_clock > '(1,9)', '(2,0)'::cluster_clock >= '(2,0)',
       cluster_clock_cmp('(1,1)', '(1,2)'), citus_is_clock_after('(3,1)', '(3,0)'), cluster_clock_logical('(77,1)');
SELECT cluster_clock_send('(1,2)');
SELECT '(1,2'::cluster_clock;
SELECT '(1,2) x'::cluster_clock;
SELECT '(-1,2)'::cluster_clock;
SELECT '(1,4294967296)'::cluster_clock;

-- columns as text
CREATE TABLE catalogs_t (a int, gone int, "Ünit" text COLLATE "C");
ALTER TABLE catalogs_t DROP COLUMN gone;
SELECT column_to_column_name('catalogs_t', column_name_to_column('catalogs_t', 'Ünit'));
SELECT column_name_to_column('catalogs_t', 'gone');
SELECT column_name_to_column('catalogs_t', 'ctid');
SELECT column_to_column_name('catalogs_t', '{VAR :varno 1 :varattno 2 :vartype 23}');
SELECT column_to_column_name('catalogs_t', '{QUERY :commandType 1}');

-- checks of the catalogs
\set VERBOSITY terse
BEGIN;
SAVEPOINT s;
INSERT INTO pg_dist_authinfo VALUES (0, current_user, 'password=x host=elsewhere');
ROLLBACK TO s;
INSERT INTO pg_dist_authinfo VALUES (0, 'catalogs_nobody', 'password=x');
ROLLBACK TO s;
INSERT INTO pg_dist_poolinfo VALUES (1, 'host=pooler port=6432 user=x');
ROLLBACK TO s;
INSERT INTO pg_dist_poolinfo VALUES (1, 'host=');
ROLLBACK TO s;
INSERT INTO pg_dist_node (nodename, nodeport, groupid) VALUES ('catalogs.example', 1, 9001);
INSERT INTO pg_dist_node (nodename, nodeport, groupid) VALUES ('catalogs.example', 2, 9001);
ROLLBACK TO s;
INSERT INTO pg_dist_node (nodename, nodeport, groupid, nodecluster) VALUES ('catalogs.example', 1, 9001, 'other');
ROLLBACK TO s;
SELECT citus_add_rebalance_strategy('bad', 'now', 'citus_node_capacity_1', 'citus_shard_allowed_on_node_true', 0);
ROLLBACK TO s;
SELECT citus_add_rebalance_strategy('bad', 'citus_shard_cost_1', 'citus_node_capacity_1', 'citus_shard_allowed_on_node_true', 0, 1);
ROLLBACK TO s;
SELECT citus_set_default_rebalance_strategy('no such');
ROLLBACK TO s;
SELECT citus_set_default_rebalance_strategy('by_shard_count');
SELECT name FROM pg_dist_rebalance_strategy WHERE default_strategy;
ROLLBACK;

-- writing through pg_dist_shard_placement
BEGIN;
INSERT INTO pg_dist_node (nodeid, nodename, nodeport, groupid) VALUES (9001, 'catalogs.example', 1, 9001), (9002, 'catalogs.example', 2, 9002);
INSERT INTO pg_dist_shard_placement (shardid, nodename, nodeport, placementid) VALUES (1, 'catalogs.example', 1, 900001);
SELECT * FROM pg_dist_placement WHERE shardid = 1;
UPDATE pg_dist_shard_placement SET nodeport = 2 WHERE shardid = 1;
SELECT shardid, nodename, nodeport FROM pg_dist_shard_placement WHERE shardid = 1;
SELECT * FROM citus_nodes WHERE nodename = 'catalogs.example' ORDER BY nodeport;
SELECT citus_nodename_for_nodeid(9002), citus_nodeport_for_nodeid(9002), citus_nodename_for_nodeid(9003);
DELETE FROM pg_dist_shard_placement WHERE shardid = 1;
SELECT count(*) FROM pg_dist_placement WHERE shardid = 1;
INSERT INTO pg_dist_shard_placement (shardid, nodename, nodeport) VALUES (1, 'catalogs.example', 3);
ROLLBACK;

-- rows about a table that goes in the same transaction
BEGIN;
INSERT INTO pg_dist_partition VALUES ('catalogs_t', 'n', NULL, 0, 's');
INSERT INTO pg_dist_shard VALUES ('catalogs_t', 1, 't', NULL, NULL);
INSERT INTO pg_dist_placement VALUES (900001, 1, 1, 0, 0);
DELETE FROM pg_dist_placement WHERE shardid = 1;
DELETE FROM pg_dist_shard WHERE shardid = 1;
DELETE FROM pg_dist_partition WHERE logicalrelid = 'catalogs_t'::regclass;
DROP TABLE catalogs_t;
ROLLBACK;
DROP TABLE catalogs_t;
SELECT citus_dist_node_cache_invalidate();

-- global pids
SELECT citus_calculate_gpid(3, 77), citus_nodeid_for_gpid(30000000077), citus_pid_for_gpid(30000000077);
SELECT citus_version() ~ '^Citus 13\.2\.2 .*PostgreSQL \d+';
