-- How the nodes make and compare the objects that distributed tables, views and functions need.

CREATE FUNCTION citus_internal.make_object(
    type text, object_names text[], object_args text[], definer text, needs text[], create_commands text[],
    settle_commands text[], replaceable boolean, fingerprint text) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'make_object';
COMMENT ON FUNCTION citus_internal.make_object(text, text[], text[], text, text[], text[], text[], boolean, text) IS
    'makes an object that another node described, unless an equal one is here, and records that the cluster keeps it equal';
REVOKE ALL ON FUNCTION citus_internal.make_object(text, text[], text[], text, text[], text[], text[], boolean, text) FROM PUBLIC;

CREATE FUNCTION citus_internal.make_foreign_key(relation regclass, constraint_name text, definition text) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'make_foreign_key';
COMMENT ON FUNCTION citus_internal.make_foreign_key(regclass, text, text) IS
    'adds a foreign key to a shell table, unless it has an equal one';
REVOKE ALL ON FUNCTION citus_internal.make_foreign_key(regclass, text, text) FROM PUBLIC;

CREATE FUNCTION citus_internal.make_policy(relation regclass, policy text, definition text, needs text[]) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'make_policy';
COMMENT ON FUNCTION citus_internal.make_policy(regclass, text, text, text[]) IS
    'makes or replaces a policy of a shell table, as the owner of the table';
REVOKE ALL ON FUNCTION citus_internal.make_policy(regclass, text, text, text[]) FROM PUBLIC;

CREATE FUNCTION citus_internal.attach_partition(parent regclass, partition regclass, bound text) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'attach_partition';
COMMENT ON FUNCTION citus_internal.attach_partition(regclass, regclass, text) IS
    'makes a shell table a partition, unless it is one';
REVOKE ALL ON FUNCTION citus_internal.attach_partition(regclass, regclass, text) FROM PUBLIC;

CREATE FUNCTION citus_internal.set_acl(type text, object_names text[], object_args text[], acl text) RETURNS void
    LANGUAGE c AS 'MODULE_PATHNAME', 'set_acl';
COMMENT ON FUNCTION citus_internal.set_acl(text, text[], text[], text) IS
    'gives an object exactly these privileges, or with NULL the default ones';
REVOKE ALL ON FUNCTION citus_internal.set_acl(text, text[], text[], text) FROM PUBLIC;

CREATE TABLE citus_internal.sequence_position (
    origin oid NOT NULL,
    last_value bigint NOT NULL,
    CONSTRAINT sequence_position_pkey PRIMARY KEY (origin)
);
COMMENT ON TABLE citus_internal.sequence_position IS
    'what sequences whose tables ceased to be distributed gave last on this node; origin: the oid on the coordinator';

CREATE FUNCTION citus_internal.keep_sequence_position(sequence regclass, origin oid) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'keep_sequence_position';
COMMENT ON FUNCTION citus_internal.keep_sequence_position(regclass, oid) IS
    'remembers what a sequence that is about to leave this node gave last';
REVOKE ALL ON FUNCTION citus_internal.keep_sequence_position(regclass, oid) FROM PUBLIC;

CREATE FUNCTION citus_internal.set_default_acls(schema regnamespace, entries text[]) RETURNS void
    LANGUAGE c AS 'MODULE_PATHNAME', 'set_default_acls';
COMMENT ON FUNCTION citus_internal.set_default_acls(regnamespace, text[]) IS
    'gives a schema, or with NULL the whole database, exactly these default privileges: role, kind, privileges, role, ...';
REVOKE ALL ON FUNCTION citus_internal.set_default_acls(regnamespace, text[]) FROM PUBLIC;

CREATE FUNCTION citus_internal.adopt_sequence(sequence regclass, origin oid) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'adopt_sequence';
COMMENT ON FUNCTION citus_internal.adopt_sequence(regclass, oid) IS
    'lets a bigint sequence on a worker draw from the range of that worker''s group';
REVOKE ALL ON FUNCTION citus_internal.adopt_sequence(regclass, oid) FROM PUBLIC;

CREATE FUNCTION citus_internal.describe_object(classid oid, objid oid) RETURNS text[]
    LANGUAGE c STRICT STABLE AS 'MODULE_PATHNAME', 'describe_object';
COMMENT ON FUNCTION citus_internal.describe_object(oid, oid) IS
    'the commands that make an object on another node';
REVOKE ALL ON FUNCTION citus_internal.describe_object(oid, oid) FROM PUBLIC;

CREATE FUNCTION citus_internal.settle_object(
    type text, object_names text[], object_args text[], definer text, needs text[], create_commands text[],
    settle_commands text[], replaceable boolean, fingerprint text) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'settle_object';
COMMENT ON FUNCTION citus_internal.settle_object(text, text[], text[], text, text[], text[], text[], boolean, text) IS
    'brings an object to the state that it has on the coordinator, or raises when it still differs';
REVOKE ALL ON FUNCTION citus_internal.settle_object(text, text[], text[], text, text[], text[], text[], boolean, text) FROM PUBLIC;

CREATE FUNCTION citus_internal.restrict_memberships(role_name text, granted text[], with_admin_option text[])
    RETURNS void LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'restrict_memberships';
COMMENT ON FUNCTION citus_internal.restrict_memberships(text, text[], text[]) IS
    'takes a role out of all roles but the given ones';
REVOKE ALL ON FUNCTION citus_internal.restrict_memberships(text, text[], text[]) FROM PUBLIC;

CREATE FUNCTION citus_internal.repeat_statement(path text, statement text, role text, needs text[]) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'repeat_statement';
COMMENT ON FUNCTION citus_internal.repeat_statement(text, text, text, text[]) IS
    'repeats, with the search_path it had, a statement that ran on the coordinator; role: in whose name, '''' for the cluster''s';
REVOKE ALL ON FUNCTION citus_internal.repeat_statement(text, text, text, text[]) FROM PUBLIC;

CREATE FUNCTION citus_internal.drop_table(schema_name text, table_name text, shards bigint[], cascades boolean)
    RETURNS void LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'drop_table';
COMMENT ON FUNCTION citus_internal.drop_table(text, text, bigint[], boolean) IS
    'drops the shards of a distributed table on this node, its shell and its metadata';
REVOKE ALL ON FUNCTION citus_internal.drop_table(text, text, bigint[], boolean) FROM PUBLIC;

CREATE FUNCTION citus_internal.drop_objects(types text[], object_names text[], object_args text[], cascades boolean)
    RETURNS void LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'drop_objects';
COMMENT ON FUNCTION citus_internal.drop_objects(text[], text[], text[], boolean) IS
    'drops objects that were dropped on the coordinator';
REVOKE ALL ON FUNCTION citus_internal.drop_objects(text[], text[], text[], boolean) FROM PUBLIC;

CREATE FUNCTION citus_internal.drop_role(role_name text) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'drop_role';
COMMENT ON FUNCTION citus_internal.drop_role(text) IS 'drops a role that was dropped on the coordinator, if it exists';
REVOKE ALL ON FUNCTION citus_internal.drop_role(text) FROM PUBLIC;

CREATE FUNCTION pg_catalog.citus_drop_trigger() RETURNS event_trigger
    LANGUAGE c AS 'MODULE_PATHNAME', 'citus_drop_trigger';
COMMENT ON FUNCTION pg_catalog.citus_drop_trigger() IS
    'drops on all nodes, with shards and metadata, what was dropped here';
CREATE EVENT TRIGGER citus_cascade_to_partition ON sql_drop EXECUTE FUNCTION citus_drop_trigger();
COMMENT ON EVENT TRIGGER citus_cascade_to_partition IS 'keeps the objects of all nodes equal when some are dropped';
