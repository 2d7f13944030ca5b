-- PostgreSQL's isolationtester asks whether a session waits for others. On a cluster it may wait on another node.

CREATE FUNCTION pg_catalog.citus_isolation_test_session_is_blocked(pblockedpid integer, pinterestingpids integer[])
    RETURNS boolean LANGUAGE plpgsql VOLATILE STRICT SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    node integer := coalesce(citus_nodeid_for_gpid(citus_backend_gpid()), 0);
BEGIN
    -- Its name while it is replaced, and otherwise.
    IF to_regprocedure('pg_catalog.local_isolation_test_session_is_blocked(integer,integer[])') IS NOT NULL THEN
        IF local_isolation_test_session_is_blocked(pblockedpid, pinterestingpids) THEN RETURN true; END IF;
    ELSIF pg_isolation_test_session_is_blocked(pblockedpid, pinterestingpids) THEN
        RETURN true;
    END IF;
    RETURN EXISTS (SELECT FROM citus_lock_waits
                   WHERE waiting_gpid = citus_calculate_gpid(node, pblockedpid)
                         AND blocking_gpid IN (SELECT citus_calculate_gpid(node, pid) FROM unnest(pinterestingpids) pid));
END $$;
COMMENT ON FUNCTION pg_catalog.citus_isolation_test_session_is_blocked(integer, integer[]) IS
    'whether a backend of this node waits, on any node, for one of some other backends of this node';
REVOKE EXECUTE ON FUNCTION pg_catalog.citus_isolation_test_session_is_blocked(integer, integer[]) FROM PUBLIC;

CREATE FUNCTION citus_internal.replace_isolation_tester_func() RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    ALTER FUNCTION pg_isolation_test_session_is_blocked(integer, integer[]) RENAME TO local_isolation_test_session_is_blocked;
    ALTER FUNCTION citus_isolation_test_session_is_blocked(integer, integer[]) RENAME TO pg_isolation_test_session_is_blocked;
END $$;
COMMENT ON FUNCTION citus_internal.replace_isolation_tester_func() IS
    'lets isolationtester see waits on other nodes, in this database';
REVOKE EXECUTE ON FUNCTION citus_internal.replace_isolation_tester_func() FROM PUBLIC;

CREATE FUNCTION citus_internal.restore_isolation_tester_func() RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    ALTER FUNCTION pg_isolation_test_session_is_blocked(integer, integer[]) RENAME TO citus_isolation_test_session_is_blocked;
    ALTER FUNCTION local_isolation_test_session_is_blocked(integer, integer[]) RENAME TO pg_isolation_test_session_is_blocked;
END $$;
COMMENT ON FUNCTION citus_internal.restore_isolation_tester_func() IS
    'undoes replace_isolation_tester_func()';
REVOKE EXECUTE ON FUNCTION citus_internal.restore_isolation_tester_func() FROM PUBLIC;
