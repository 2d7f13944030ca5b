-- COPY in both directions: formats, options, defaults, WHERE, errors with their line, from any node
SET client_min_messages TO warning;
CREATE SCHEMA w_copy;
SET search_path TO w_copy;
SET citus.shard_count TO 4;
CREATE TABLE t (k int, v text, n int DEFAULT 7 CHECK (n < 1000), g int GENERATED ALWAYS AS (n * 2) STORED, s serial);
CREATE TABLE "Mixed Case" (id uuid, "the Value" numeric(10,2), at timestamptz, gap interval);
CREATE TABLE r (id int PRIMARY KEY, v text);
CREATE TABLE p (k int, d date) PARTITION BY RANGE (d);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE empty ();
CREATE TABLE target (k int);
SELECT create_distributed_table('t', 'k'), create_distributed_table('"Mixed Case"', 'id'), create_reference_table('r'),
       create_distributed_table('p', 'k'), create_reference_table('empty'), create_distributed_table('target', 'k');

-- text: special characters, NULL keys, columns left to their defaults
COPY t (k, v) FROM STDIN;
1	a\tb\\c
2	\N
\N	no key
3	ünï
\.
COPY t (v, k, n) FROM STDIN WITH (FORMAT csv, HEADER, DELIMITER ';', NULL 'nil', QUOTE '''');
v;k;n
'semi;colon';4;40
nil;5;nil
\.
COPY t (k, n) FROM STDIN (FORMAT csv) WHERE n > 10 AND k < 100;
6,5
7,50
800,60
\.
SELECT k, v, n, g FROM t ORDER BY k, v;
-- all columns, as pg_dump writes them
COPY t (k, v, n, s) FROM STDIN;
20	a	1	100
\.
-- what a program writes and a file holds
COPY (SELECT i, 'x' || i FROM generate_series(1, 3000) i) TO PROGRAM 'cat >/dev/null';
COPY t (k, v) FROM PROGRAM 'seq 1000 3999 | sed "s/.*/&\tx&/"';
SELECT count(*), sum(k), count(DISTINCT v) FROM t WHERE k >= 1000;

-- errors name the line, the column and the user's table; nothing of the COPY stays
COPY t (k, v, n) FROM STDIN;
50	a	1
51	b	two
\.
COPY t (k, n) FROM STDIN;
50	1
51	5000
\.
COPY t (k) FROM STDIN;
50	1
\.
COPY t (k, g) FROM STDIN;
\.
COPY t (nothing) FROM STDIN;
\.
COPY r FROM STDIN;
1	a
2	b
\.
COPY r FROM STDIN;
3	a
1	again
\.
COPY p FROM STDIN;
1	2020-05-05
2	2030-05-05
\.
COPY t (k) FROM STDIN (FREEZE);
\.
SELECT count(*) FROM t WHERE k IN (50, 51);
SELECT * FROM r ORDER BY id;
SELECT count(*) FROM p;

-- in a transaction with savepoints
BEGIN;
COPY target FROM STDIN;
1
2
\.
SAVEPOINT a;
COPY target FROM STDIN;
3
4
\.
ROLLBACK TO a;
COPY target FROM STDIN;
5
\.
SELECT array_agg(k ORDER BY k) FROM target;
ROLLBACK;
SELECT count(*) FROM target;

-- values come back as they went, whatever the session's styles are
SET datestyle TO 'SQL, DMY';
SET intervalstyle TO 'sql_standard';
SET timezone TO 'Asia/Kolkata';
COPY "Mixed Case" FROM STDIN;
00000000-0000-0000-0000-000000000001	1.005	2/3/2020 4:05:06	1-2 -3 4:05:06
\.
SELECT * FROM "Mixed Case";
RESET datestyle;
RESET intervalstyle;
RESET timezone;
SELECT id, at AT TIME ZONE 'UTC', gap FROM "Mixed Case";
COPY "Mixed Case" ("the Value") TO STDOUT;

-- COPY TO
DELETE FROM t WHERE k >= 1000;
DELETE FROM t WHERE k <> 4 OR k IS NULL;
COPY t (v, k) TO STDOUT (FORMAT csv, HEADER, FORCE_QUOTE (k));
COPY t (k, v, n) TO STDOUT;
COPY t (g) TO STDOUT;
COPY t (k, k) TO STDOUT;
COPY (SELECT g FROM t) TO STDOUT;
COPY p TO STDOUT;
COPY p1 TO STDOUT;
COPY empty FROM STDIN;


\.
SELECT count(*) FROM empty;
COPY empty TO STDOUT;
-- and from a snapshot that another session exported
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT pg_export_snapshot() AS snapshot \gset
COPY t (k) TO STDOUT;
COMMIT;

-- binary, there and back
\set copied `mktemp`
\setenv COPIED :copied
\copy t (k, v, n) to program 'cat >"$COPIED"' with (format binary)
TRUNCATE t;
\copy t (k, v, n) from program 'cat "$COPIED"' with (format binary)
SELECT k, v, n, g FROM t;
\! rm "$COPIED"

-- from another node
SELECT nodeport AS worker FROM pg_dist_node WHERE groupid = 1 \gset
\set coordinator :PORT
\c - - - :worker
SET search_path TO w_copy;
COPY t (k, v) FROM STDIN;
60	on a worker
61	on a worker
\.
COPY r FROM STDIN;
60	on a worker
\.
COPY t (k, v, n) TO STDOUT (FORMAT csv, NULL 'nil');
\c - - - :coordinator
SET search_path TO w_copy;
SELECT k, v, n FROM t WHERE k >= 60 ORDER BY k;
SELECT success, result FROM run_command_on_all_nodes('SELECT count(*) FROM w_copy.r');

-- privileges and policies
CREATE ROLE w_copy_reader;
GRANT USAGE ON SCHEMA w_copy TO w_copy_reader;
GRANT SELECT (k, v), INSERT (k) ON t TO w_copy_reader;
GRANT USAGE ON SEQUENCE t_s_seq TO w_copy_reader;
ALTER TABLE r ENABLE ROW LEVEL SECURITY;
GRANT ALL ON r TO w_copy_reader;
SET client_min_messages TO error;
CREATE POLICY odd ON r USING (id % 2 = 1);
SET client_min_messages TO warning;
SET ROLE w_copy_reader;
COPY t (k, v) TO STDOUT (NULL '');
COPY t TO STDOUT;
COPY t (k) FROM STDIN;
70
\.
COPY t (k, v) FROM STDIN;
\.
COPY r TO STDOUT;
COPY r FROM STDIN;
\.
COPY t (k) FROM '/etc/passwd';
COPY t (k) FROM PROGRAM 'true';
RESET ROLE;
SELECT k, n FROM t WHERE k = 70;
SET client_min_messages TO warning;
DROP SCHEMA w_copy CASCADE;
DROP ROLE w_copy_reader;
