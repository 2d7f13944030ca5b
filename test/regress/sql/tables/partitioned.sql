-- a distributed partitioned table is read and written as one table, and each partition as one
\set VERBOSITY terse
SET client_min_messages TO warning;
CREATE SCHEMA partitioned;
SET search_path TO partitioned;
CREATE TABLE m (k integer, d date, x text) PARTITION BY RANGE (d);
CREATE TABLE m1 PARTITION OF m FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE m2 (x text, d date, k integer); -- columns in another order
ALTER TABLE m ATTACH PARTITION m2 FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
SELECT create_distributed_table('m', 'k');
CREATE TABLE m3 PARTITION OF m FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');
INSERT INTO m SELECT i, '2020-06-01'::date + i * 12, 'x' FROM generate_series(1, 60) i;
SELECT count(*), min(d), max(d) FROM m;
SELECT m FROM m WHERE k IN (1, 50) ORDER BY k;
SELECT (SELECT count(*) FROM m1), (SELECT count(*) FROM m2), (SELECT count(*) FROM m3);
SELECT date_trunc('year', d)::date, count(*) FROM m GROUP BY 1 ORDER BY 1;
SELECT count(*) FROM m a JOIN m b USING (k, d);
SELECT count(*) FROM m JOIN m2 USING (k);
SELECT tableoid::regclass, count(*) FROM m2 GROUP BY 1;
UPDATE m SET x = 'y' WHERE d > '2021-01-01';
SELECT x, count(*) FROM m GROUP BY x ORDER BY x;
UPDATE m SET d = '2020-02-02' WHERE k = 50 RETURNING *;
DELETE FROM m2 WHERE k < 30;
SELECT (SELECT count(*) FROM m1), (SELECT count(*) FROM m2), (SELECT count(*) FROM m3);
INSERT INTO m VALUES (1, '2030-01-01');
INSERT INTO m2 VALUES ('z', '2020-01-01', 1);
DROP SCHEMA partitioned CASCADE;
