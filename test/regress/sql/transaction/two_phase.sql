-- a transaction that wrote on several nodes commits on all of them or on none, in no more phases than it needs
\set VERBOSITY terse
SET client_min_messages TO warning;
-- on(worker, statement) runs in the transaction; both(statement) reads the same from both workers
CREATE SCHEMA two_phase;
CREATE FUNCTION two_phase.worker(n integer) RETURNS integer LANGUAGE sql AS
    $$ SELECT nodeid FROM pg_dist_node WHERE groupid = n $$;
CREATE FUNCTION two_phase.on(n integer, statement text, writes boolean DEFAULT true) RETURNS text LANGUAGE sql AS
    $$ SELECT citus_internal.execute_on_node(two_phase.worker(n), statement, writes) $$;
CREATE FUNCTION two_phase.both(statement text) RETURNS text[] LANGUAGE sql AS
    $$ SELECT ARRAY[two_phase.on(1, statement, false), two_phase.on(2, statement, false)] $$;
CREATE FUNCTION two_phase.records() RETURNS bigint LANGUAGE sql AS
    $$ SELECT count(*) FROM pg_dist_transaction WHERE outer_xid >= current_setting('two_phase.first')::xid8 $$;
CREATE FUNCTION two_phase.contents() RETURNS text[] LANGUAGE sql AS
    $$ SELECT two_phase.both('SELECT string_agg(i::text, '','' ORDER BY i) FROM two_phase.t') $$;
CREATE FUNCTION two_phase.prepared() RETURNS text[] LANGUAGE sql AS
    $$ SELECT two_phase.both('SELECT count(*) FROM pg_prepared_xacts WHERE database = current_database()') $$;
SELECT citus_internal.execute_everywhere(ARRAY[
    'CREATE SCHEMA IF NOT EXISTS two_phase',
    'CREATE TABLE two_phase.t (i integer PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)']);
-- records are counted below: the daemons leave them alone meanwhile
CREATE FUNCTION two_phase.set_recovery(command text) RETURNS bigint LANGUAGE sql AS $$
    SELECT count(*) FROM run_command_on_all_nodes(command) a, run_command_on_all_nodes('SELECT pg_reload_conf() OR pg_sleep(0.3) IS NULL') b
        WHERE a.success AND b.success AND a.nodeid = b.nodeid $$;
SELECT two_phase.set_recovery('ALTER SYSTEM SET citus.recover_2pc_interval TO -1');
SELECT set_config('two_phase.first', pg_snapshot_xmax(pg_current_snapshot())::text, false) IS NOT NULL AS set;
SELECT recover_prepared_transactions() >= 0 AS recovered;

-- two nodes: two phases, with a record for each
BEGIN;
SELECT two_phase.on(1, 'INSERT INTO two_phase.t VALUES (1)');
SELECT two_phase.on(2, 'INSERT INTO two_phase.t VALUES (1)');
COMMIT;
SELECT two_phase.contents(), two_phase.prepared(), two_phase.records();

-- what is written here counts, too: the other node prepares
BEGIN;
INSERT INTO two_phase.t VALUES (2);
SELECT two_phase.on(1, 'INSERT INTO two_phase.t VALUES (2)');
COMMIT;
SELECT two_phase.contents(), two_phase.prepared(), two_phase.records();

-- one node: one phase; who only reads does not count
BEGIN;
SELECT two_phase.on(2, 'SELECT count(*) FROM two_phase.t', false);
SELECT two_phase.on(1, 'INSERT INTO two_phase.t VALUES (3)');
COMMIT;
SELECT two_phase.on(1, 'INSERT INTO two_phase.t VALUES (4)');
SELECT two_phase.contents(), two_phase.prepared(), two_phase.records();

-- rolled back
BEGIN;
SELECT two_phase.on(1, 'INSERT INTO two_phase.t VALUES (5)');
SELECT two_phase.on(2, 'INSERT INTO two_phase.t VALUES (5)');
ROLLBACK;
SELECT two_phase.contents(), two_phase.prepared(), two_phase.records();

-- one node refuses at the end: nobody commits, in either form
BEGIN;
SELECT two_phase.on(1, 'INSERT INTO two_phase.t VALUES (6)');
SELECT two_phase.on(2, 'INSERT INTO two_phase.t VALUES (1)');
COMMIT;
BEGIN;
INSERT INTO two_phase.t VALUES (7);
SELECT two_phase.on(2, 'INSERT INTO two_phase.t VALUES (1)');
COMMIT;
SELECT two_phase.on(2, 'INSERT INTO two_phase.t VALUES (1)');
SELECT two_phase.contents(), two_phase.prepared(), two_phase.records(), (SELECT count(*) FROM two_phase.t WHERE i = 7) AS here;

-- this node refuses at the end
BEGIN;
SELECT two_phase.on(1, 'INSERT INTO two_phase.t VALUES (8)');
SELECT two_phase.on(2, 'INSERT INTO two_phase.t VALUES (8)');
INSERT INTO two_phase.t VALUES (2);
COMMIT;
SELECT two_phase.contents(), two_phase.prepared(), two_phase.records();

-- the client's own PREPARE: refused after writing elsewhere, fine otherwise
BEGIN;
SELECT two_phase.on(1, 'INSERT INTO two_phase.t VALUES (9)');
PREPARE TRANSACTION 'two phase';
BEGIN;
SELECT two_phase.on(1, 'SELECT count(*) FROM two_phase.t', false);
INSERT INTO two_phase.t VALUES (10);
PREPARE TRANSACTION 'two phase';
SELECT two_phase.contents();
ROLLBACK PREPARED 'two phase';

-- the id of the transaction is the same everywhere
BEGIN;
SELECT transaction_number = 0 AS none FROM get_current_transaction_id();
SELECT two_phase.on(1, 'SELECT 1', false);
SELECT two_phase.both('SELECT transaction_number FROM get_current_transaction_id()')
    = array_fill(transaction_number::text, ARRAY[2]) AS same, initiator_node_identifier FROM get_current_transaction_id();
SELECT worker_query, transaction_number = (get_current_transaction_id()).transaction_number AS mine, global_pid = citus_backend_gpid() AS here
    FROM get_all_active_transactions() WHERE process_id = pg_backend_pid();
COMMIT;
SELECT count(*) FROM get_all_active_transactions() WHERE process_id = pg_backend_pid();

-- a statement on one node that writes on another: the node keeps the record; among several writers it is refused
CREATE FUNCTION two_phase.through(inserts boolean) RETURNS text LANGUAGE sql AS $$
    SELECT two_phase.on(1, format('SELECT citus_internal.execute_on_node(%s, %L)', two_phase.worker(2), 'INSERT INTO two_phase.t VALUES (11)'))
        FROM (SELECT CASE WHEN inserts THEN two_phase.on(1, 'INSERT INTO two_phase.t VALUES (11)') END) _ $$;
SELECT two_phase.on(1, 'SELECT count(*) FROM pg_dist_transaction', false) AS before \gset
BEGIN;
SELECT two_phase.through(true);
COMMIT;
SELECT two_phase.contents(), two_phase.prepared(), two_phase.on(1, 'SELECT count(*) FROM pg_dist_transaction', false)::bigint - :before AS records;
BEGIN;
SELECT two_phase.through(false);
INSERT INTO two_phase.t VALUES (12);
COMMIT;
SELECT two_phase.contents(), two_phase.prepared(), (SELECT count(*) FROM two_phase.t WHERE i = 12) AS here;

-- recovery: what has a record is committed, what has none is rolled back, what is not ours stays, who runs is left alone
SELECT nodeport AS port, current_setting('port') AS home FROM pg_dist_node WHERE groupid = 1 \gset
\c - - - :port
SET client_min_messages TO warning;
BEGIN;
INSERT INTO two_phase.t VALUES (101);
PREPARE TRANSACTION 'citus_0_1_101_1';
BEGIN;
INSERT INTO two_phase.t VALUES (102);
PREPARE TRANSACTION 'citus_0_1_102_1';
BEGIN;
INSERT INTO two_phase.t VALUES (103);
PREPARE TRANSACTION 'two phase';
BEGIN;
INSERT INTO two_phase.t VALUES (104);
PREPARE TRANSACTION 'citus_77_1_104_1';
\c - - - :home
SET client_min_messages TO warning;
INSERT INTO pg_dist_transaction VALUES (1, 'citus_0_1_101_1', pg_current_xact_id()), (1, 'citus_0_1_105_1', pg_current_xact_id());
SELECT recover_prepared_transactions() >= 0 AS recovered;
SELECT two_phase.contents();
SELECT gid FROM pg_dist_transaction WHERE gid IN ('citus_0_1_101_1', 'citus_0_1_105_1');
\c - - - :port
SELECT gid FROM pg_prepared_xacts WHERE database = current_database() ORDER BY gid COLLATE "C";
ROLLBACK PREPARED 'citus_77_1_104_1';
ROLLBACK PREPARED 'two phase';
\c - - - :home
SET client_min_messages TO warning;
SELECT recover_prepared_transactions();
SELECT count(*) FROM pg_dist_transaction WHERE gid LIKE 'citus\_0\_1\_10%';

SELECT two_phase.set_recovery('ALTER SYSTEM RESET citus.recover_2pc_interval');
SELECT citus_internal.execute_everywhere('{DROP SCHEMA two_phase CASCADE}');
