-- what is distributed alike is computed in all shard groups at once, and gives the answer of plain PostgreSQL
\set VERBOSITY terse
SET client_min_messages TO warning;
-- the tables, plain in one schema and distributed in another
CREATE SCHEMA select_colocated_plain;
CREATE SCHEMA select_colocated;
SET search_path TO select_colocated_plain;
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
SET search_path TO select_colocated;
CREATE TABLE a (LIKE select_colocated_plain.a);
CREATE TABLE b (LIKE select_colocated_plain.b);
CREATE TABLE r (LIKE select_colocated_plain.r INCLUDING ALL);
CREATE TABLE s1 (LIKE select_colocated_plain.s1);
CREATE TABLE txt (LIKE select_colocated_plain.txt);
CREATE TABLE loc (LIKE select_colocated_plain.loc);
SELECT create_distributed_table('a', 'k', shard_count => 4, colocate_with => 'none') \g /dev/null
SELECT create_distributed_table('b', 'k', colocate_with => 'a') \g /dev/null
SELECT create_distributed_table('txt', 'k', shard_count => 4, colocate_with => 'none') \g /dev/null
SELECT create_distributed_table('s1', NULL, colocate_with => 'none') \g /dev/null
SELECT create_reference_table('r') \g /dev/null
INSERT INTO a SELECT * FROM select_colocated_plain.a;
INSERT INTO b SELECT * FROM select_colocated_plain.b;
INSERT INTO r SELECT * FROM select_colocated_plain.r;
INSERT INTO s1 SELECT * FROM select_colocated_plain.s1;
INSERT INTO txt SELECT * FROM select_colocated_plain.txt;
INSERT INTO loc SELECT * FROM select_colocated_plain.loc;

-- answer(statement, schema): its rows as text, sorted
CREATE FUNCTION answer(statement text, schema text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    line record;
    lines text[] := '{}';
BEGIN
    PERFORM set_config('search_path', schema, true);
    FOR line IN EXECUTE statement LOOP lines := lines || line::text; END LOOP;
    PERFORM set_config('search_path', 'select_colocated', true);
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
($$select b.k,count(*) from a left join b on a.k=b.k group by b.k$$),
($$select * from (select b.k,count(*) from a left join b on a.k=b.k group by b.k) s where count > 1$$),
($$select count(*) from (select distinct b.k from a left join b on a.k=b.k) s$$),
($$select b.k, row_number() over (partition by b.k) from a left join b on a.k=b.k$$),
($$select b.k, count(*) over (partition by b.k) from a left join b on a.k=b.k$$),
($$select b.k, sum(a.v) from a full join b using (k) group by b.k$$),
($$select k, sum(a.v) from a full join b using (k) group by k$$),
($$select a.k, sum(a.v) from a full join b using (k) group by a.k$$),
($$select a.k,count(*) from a left join b on a.k=b.k group by a.k having count(*) > 1$$),
($$select * from a left join b on a.v=b.k where a.k=a.v$$),
($$select * from a left join b on a.k=b.k and b.k=a.v$$),
($$select a.v, count(*) from a left join b on a.k=b.k and b.k=a.v group by a.v$$),
($$select a.v, count(*) from a left join b on a.k=b.k and b.k=5 group by a.v$$),
($$select k from a where k=3 union all select k from b where k=3$$),
($$select k, v from a union select k, v from b$$),
($$select v, k from a union select k, v from b$$),
($$select k from a except all select k from b$$),
($$select k from a intersect all select k from b$$),
($$select v from a intersect all select v from b$$),
($$select k, count(*) from (select k, v from a union all select k, v from b) s group by k$$),
($$with x as (select k, count(*) c from a group by k) select x.c, b.w from x join b using (k)$$),
($$with x as (select v, count(*) c from a group by v) select * from x, x y where x.v=y.v$$),
($$select * from a where k in (select k from b where w > 60)$$),
($$select * from a where k not in (select k from b where w > 60)$$),
($$select * from a where k not in (select k from b where w > 60 and k is not null)$$),
($$select * from a where (k,v) in (select k,v from b)$$),
($$select * from a where k in (select v from b)$$),
($$select * from a where exists (select 1 from b where b.k=a.k and b.w > (select avg(w) from b b2 where b2.k = a.k))$$),
($$select a.k, (select count(*) from b where b.k=a.k) from a$$),
($$select a.k, (select w from b where b.k=a.k order by w limit 1) from a$$),
($$select a.k, (select w from b where b.v=a.v order by w limit 1) from a where k<60$$),
($$select a.k, exists(select 1 from b where b.k=a.k) from a$$),
($$select a.k, a.k in (select k from b) from a$$),
($$select a.k, a.k in (select k from b where k is not null) from a$$),
($$select a.k, s.* from a left join lateral (select w from b where b.k=a.k order by w desc limit 1) s on true$$),
($$select a.k, s.* from a, lateral (select count(*) from b where b.v=a.v) s$$),
($$select a.k, x from a, unnest(array[a.k, a.v]) x where a.k<5$$),
($$select a.k, x from a, generate_series(1, a.v) x where a.k<9$$),
($$select distinct k from a$$),
($$select distinct on (k) k, w from b order by k, w$$),
($$select distinct on (v) v, k from b order by v, k$$),
($$select k, rank() over (partition by k order by w), sum(w) over (partition by k) from b$$),
($$select k, rank() over (partition by v order by w, k) from b$$),
($$select k, v, count(*) from b group by grouping sets ((k,v),(k))$$),
($$select k, v, count(*) from b group by grouping sets ((k,v),(v))$$),
($$select k, v, count(*) from b group by rollup(k,v)$$),
($$select sum(w), avg(w), avg(v), min(w), max(w), count(*), count(distinct v), bool_and(v>0) from b$$),
($$select v, sum(w), avg(w), avg(v), min(w), max(w), count(*), count(distinct k) from b group by v$$),
($$select v+1, sum(w)+1 from b group by v+1 having sum(w) > 100 order by 2 desc$$),
($$select count(*) from a where false$$),
($$select v, count(*) from a where false group by v$$),
($$select array_agg(x order by x) from (select v x from a order by v) s$$),
($$select string_agg(t, ',' order by t) from a where k < 10$$),
($$select k, array_agg(w order by w) from b group by k$$),
($$select max(k) - min(k) from a$$),
($$select count(*) filter (where v > 2), sum(v) filter (where t is null) from a$$),
($$select a.k, b.k from a full join b on a.k=b.k where a.k > 90 or b.k < 60$$),
($$select a.k, b.k from a full join b on a.k=b.k and a.v=b.v$$),
($$select x.k, y.k, z.k from a x left join b y on x.k=y.k left join a z on z.k=y.k$$),
($$select x.k, y.k, z.k from a x left join (b y join a z on z.k=y.k) on x.k=y.k$$),
($$select x.k, y.k, z.k from (a x left join b y on x.k=y.k) join a z on z.k=y.k$$),
($$select x.k, y.k, z.k from a x right join b y on x.k=y.k left join a z on z.k=x.k$$),
($$select z.k, count(*) from a x right join b y on x.k=y.k left join a z on z.k=y.k group by z.k$$),
($$select * from txt t, a where t.v=a.k$$),
($$select * from txt t where k = 'x' || '3'$$),
($$select * from txt t1 join txt t2 using (k)$$),
($$select a.k from a where k = (select max(k) from b where k is not null and k<=100)$$),
($$select coalesce(a.k, b.k), count(*) from a full join b on a.k=b.k group by 1$$),
($$select k from (select k from a order by k desc limit 5) s order by 1$$),
($$select count(*) from (select k from a limit 7) s$$),
($$select * from a join lateral (select * from b where b.k = a.k limit 1) b on true where a.k = 70$$),
($$values (1),((select count(*)::int from a))$$),
($$select (select count(*) from a), (select count(*) from b)$$),
($$select count(*) from a where (select count(*) from b) > 10$$),
($$select now() = now(), count(*) from a$$),
($$select count(*) from a where t < current_date::text$$),
($$select k from a where k = any(array(select k from b where v=1))$$),
($$select k from a where k between 5 and 8 order by k desc$$),
($$select a.k, a.t, b.w from a join b on a.k=b.k order by b.w desc, a.k limit 5 offset 2$$),
($$select k from a order by k nulls first fetch first 3 rows with ties$$),
($$select v from a order by v fetch first 1 rows with ties$$),
($$select a.v, (select count(*) from b where b.k = a.v) from a where k < 5$$),
($$select sum(v) over (order by k nulls first, t) from a where k < 5 or k is null$$),
($$select jsonb_agg(k order by k) from a where k<4$$),
($$select v, count(distinct k), count(*) from b group by rollup(v)$$),
($$select count(distinct k), count(distinct v), sum(v), avg(w) from b$$),
($$select v, array_agg(distinct w order by w), string_agg(distinct k::text, ',') from b group by v$$),
($$select count(distinct k) filter (where v > 1), count(distinct v) from b$$),
($$select k, v, count(distinct w) from b group by grouping sets ((k), (v), ())$$),
($$select count(*) from a, b$$);

-- what differs from plain PostgreSQL
SELECT statement, ours, plain
FROM (SELECT statement, answer(statement, 'select_colocated') AS ours, answer(statement, 'select_colocated_plain') AS plain FROM statements) x
WHERE ours IS DISTINCT FROM plain;
-- and with each kind of push-down switched off
SET citus.push_statements TO off;
-- what differs from plain PostgreSQL
SELECT statement, ours, plain
FROM (SELECT statement, answer(statement, 'select_colocated') AS ours, answer(statement, 'select_colocated_plain') AS plain FROM statements) x
WHERE ours IS DISTINCT FROM plain;
SET citus.push_levels TO off;
-- what differs from plain PostgreSQL
SELECT statement, ours, plain
FROM (SELECT statement, answer(statement, 'select_colocated') AS ours, answer(statement, 'select_colocated_plain') AS plain FROM statements) x
WHERE ours IS DISTINCT FROM plain;
SET citus.push_grouping TO off;
-- what differs from plain PostgreSQL
SELECT statement, ours, plain
FROM (SELECT statement, answer(statement, 'select_colocated') AS ours, answer(statement, 'select_colocated_plain') AS plain FROM statements) x
WHERE ours IS DISTINCT FROM plain;
SET citus.push_partial_aggregates TO off;
-- what differs from plain PostgreSQL
SELECT statement, ours, plain
FROM (SELECT statement, answer(statement, 'select_colocated') AS ours, answer(statement, 'select_colocated_plain') AS plain FROM statements) x
WHERE ours IS DISTINCT FROM plain;
-- what differs from plain PostgreSQL
SELECT statement, ours, plain
FROM (SELECT statement, answer(statement, 'select_colocated') AS ours, answer(statement, 'select_colocated_plain') AS plain FROM statements) x
WHERE ours IS DISTINCT FROM plain;
RESET ALL;
SET client_min_messages TO warning;
SET search_path TO select_colocated;
-- how they are computed
SELECT plan(statement), statement FROM statements ORDER BY id;

DROP SCHEMA select_colocated, select_colocated_plain CASCADE;
