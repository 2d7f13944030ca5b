-- What other systems of this kind answer wrongly or refuse.
-- keys on the nullable side of an outer join
SELECT b.k, count(*) FROM a LEFT JOIN b ON a.k = b.k GROUP BY b.k ORDER BY 1;
SELECT * FROM (SELECT b.k, count(*) FROM a LEFT JOIN b ON a.k = b.k GROUP BY b.k) x ORDER BY 1;
SELECT count(*) FROM (SELECT DISTINCT b.k FROM a LEFT JOIN b ON a.k = b.k) x;
SELECT b.k, row_number() OVER (PARTITION BY b.k ORDER BY a.v, a.k) FROM a LEFT JOIN b ON a.k = b.k ORDER BY 1, 2;
SELECT a.v, count(*) OVER (PARTITION BY b.k) FROM a LEFT JOIN b ON a.k = b.k ORDER BY 1, 2;
SELECT b.k, sum(a.v) FROM a FULL JOIN b USING (k) GROUP BY b.k ORDER BY 1;
-- a statement does not see what its own WITH writes
BEGIN;
WITH x AS (UPDATE a SET v = v + 1000 WHERE k = 7 RETURNING k, v) SELECT a.v, x.v FROM a JOIN x ON a.k = x.k ORDER BY 1, 2;
ROLLBACK;
-- names of shards do not show
SELECT DISTINCT tableoid::regclass FROM a;
-- correlated sub-queries and LATERAL on columns that are no distribution columns
SELECT v, (SELECT count(*) FROM c WHERE c.k = a.v) FROM a WHERE v < 30 ORDER BY 1, 2;
SELECT v, (SELECT max(b.w) FROM b WHERE b.w < a.v) FROM a WHERE v < 30 ORDER BY 1, 2;
SELECT a.v, x.id FROM a, LATERAL (SELECT id FROM c WHERE c.k = a.v ORDER BY id LIMIT 1) x ORDER BY 1, 2;
SELECT a.v, x.id FROM a LEFT JOIN LATERAL (SELECT id FROM c WHERE c.k > a.v ORDER BY k, id LIMIT 1) x ON true WHERE a.v < 12 ORDER BY 1, 2;
SELECT count(*) FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.w = a.v) OR EXISTS (SELECT 1 FROM c WHERE c.k = a.v);
SELECT count(*) FROM a WHERE k = 3 OR v IN (SELECT w FROM b);
SELECT count(*) FROM a WHERE v > (SELECT avg(v) FROM a x WHERE x.t = a.t);
SELECT count(*) FROM a WHERE NOT EXISTS (SELECT 1 FROM b WHERE b.w = a.v AND b.k > a.k);
SELECT EXISTS (SELECT 1 FROM c WHERE c.k = a.v), count(*) FROM a GROUP BY 1 ORDER BY 1;
-- joins that are not on the distribution columns
SELECT count(*) FROM a LEFT JOIN b ON a.v = b.w;
SELECT count(*) FROM a RIGHT JOIN c ON a.v = c.k;
SELECT count(*) FROM a FULL JOIN c ON a.v = c.k;
SELECT count(*) FROM a JOIN b ON a.v < b.w;
SELECT count(*) FROM a LEFT JOIN b ON a.k < b.k AND b.w = 3;
SELECT count(*) FROM a, b WHERE a.v + 1 = b.w * 2;
SELECT a.v FROM a LEFT JOIN c ON a.v = c.k WHERE c.id IS NULL ORDER BY 1;
-- rows that are the same on all nodes around a sub-query
SELECT r.id, (SELECT count(*) FROM a WHERE a.k = r.id) FROM r ORDER BY 1;
SELECT r.id FROM r WHERE EXISTS (SELECT 1 FROM a WHERE a.v = r.id) ORDER BY 1;
SELECT x, (SELECT sum(v) FROM a WHERE a.k = x) FROM (VALUES (1), (2), (3)) t(x) ORDER BY 1;
SELECT x, (SELECT sum(v) FROM a WHERE a.k = x) FROM generate_series(1, 4) x ORDER BY 1;
SELECT r.id, a.v FROM r LEFT JOIN a ON a.v = r.grp ORDER BY 1, 2;
-- grouping sets
SELECT t, m, count(*) FROM a GROUP BY ROLLUP (t, m) ORDER BY 1, 2, 3;
SELECT t, m, sum(v), grouping(t, m) FROM a GROUP BY CUBE (t, m) ORDER BY 1, 2, 4;
SELECT t, sum(v) FROM a GROUP BY GROUPING SETS ((t), ()) ORDER BY 1, 2;
SELECT k, m, avg(n), grouping(k) FROM a GROUP BY GROUPING SETS ((k), (m), ()) ORDER BY 1, 2, 3;
-- recursion
WITH RECURSIVE t AS (SELECT k, v FROM a WHERE v = 3 UNION ALL SELECT a.k, a.v FROM a JOIN t ON a.v = t.v * 3) SELECT * FROM t ORDER BY v;
WITH RECURSIVE t(k, d) AS (SELECT k, 0 FROM a WHERE v = 3 UNION SELECT b.w, d + 1 FROM b JOIN t ON b.k = t.k WHERE d < 3) SELECT * FROM t ORDER BY 2, 1;
-- locks
SELECT k, v FROM a WHERE v BETWEEN 5 AND 9 ORDER BY v FOR UPDATE;
SELECT k, v FROM a WHERE v BETWEEN 5 AND 9 ORDER BY v LIMIT 2 FOR UPDATE SKIP LOCKED;
SELECT a.v, c.id FROM a JOIN c ON c.k = a.v ORDER BY 1, 2 LIMIT 4 FOR UPDATE OF a;
-- LIMIT that is computed, a key that is NULL
SELECT k, v FROM a ORDER BY v, k LIMIT (SELECT count(*) FROM r WHERE grp = 1);
SELECT k, v FROM a ORDER BY v, k OFFSET (SELECT max(v) - 3 FROM a);
SELECT * FROM a WHERE k IS NULL ORDER BY v;
-- writes
BEGIN;
INSERT INTO a (k, v) VALUES (NULL, 5000);
UPDATE a SET t = 'by ' || b.w FROM b WHERE a.v = b.w;
UPDATE a SET v = (SELECT count(*) FROM c WHERE c.k = a.v) WHERE k < 3;
DELETE FROM b USING a WHERE b.w = a.v AND a.k = 4;
UPDATE r SET name = name || '!' WHERE id IN (SELECT k FROM a);
SELECT k, v, t FROM a ORDER BY 1, 2, 3;
SELECT k, w FROM b ORDER BY 1, 2;
SELECT * FROM r ORDER BY 1;
ROLLBACK;
