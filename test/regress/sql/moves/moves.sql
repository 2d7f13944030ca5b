-- a shard group is copied and moved whole: co-located tables, partitions, foreign keys, unique keys; or nothing changes
\set SHOW_CONTEXT never
CREATE SCHEMA moves;
SET search_path TO moves;
CREATE FUNCTION node(in_group int) RETURNS int LANGUAGE sql AS 'SELECT nodeid FROM pg_dist_node WHERE groupid = in_group';
CREATE VIEW places AS
SELECT logicalrelid::text AS "table", row_number() OVER (PARTITION BY logicalrelid, groupid ORDER BY shardid) AS n,
       dense_rank() OVER (PARTITION BY logicalrelid ORDER BY shardid) AS shard, groupid
FROM pg_dist_shard JOIN pg_dist_placement USING (shardid);
CREATE TABLE ref (id int PRIMARY KEY);
INSERT INTO ref SELECT generate_series(1, 3);
SELECT create_reference_table('ref');
CREATE TABLE a (id int PRIMARY KEY, r int REFERENCES ref, v text);
CREATE TABLE b (a int REFERENCES a ON DELETE CASCADE, serial bigserial PRIMARY KEY, at timestamptz DEFAULT '2024-02-29 12:00+00',
    g float8 GENERATED ALWAYS AS (a / 3.0::float8) STORED, note text);
CREATE TABLE p (k bigint, day date, v int) PARTITION BY RANGE (day);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
INSERT INTO a SELECT i, 1 + i % 3, 'a' || i FROM generate_series(1, 100) i;
INSERT INTO b (a, note) SELECT 1 + i % 100, E'tab\t, newline\n, \\ and ' || i FROM generate_series(1, 300) i;
INSERT INTO b (a) VALUES (NULL);
INSERT INTO p SELECT i, '2024-01-01'::date + i, i FROM generate_series(1, 100) i;
SELECT create_distributed_table('a', 'id', shard_count => 4, colocate_with => 'none');
SELECT create_distributed_table('b', 'a', colocate_with => 'a');
SELECT create_distributed_table('p', 'k', colocate_with => 'a');
SELECT md5((SELECT string_agg(a::text, '|' ORDER BY id) FROM a) || (SELECT string_agg(b::text, '|' ORDER BY serial) FROM b)
           || (SELECT string_agg(p::text, '|' ORDER BY k) FROM p)) AS before \gset
SELECT min(shardid) AS first, max(shardid) AS last FROM pg_dist_shard WHERE logicalrelid = 'a'::regclass \gset
SELECT min(shardid) AS first_b FROM pg_dist_shard WHERE logicalrelid = 'b'::regclass \gset

-- a move, named by any shard of the group
SELECT citus_move_shard_placement(:first_b, node(1), node(2));
SELECT "table", shard, groupid FROM places WHERE "table" IN ('a', 'b', 'p', 'p1') ORDER BY 1, 2;
SELECT md5((SELECT string_agg(a::text, '|' ORDER BY id) FROM a) || (SELECT string_agg(b::text, '|' ORDER BY serial) FROM b)
           || (SELECT string_agg(p::text, '|' ORDER BY k) FROM p)) = :'before' AS is_same;
SELECT count(DISTINCT result), bool_and(success) FROM run_command_on_all_nodes($$
    SELECT string_agg(shardid || ' ' || groupid, ',' ORDER BY shardid) FROM pg_dist_placement$$);
-- keys hold at the new place
INSERT INTO a VALUES (1, 1);
INSERT INTO a VALUES (1001, 9);
INSERT INTO b (a) VALUES (1005);
INSERT INTO b (a, serial) VALUES (1, 7);
DELETE FROM a WHERE id <= 10;
SELECT count(*), count(DISTINCT serial) FROM b;
-- what was left behind holds on to nothing, and goes
DELETE FROM a;
DELETE FROM ref WHERE id = 3;
SELECT count(*) FROM ref;
SET client_min_messages TO warning;
CALL citus_cleanup_orphaned_resources();
RESET client_min_messages;
SELECT count(*) FROM pg_dist_cleanup;
INSERT INTO a SELECT i, 1 + i % 2, 'a' || i FROM generate_series(1, 100) i;

-- back again, by host and port, before and after the cleaning
SELECT citus_move_shard_placement(:first, s.nodename, s.nodeport, t.nodename, t.nodeport, 'block_writes')
FROM pg_dist_node s, pg_dist_node t WHERE s.groupid = 2 AND t.groupid = 1;
SELECT citus_move_shard_placement(:first, node(1), node(2));
SELECT master_move_shard_placement(:first, s.nodename, s.nodeport, t.nodename, t.nodeport)
FROM pg_dist_node s, pg_dist_node t WHERE s.groupid = 2 AND t.groupid = 1;
SELECT count(*), sum(id) FROM a;

-- a copy: every write reaches both
SELECT citus_copy_shard_placement(:last, node(2), node(1));
SELECT "table", shard, groupid FROM places WHERE "table" IN ('a', 'p1') ORDER BY 1, 2, 3;
SELECT repmodel, count(*) FROM pg_dist_partition WHERE logicalrelid IN ('a'::regclass, 'b', 'p', 'p1') GROUP BY 1;
UPDATE a SET v = v || '!';
INSERT INTO a SELECT i, 1 FROM generate_series(101, 200) i;
SELECT count(DISTINCT result), bool_and(success)
FROM run_command_on_placements('a', 'SELECT md5(string_agg(s::text, ''|'' ORDER BY id)) FROM %s s')
WHERE shardid = :last;
\set VERBOSITY sqlstate
SELECT citus_copy_shard_placement(:last, node(2), node(1));
SELECT citus_move_shard_placement(:last, node(2), node(1));
\set VERBOSITY default

-- what is refused
\set VERBOSITY sqlstate
SELECT citus_move_shard_placement(:first, node(2), node(1));
SELECT citus_move_shard_placement(:first, node(1), node(0));
SELECT citus_move_shard_placement(shardid, node(1), node(2)) FROM pg_dist_shard WHERE logicalrelid = 'ref'::regclass;
\set VERBOSITY default
SELECT citus_move_shard_placement(:first, node(1), node(2), 'force_logical');
SELECT citus_move_shard_placement(1, node(1), node(2));
SELECT citus_move_shard_placement(:first, 1000, node(2));
SELECT citus_move_shard_placement(:first, 'nowhere', 1, 'nowhere', 2);
CREATE ROLE mover;
GRANT USAGE ON SCHEMA moves TO mover;
SET ROLE mover;
SELECT citus_move_shard_placement(:first, 2, 3);
SELECT citus_internal.block_writes(1, 1);
RESET ROLE;

-- an owner who is no superuser moves his tables; what he wrote into them runs as he
GRANT CREATE ON SCHEMA moves TO mover;
SET ROLE mover;
CREATE FUNCTION who(int) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF current_user <> 'mover' THEN RAISE EXCEPTION 'runs as %', current_user; END IF;
    RETURN current_user;
END $$;
CREATE TABLE owned (k int, v text, w text GENERATED ALWAYS AS (who(k)) STORED, CHECK (who(k) = 'mover'));
CREATE INDEX ON owned ((who(k) || v));
INSERT INTO owned SELECT i, i FROM generate_series(1, 20) i;
SELECT create_distributed_table('owned', 'k', shard_count => 2, colocate_with => 'none');
RESET ROLE;
SELECT citus_move_shard_placement(min(shardid), node(1), node(2)) FROM pg_dist_shard WHERE logicalrelid = 'owned'::regclass;
SELECT count(*), count(w) FROM owned;
SELECT undistribute_table('owned');
SELECT count(*), count(w) FROM owned;

-- rolled back
BEGIN;
SELECT citus_move_shard_placement(:first, node(1), node(2));
SELECT count(*) FROM a;
INSERT INTO a SELECT i, 1 FROM generate_series(201, 300) i;
SELECT count(*) FROM a;
ROLLBACK;
SELECT count(*) FROM a;
SELECT groupid FROM places WHERE "table" = 'a' AND shard = 1;
SET client_min_messages TO warning;
DROP SCHEMA moves CASCADE;
DROP ROLE mover;
