-- Views that need nothing but the catalogs. A view cannot be made in pg_catalog, but it can be moved there.

CREATE VIEW citus.citus_nodes AS
SELECT nodename, nodeport, CASE WHEN groupid = 0 THEN 'coordinator' ELSE 'worker' END AS role, isactive AS active
FROM pg_dist_node;
ALTER VIEW citus.citus_nodes SET SCHEMA pg_catalog;
COMMENT ON VIEW pg_catalog.citus_nodes IS 'the nodes of the cluster';
GRANT SELECT ON pg_catalog.citus_nodes TO PUBLIC;

CREATE VIEW citus.pg_dist_shard_placement AS
SELECT placement.shardid, placement.shardstate, placement.shardlength, node.nodename, node.nodeport,
       placement.placementid
FROM pg_dist_placement placement
JOIN pg_dist_node node ON node.groupid = placement.groupid AND node.noderole = 'primary';
ALTER VIEW citus.pg_dist_shard_placement SET SCHEMA pg_catalog;
COMMENT ON VIEW pg_catalog.pg_dist_shard_placement IS 'copies of the shards with the address of the primary that holds each';
GRANT SELECT ON pg_catalog.pg_dist_shard_placement TO PUBLIC;

CREATE FUNCTION citus_internal.find_groupid_for_node(text, integer) RETURNS integer
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found integer;
BEGIN
    SELECT groupid INTO found FROM pg_dist_node WHERE nodename = $1 AND nodeport = $2;
    IF found IS NULL THEN
        RAISE EXCEPTION 'there is no node at %:%', $1, $2
            USING ERRCODE = 'undefined_object', HINT = 'The nodes are the rows of citus_nodes.';
    END IF;
    RETURN found;
END $$;
COMMENT ON FUNCTION citus_internal.find_groupid_for_node(text, integer) IS 'group of the node at an address';
REVOKE ALL ON FUNCTION citus_internal.find_groupid_for_node(text, integer) FROM PUBLIC;

CREATE FUNCTION citus_internal.pg_dist_shard_placement_trigger_func() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM pg_dist_placement WHERE placementid = OLD.placementid;
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        UPDATE pg_dist_placement
        SET shardid = NEW.shardid, shardstate = NEW.shardstate, shardlength = NEW.shardlength,
            placementid = NEW.placementid,
            groupid = citus_internal.find_groupid_for_node(NEW.nodename, NEW.nodeport)
        WHERE placementid = OLD.placementid;
        RETURN NEW;
    END IF;
    IF NEW.placementid IS NULL THEN
        NEW.placementid = nextval('pg_dist_placement_placementid_seq');
    END IF;
    INSERT INTO pg_dist_placement (placementid, shardid, shardstate, shardlength, groupid)
    VALUES (NEW.placementid, NEW.shardid, coalesce(NEW.shardstate, 1), coalesce(NEW.shardlength, 0),
            citus_internal.find_groupid_for_node(NEW.nodename, NEW.nodeport));
    RETURN NEW;
END $$;
COMMENT ON FUNCTION citus_internal.pg_dist_shard_placement_trigger_func() IS
    'writes through the view pg_dist_shard_placement to pg_dist_placement';
REVOKE ALL ON FUNCTION citus_internal.pg_dist_shard_placement_trigger_func() FROM PUBLIC;
CREATE TRIGGER pg_dist_shard_placement_trigger INSTEAD OF INSERT OR UPDATE OR DELETE ON pg_dist_shard_placement
    FOR EACH ROW EXECUTE FUNCTION citus_internal.pg_dist_shard_placement_trigger_func();
