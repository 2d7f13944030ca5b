-- The tables and shards a user sees, with their sizes.

CREATE FUNCTION citus_internal.table_type(partkey text, repmodel "char", colocationid integer) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN colocationid IN (SELECT s.colocationid FROM pg_catalog.pg_dist_schema s) THEN 'schema'
                WHEN partkey IS NOT NULL THEN 'distributed'
                WHEN repmodel = 't' THEN 'reference'
                WHEN colocationid = 0 THEN 'local'
                ELSE 'distributed' END
$$;
COMMENT ON FUNCTION citus_internal.table_type(text, "char", integer) IS
    'what kind of table a row of pg_dist_partition describes';

-- Tables that a user made: not those of extensions, nor those that keep keys over all shards.
CREATE VIEW citus_internal.user_tables AS
SELECT p.logicalrelid AS table_name, citus_internal.table_type(p.partkey, p.repmodel, p.colocationid) AS citus_table_type,
       p.partkey, p.colocationid AS colocation_id, c.relowner, c.relam
FROM pg_dist_partition p JOIN pg_class c ON c.oid = p.logicalrelid
WHERE c.relnamespace <> 'citus_internal'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = p.logicalrelid AND d.deptype = 'e');
COMMENT ON VIEW citus_internal.user_tables IS 'rows of pg_dist_partition for the tables that users made';
GRANT SELECT ON citus_internal.user_tables TO PUBLIC;

CREATE VIEW citus.citus_shards AS
SELECT t.table_name, s.shardid, shard_name(t.table_name, s.shardid) AS shard_name, t.citus_table_type, t.colocation_id,
       n.nodename, n.nodeport, z.size AS shard_size
FROM citus_internal.user_tables t
JOIN pg_dist_shard s ON s.logicalrelid = t.table_name
JOIN pg_dist_placement p ON p.shardid = s.shardid AND p.shardstate = 1
JOIN pg_dist_node n ON n.groupid = p.groupid
LEFT JOIN (SELECT shard_id, max(size) AS size FROM citus_shard_sizes() GROUP BY shard_id) z ON z.shard_id = s.shardid
ORDER BY t.table_name::text, s.shardid;
ALTER VIEW citus.citus_shards SET SCHEMA pg_catalog;
COMMENT ON VIEW pg_catalog.citus_shards IS 'the copies of all shards: where they are and how large; an unknown size is NULL';
GRANT SELECT ON pg_catalog.citus_shards TO PUBLIC;

-- A table some of whose shards cannot be measured has no size, but it is shown.
CREATE VIEW citus.citus_tables AS
SELECT t.table_name, t.citus_table_type, coalesce(column_to_column_name(t.table_name, t.partkey), '<none>') AS distribution_column,
       t.colocation_id, pg_size_pretty(s.size) AS table_size, s.shard_count, pg_get_userbyid(t.relowner) AS table_owner,
       a.amname AS access_method
FROM citus_internal.user_tables t
LEFT JOIN pg_am a ON a.oid = t.relam
LEFT JOIN (SELECT shard.logicalrelid, count(*) AS shard_count,
                  CASE WHEN count(*) = count(z.size) THEN sum(z.size) END AS size
           FROM pg_dist_shard shard LEFT JOIN citus_shard_sizes() z ON z.shard_id = shard.shardid
           GROUP BY shard.logicalrelid) s ON s.logicalrelid = t.table_name
ORDER BY t.table_name::text;
COMMENT ON VIEW citus.citus_tables IS 'the tables the cluster manages, with their size without copies';
GRANT SELECT ON citus.citus_tables TO PUBLIC;
DO $$
BEGIN
    EXECUTE format('ALTER VIEW citus.citus_tables SET SCHEMA %I',
                   CASE WHEN to_regnamespace('public') IS NULL THEN 'pg_catalog' ELSE 'public' END);
END $$;
