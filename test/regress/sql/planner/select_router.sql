-- a statement whose rows all come from one shard group runs there as a whole, and gives the answer of plain PostgreSQL
\set VERBOSITY terse
SET client_min_messages TO warning;
-- the tables, plain in one schema and distributed in another
CREATE SCHEMA select_router_plain;
CREATE SCHEMA select_router;
SET search_path TO select_router_plain;
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
SET search_path TO select_router;
CREATE TABLE a (LIKE select_router_plain.a);
CREATE TABLE b (LIKE select_router_plain.b);
CREATE TABLE r (LIKE select_router_plain.r INCLUDING ALL);
CREATE TABLE s1 (LIKE select_router_plain.s1);
CREATE TABLE txt (LIKE select_router_plain.txt);
CREATE TABLE loc (LIKE select_router_plain.loc);
SELECT create_distributed_table('a', 'k', shard_count => 4, colocate_with => 'none') \g /dev/null
SELECT create_distributed_table('b', 'k', colocate_with => 'a') \g /dev/null
SELECT create_distributed_table('txt', 'k', shard_count => 4, colocate_with => 'none') \g /dev/null
SELECT create_distributed_table('s1', NULL, colocate_with => 'none') \g /dev/null
SELECT create_reference_table('r') \g /dev/null
INSERT INTO a SELECT * FROM select_router_plain.a;
INSERT INTO b SELECT * FROM select_router_plain.b;
INSERT INTO r SELECT * FROM select_router_plain.r;
INSERT INTO s1 SELECT * FROM select_router_plain.s1;
INSERT INTO txt SELECT * FROM select_router_plain.txt;
INSERT INTO loc SELECT * FROM select_router_plain.loc;

-- answer(statement, schema): its rows as text, sorted
CREATE FUNCTION answer(statement text, schema text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    line record;
    lines text[] := '{}';
BEGIN
    PERFORM set_config('search_path', schema, true);
    FOR line IN EXECUTE statement LOOP lines := lines || line::text; END LOOP;
    PERFORM set_config('search_path', 'select_router', true);
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
($$select a.k, r.name, count(*) from a join r on a.v=r.id left join b on b.k=a.k group by 1,2 order by 1 limit 5$$),
($$select r.id, count(*) from r left join a on a.k=r.id group by r.id$$),
($$select r.id, count(*) from r join a on a.k=r.id group by r.id$$),
($$select r.id, b.w from a join r on a.k=r.id join b on b.k=r.id$$),
($$select * from a where k=55 and exists (select 1 from b where b.v=a.v)$$),
($$select * from a, b where a.k=55 and b.k=55$$),
($$select * from a, b where a.k=55 and b.k=a.k$$),
($$select * from a left join b on a.k=b.k and a.k=55$$),
($$select * from a left join b on a.k=b.k where a.k=55$$),
($$select * from a left join b on a.v=b.v and b.k=55 where a.k=55$$),
($$select * from a left join b on a.v=b.v where a.k=55 and b.k=55$$),
($$select k from a where k=55 union select k from b where k=56$$),
($$select k from a where k=55 union select k from b where k=55$$),
($$select * from (select k, v from a union all select k, v from b) s where k = 55$$),
($$with x as (select * from a where k=55) select * from x join b using (k)$$),
($$with x as materialized (select * from b where k=55) select count(*) from x, x y$$),
($$with recursive t as (select k, v from a where k=55 union all select t.k, t.v+1 from t where v < 10) select * from t$$),
($$with recursive t as (select k, v from a where k=55 union all select b.k, t.v+1 from t join b on b.k=t.k and b.k=55 where t.v < 8) select * from t$$),
($$select a.k, r.name from a, lateral (select name from r where r.id=a.v) r$$),
($$select * from s1 join r on s1.k=r.id$$),
($$select * from s1 s join s1 t on s.k=t.v$$),
($$select * from s1, r$$),
($$select * from r$$),
($$select * from r order by id limit 3$$),
($$select count(*) from r, r r2$$),
($$select * from r where id in (select v from a where k=55)$$),
($$select * from r where exists (select 1 from a where a.v=r.id)$$),
($$select * from r where not exists (select 1 from a where a.k=r.id)$$),
($$select r.*, a.k from r left join a on a.k = r.id and a.k=3$$),
($$select r.*, a.k from r left join a on a.k = 3$$),
($$select k, count(*) from b where k=55 group by rollup(k)$$),
($$select a.k, b.k from a full join b on a.k=b.k where a.k=55$$),
($$select a.k, r.id from a full join r on a.k=r.id$$),
($$select a.k from a where k = (select id from r where name='r3')$$),
($$select * from a where k=55 and v in (select v from b where k=55)$$),
($$select * from a where k=55 and v in (select v from b where k=56)$$),
($$select s.k from (select k, random() as x from a) s where s.x >= 0$$),
($$select 1 where exists (select 1 from a where k=55)$$),
($$select count(*) from a, b, r where a.k=b.k and b.v=r.id$$);

-- what differs from plain PostgreSQL
SELECT statement, ours, plain
FROM (SELECT statement, answer(statement, 'select_router') AS ours, answer(statement, 'select_router_plain') AS plain FROM statements) x
WHERE ours IS DISTINCT FROM plain;
-- how they are computed
SELECT plan(statement), statement FROM statements ORDER BY id;

DROP SCHEMA select_router, select_router_plain CASCADE;
