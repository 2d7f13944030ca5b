-- commands on nodes and shards: each by itself, in the name of the current role, and never more than that role may
CREATE SCHEMA run_command;
SET search_path TO run_command, public;
SET citus.shard_count TO 4;
CREATE TABLE t (id int PRIMARY KEY, v text);
CREATE TABLE u (id int PRIMARY KEY);
CREATE TABLE "Ref Table" (id int);
CREATE TABLE plain (id int);
INSERT INTO t SELECT generate_series(1, 100);
INSERT INTO "Ref Table" VALUES (1), (2), (3);
SET client_min_messages TO warning;
SELECT create_distributed_table('t', 'id', colocate_with => 'none');
SELECT create_distributed_table('u', 'id', colocate_with => 't');
SELECT create_reference_table('"Ref Table"');
RESET client_min_messages;

-- nodes
SELECT count(*), bool_and(success), string_agg(DISTINCT result, ',') FROM run_command_on_workers('SELECT 6 * 7');
SELECT count(*) = (SELECT count(*) FROM citus_nodes), bool_and(success), string_agg(DISTINCT result, ',') FROM run_command_on_all_nodes('SELECT 6 * 7');
SELECT success, result = current_setting('port') FROM run_command_on_coordinator('SHOW port');
-- also what no transaction block may hold
SELECT DISTINCT success, result FROM run_command_on_all_nodes('VACUUM pg_class');
-- what becomes of results and errors
SELECT DISTINCT success, result FROM run_command_on_workers('SELECT NULL');
SELECT DISTINCT success, result FROM run_command_on_workers('');
SELECT DISTINCT success, result FROM run_command_on_workers('SELECT 1; SELECT 2');
SELECT DISTINCT success, result FROM run_command_on_workers('SELECT 1, 2');
SELECT DISTINCT success, result FROM run_command_on_workers('SELECT generate_series(1, 2)');
SELECT DISTINCT success, result FROM run_command_on_workers('SELECT nope');
SELECT DISTINCT success, result FROM run_command_on_workers('COPY (SELECT 1) TO STDOUT');
SELECT DISTINCT success, regexp_replace(result, 'node .*', 'node') FROM run_command_on_workers('SELECT pg_terminate_backend(pg_backend_pid())', parallel => false);
SELECT node_name, node_port, success, result FROM master_run_on_worker('{nosuch.example}', '{1}', '{SELECT 1}', true);
SELECT master_run_on_worker('{a,b}', '{1}', '{SELECT 1}', true);
-- outside of the transaction
BEGIN;
CREATE TABLE unseen (id int);
SELECT DISTINCT success, result FROM run_command_on_coordinator($$SELECT to_regclass('run_command.unseen') IS NULL$$);
ROLLBACK;

-- shards
SELECT count(*), bool_and(success), sum(result::int) FROM run_command_on_shards('t', 'SELECT count(*) FROM %s');
SELECT count(*), bool_and(success), bool_and(result = shard_name('t', shardid)) FROM run_command_on_shards('t', 'SELECT %L', false);
SELECT count(*) = (SELECT count(*) FROM citus_nodes), bool_and(success), string_agg(DISTINCT result, ',')
FROM run_command_on_placements('"Ref Table"', 'SELECT sum(id) FROM %1$s WHERE ''%1$s'' <> ''%%''');
SELECT count(*), bool_and(success), sum(result::int), bool_and(shardid1 <> shardid2)
FROM run_command_on_colocated_placements('t', 'u', 'SELECT count(*) FROM %s LEFT JOIN %s USING (id)');
SELECT run_command_on_colocated_placements('t', '"Ref Table"', 'SELECT 1');
SELECT run_command_on_shards('plain', 'SELECT 1');

-- a role does on other nodes what it may here, and stays what it is
SELECT count(*) FROM run_command_on_all_nodes('CREATE ROLE run_command_nobody');
SELECT count(*) FROM run_command_on_all_nodes('GRANT USAGE ON SCHEMA run_command TO run_command_nobody');
SET ROLE run_command_nobody;
SELECT DISTINCT success, result FROM run_command_on_workers('SELECT current_user');
SELECT DISTINCT success, result FROM run_command_on_workers('SELECT count(*) FROM run_command.t');
SELECT DISTINCT success, result FROM run_command_on_workers('COPY run_command.t TO STDOUT');
SELECT success, count(*), string_agg(DISTINCT regexp_replace(result, '\d+', '…'), ',') FROM run_command_on_shards('t', 'SELECT count(*) FROM %s') GROUP BY success;
SELECT DISTINCT success, result FROM run_command_on_workers('SELECT rolpassword FROM pg_authid');
SELECT DISTINCT success, result FROM run_command_on_workers('SET SESSION AUTHORIZATION ' || quote_ident(session_user));
SELECT DISTINCT success, result FROM run_command_on_workers('SET ROLE ' || quote_ident(session_user));
SELECT DISTINCT success, result FROM run_command_on_workers('RESET ROLE; SET ROLE ' || quote_ident(session_user));
SELECT DISTINCT success, result FROM run_command_on_workers('CALL citus_internal.become(' || quote_literal(session_user) || ')');
SELECT DISTINCT success, result FROM run_command_on_workers('CALL citus_internal.assume_role(' || quote_literal(session_user) || ')');
SELECT DISTINCT success, result FROM run_command_on_workers($$CALL citus_internal.run_commands('{CREATE TABLE run_command.forged ()}')$$);
SELECT DISTINCT success, result FROM run_command_on_workers($$RESET ROLE; CALL citus_internal.run_commands('{CREATE TABLE run_command.forged ()}')$$);
CALL citus_internal.become('run_command_nobody');
RESET ROLE;

-- a time limit ends it here and there
SET statement_timeout TO '300ms';
\set VERBOSITY terse
SELECT run_command_on_workers('SELECT pg_sleep(60), ''run_command''');
RESET statement_timeout;
SELECT DISTINCT success, result FROM run_command_on_workers($$
    SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid() $$);
-- global pids
SELECT citus_pid_for_gpid(citus_backend_gpid()) = pg_backend_pid(),
       citus_nodeid_for_gpid(citus_backend_gpid()) = citus_coordinator_nodeid(),
       get_nodeid_for_groupid(0) = citus_coordinator_nodeid(), get_nodeid_for_groupid(99);
SELECT citus_run_local_command('CREATE TABLE run_command.made_here (id int)');
SELECT to_regclass('made_here');

SET client_min_messages TO warning;
DROP SCHEMA run_command CASCADE;
SELECT count(*) FROM run_command_on_all_nodes('DROP ROLE run_command_nobody');
SELECT DISTINCT success, result FROM run_command_on_all_nodes('SELECT count(*) FROM pg_roles WHERE rolname = ''run_command_nobody''');
