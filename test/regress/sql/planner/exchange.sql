-- Joins of tables that do not lie together: rows move between the nodes, and the answer is the one of the floor.
\set SHOW_CONTEXT never
CREATE SCHEMA exchange;
SET search_path TO exchange;
SET citus.shard_count TO 6;
SET citus.enable_repartition_joins TO on;
SET client_min_messages TO warning;

CREATE TABLE orders (id bigint PRIMARY KEY, customer int, day date, total numeric(12,2), note text);
CREATE TABLE lines (order_id int, part int, quantity int, price numeric(12,2), tags text[]);
CREATE TABLE customers (id int PRIMARY KEY, name text, country int, mood text);
CREATE TABLE parts (id bigint PRIMARY KEY, kind text, size int);
CREATE TABLE countries (id int PRIMARY KEY, name text);
CREATE TYPE colour AS ENUM ('red', 'green', 'blue');
CREATE TYPE pair AS (a int, b colour);
CREATE TABLE odd (k text, c colour, p pair, r int4range, rc regclass, j jsonb, d timestamptz, n int);
CREATE TABLE empty (k int, v int);
SELECT create_distributed_table('orders', 'id', colocate_with => 'none');
SELECT create_distributed_table('lines', 'order_id', colocate_with => 'orders');
SELECT create_distributed_table('customers', 'id', colocate_with => 'none');
SELECT create_distributed_table('parts', 'id', shard_count => 5, colocate_with => 'none');
SELECT create_distributed_table('odd', 'k', colocate_with => 'none');
SELECT create_distributed_table('empty', 'k', shard_count => 3, colocate_with => 'none');
SELECT create_reference_table('countries');
INSERT INTO countries SELECT i, 'country ' || i FROM generate_series(1, 7) i;
INSERT INTO customers SELECT i, 'customer ' || i, nullif(i % 8, 0), CASE i % 3 WHEN 0 THEN 'good' WHEN 1 THEN 'bad' END FROM generate_series(1, 150) i;
INSERT INTO parts SELECT i, 'kind ' || i % 9, i % 20 FROM generate_series(1, 120) i;
INSERT INTO orders SELECT i, nullif(i % 160, 0), date '2024-01-01' + i % 300, i * 1.25, repeat('n', i % 50) FROM generate_series(1, 900) i;
INSERT INTO lines SELECT i % 900 + 1, nullif(i % 130, 0), i % 50, i * 0.5, ARRAY['t' || i % 4, NULL] FROM generate_series(1, 3000) i;
INSERT INTO odd SELECT 'k' || i, (ARRAY['red', 'green', 'blue', NULL])[i % 4 + 1]::colour, ROW(i % 5, 'blue')::pair,
    int4range(i, i + 5), 'orders', jsonb_build_object('i', i), timestamptz '2024-01-01 00:00+00' + i * interval '1 hour', i % 40 FROM generate_series(1, 200) i;

-- The rows of a query, moved in several ways, against those of the floor; whether they moved at all.
CREATE FUNCTION compare(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    moved int := 0;
    line text;
    missing bigint;
    extra bigint;
    total bigint;
BEGIN
    SET LOCAL citus.force_pull TO on;
    EXECUTE 'CREATE TEMP TABLE as_floor AS ' || query;
    SET LOCAL citus.force_pull TO off;
    SELECT count(*) INTO total FROM as_floor;
    FOR seed IN 1..6 LOOP
        PERFORM set_config('citus.exchange_seed', seed::text, true);
        FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
            IF line LIKE '%Exchange:%' THEN moved := moved + 1; EXIT; END IF;
        END LOOP;
        EXECUTE 'CREATE TEMP TABLE with_exchange AS ' || query;
        SELECT count(*) INTO missing FROM (SELECT f::text FROM as_floor f EXCEPT ALL SELECT w::text FROM with_exchange w) x;
        SELECT count(*) INTO extra FROM (SELECT w::text FROM with_exchange w EXCEPT ALL SELECT f::text FROM as_floor f) x;
        DROP TABLE with_exchange;
        IF missing + extra > 0 THEN RETURN format('DIFFERENT with seed %s: %s missing, %s extra', seed, missing, extra); END IF;
    END LOOP;
    DROP TABLE as_floor;
    SET LOCAL citus.exchange_seed TO 0;
    RETURN CASE WHEN moved > 0 THEN 'moved, ' ELSE 'not moved, ' END || 'equal, ' || total || ' rows';
END $$;

-- One side goes to the other's shards, both move, or one goes everywhere.
SELECT compare('SELECT c.name, o.id, o.total FROM orders o JOIN customers c ON o.customer = c.id');
SELECT compare('SELECT l.order_id, p.kind FROM lines l JOIN parts p ON p.id = l.part WHERE p.size < 10');
SELECT compare('SELECT o.id, l.part, p.kind, c.name FROM orders o, lines l, parts p, customers c WHERE o.id = l.order_id AND l.part = p.id AND o.customer = c.id');
SELECT compare('SELECT c.name, p.kind FROM customers c JOIN parts p ON c.country = p.size');
SELECT compare('SELECT c.id, p.id AS part FROM customers c JOIN parts p ON c.country < p.size WHERE c.id < 20');
SELECT compare('SELECT a.id, b.id AS other FROM customers a JOIN customers b ON a.country = b.country AND a.id <> b.id');
SELECT compare('SELECT c.name, n.name AS country, sum(o.total), count(*) FROM orders o JOIN customers c ON o.customer = c.id JOIN countries n ON n.id = c.country GROUP BY 1, 2 HAVING count(*) > 1');
SELECT compare('SELECT p.kind, avg(l.price), min(o.day) FROM lines l JOIN orders o ON o.id = l.order_id JOIN parts p ON p.id = l.part GROUP BY p.kind ORDER BY 1 LIMIT 5');
SELECT compare('SELECT DISTINCT c.country, p.size FROM lines l JOIN orders o ON o.id = l.order_id JOIN parts p ON p.id = l.part JOIN customers c ON c.id = o.customer');
SELECT compare('SELECT o.id, e.v FROM orders o JOIN empty e ON e.k = o.customer');

-- Outer joins: what has no partner is neither lost nor doubled, NULL keys included.
SELECT compare('SELECT c.id, o.id AS order_id FROM customers c LEFT JOIN orders o ON o.customer = c.id');
SELECT compare('SELECT c.id, o.id AS order_id FROM customers c LEFT JOIN orders o ON o.customer = c.id AND o.total > 500');
SELECT compare('SELECT c.id, o.id AS order_id FROM customers c RIGHT JOIN orders o ON o.customer = c.id');
SELECT compare('SELECT c.id, o.id AS order_id FROM customers c FULL JOIN orders o ON o.customer = c.id');
SELECT compare('SELECT c.country, p.size FROM customers c FULL JOIN parts p ON c.country = p.size');
SELECT compare('SELECT c.id, count(o.id) FROM customers c LEFT JOIN orders o ON o.customer = c.id AND o.note NOT LIKE ''nnnnn'' GROUP BY c.id');
SELECT compare('SELECT n, count(*) FROM (SELECT c.id, count(o.id) AS n FROM customers c LEFT JOIN orders o ON o.customer = c.id GROUP BY c.id) x GROUP BY n');
SELECT compare('SELECT o.customer, count(*) FROM customers c LEFT JOIN orders o ON o.customer = c.id GROUP BY o.customer');
SELECT compare('SELECT c.id, o.id AS order_id, l.part FROM customers c LEFT JOIN (orders o JOIN lines l ON l.order_id = o.id) ON o.customer = c.id WHERE c.country = 3');
SELECT compare('SELECT o.id, e.v FROM orders o LEFT JOIN empty e ON e.k = o.customer');

-- Sub-queries.
SELECT compare('SELECT s.n, c.name FROM (SELECT customer, count(*) AS n FROM orders GROUP BY id, customer) s JOIN customers c ON c.id = s.customer');
SELECT compare('WITH big AS (SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer) SELECT count(*), max(name) FROM big JOIN lines l ON l.order_id = big.id');
SELECT compare('SELECT c.id FROM customers c WHERE c.id IN (SELECT customer FROM orders WHERE total > 300)');
SELECT compare('SELECT c.id, c.name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.id AND o.total > 900)');
SELECT compare('SELECT c.id, c.name FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.id)');
SELECT compare('SELECT c.id, (SELECT max(total) FROM orders o WHERE o.customer = c.id) FROM customers c');

SELECT compare('SELECT c.id FROM customers c WHERE c.id NOT IN (SELECT customer FROM orders WHERE total > 300 AND customer IS NOT NULL)');
SELECT compare('SELECT c.id FROM customers c WHERE c.id NOT IN (SELECT customer FROM orders WHERE total > 300)');
SELECT compare('SELECT c.id FROM customers c WHERE c.country IN (SELECT size FROM parts) AND EXISTS (SELECT 1 FROM orders o, lines l WHERE o.id = l.order_id AND o.customer = c.id AND l.part = 3)');
SELECT compare('SELECT c.id FROM customers c WHERE EXISTS (SELECT 1 FROM orders o JOIN parts p ON p.id = o.customer WHERE o.customer = c.id) OR c.country = 2');
SELECT compare('SELECT sum(l.price) FROM lines l, parts p WHERE p.id = l.part AND p.size = 7 AND l.quantity < (SELECT avg(quantity) FROM lines WHERE part = p.id)');
SELECT compare('SELECT n.name FROM countries n WHERE n.id IN (SELECT country FROM customers c WHERE c.id IN (SELECT customer FROM orders) AND c.id > (SELECT min(l.quantity) FROM lines l WHERE l.part = c.id))');
SELECT compare('SELECT c.id FROM customers c WHERE c.id > ANY (SELECT customer FROM orders WHERE total > 1100)');
SELECT compare('SELECT c.id FROM customers c WHERE c.id > ALL (SELECT customer FROM orders WHERE total < 100)');
SELECT compare('SELECT c.id, o.id AS o FROM customers c LEFT JOIN orders o ON o.customer = c.id AND EXISTS (SELECT 1 FROM parts p WHERE p.id = o.customer) WHERE c.id < 40');
SELECT compare('SELECT count(*) FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer = c.id ORDER BY o.total LIMIT 1)');

-- Types that are something else on every node, long values and NULLs.
SELECT compare('SELECT c.id, o.* FROM odd o JOIN customers c ON c.id = o.n');
SELECT compare('SELECT o.k, o.c, o.p, o.rc, x.id, x.note FROM odd o JOIN orders x ON x.customer = o.n AND x.day > o.d');
SELECT compare('SELECT l.tags, p.kind FROM lines l JOIN parts p ON p.id = l.part WHERE l.quantity = 7');
SELECT compare('SELECT a.k, b.k AS other FROM odd a JOIN odd b ON a.c = b.c AND a.n = b.n');
CREATE TABLE wide (k int, other int, long text);
SELECT create_distributed_table('wide', 'k', colocate_with => 'none');
INSERT INTO wide SELECT i, i % 10, (SELECT string_agg(md5(i::text || j), '') FROM generate_series(1, 3000) j) FROM generate_series(1, 30) i;
SELECT compare('SELECT w.k, w.long, c.name FROM wide w JOIN customers c ON c.id = w.other');

SET citus.exchange_seed TO 1;
-- What the transaction has written moves too, and the switch keeps rows where they are.
BEGIN;
INSERT INTO customers VALUES (1000, 'new', 1, NULL);
UPDATE orders SET customer = 1000 WHERE id < 10;
SELECT count(*), sum(total) FROM orders o JOIN customers c ON c.id = o.customer WHERE c.name = 'new';
SAVEPOINT s;
DELETE FROM orders WHERE id < 5;
SELECT count(*), sum(total) FROM orders o JOIN customers c ON c.id = o.customer WHERE c.name = 'new';
ROLLBACK TO s;
SELECT count(*), sum(total) FROM orders o JOIN customers c ON c.id = o.customer WHERE c.name = 'new';
ROLLBACK;
PREPARE by_country(int) AS SELECT count(*), sum(o.total) FROM orders o JOIN customers c ON c.id = o.customer WHERE c.country = $1 AND o.total > $1;
EXECUTE by_country(1); EXECUTE by_country(2); EXECUTE by_country(3); EXECUTE by_country(4); EXECUTE by_country(5); EXECUTE by_country(6);
EXECUTE by_country(NULL);
DECLARE held CURSOR WITH HOLD FOR SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer ORDER BY 1;
FETCH 3 FROM held; CLOSE held;
BEGIN;
DECLARE part CURSOR FOR SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer;
MOVE 10 FROM part;
SELECT count(*) FROM orders o JOIN customers c ON c.id = o.customer;
MOVE 10 FROM part;
COMMIT;
CREATE TABLE target (id bigint, name text);
SELECT create_distributed_table('target', 'id');
INSERT INTO target SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer;
SELECT count(*), count(DISTINCT name) FROM target;
RESET citus.exchange_seed;
SET citus.enable_repartition_joins TO off;
SELECT compare('SELECT c.name, o.id, o.total FROM orders o JOIN customers c ON o.customer = c.id');
SET citus.enable_repartition_joins TO on;

-- The client's privileges and policies are judged where the rows come from.
CREATE ROLE exchange_reader;
GRANT USAGE ON SCHEMA exchange TO exchange_reader;
GRANT SELECT (id, name) ON customers TO exchange_reader;
GRANT SELECT ON orders TO exchange_reader;
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY cheap ON orders TO exchange_reader USING (total < 100);
SET citus.exchange_seed TO 1;
SET ROLE exchange_reader;
SELECT count(*), max(total) FROM orders o JOIN customers c ON c.id = o.customer;
SELECT count(*), max(country) FROM orders o JOIN customers c ON c.id = o.customer;
SELECT * FROM citus_internal.exchange(1, 0) AS e(a int);
CALL citus_internal.drop_exchange(1);
CALL citus_internal.store_exchange_rows(1, 0, '');
RESET ROLE;
SELECT * FROM citus_internal.exchange(1, 0) AS e(a int);

SELECT bool_and(result = '0') AS no_files_left FROM run_command_on_all_nodes($$SELECT count(*) FROM pg_ls_tmpdir()$$);
SET client_min_messages TO error;
DROP SCHEMA exchange CASCADE;
DROP ROLE exchange_reader;
