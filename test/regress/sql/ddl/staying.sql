-- What does not go to other nodes says so when it is made.
SET client_min_messages TO notice;
CREATE SCHEMA ddl_staying;
SET search_path TO ddl_staying;
CREATE TABLE t (k int);
SELECT create_distributed_table('t', 'k', shard_count => 4);
CREATE MATERIALIZED VIEW kept AS SELECT * FROM t;
CREATE VIEW over AS SELECT * FROM kept;
CREATE PUBLICATION ddl_staying FOR TABLE t;
ALTER PUBLICATION ddl_staying SET (publish = 'insert');
DROP PUBLICATION ddl_staying;
CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER ddl_staying ON ddl_command_end EXECUTE FUNCTION watch();
DROP EVENT TRIGGER ddl_staying;
CREATE TYPE pair AS (a int, b int);
CREATE CAST (int AS pair) WITH INOUT;
CREATE OPERATOR FAMILY family USING btree;
SELECT format('GRANT CONNECT ON DATABASE %I TO pg_monitor', current_database()) AS grant,
    format('REVOKE CONNECT ON DATABASE %I FROM pg_monitor', current_database()) AS revoke,
    format('ALTER DATABASE %I SET ddl.staying TO 1', current_database()) AS set,
    format('ALTER DATABASE %I RESET ddl.staying', current_database()) AS reset,
    format('COMMENT ON DATABASE %I IS NULL', current_database()) AS comment \gset
:grant;
:revoke;
:set;
:reset;
:comment;
-- what goes says nothing
ALTER TYPE pair DROP ATTRIBUTE b;
ALTER TYPE pair RENAME TO single;
CREATE POLICY few ON t USING (k > 0);
DROP POLICY few ON t;
SELECT DISTINCT result FROM run_command_on_all_nodes($$SELECT array_agg(attname) FROM pg_attribute WHERE attrelid = 'ddl_staying.single'::regclass AND NOT attisdropped$$);
-- a role that is dropped on a node only is forgotten there
SELECT count(*) FROM run_command_on_all_nodes('CREATE ROLE ddl_staying_role');
GRANT SELECT ON t TO ddl_staying_role;
SET client_min_messages TO warning;
DROP SCHEMA ddl_staying CASCADE;
SELECT count(*) FROM run_command_on_all_nodes('DROP ROLE ddl_staying_role');
SELECT DISTINCT result FROM run_command_on_all_nodes('SELECT count(*) FROM pg_dist_object WHERE pg_describe_object(classid, objid, objsubid) IS NULL');
