-- What the catalogs check by themselves, and what they tell the caches of all backends.

CREATE FUNCTION pg_catalog.authinfo_valid(text) RETURNS boolean
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'authinfo_valid';
COMMENT ON FUNCTION pg_catalog.authinfo_valid(text) IS
    'whether the text is a connection string made of password, sslcert and sslkey only';
CREATE FUNCTION pg_catalog.poolinfo_valid(text) RETURNS boolean
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'poolinfo_valid';
COMMENT ON FUNCTION pg_catalog.poolinfo_valid(text) IS
    'whether the text is a connection string made of dbname, host and port only';
CREATE FUNCTION pg_catalog.role_exists(name) RETURNS boolean
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'role_exists';
COMMENT ON FUNCTION pg_catalog.role_exists(name) IS 'whether there is a role of that name';

ALTER TABLE pg_dist_authinfo
    ADD CONSTRAINT authinfo_valid CHECK (authinfo_valid(authinfo)),
    ADD CONSTRAINT role_exists CHECK (role_exists(rolename));
CREATE UNIQUE INDEX pg_dist_authinfo_identification_index ON pg_dist_authinfo (rolename, nodeid DESC);
ALTER TABLE pg_dist_poolinfo ADD CONSTRAINT poolinfo_valid CHECK (poolinfo_valid(poolinfo));

CREATE FUNCTION pg_catalog.citus_dist_partition_cache_invalidate() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'citus_dist_partition_cache_invalidate';
COMMENT ON FUNCTION pg_catalog.citus_dist_partition_cache_invalidate() IS 'tells every backend that a table''s row of pg_dist_partition changed';
CREATE TRIGGER dist_partition_cache_invalidate AFTER INSERT OR DELETE OR UPDATE ON pg_dist_partition
    FOR EACH ROW EXECUTE FUNCTION citus_dist_partition_cache_invalidate();

CREATE FUNCTION pg_catalog.citus_dist_shard_cache_invalidate() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'citus_dist_shard_cache_invalidate';
COMMENT ON FUNCTION pg_catalog.citus_dist_shard_cache_invalidate() IS 'tells every backend that a table''s shards changed';
CREATE TRIGGER dist_shard_cache_invalidate AFTER INSERT OR DELETE OR UPDATE ON pg_dist_shard
    FOR EACH ROW EXECUTE FUNCTION citus_dist_shard_cache_invalidate();

CREATE FUNCTION pg_catalog.citus_dist_placement_cache_invalidate() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'citus_dist_placement_cache_invalidate';
COMMENT ON FUNCTION pg_catalog.citus_dist_placement_cache_invalidate() IS 'tells every backend that the placements of a table''s shard changed';
CREATE TRIGGER dist_placement_cache_invalidate AFTER INSERT OR DELETE OR UPDATE ON pg_dist_placement
    FOR EACH ROW EXECUTE FUNCTION citus_dist_placement_cache_invalidate();

CREATE FUNCTION pg_catalog.citus_dist_node_cache_invalidate() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'citus_dist_node_cache_invalidate';
COMMENT ON FUNCTION pg_catalog.citus_dist_node_cache_invalidate() IS 'tells every backend that the nodes changed';
CREATE TRIGGER dist_node_cache_invalidate AFTER INSERT OR DELETE OR UPDATE ON pg_dist_node
    FOR EACH ROW EXECUTE FUNCTION citus_dist_node_cache_invalidate();

CREATE FUNCTION pg_catalog.citus_dist_local_group_cache_invalidate() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'citus_dist_local_group_cache_invalidate';
COMMENT ON FUNCTION pg_catalog.citus_dist_local_group_cache_invalidate() IS 'tells every backend that this node''s group changed';
CREATE TRIGGER dist_local_group_cache_invalidate AFTER UPDATE ON pg_dist_local_group
    FOR EACH ROW EXECUTE FUNCTION citus_dist_local_group_cache_invalidate();

CREATE FUNCTION pg_catalog.citus_dist_object_cache_invalidate() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'citus_dist_object_cache_invalidate';
COMMENT ON FUNCTION pg_catalog.citus_dist_object_cache_invalidate() IS 'tells every backend that the objects kept on all nodes changed';
CREATE TRIGGER dist_object_cache_invalidate AFTER INSERT OR DELETE OR UPDATE ON pg_dist_object
    FOR EACH ROW EXECUTE FUNCTION citus_dist_object_cache_invalidate();

CREATE FUNCTION pg_catalog.citus_conninfo_cache_invalidate() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'citus_conninfo_cache_invalidate';
COMMENT ON FUNCTION pg_catalog.citus_conninfo_cache_invalidate() IS
    'tells every backend that the ways to reach nodes changed';
CREATE TRIGGER dist_authinfo_cache_invalidate AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON pg_dist_authinfo
    FOR EACH STATEMENT EXECUTE FUNCTION citus_conninfo_cache_invalidate();
CREATE TRIGGER dist_poolinfo_cache_invalidate AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON pg_dist_poolinfo
    FOR EACH STATEMENT EXECUTE FUNCTION citus_conninfo_cache_invalidate();

CREATE FUNCTION citus_internal.table_option_cache_invalidate() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'table_option_cache_invalidate';
COMMENT ON FUNCTION citus_internal.table_option_cache_invalidate() IS
    'tells every backend that the options of a table changed';
CREATE TRIGGER table_option_cache_invalidate AFTER INSERT OR DELETE OR UPDATE ON citus_internal.table_option
    FOR EACH ROW EXECUTE FUNCTION citus_internal.table_option_cache_invalidate();

CREATE FUNCTION citus_internal.global_key_cache_invalidate() RETURNS trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'global_key_cache_invalidate';
COMMENT ON FUNCTION citus_internal.global_key_cache_invalidate() IS
    'tells every backend that a key over all shards of a table changed';
CREATE TRIGGER global_key_cache_invalidate AFTER INSERT OR DELETE OR UPDATE ON citus_internal.global_key
    FOR EACH ROW EXECUTE FUNCTION citus_internal.global_key_cache_invalidate();

CREATE FUNCTION citus_internal.pg_dist_node_trigger_func() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Two transactions must not each give the same group a primary.
    LOCK TABLE pg_dist_node IN SHARE ROW EXCLUSIVE MODE;
    IF NEW.noderole = 'primary' AND EXISTS (
        SELECT FROM pg_dist_node
        WHERE groupid = NEW.groupid AND noderole = 'primary' AND nodeid <> NEW.nodeid)
    THEN
        RAISE EXCEPTION 'node group % already has a primary node', NEW.groupid
            USING ERRCODE = 'unique_violation',
                  HINT = 'Add the node with another group, or as a secondary of this one.';
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION citus_internal.pg_dist_node_trigger_func() IS 'lets a node group have one primary only';
REVOKE ALL ON FUNCTION citus_internal.pg_dist_node_trigger_func() FROM PUBLIC;
CREATE TRIGGER pg_dist_node_trigger BEFORE INSERT OR UPDATE ON pg_dist_node
    FOR EACH ROW EXECUTE FUNCTION citus_internal.pg_dist_node_trigger_func();
