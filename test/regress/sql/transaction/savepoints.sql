-- savepoints reach the other nodes: what is rolled back here is rolled back there, and nothing else
\set VERBOSITY terse
SET client_min_messages TO warning;
CREATE SCHEMA savepoints;
CREATE FUNCTION savepoints.on(n integer, statement text) RETURNS text LANGUAGE sql AS
    $$ SELECT citus_internal.execute_on_node((SELECT nodeid FROM pg_dist_node WHERE groupid = n), statement) $$;
CREATE FUNCTION savepoints.put(n integer, i integer) RETURNS text LANGUAGE sql AS
    $$ SELECT savepoints.on(n, format('INSERT INTO savepoints.t VALUES (%s) RETURNING ''put''', i)) $$;
CREATE FUNCTION savepoints.contents() RETURNS text[] LANGUAGE sql AS
    $$ SELECT array_agg(savepoints.on(n, 'SELECT string_agg(i::text, '','' ORDER BY i) FROM savepoints.t') ORDER BY n)
       FROM generate_series(1, 2) n $$;
SELECT citus_internal.execute_everywhere(ARRAY[
    'CREATE SCHEMA IF NOT EXISTS savepoints', 'CREATE TABLE savepoints.t (i integer PRIMARY KEY)']);

-- an error inside, a node that joins inside, a release, savepoints inside savepoints
BEGIN;
SELECT savepoints.put(1, 1);
SAVEPOINT a;
SELECT savepoints.put(1, 1);
SELECT savepoints.put(1, 2);
ROLLBACK TO a;
SELECT savepoints.put(1, 3);
SAVEPOINT b;
SELECT savepoints.put(2, 1);
SAVEPOINT c;
SELECT savepoints.put(2, 2);
SELECT savepoints.put(1, 4);
ROLLBACK TO c;
RELEASE b;
SAVEPOINT d;
SELECT savepoints.put(1, 5);
SAVEPOINT e;
SELECT savepoints.put(1, 6);
RELEASE e;
ROLLBACK TO d;
COMMIT;
SELECT savepoints.contents();

-- the same name again, and a savepoint that no node heard of
BEGIN;
SAVEPOINT a;
SAVEPOINT a;
SELECT savepoints.put(1, 7);
ROLLBACK TO a;
RELEASE a;
SELECT savepoints.put(1, 8);
SAVEPOINT unheard;
ROLLBACK TO unheard;
COMMIT;
SELECT savepoints.contents();

-- a local error inside ends what the nodes did inside
BEGIN;
SELECT savepoints.put(2, 9);
SAVEPOINT a;
SELECT savepoints.put(2, 10);
SELECT 1 / 0;
ROLLBACK TO a;
COMMIT;
SELECT savepoints.contents();

-- blocks with handlers, many of them
DO $$
DECLARE caught integer := 0;
BEGIN
    FOR i IN 1..12 LOOP
        BEGIN
            PERFORM savepoints.put(1, i);
        EXCEPTION WHEN unique_violation THEN caught := caught + 1;
        END;
    END LOOP;
    RAISE WARNING 'caught %', caught;
END $$;
SELECT savepoints.contents();

-- a statement that is cancelled inside; the transaction goes on with what was before
BEGIN;
SELECT savepoints.put(1, 20);
SAVEPOINT a;
SET LOCAL statement_timeout TO '100ms';
SELECT savepoints.on(1, 'SELECT pg_sleep(60)');
ROLLBACK TO a;
SELECT savepoints.put(1, 21);
COMMIT;
SELECT savepoints.contents();
SELECT savepoints.on(1, 'SELECT count(*) FROM pg_stat_activity WHERE state = ''active'' AND query = ''SELECT pg_sleep(60)''');

-- a whole transaction that is cancelled
BEGIN;
SET LOCAL statement_timeout TO '100ms';
SELECT savepoints.put(2, 30);
SELECT savepoints.on(1, 'SELECT pg_sleep(60)');
ROLLBACK;
SELECT savepoints.contents();

-- several nodes fail at the same time, and the transaction goes on
CREATE TABLE savepoints.everywhere (k integer PRIMARY KEY, x integer CHECK (x < 10));
SET citus.shard_count TO 8;
SELECT create_distributed_table('savepoints.everywhere', 'k');
INSERT INTO savepoints.everywhere SELECT i, 1 FROM generate_series(1, 20) i;
DO $$ BEGIN
    BEGIN
        UPDATE savepoints.everywhere SET x = 10;
    EXCEPTION WHEN check_violation THEN
        RAISE WARNING 'caught';
    END;
    UPDATE savepoints.everywhere SET x = 2;
END $$;
SELECT count(*), sum(x) FROM savepoints.everywhere;
DROP TABLE savepoints.everywhere;

SELECT citus_internal.execute_everywhere('{DROP SCHEMA savepoints CASCADE}');
