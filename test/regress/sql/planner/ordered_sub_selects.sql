-- the order of a sub-select of FROM is kept by the level around it, as PostgreSQL keeps it
CREATE SCHEMA ordered;
SET search_path TO ordered;
SET client_min_messages TO warning;
CREATE TABLE t (k int, v int);
SELECT create_distributed_table('t', 'k', shard_count => 4, colocate_with => 'none');
INSERT INTO t SELECT i, -i FROM generate_series(1, 20) i;
CREATE VIEW sorted AS SELECT k, v FROM t ORDER BY v;

SELECT * FROM (SELECT v, k FROM t ORDER BY v) x LIMIT 3;
SELECT k FROM (SELECT v, k FROM t ORDER BY v) x WHERE k < 18 LIMIT 3 OFFSET 1;
SELECT * FROM sorted LIMIT 3;
SELECT array_agg(k) FROM (SELECT k FROM sorted) x;
SELECT array_agg(k) FROM (SELECT k FROM t ORDER BY v) x;
WITH x AS (SELECT * FROM t ORDER BY v) SELECT k FROM x LIMIT 2;
SELECT k FROM (SELECT * FROM (SELECT k, v FROM t ORDER BY v) y WHERE k > 4) x;
SELECT k FROM (SELECT k, v FROM t ORDER BY v LIMIT 5) x LIMIT 2;
-- where it does not matter, groups do the work
SELECT count(*), sum(k) FROM (SELECT k FROM t ORDER BY v) x;

DROP SCHEMA ordered CASCADE;
