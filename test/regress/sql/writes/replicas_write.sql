-- writes to tables with several copies: every copy gets the same rows, whatever the statement computes
\set SHOW_CONTEXT never
SET client_min_messages TO warning;
CREATE SCHEMA w_replica;
SET search_path TO w_replica;
SET citus.shard_count TO 4;
CREATE TABLE t (k int PRIMARY KEY, v float8, at timestamptz DEFAULT clock_timestamp(), id uuid DEFAULT gen_random_uuid(), s serial);
CREATE TABLE no_key (k int, v text);
CREATE TABLE ref (id int PRIMARY KEY, v float8, at timestamptz);
SELECT create_distributed_table('t', 'k', replication_factor => 2), create_distributed_table('no_key', 'k', replication_factor => 2);
SELECT create_reference_table('ref');
-- the copies of each shard, compared by their contents
CREATE FUNCTION copies(relation regclass) RETURNS TABLE (copies bigint, contents bigint) LANGUAGE sql AS $$
    SELECT count(*), count(DISTINCT (shardid, result)) FROM run_command_on_placements(relation,
        'SELECT count(*) || md5(coalesce(string_agg(s::text, chr(44) ORDER BY s::text), '''')) FROM %s s')
$$;

INSERT INTO t (k, v) VALUES (1, random()), (2, random()), (3, 3) RETURNING k;
INSERT INTO t (k, v) SELECT i, random() FROM generate_series(10, 500) i;
COPY t (k, v) FROM STDIN;
1000	1
1001	2
\.
SELECT * FROM copies('t');
INSERT INTO t (k, v) VALUES (1, 7), (4000, 7) ON CONFLICT (k) DO UPDATE SET v = excluded.v + 1, at = now() RETURNING k, v;
UPDATE t SET v = v * 2, at = now() WHERE k < 100;
UPDATE t SET v = random(), at = clock_timestamp() WHERE k < 50;
UPDATE t SET s = nextval('t_s_seq') WHERE k IN (1, 2);
UPDATE t SET v = (SELECT count(*) FROM no_key);
DELETE FROM t WHERE k > 300 AND random() < 2;
SELECT count(*), count(DISTINCT id), count(DISTINCT s) FROM t;
SELECT * FROM copies('t');

INSERT INTO no_key SELECT i, 'x' FROM generate_series(1, 50) i;
UPDATE no_key SET v = v || k WHERE k % 2 = 0;
DELETE FROM no_key WHERE k % 3 = 0;
UPDATE no_key SET v = random();
SELECT count(*), count(DISTINCT v) FROM no_key;
SELECT * FROM copies('no_key');

INSERT INTO ref SELECT i, random(), clock_timestamp() FROM generate_series(1, 20) i;
INSERT INTO ref VALUES (1, 0), (30, 0) ON CONFLICT (id) DO UPDATE SET v = ref.v + 1;
UPDATE ref SET v = random() WHERE id < 10;
UPDATE ref SET v = t.v FROM t WHERE t.k = ref.id;
UPDATE ref SET at = now();
DELETE FROM ref WHERE id IN (SELECT k FROM t WHERE k < 12);
SELECT count(*) FROM ref;
SELECT * FROM copies('ref');

-- nothing stays of a statement that fails on one of the copies
INSERT INTO t (k) VALUES (5000), (5001), (5002), (1);
UPDATE t SET k = k, v = 1 / (k - 1);
SELECT count(*) FROM t WHERE k >= 5000 OR v IS NULL;
SELECT * FROM copies('t');
BEGIN;
UPDATE t SET v = 0;
SAVEPOINT a;
DELETE FROM t;
ROLLBACK TO a;
TRUNCATE no_key;
INSERT INTO ref VALUES (100);
SELECT (SELECT sum(v) FROM t), (SELECT count(*) FROM no_key);
ROLLBACK;
SELECT * FROM copies('t');
SELECT * FROM copies('no_key');

-- from another node
SELECT nodeport AS worker FROM pg_dist_node WHERE groupid = 1 \gset
\set coordinator :PORT
\c - - - :worker
SET search_path TO w_replica;
INSERT INTO t (k, v) SELECT i, random() FROM generate_series(6000, 6300) i;
UPDATE t SET v = random() WHERE k > 6200;
DELETE FROM t WHERE k BETWEEN 6100 AND 6110;
UPDATE ref SET v = random();
INSERT INTO ref VALUES (7000, random());
\c - - - :coordinator
SET search_path TO w_replica;
SELECT count(*) FROM t WHERE k >= 6000;
SELECT * FROM copies('t');
SELECT * FROM copies('ref');
SET client_min_messages TO warning;
DROP SCHEMA w_replica CASCADE;
