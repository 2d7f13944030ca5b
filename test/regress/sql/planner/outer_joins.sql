-- a distribution column that an outer join fills with NULLs does not tell the shard group of its row
\set VERBOSITY terse
SET client_min_messages TO warning;
-- the tables, plain in one schema and distributed in another
CREATE SCHEMA outer_joins_plain;
CREATE SCHEMA outer_joins;
SET search_path TO outer_joins_plain;
CREATE TABLE a (k int, v int, t text);
CREATE TABLE b (k int, v int, w numeric);
CREATE TABLE r (id int PRIMARY KEY, name text);
CREATE TABLE s1 (k int, v int);
CREATE TABLE txt (k text, v int);
CREATE TABLE loc (k int, v int);
INSERT INTO a SELECT i, i % 7, 't' || i % 13 FROM generate_series(1, 100) i;
INSERT INTO a VALUES (NULL, 1, 'n1'), (NULL, 2, NULL);
INSERT INTO b SELECT i, i % 5, i * 1.25 FROM generate_series(50, 150) i;
INSERT INTO b SELECT i, i % 3, i FROM generate_series(50, 60) i;
INSERT INTO b VALUES (NULL, 1, 1.5), (NULL, NULL, NULL);
INSERT INTO r SELECT i, 'r' || i FROM generate_series(0, 9) i;
INSERT INTO s1 SELECT i, i * i FROM generate_series(1, 20) i;
INSERT INTO txt SELECT 'x' || i, i FROM generate_series(1, 50) i;
INSERT INTO loc SELECT i, i % 4 FROM generate_series(1, 100, 3) i;
SET search_path TO outer_joins;
CREATE TABLE a (LIKE outer_joins_plain.a);
CREATE TABLE b (LIKE outer_joins_plain.b);
CREATE TABLE r (LIKE outer_joins_plain.r INCLUDING ALL);
CREATE TABLE s1 (LIKE outer_joins_plain.s1);
CREATE TABLE txt (LIKE outer_joins_plain.txt);
CREATE TABLE loc (LIKE outer_joins_plain.loc);
SELECT create_distributed_table('a', 'k', shard_count => 4, colocate_with => 'none') \g /dev/null
SELECT create_distributed_table('b', 'k', colocate_with => 'a') \g /dev/null
SELECT create_distributed_table('txt', 'k', shard_count => 4, colocate_with => 'none') \g /dev/null
SELECT create_distributed_table('s1', NULL, colocate_with => 'none') \g /dev/null
SELECT create_reference_table('r') \g /dev/null
INSERT INTO a SELECT * FROM outer_joins_plain.a;
INSERT INTO b SELECT * FROM outer_joins_plain.b;
INSERT INTO r SELECT * FROM outer_joins_plain.r;
INSERT INTO s1 SELECT * FROM outer_joins_plain.s1;
INSERT INTO txt SELECT * FROM outer_joins_plain.txt;
INSERT INTO loc SELECT * FROM outer_joins_plain.loc;

-- answer(statement, schema): its rows as text, sorted
CREATE FUNCTION answer(statement text, schema text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    line record;
    lines text[] := '{}';
BEGIN
    PERFORM set_config('search_path', schema, true);
    FOR line IN EXECUTE statement LOOP lines := lines || line::text; END LOOP;
    PERFORM set_config('search_path', 'outer_joins', true);
    RETURN ARRAY(SELECT unnest(lines) ORDER BY 1);
END $$;
-- plan(statement): how it is computed: its tasks when a scan of shards is all of it, or that this node has a part in it
CREATE FUNCTION plan(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    line text;
    top text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || statement LOOP
        top := coalesce(top, line);
        IF top <> 'Custom Scan (Citus Adaptive)' THEN RETURN 'here'; END IF;
        IF line LIKE '%Task Count%' THEN RETURN replace(trim(line), 'Task Count: ', 'tasks: '); END IF;
    END LOOP;
END $$;
CREATE TABLE statements (id int GENERATED ALWAYS AS IDENTITY, statement text);
INSERT INTO statements (statement) VALUES
($$select b.k, count(*) from a left join b on a.k = b.k group by b.k$$),
($$select * from (select b.k, count(*) from a left join b on a.k = b.k group by b.k) s where count > 3$$),
($$select count(*) from (select distinct b.k from a left join b on a.k = b.k) s$$),
($$select b.k, row_number() over (partition by b.k) from a left join b on a.k = b.k$$),
($$select b.k, count(*) over (partition by b.k) from a left join b on a.k = b.k$$),
($$select b.k, sum(a.v) from a full join b using (k) group by b.k$$),
($$select k, sum(a.v) from a full join b using (k) group by k$$),
($$select count(distinct b.k), count(distinct a.k) from a left join b using (k)$$),
($$select b.k,count(*) from a left join b on a.k=b.k group by b.k$$),
($$select * from (select b.k,count(*) from a left join b on a.k=b.k group by b.k) s where count > 1$$),
($$select count(*) from (select distinct b.k from a left join b on a.k=b.k) s$$),
($$select b.k, row_number() over (partition by b.k) from a left join b on a.k=b.k$$),
($$select b.k, count(*) over (partition by b.k) from a left join b on a.k=b.k$$),
($$select a.k, sum(a.v) from a full join b using (k) group by a.k$$),
($$select a.k,count(*) from a left join b on a.k=b.k group by a.k having count(*) > 1$$),
($$select a.k, r.name, count(*) from a join r on a.v=r.id left join b on b.k=a.k group by 1,2 order by 1 limit 5$$),
($$select r.id, count(*) from r left join a on a.k=r.id group by r.id$$),
($$select * from a left join b on a.k=b.k and a.k=55$$),
($$select * from a left join b on a.k=b.k where a.k=55$$),
($$select * from a left join b on a.v=b.v and b.k=55 where a.k=55$$),
($$select * from a left join b on a.v=b.v where a.k=55 and b.k=55$$),
($$select * from a left join b on a.v=b.k where a.k=a.v$$),
($$select * from a left join b on a.k=b.k and b.k=a.v$$),
($$select a.v, count(*) from a left join b on a.k=b.k and b.k=a.v group by a.v$$),
($$select a.v, count(*) from a left join b on a.k=b.k and b.k=5 group by a.v$$),
($$select a.k, s.* from a left join lateral (select w from b where b.k=a.k order by w desc limit 1) s on true$$),
($$select r.*, a.k from r left join a on a.k = r.id and a.k=3$$),
($$select r.*, a.k from r left join a on a.k = 3$$),
($$select a.k, b.k from a full join b on a.k=b.k where a.k > 90 or b.k < 60$$),
($$select a.k, b.k from a full join b on a.k=b.k where a.k=55$$),
($$select a.k, b.k from a full join b on a.k=b.k and a.v=b.v$$),
($$select a.k, r.id from a full join r on a.k=r.id$$),
($$select x.k, y.k, z.k from a x left join b y on x.k=y.k left join a z on z.k=y.k$$),
($$select x.k, y.k, z.k from a x left join (b y join a z on z.k=y.k) on x.k=y.k$$),
($$select x.k, y.k, z.k from (a x left join b y on x.k=y.k) join a z on z.k=y.k$$),
($$select x.k, y.k, z.k from a x right join b y on x.k=y.k left join a z on z.k=x.k$$),
($$select z.k, count(*) from a x right join b y on x.k=y.k left join a z on z.k=y.k group by z.k$$),
($$select coalesce(a.k, b.k), count(*) from a full join b on a.k=b.k group by 1$$);

-- what differs from plain PostgreSQL
SELECT statement, ours, plain
FROM (SELECT statement, answer(statement, 'outer_joins') AS ours, answer(statement, 'outer_joins_plain') AS plain FROM statements) x
WHERE ours IS DISTINCT FROM plain;
-- the whole statement goes to the groups only where the column is not on the nullable side
SELECT plan(statement), statement FROM statements ORDER BY id;

DROP SCHEMA outer_joins, outer_joins_plain CASCADE;
