-- every SELECT gives the answer of plain PostgreSQL when tables are read one by one, from any kind of table
\set VERBOSITY terse
SET client_min_messages TO warning;
-- the tables, plain in one schema and distributed in another
CREATE SCHEMA select_floor_plain;
CREATE SCHEMA select_floor;
SET search_path TO select_floor_plain;
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
SET search_path TO select_floor;
CREATE TABLE a (LIKE select_floor_plain.a);
CREATE TABLE b (LIKE select_floor_plain.b);
CREATE TABLE r (LIKE select_floor_plain.r INCLUDING ALL);
CREATE TABLE s1 (LIKE select_floor_plain.s1);
CREATE TABLE txt (LIKE select_floor_plain.txt);
CREATE TABLE loc (LIKE select_floor_plain.loc);
SELECT create_distributed_table('a', 'k', shard_count => 4, colocate_with => 'none') \g /dev/null
SELECT create_distributed_table('b', 'k', colocate_with => 'a') \g /dev/null
SELECT create_distributed_table('txt', 'k', shard_count => 4, colocate_with => 'none') \g /dev/null
SELECT create_distributed_table('s1', NULL, colocate_with => 'none') \g /dev/null
SELECT create_reference_table('r') \g /dev/null
INSERT INTO a SELECT * FROM select_floor_plain.a;
INSERT INTO b SELECT * FROM select_floor_plain.b;
INSERT INTO r SELECT * FROM select_floor_plain.r;
INSERT INTO s1 SELECT * FROM select_floor_plain.s1;
INSERT INTO txt SELECT * FROM select_floor_plain.txt;
INSERT INTO loc SELECT * FROM select_floor_plain.loc;

-- answer(statement, schema): its rows as text, sorted
CREATE FUNCTION answer(statement text, schema text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    line record;
    lines text[] := '{}';
BEGIN
    PERFORM set_config('search_path', schema, true);
    FOR line IN EXECUTE statement LOOP lines := lines || line::text; END LOOP;
    PERFORM set_config('search_path', 'select_floor', true);
    RETURN ARRAY(SELECT unnest(lines) ORDER BY 1);
END $$;
-- sent(statement): the SQL that nodes are sent
CREATE FUNCTION sent(statement text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || statement LOOP
        IF line LIKE '%Query:%' THEN RETURN NEXT trim(line); END IF;
    END LOOP;
END $$;
CREATE TABLE statements (id int GENERATED ALWAYS AS IDENTITY, statement text);
INSERT INTO statements (statement) VALUES
($$select * from a$$),
($$select count(*), sum(v), count(k) from a$$),
($$select * from a where k=5$$),
($$select * from a where k is null$$),
($$select * from a where k in (1,5,7,null)$$),
($$select * from a where k = any('{3,4}')$$),
($$select * from a where k=5::bigint$$),
($$select * from a where k=5.0$$),
($$select * from a where k=5 or k=7$$),
($$select * from a where (k=5 and v=5) or (k=7 and t='t7')$$),
($$select * from a where false$$),
($$select count(*) from a where k=5 and k=6$$),
($$select count(*) from a where k = null$$),
($$select a.*, r.name from a join r on a.v=r.id$$),
($$select a.k, b.w from a join b on a.k=b.k$$),
($$select a.k, b.w from a left join b on a.k=b.k$$),
($$select a.k, b.w from a full join b on a.k=b.k$$),
($$select b.k, count(*) from a left join b on a.k=b.k group by b.k$$),
($$select * from a where exists (select 1 from b where b.k=a.k)$$),
($$select * from a where not exists (select 1 from b where b.k=a.k)$$),
($$select * from a where k not in (select k from b where k is not null)$$),
($$select * from a where k in (select k from b)$$),
($$select a.k,(select sum(w) from b where b.k=a.k) from a$$),
($$select a.k, x.* from a, lateral (select * from b where b.k=a.k order by w limit 1) x$$),
($$select * from s1 where v<20$$),
($$select * from txt where k='x3'$$),
($$select * from txt where k>'x3'$$),
($$select distinct v from a$$),
($$select v, count(*), rank() over (order by count(*)) from a group by v$$),
($$with x as (select v, count(*) c from a group by v) select * from x join x y using (v)$$),
($$with recursive t(n) as (select 1 union all select n+1 from t where n<5) select t.n, a.t from t join a on a.k=t.n$$),
($$select k from a union select k from b$$),
($$select k from a union all select k from b$$),
($$select k from a intersect select k from b$$),
($$select k from a except select k from b$$),
($$select count(a.*) from a$$),
($$select array_agg(k order by k) from a where k<10$$),
($$select * from a order by k nulls first limit 3 offset 2$$),
($$select * from a tablesample bernoulli(100)$$),
($$select v, grouping(v), count(*) from a group by rollup(v)$$),
($$select x, a.t from generate_series(1,5) x left join a on a.k = x$$),
($$select * from a where t like 't1%' and length(t)=2$$),
($$select * from (select k, row_number() over (order by k) n from a) s where n<4$$),
($$select 1 from a limit 1$$),
($$select a.k from a, b where a.k = b.k and a.v < b.v and b.w > 100$$),
($$select * from a where t is distinct from 't1' and k between 3 and 9$$),
($$select a.k, l.k from a join loc l on a.k = l.k$$),
($$select l.k, a.t from loc l left join a using (k) where l.v = 1$$),
($$select a.k, (select count(*) from loc l where l.v = a.v) from a where k < 9$$),
($$select count(*) from (select a.k from a except select loc.k from loc) x$$),
($$select k from loc where k in (select k from a where v = 3)$$),
($$select loc.k, x.* from loc, lateral (select count(*), min(w) from b where b.v = loc.v) x$$),
($$with recursive t as (select k, v from loc where k = 1 union all select a.k, a.v from t join a on a.k = t.k + 1 where a.k < 6) select * from t$$),
($$select a from a where k = 3$$),
($$select (a).t from (select a from a where k < 5) x$$),
($$select a.ctid is not null, xmin is not null from a where k = 4$$);
SET citus.force_pull TO on;
-- what differs from plain PostgreSQL
SELECT statement, ours, plain
FROM (SELECT statement, answer(statement, 'select_floor') AS ours, answer(statement, 'select_floor_plain') AS plain FROM statements) x
WHERE ours IS DISTINCT FROM plain;
RESET citus.force_pull;
-- conditions travel, what this node must evaluate stays
CREATE FUNCTION here(int) RETURNS int LANGUAGE sql STABLE AS $$SELECT count(*)::int + $1 FROM select_floor_plain.loc$$;
SELECT sent($$SELECT a.t FROM a JOIN loc USING (k) WHERE a.v = 3 AND a.t LIKE 't%' AND random() >= 0 AND a.k > here(0)$$);
-- prepared statements choose the shard when they run
PREPARE by_key(int) AS SELECT t FROM a WHERE k = $1;
SET plan_cache_mode TO force_generic_plan;
EXECUTE by_key(1);
EXECUTE by_key(55);
EXECUTE by_key(NULL);
PREPARE by_keys(int[]) AS SELECT count(*), sum(k) FROM a WHERE k = ANY ($1);
EXECUTE by_keys('{1,2,3,NULL}');
EXECUTE by_keys('{}');
RESET plan_cache_mode;
-- cursors read on, and end early
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT k FROM a ORDER BY k;
FETCH 2 FROM c;
FETCH BACKWARD 1 FROM c;
DECLARE d CURSOR FOR SELECT k FROM a WHERE k < 50;
MOVE 3 IN d;
CLOSE d;
SELECT count(*) FROM a;
COMMIT;
-- rows are locked where they are; a local table is changed by rows of a distributed one
BEGIN;
SELECT k FROM a WHERE k < 4 ORDER BY k FOR UPDATE;
SELECT loc.k FROM loc JOIN a USING (k) WHERE a.v = 1 ORDER BY 1 LIMIT 2 FOR UPDATE OF loc;
UPDATE loc SET v = a.v + 100 FROM a WHERE a.k = loc.k AND a.k < 8 RETURNING loc.k, loc.v, a.t, a;
DELETE FROM loc USING a WHERE a.k = loc.k AND a.v = 0 AND a.k < 50 RETURNING loc.k, a.ctid IS NOT NULL;
ROLLBACK;
-- the table is what it is called, on this node
SELECT DISTINCT tableoid::regclass FROM a;
-- views are read in the name of their owner, and functions run where they were called
CREATE ROLE select_floor_owner;
CREATE ROLE select_floor_reader;
GRANT USAGE ON SCHEMA select_floor TO select_floor_owner, select_floor_reader;
GRANT SELECT ON a TO select_floor_owner;
CREATE VIEW seen AS SELECT k, t, current_user::text AS who FROM a WHERE v = 1;
ALTER VIEW seen OWNER TO select_floor_owner;
GRANT SELECT ON seen TO select_floor_reader;
SET ROLE select_floor_reader;
SELECT count(*), min(who) FROM seen;
SELECT count(*) FROM seen JOIN seen s USING (k);
SELECT count(*) FROM a;
RESET ROLE;
REVOKE SELECT ON a FROM select_floor_owner;
SET ROLE select_floor_reader;
SELECT count(*) FROM seen;
RESET ROLE;
SET client_min_messages TO error;
DROP SCHEMA select_floor, select_floor_plain CASCADE;
DROP ROLE select_floor_owner, select_floor_reader;
