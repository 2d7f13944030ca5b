-- Shard groups sort, this node merges; LIMIT reaches them; all scans that a plan needs start together.
CREATE SCHEMA sorted_streams;
SET search_path = sorted_streams;
CREATE TABLE t (k int, v int, name text);
CREATE TABLE u (k int, w int);
SELECT create_distributed_table('t', 'k', shard_count => 6);
SELECT create_distributed_table('u', 'w', shard_count => 5, colocate_with => 'none');
INSERT INTO t SELECT i, i * 7919 % 10007, 'name ' || i % 13 FROM generate_series(1, 10000) i;
INSERT INTO u SELECT i % 50, i FROM generate_series(1, 300) i;

SET citus.explain_distributed_queries = off;
EXPLAIN (COSTS OFF) SELECT v, k FROM t ORDER BY v DESC, k;
EXPLAIN (COSTS OFF) SELECT name, max(v) FROM t GROUP BY name ORDER BY name;
EXPLAIN (COSTS OFF) SELECT v FROM t ORDER BY v LIMIT 3;
SET citus.push_order = off;
EXPLAIN (COSTS OFF) SELECT v, k FROM t ORDER BY v DESC, k;
RESET citus.push_order;
RESET citus.explain_distributed_queries;

-- More rows than one batch of each shard, in order.
SELECT count(*), bool_and(v >= before) FROM (SELECT v, lag(v, 1, 0) OVER () AS before FROM (SELECT v FROM t ORDER BY v OFFSET 0) x) y;
SELECT v, k FROM t ORDER BY v LIMIT 4 OFFSET 3000;
SELECT name, v FROM t ORDER BY name COLLATE "C" DESC, v FETCH FIRST 2 ROWS WITH TIES;
SELECT DISTINCT ON (name) name, v FROM t ORDER BY name, v DESC LIMIT 3;
SELECT DISTINCT v % 5 AS r FROM t ORDER BY r DESC LIMIT 2;

-- A cursor reads a part and goes on after other statements of the transaction.
BEGIN;
DECLARE c CURSOR FOR SELECT v FROM t ORDER BY v;
FETCH 2 FROM c;
SELECT count(*) FROM t;
MOVE 5000 FROM c;
FETCH 2 FROM c;
COMMIT;

-- A scan that the plan may never read does not start, so it does not fail.
SELECT CASE WHEN count(*) > 0 THEN 'rows' ELSE (SELECT max(1 / (k - k))::text FROM u) END FROM t;
SELECT count(*), sum(w) FROM t JOIN u ON t.v = u.w;

DROP SCHEMA sorted_streams CASCADE;
