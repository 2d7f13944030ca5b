-- Backends of the whole cluster, named by global pids.

CREATE FUNCTION pg_catalog.citus_backend_gpid() RETURNS bigint
    LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'citus_backend_gpid';
COMMENT ON FUNCTION pg_catalog.citus_backend_gpid() IS
    'global pid of the backend that the client is connected to: this one, or the one that sent the statement here';
CREATE FUNCTION pg_catalog.pg_cancel_backend(global_pid bigint) RETURNS boolean
    LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'citus_cancel_backend';
COMMENT ON FUNCTION pg_catalog.pg_cancel_backend(bigint) IS 'cancels the statement of a backend of any node';
CREATE FUNCTION pg_catalog.pg_terminate_backend(global_pid bigint, timeout bigint DEFAULT 0) RETURNS boolean
    LANGUAGE c VOLATILE STRICT AS 'MODULE_PATHNAME', 'citus_terminate_backend';
COMMENT ON FUNCTION pg_catalog.pg_terminate_backend(bigint, bigint) IS 'ends a backend of any node';
