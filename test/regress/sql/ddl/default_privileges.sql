-- ALTER DEFAULT PRIVILEGES holds on every node, and goes with its role and its schema.
SET client_min_messages TO warning;
CREATE ROLE ddl_default_maker;
CREATE ROLE ddl_default_reader;
CREATE SCHEMA ddl_default;
CREATE FUNCTION defaults() RETURNS TABLE (is_equal boolean, how_many text) LANGUAGE sql AS $$
    SELECT count(DISTINCT result) = 1, min(split_part(result, ' ', 1)) FROM run_command_on_all_nodes($q$
        SELECT concat(count(*), ' ', md5(string_agg(one, ';' ORDER BY one))) FROM (
            SELECT concat(defaclrole::regrole, ' ', nullif(defaclnamespace, 0)::regnamespace, ' ', defaclobjtype, ' ', defaclacl) AS one
            FROM pg_default_acl WHERE concat(defaclrole::regrole, defaclacl) ~ 'ddl_default') s $q$)
$$;
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO ddl_default_reader;
SELECT * FROM defaults();
ALTER DEFAULT PRIVILEGES FOR ROLE ddl_default_maker IN SCHEMA ddl_default GRANT EXECUTE ON FUNCTIONS TO ddl_default_reader WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES FOR ROLE ddl_default_maker REVOKE USAGE ON TYPES FROM public;
SELECT * FROM defaults();
-- what is made then is alike on all nodes
CREATE TABLE ddl_default.t (k int);
SELECT create_distributed_table('ddl_default.t', 'k', shard_count => 4);
SELECT DISTINCT result FROM run_command_on_all_nodes($$SELECT has_table_privilege('ddl_default_reader', 'ddl_default.t', 'select')$$);
SELECT DISTINCT result FROM run_command_on_all_nodes($$SELECT bool_or(relacl IS NOT NULL) FROM pg_class WHERE relname ~ '^t_\d' AND relnamespace = 'ddl_default'::regnamespace$$);
-- on a node that missed it
SET citus.enable_ddl_propagation TO off;
ALTER DEFAULT PRIVILEGES FOR ROLE ddl_default_maker IN SCHEMA ddl_default GRANT USAGE ON SEQUENCES TO ddl_default_reader;
ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM ddl_default_reader;
RESET citus.enable_ddl_propagation;
SELECT * FROM defaults();
SELECT count(start_metadata_sync_to_node(nodename, nodeport)) FROM pg_dist_node WHERE groupid <> 0;
SELECT * FROM defaults();
-- they go
BEGIN;
ALTER DEFAULT PRIVILEGES FOR ROLE ddl_default_maker IN SCHEMA ddl_default REVOKE EXECUTE ON FUNCTIONS FROM ddl_default_reader;
SELECT * FROM defaults();
ROLLBACK;
ALTER DEFAULT PRIVILEGES FOR ROLE ddl_default_maker IN SCHEMA ddl_default REVOKE EXECUTE ON FUNCTIONS FROM ddl_default_reader;
SELECT * FROM defaults();
DROP SCHEMA ddl_default CASCADE;
SELECT * FROM defaults();
DROP OWNED BY ddl_default_maker, ddl_default_reader;
SELECT * FROM defaults();
DROP ROLE ddl_default_maker, ddl_default_reader;
DROP FUNCTION defaults;
