-- Of several tasks of one node that fail, the error of the first is shown, not that the transaction is aborted.
\set VERBOSITY sqlstate
SET client_min_messages TO warning;
CREATE SCHEMA first_error;
SET search_path TO first_error;
CREATE TABLE t (k int, v int);
SELECT create_distributed_table('t', 'k', shard_count => 12);
INSERT INTO t SELECT i, 2147483647 FROM generate_series(1, 100) i;
SELECT k, v + 1 FROM t;
SELECT k, v + 1 FROM t;
SELECT k, v / (k - k) FROM t ORDER BY 2;
BEGIN;
SELECT k, v + 1 FROM t;
SELECT 1;
ROLLBACK;
SELECT count(*) FROM t;
DROP SCHEMA first_error CASCADE;
