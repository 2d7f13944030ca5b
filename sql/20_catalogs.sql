-- The catalogs. A table cannot be made in pg_catalog, but it can be moved there.
-- None is marked with pg_extension_config_dump: a dump holds the user's rows, not where they lay.

CREATE FUNCTION citus_internal.make_catalog(relation regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (SELECT relkind FROM pg_class WHERE oid = relation) = 'S' THEN
        EXECUTE format('ALTER SEQUENCE %s SET SCHEMA pg_catalog', relation);
    ELSE
        EXECUTE format('ALTER TABLE %s SET SCHEMA pg_catalog', relation);
    END IF;
END $$;

CREATE SEQUENCE citus.pg_dist_groupid_seq MAXVALUE 4294967296;
CREATE SEQUENCE citus.pg_dist_node_nodeid_seq MAXVALUE 4294967294;
CREATE SEQUENCE citus.pg_dist_colocationid_seq MAXVALUE 4294967296;
CREATE SEQUENCE citus.pg_dist_shardid_seq MINVALUE 102008;
CREATE SEQUENCE citus.pg_dist_placement_placementid_seq;
CREATE SEQUENCE citus.pg_dist_operationid_seq;
CREATE SEQUENCE citus.pg_dist_cleanup_recordid_seq;
CREATE SEQUENCE citus.pg_dist_background_job_job_id_seq;
CREATE SEQUENCE citus.pg_dist_background_task_task_id_seq;
CREATE SEQUENCE citus.pg_dist_clock_logical_seq;
SELECT citus_internal.make_catalog(oid) FROM pg_class WHERE relnamespace = 'citus'::regnamespace AND relkind = 'S';

-- Nodes and how to reach them

CREATE TABLE citus.pg_dist_local_group (
    groupid integer NOT NULL,
    CONSTRAINT pg_dist_local_group_pkey PRIMARY KEY (groupid)
);
COMMENT ON TABLE citus.pg_dist_local_group IS 'the group of this node, 0 on a coordinator';
INSERT INTO citus.pg_dist_local_group VALUES (0);

CREATE TABLE citus.pg_dist_node_metadata (
    metadata jsonb NOT NULL
);
COMMENT ON TABLE citus.pg_dist_node_metadata IS 'facts about this node: its identity and the version it was upgraded to last';
INSERT INTO citus.pg_dist_node_metadata
SELECT jsonb_build_object(
    'server_id', gen_random_uuid(),
    'last_upgrade_version', (SELECT extversion FROM pg_extension WHERE extname = 'citus'),
    'partitioned_citus_table_exists_pre_11', false);

CREATE TABLE citus.pg_dist_node (
    nodeid integer NOT NULL DEFAULT nextval('pg_catalog.pg_dist_node_nodeid_seq'::regclass),
    groupid integer NOT NULL DEFAULT nextval('pg_catalog.pg_dist_groupid_seq'::regclass),
    nodename text NOT NULL,
    nodeport integer NOT NULL DEFAULT 5432,
    noderack text NOT NULL DEFAULT 'default',
    hasmetadata boolean NOT NULL DEFAULT false,
    isactive boolean NOT NULL DEFAULT true,
    noderole noderole NOT NULL DEFAULT 'primary',
    nodecluster name NOT NULL DEFAULT 'default',
    metadatasynced boolean DEFAULT false,
    shouldhaveshards boolean NOT NULL DEFAULT true,
    nodeisclone boolean NOT NULL DEFAULT false,
    nodeprimarynodeid integer NOT NULL DEFAULT 0,
    CONSTRAINT pg_dist_node_nodename_nodeport_key UNIQUE (nodename, nodeport),
    CONSTRAINT pg_dist_node_pkey PRIMARY KEY (nodeid),
    CONSTRAINT primaries_are_only_allowed_in_the_default_cluster
        CHECK (NOT (nodecluster <> 'default' AND noderole = 'primary'))
);
COMMENT ON TABLE citus.pg_dist_node IS 'the servers of the cluster; a group is a primary and its standbys';

CREATE TABLE citus.pg_dist_authinfo (
    nodeid integer NOT NULL,
    rolename name NOT NULL,
    authinfo text NOT NULL
);
COMMENT ON TABLE citus.pg_dist_authinfo IS
    'credentials a role logs in to a node with; node 0 means every node, node -1 this one';

CREATE TABLE citus.pg_dist_poolinfo (
    nodeid integer NOT NULL,
    poolinfo text NOT NULL,
    CONSTRAINT pg_dist_poolinfo_pkey PRIMARY KEY (nodeid)
);
COMMENT ON TABLE citus.pg_dist_poolinfo IS 'another endpoint, such as a pooler, to reach a node through';

-- Tables, shards and where they are

CREATE TABLE citus.pg_dist_colocation (
    colocationid integer NOT NULL,
    shardcount integer NOT NULL,
    replicationfactor integer NOT NULL,
    distributioncolumntype oid NOT NULL,
    distributioncolumncollation oid NOT NULL,
    CONSTRAINT pg_dist_colocation_pkey PRIMARY KEY (colocationid)
);
CREATE INDEX pg_dist_colocation_configuration_index ON citus.pg_dist_colocation
    (distributioncolumntype, shardcount, replicationfactor, distributioncolumncollation);
COMMENT ON TABLE citus.pg_dist_colocation IS 'groups of tables whose shards with equal ranges lie on the same nodes';

CREATE TABLE citus.pg_dist_partition (
    logicalrelid regclass NOT NULL,
    partmethod "char" NOT NULL,
    partkey text,
    colocationid integer NOT NULL DEFAULT 0,
    repmodel "char" NOT NULL DEFAULT 'c',
    autoconverted boolean DEFAULT false
);
CREATE INDEX pg_dist_partition_colocationid_index ON citus.pg_dist_partition (colocationid);
CREATE UNIQUE INDEX pg_dist_partition_logical_relid_index ON citus.pg_dist_partition (logicalrelid);
COMMENT ON TABLE citus.pg_dist_partition IS
    'tables the cluster manages: partmethod h hash, r range, a append, n none; repmodel s one placement, c statement-based replicas, t reference table';

CREATE TABLE citus.pg_dist_shard (
    logicalrelid regclass NOT NULL,
    shardid bigint NOT NULL,
    shardstorage "char" NOT NULL,
    shardminvalue text,
    shardmaxvalue text
);
CREATE INDEX pg_dist_shard_logical_relid_index ON citus.pg_dist_shard (logicalrelid);
CREATE UNIQUE INDEX pg_dist_shard_shardid_index ON citus.pg_dist_shard (shardid);
COMMENT ON TABLE citus.pg_dist_shard IS 'shards of the tables, with the range of hashes each holds';

CREATE TABLE citus.pg_dist_placement (
    placementid bigint NOT NULL DEFAULT nextval('pg_catalog.pg_dist_placement_placementid_seq'::regclass),
    shardid bigint NOT NULL,
    shardstate integer NOT NULL,
    shardlength bigint NOT NULL,
    groupid integer NOT NULL,
    CONSTRAINT placement_shardid_groupid_unique_index UNIQUE (shardid, groupid)
);
CREATE INDEX pg_dist_placement_groupid_index ON citus.pg_dist_placement (groupid);
CREATE INDEX pg_dist_placement_shardid_index ON citus.pg_dist_placement (shardid);
CREATE UNIQUE INDEX pg_dist_placement_placementid_index ON citus.pg_dist_placement (placementid);
COMMENT ON TABLE citus.pg_dist_placement IS 'copies of the shards: one row for each shard and node group that holds it';

CREATE TABLE citus.pg_dist_schema (
    schemaid oid NOT NULL,
    colocationid integer NOT NULL,
    CONSTRAINT pg_dist_schema_unique_colocationid_index UNIQUE (colocationid),
    CONSTRAINT pg_dist_schema_pkey PRIMARY KEY (schemaid)
);
COMMENT ON TABLE citus.pg_dist_schema IS 'distributed schemas and the co-location group of their tables';

CREATE TABLE citus.pg_dist_object (
    classid oid NOT NULL,
    objid oid NOT NULL,
    objsubid integer NOT NULL,
    type text,
    object_names text[],
    object_args text[],
    distribution_argument_index integer,
    colocationid integer,
    force_delegation boolean,
    CONSTRAINT pg_dist_object_pkey PRIMARY KEY (classid, objid, objsubid)
);
COMMENT ON TABLE citus.pg_dist_object IS 'objects that exist on every node because the cluster keeps them equal';

-- Transactions, jobs, leftovers

CREATE TABLE citus.pg_dist_transaction (
    groupid integer NOT NULL,
    gid text NOT NULL,
    outer_xid xid8,
    CONSTRAINT pg_dist_transaction_unique_constraint UNIQUE (groupid, gid)
);
CREATE INDEX pg_dist_transaction_group_index ON citus.pg_dist_transaction (groupid);
COMMENT ON TABLE citus.pg_dist_transaction IS
    'prepared transactions that must be committed on a node group: a row is visible exactly when its transaction committed here';

CREATE TABLE citus.pg_dist_cleanup (
    record_id bigint NOT NULL,
    operation_id bigint NOT NULL,
    object_type integer NOT NULL,
    object_name text NOT NULL,
    node_group_id integer NOT NULL,
    policy_type integer NOT NULL,
    CONSTRAINT pg_dist_cleanup_pkey PRIMARY KEY (record_id)
);
COMMENT ON TABLE citus.pg_dist_cleanup IS
    'things on nodes to remove: object_type 1 shard, 2 subscription, 3 replication slot, 4 publication, 5 user, 6 database; policy_type 0 always, 1 on failure, 2 deferred on success';

CREATE TABLE citus.pg_dist_background_job (
    job_id bigint NOT NULL DEFAULT nextval('pg_catalog.pg_dist_background_job_job_id_seq'::regclass),
    state citus_job_status NOT NULL DEFAULT 'scheduled',
    job_type name NOT NULL,
    description text NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    CONSTRAINT pg_dist_background_job_pkey PRIMARY KEY (job_id)
);
COMMENT ON TABLE citus.pg_dist_background_job IS 'jobs that run in the background';

CREATE TABLE citus.pg_dist_background_task (
    job_id bigint NOT NULL,
    task_id bigint NOT NULL DEFAULT nextval('pg_catalog.pg_dist_background_task_task_id_seq'::regclass),
    owner regrole NOT NULL DEFAULT CURRENT_USER::regrole,
    pid integer,
    status citus_task_status NOT NULL DEFAULT 'runnable',
    command text NOT NULL,
    retry_count integer,
    not_before timestamptz,
    message text NOT NULL DEFAULT '',
    nodes_involved integer[],
    CONSTRAINT pg_dist_background_task_pkey PRIMARY KEY (task_id),
    CONSTRAINT pg_dist_background_task_job_id_task_id UNIQUE (job_id, task_id),
    CONSTRAINT pg_dist_background_task_job_id_fkey FOREIGN KEY (job_id)
        REFERENCES citus.pg_dist_background_job (job_id)
);
CREATE INDEX pg_dist_background_task_status_task_id_index ON citus.pg_dist_background_task (status, task_id);
COMMENT ON TABLE citus.pg_dist_background_task IS 'statements a background job consists of';

CREATE TABLE citus.pg_dist_background_task_depend (
    job_id bigint NOT NULL,
    task_id bigint NOT NULL,
    depends_on bigint NOT NULL,
    CONSTRAINT pg_dist_background_task_depend_pkey PRIMARY KEY (job_id, task_id, depends_on),
    CONSTRAINT pg_dist_background_task_depend_job_id_fkey FOREIGN KEY (job_id)
        REFERENCES citus.pg_dist_background_job (job_id) ON DELETE CASCADE,
    CONSTRAINT pg_dist_background_task_depend_job_id_depends_on_fkey FOREIGN KEY (job_id, depends_on)
        REFERENCES citus.pg_dist_background_task (job_id, task_id) ON DELETE CASCADE,
    CONSTRAINT pg_dist_background_task_depend_job_id_task_id_fkey FOREIGN KEY (job_id, task_id)
        REFERENCES citus.pg_dist_background_task (job_id, task_id) ON DELETE CASCADE
);
CREATE INDEX pg_dist_background_task_depend_task_id ON citus.pg_dist_background_task_depend (job_id, task_id);
CREATE INDEX pg_dist_background_task_depend_depends_on ON citus.pg_dist_background_task_depend (job_id, depends_on);
COMMENT ON TABLE citus.pg_dist_background_task_depend IS 'which tasks wait for which others';

CREATE TABLE citus.pg_dist_rebalance_strategy (
    name name NOT NULL,
    default_strategy boolean NOT NULL DEFAULT false,
    shard_cost_function regproc NOT NULL,
    node_capacity_function regproc NOT NULL,
    shard_allowed_on_node_function regproc NOT NULL,
    default_threshold real NOT NULL,
    minimum_threshold real NOT NULL DEFAULT 0,
    improvement_threshold real NOT NULL DEFAULT 0,
    CONSTRAINT pg_dist_rebalance_strategy_name_key UNIQUE (name)
);
COMMENT ON TABLE citus.pg_dist_rebalance_strategy IS 'ways to judge how evenly shards lie on the nodes';

SELECT citus_internal.make_catalog(oid) FROM pg_class WHERE relnamespace = 'citus'::regnamespace AND relkind = 'r';
DROP FUNCTION citus_internal.make_catalog(regclass);

GRANT SELECT ON
    pg_dist_local_group, pg_dist_node_metadata, pg_dist_node, pg_dist_poolinfo, pg_dist_colocation, pg_dist_partition,
    pg_dist_shard, pg_dist_placement, pg_dist_schema, pg_dist_object, pg_dist_transaction, pg_dist_cleanup,
    pg_dist_background_job, pg_dist_background_task, pg_dist_background_task_depend, pg_dist_rebalance_strategy
    TO PUBLIC;

-- What exists beside the catalogs of Citus

CREATE TABLE citus_internal.table_option (
    relid oid NOT NULL,
    replication_factor integer,
    is_apart boolean NOT NULL DEFAULT false,
    CONSTRAINT table_option_pkey PRIMARY KEY (relid)
);
COMMENT ON TABLE citus_internal.table_option IS 'options of tables that PostgreSQL''s own storage parameters cannot hold';
COMMENT ON COLUMN citus_internal.table_option.replication_factor IS 'the option shard_replication_factor, as given';
COMMENT ON COLUMN citus_internal.table_option.is_apart IS 'made with colocate_with none: only who names the table joins its colocation group';

CREATE TABLE citus_internal.global_key (
    indexrelid oid NOT NULL,
    relid oid NOT NULL,
    keyrelid oid NOT NULL,
    state "char" NOT NULL DEFAULT 'v',
    CONSTRAINT global_key_pkey PRIMARY KEY (indexrelid)
);
CREATE INDEX global_key_relid_index ON citus_internal.global_key (relid);
CREATE INDEX global_key_keyrelid_index ON citus_internal.global_key (keyrelid);
COMMENT ON TABLE citus_internal.global_key IS 'unique indexes that hold over all shards, and the hidden table that keeps each';
COMMENT ON COLUMN citus_internal.global_key.indexrelid IS 'the unique index of the table';
COMMENT ON COLUMN citus_internal.global_key.relid IS 'the table';
COMMENT ON COLUMN citus_internal.global_key.keyrelid IS 'the hidden distributed table with one row for each key';

CREATE TABLE citus_internal.metadata_version (
    version bigint NOT NULL
);
COMMENT ON TABLE citus_internal.metadata_version IS 'how many changes of the cluster''s metadata this node has seen';
INSERT INTO citus_internal.metadata_version VALUES (0);

GRANT SELECT ON citus_internal.table_option, citus_internal.global_key, citus_internal.metadata_version TO PUBLIC;
