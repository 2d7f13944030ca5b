-- TRUNCATE and LOCK TABLE reach the shards: several tables, CASCADE, RESTART IDENTITY, partitions, rollback
SET client_min_messages TO warning;
CREATE SCHEMA w_truncate;
SET search_path TO w_truncate;
SET citus.shard_count TO 4;
CREATE TABLE parent (k int PRIMARY KEY, s serial, i int GENERATED ALWAYS AS IDENTITY);
CREATE TABLE child (k int, c int, PRIMARY KEY (k, c), FOREIGN KEY (k) REFERENCES parent);
CREATE TABLE ref (id int PRIMARY KEY);
CREATE TABLE to_ref (k int, id int REFERENCES ref);
CREATE TABLE p (k int, d date) PARTITION BY RANGE (d);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE TABLE "Mixed Case" (k int, e int UNIQUE);
CREATE TABLE local_one (a int);
SELECT create_reference_table('ref');
SELECT create_distributed_table('parent', 'k'), create_distributed_table('child', 'k'), create_distributed_table('to_ref', 'k'),
       create_distributed_table('p', 'k'), create_distributed_table('"Mixed Case"', 'k');
CREATE FUNCTION fill() RETURNS void LANGUAGE sql AS $$
    INSERT INTO parent (k) SELECT generate_series(1, 10);
    INSERT INTO child SELECT k, k FROM parent;
    INSERT INTO ref SELECT generate_series(1, 5);
    INSERT INTO to_ref SELECT i, i % 5 + 1 FROM generate_series(1, 10) i;
    INSERT INTO p SELECT i, '2020-01-01'::date + i * 50 FROM generate_series(1, 10) i;
    INSERT INTO "Mixed Case" SELECT i, i FROM generate_series(1, 10) i;
    INSERT INTO local_one SELECT generate_series(1, 10);
$$;
CREATE VIEW filled AS
    SELECT (SELECT count(*) FROM parent) AS parent, (SELECT count(*) FROM child) AS child, (SELECT count(*) FROM ref) AS ref,
           (SELECT count(*) FROM to_ref) AS to_ref, (SELECT count(*) FROM p1) AS p1, (SELECT count(*) FROM p2) AS p2,
           (SELECT count(*) FROM "Mixed Case") AS mixed, (SELECT count(*) FROM local_one) AS local_one;
SELECT fill();
SELECT * FROM filled;

TRUNCATE parent;
TRUNCATE ref;
TRUNCATE ONLY p;
TRUNCATE nothing;
BEGIN;
TRUNCATE parent, child, "Mixed Case", local_one;
SELECT * FROM filled;
SAVEPOINT a;
TRUNCATE p;
SELECT * FROM filled;
ROLLBACK TO a;
SELECT * FROM filled;
ROLLBACK;
SELECT * FROM filled;
TRUNCATE p1;
SELECT * FROM filled;
TRUNCATE p;
SELECT * FROM filled;
TRUNCATE ref CASCADE;
SELECT * FROM filled;
-- keys that hold over all shards are empty too
TRUNCATE "Mixed Case";
INSERT INTO "Mixed Case" VALUES (100, 1), (101, 2);
-- the copies of the reference table on all nodes
SELECT success, result FROM run_command_on_all_nodes('SELECT count(*) FROM w_truncate.ref');
TRUNCATE parent CASCADE;
SELECT * FROM filled;
INSERT INTO parent (k) VALUES (1) RETURNING s, i;
TRUNCATE parent, child RESTART IDENTITY;
INSERT INTO parent (k) VALUES (1) RETURNING s, i;

-- from another node
SELECT nodeport AS worker FROM pg_dist_node WHERE groupid = 1 \gset
\set coordinator :PORT
\c - - - :worker
SET search_path TO w_truncate;
TRUNCATE parent, child, "Mixed Case";
SELECT (SELECT count(*) FROM parent), (SELECT count(*) FROM "Mixed Case");
\c - - - :coordinator
SET search_path TO w_truncate;
SELECT (SELECT count(*) FROM parent), (SELECT count(*) FROM "Mixed Case");

-- rights
CREATE ROLE w_truncate_user;
GRANT USAGE ON SCHEMA w_truncate TO w_truncate_user;
GRANT SELECT, INSERT, DELETE ON to_ref, p TO w_truncate_user;
GRANT TRUNCATE ON p TO w_truncate_user;
INSERT INTO p VALUES (1, '2020-02-02');
SET ROLE w_truncate_user;
TRUNCATE to_ref;
TRUNCATE p;
SELECT count(*) FROM p;
RESET ROLE;
BEGIN READ ONLY;
TRUNCATE p;
ROLLBACK;

-- LOCK TABLE keeps writers of all nodes out
BEGIN;
LOCK TABLE to_ref, p IN SHARE MODE;
SELECT result FROM run_command_on_workers($$
    SELECT count(*) FROM pg_locks WHERE mode = 'ShareLock' AND relation IN ('w_truncate.to_ref'::regclass, 'w_truncate.p'::regclass)$$);
LOCK TABLE to_ref IN ACCESS EXCLUSIVE MODE NOWAIT;
COMMIT;
SET client_min_messages TO warning;
DROP SCHEMA w_truncate CASCADE;
DROP ROLE w_truncate_user;
