-- a DELETE that locks its rows first would be judged by the policies for UPDATE: refused where they are not the same
\set SHOW_CONTEXT never
CREATE SCHEMA delete_policies;
SET search_path TO delete_policies;
SET client_min_messages TO warning;
CREATE ROLE delete_policies_user;
GRANT USAGE ON SCHEMA delete_policies TO delete_policies_user;
CREATE TABLE t (k int, v int);
CREATE TABLE doomed (v int);
SELECT create_distributed_table('t', 'k', shard_count => 4, colocate_with => 'none'), create_distributed_table('doomed', 'v', shard_count => 2, colocate_with => 'none');
INSERT INTO t SELECT i, i FROM generate_series(1, 10) i;
INSERT INTO doomed VALUES (1), (2), (3);
GRANT ALL ON t, doomed TO delete_policies_user;
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON t USING (v <> 2);
SET ROLE delete_policies_user;
BEGIN;
DELETE FROM t USING doomed WHERE t.v = doomed.v;
ROLLBACK;
RESET ROLE;
CREATE POLICY narrow ON t AS RESTRICTIVE FOR UPDATE USING (v > 5);
SET ROLE delete_policies_user;
DELETE FROM t USING doomed WHERE t.v = doomed.v;
DELETE FROM t WHERE v = 1;
DELETE FROM t WHERE k = 3;
RESET ROLE;
SELECT array_agg(v ORDER BY v) FROM t;
DROP SCHEMA delete_policies CASCADE;
DROP ROLE delete_policies_user;
