-- A cursor that was opened before a savepoint goes on after the savepoint is rolled back, and loses no row.
\set SHOW_CONTEXT never
SET client_min_messages TO warning;
CREATE SCHEMA cursor_and_savepoint;
SET search_path TO cursor_and_savepoint;
CREATE TABLE t (k int, v int);
SELECT create_distributed_table('t', 'k', shard_count => 2);
INSERT INTO t SELECT i, i FROM generate_series(1, 9000) i;
CREATE TABLE seen (k int);
BEGIN;
DECLARE c CURSOR FOR SELECT k FROM t;
FETCH 1 FROM c \g /dev/null
SAVEPOINT a;
MOVE 1500 FROM c;
ROLLBACK TO a;
MOVE 1500 FROM c;
SAVEPOINT b;
MOVE 3000 FROM c;
SELECT 1 / (v - v) FROM t;
ROLLBACK TO b;
RELEASE b;
-- 9000 less 1, 1500, 1500 and 3000
\set QUIET off
MOVE ALL FROM c;
\set QUIET on
COMMIT;
-- in the order of the rows
BEGIN;
DECLARE c CURSOR FOR SELECT k FROM t ORDER BY k;
FETCH 2 FROM c;
SAVEPOINT a;
MOVE 4000 FROM c;
FETCH 1 FROM c;
ROLLBACK TO a;
FETCH 1 FROM c;
MOVE 4000 FROM c;
FETCH 1 FROM c;
COMMIT;
DROP SCHEMA cursor_and_savepoint CASCADE;
