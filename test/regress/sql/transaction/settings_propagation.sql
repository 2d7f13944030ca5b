-- on other nodes statements see the client's settings, also after SET LOCAL and ROLLBACK TO
\set VERBOSITY terse
CREATE SCHEMA settings_propagation;
SET search_path TO settings_propagation, public;
CREATE FUNCTION there(statement text) RETURNS text LANGUAGE sql AS
    $$ SELECT citus_internal.execute_on_node((SELECT nodeid FROM pg_dist_node WHERE groupid = 1), statement, false) $$;
CREATE FUNCTION there_shown(name text) RETURNS text LANGUAGE sql AS
    $$ SELECT there(format('SELECT current_setting(%L, true)', name)) $$;
CREATE FUNCTION differing() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    differences text := '';
    name text;
BEGIN
    FOREACH name IN ARRAY string_to_array('TimeZone DateStyle IntervalStyle search_path default_text_search_config row_security '
        'bytea_output extra_float_digits xmloption xmlbinary standard_conforming_strings lc_monetary lc_numeric lc_time '
        'lc_messages transaction_isolation transaction_read_only transaction_deferrable lock_timeout', ' ')
    LOOP
        IF current_setting(name) IS DISTINCT FROM there_shown(name) THEN
            differences := concat_ws(' ', differences, name, current_setting(name), 'there', there_shown(name));
        END IF;
    END LOOP;
    RETURN differences;
END $$;

SELECT differing();
BEGIN;
SET LOCAL TimeZone TO 'Asia/Tokyo';
SET LOCAL DateStyle TO 'German';
SET LOCAL IntervalStyle TO 'sql_standard';
SET LOCAL default_text_search_config TO 'pg_catalog.german';
SET LOCAL row_security TO off;
SET LOCAL bytea_output TO 'escape';
SET LOCAL extra_float_digits TO -3;
SET LOCAL xmloption TO 'document';
SET LOCAL xmlbinary TO 'hex';
SET LOCAL lock_timeout TO '17s';
SELECT there('SELECT ''2020-01-01 00:00:00+00''::timestamptz::text || '' '' || ''1 day 2 hours''::interval || '' '' || ''\xff00''::bytea');
SELECT differing();
COMMIT;
SELECT differing();

-- settings of the user's own: made, changed, taken back by ROLLBACK TO and at the end of the transaction
SELECT there_shown('settings_propagation.tenant');
SET settings_propagation.tenant TO 'one';
SELECT there_shown('settings_propagation.tenant');
BEGIN;
SET LOCAL settings_propagation.tenant TO 'it''s "two" \ {three}';
SELECT there_shown('settings_propagation.tenant');
SAVEPOINT a;
SET LOCAL settings_propagation.tenant TO 'inside';
SET LOCAL TimeZone TO 'Europe/Berlin';
SELECT there_shown('settings_propagation.tenant'), there_shown('TimeZone');
ROLLBACK TO a;
SELECT there_shown('settings_propagation.tenant'), differing();
SAVEPOINT b;
SET LOCAL settings_propagation.tenant TO 'kept';
RELEASE b;
SELECT there_shown('settings_propagation.tenant');
COMMIT;
SELECT there_shown('settings_propagation.tenant');
RESET settings_propagation.tenant;
SELECT there_shown('settings_propagation.tenant') = '' AS empty;

-- a connection is told once: what changes between statements and transactions, and what a rollback takes back, is told again
SELECT there('SELECT pg_backend_pid()') AS backend \gset
SET TimeZone TO 'Asia/Tokyo';
SET settings_propagation.tenant TO 'session';
SELECT there_shown('TimeZone'), there_shown('settings_propagation.tenant'), differing();
BEGIN;
SET TimeZone TO 'Europe/Berlin';
SET settings_propagation.tenant TO 'rolled back';
SELECT there_shown('TimeZone'), there_shown('settings_propagation.tenant');
ROLLBACK;
SELECT there_shown('TimeZone'), there_shown('settings_propagation.tenant'), differing();
BEGIN;
SELECT there_shown('TimeZone');
SAVEPOINT a;
SET TimeZone TO 'Europe/Berlin';
SET settings_propagation.tenant TO 'inside';
SELECT there_shown('TimeZone'), there_shown('settings_propagation.tenant');
SAVEPOINT b;
RESET TimeZone;
SELECT there_shown('TimeZone') = current_setting('TimeZone') AS own;
ROLLBACK TO b;
SELECT there_shown('TimeZone'), there_shown('settings_propagation.tenant');
ROLLBACK TO a;
SELECT there_shown('TimeZone'), there_shown('settings_propagation.tenant'), differing();
SET TimeZone TO 'Europe/Paris';
COMMIT;
SELECT there_shown('TimeZone'), there_shown('settings_propagation.tenant'), differing();
BEGIN;
SET LOCAL TimeZone TO 'Asia/Tokyo';
SET LOCAL settings_propagation.tenant TO 'local';
SELECT there_shown('TimeZone'), there_shown('settings_propagation.tenant');
COMMIT;
SELECT there_shown('TimeZone'), there_shown('settings_propagation.tenant'), differing();
-- an error there, and one here, after something was told
SET TimeZone TO 'Asia/Tokyo';
SELECT there('SELECT 1 / 0');
SELECT there_shown('TimeZone'), differing();
SET TimeZone TO 'Europe/Berlin';
SELECT there_shown('TimeZone')::int;
SELECT there_shown('TimeZone'), differing();
-- what code that ran there has set for the session is not the client's
SELECT there($$SELECT set_config('TimeZone', 'Asia/Tokyo', false), set_config('settings_propagation.tenant', 'theirs', false)$$);
SELECT there_shown('TimeZone'), there_shown('settings_propagation.tenant'), differing();
RESET TimeZone;
RESET settings_propagation.tenant;
SELECT there_shown('settings_propagation.tenant') = '' AS empty, differing();
SELECT there('SELECT pg_backend_pid()') = :'backend' AS same_connection;

-- settings that a function carries
CREATE FUNCTION in_tokyo() RETURNS text LANGUAGE sql SET TimeZone = 'Asia/Tokyo' AS $$ SELECT there_shown('TimeZone') $$;
BEGIN;
SELECT in_tokyo(), there_shown('TimeZone') = current_setting('TimeZone') AS as_before;
COMMIT;

-- the kind of transaction
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT there_shown('transaction_isolation'), there_shown('transaction_read_only');
SELECT there('CREATE TABLE public.settings_propagation ()');
COMMIT;
BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY DEFERRABLE;
SELECT there_shown('transaction_isolation'), there_shown('transaction_read_only'), there_shown('transaction_deferrable');
COMMIT;
BEGIN;
SELECT there_shown('transaction_read_only');
SET TRANSACTION READ ONLY;
SELECT there_shown('transaction_read_only');
COMMIT;

-- messages: as low as the client asks for
SELECT there('DO $_$ BEGIN RAISE WARNING ''from there''; RAISE NOTICE ''so is this''; END $_$');
SET citus.worker_min_messages TO warning;
SELECT there('DO $_$ BEGIN RAISE WARNING ''from there''; RAISE NOTICE ''so is this''; END $_$');
RESET citus.worker_min_messages;

SET client_min_messages TO warning;
DROP SCHEMA settings_propagation CASCADE;
