-- what nodes may tell each other, no client may, whatever role it has and whatever it pretends
\set VERBOSITY terse
SET client_min_messages TO warning;
SELECT format('postgresql://%s@%s:%s/%s', 'trust_client', nodename, nodeport, current_database()) AS worker
    FROM pg_dist_node WHERE groupid = 1 \gset
SELECT citus_internal.execute_everywhere(ARRAY[
    $$CREATE ROLE trust_client LOGIN PASSWORD 'client'$$,
    $$CREATE SCHEMA trust AUTHORIZATION trust_client$$,
    $$CREATE TABLE trust.secret (i integer)$$,
    $f$CREATE FUNCTION trust.leave() RETURNS text LANGUAGE plpgsql AS $$ BEGIN
          SET ROLE postgres; RETURN 'left'; EXCEPTION WHEN OTHERS THEN RETURN sqlstate || ' ' || sqlerrm; END $$ $f$,
    $f$CREATE FUNCTION trust.call(procedure text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN
          EXECUTE 'CALL citus_internal.' || procedure; RETURN 'called'; EXCEPTION WHEN OTHERS THEN RETURN sqlstate || ' ' || sqlerrm; END $$ $f$]);
-- the role of the nodes owns nothing and may do nothing
SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, rolcanlogin FROM pg_roles WHERE rolname = 'citus_node';
SELECT count(*) FROM pg_shdepend WHERE refobjid = 'citus_node'::regrole AND deptype = 'o';
SELECT count(*) FROM pg_auth_members WHERE 'citus_node'::regrole IN (member, roleid);

-- a superuser by hand is no node either
CALL citus_internal.assume_role('trust_client');
CALL citus_internal.run_commands('{SELECT 1}');

SET ROLE trust_client;
SELECT length(citus_internal.node_challenge());
CALL citus_internal.prove_node('', '13.2-1', '13.2-1', 1, 0, NULL);
SELECT length(citus_internal.node_challenge());
CALL citus_internal.prove_node(repeat('0', 64), '13.2-1', '13.2-1', 1, 0, NULL);
-- without a challenge
CALL citus_internal.prove_node(repeat('0', 64), '13.2-1', '13.2-1', 1, 0, NULL);
CALL citus_internal.assume_role('postgres');
CALL citus_internal.run_commands('{DROP TABLE trust.secret}');
CALL citus_internal.set_transaction(0, 1, 0, 0, '{}', 'postgres', false);
CALL citus_internal.set_settings('{session_replication_role, replica}');
CALL citus_internal.finish_prepared('citus_0_1_1_1', true, NULL);
CALL citus_internal.lock_metadata(NULL);
DO $$ BEGIN CALL citus_internal.assume_role('postgres'); END $$;
SELECT trust.call($$run_commands('{DROP TABLE trust.secret}')$$);
SELECT citus_internal.run_commands('{SELECT 1}');
SELECT citus_internal.execute_on_node(2, 'SELECT 1');
SELECT citus_internal.execute_everywhere('{SELECT 1}');
SELECT citus_internal.make_node_login();
SELECT citus_internal.adopt_secret();
SELECT assign_distributed_transaction_id(0, 1, now());
SELECT recover_prepared_transactions();
SELECT check_distributed_deadlocks();
SELECT pg_read_file('citus.secret');
-- a name is no proof
SET application_name TO 'citus_internal gpid=10000000001';
CALL citus_internal.assume_role('postgres');
SELECT count(*) FROM trust.secret;
-- an operator and a cast cannot be made of a procedure that would be called unseen
CREATE OPERATOR trust.### (PROCEDURE = citus_internal.assume_role, RIGHTARG = text);
SELECT OPERATOR(trust.###) 'postgres'::text;
RESET ROLE;
RESET application_name;

-- in a session that a node proved, code of users stays where it is
GRANT EXECUTE ON FUNCTION citus_internal.execute_on_node TO trust_client;
SET ROLE trust_client;
CREATE FUNCTION pg_temp.there(statement text) RETURNS text LANGUAGE sql AS
    $$ SELECT citus_internal.execute_on_node((SELECT nodeid FROM pg_dist_node WHERE groupid = 1), statement) $$;
SELECT pg_temp.there('SELECT current_user');
SELECT pg_temp.there('SELECT trust.leave()');
SELECT pg_temp.there('SELECT trust.call($_$assume_role('''')$_$)');
SELECT pg_temp.there('SELECT trust.call($_$assume_role(''postgres'')$_$)');
SELECT pg_temp.there('SELECT trust.call($_$run_commands(''{DROP TABLE trust.secret}'')$_$)');
SELECT pg_temp.there('SELECT count(*) FROM trust.secret');
SELECT pg_temp.there('SET SESSION AUTHORIZATION postgres');
SELECT pg_temp.there('RESET ROLE');
SELECT pg_temp.there('SELECT current_user');
RESET ROLE;

-- and a client that logs in at the other node
\setenv PGPASSWORD client
\c :worker
\set VERBOSITY terse
SELECT current_user;
CALL citus_internal.assume_role('postgres');
CALL citus_internal.run_commands('{DROP TABLE trust.secret}');
SELECT count(*) FROM trust.secret;
\setenv PGPASSWORD
\c -reuse-previous=off ''
SET client_min_messages TO warning;
SELECT citus_internal.execute_everywhere(ARRAY['DROP SCHEMA trust CASCADE']);
REVOKE EXECUTE ON FUNCTION citus_internal.execute_on_node FROM trust_client;
SELECT citus_internal.execute_everywhere(ARRAY['DROP ROLE trust_client']);
