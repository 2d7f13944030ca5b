-- How the nodes make and compare the objects that distributed tables, views and functions need.

CREATE FUNCTION citus_internal.make_object(
    type text, object_names text[], object_args text[], create_commands text[], settle_commands text[],
    replaceable boolean, fingerprint text) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'make_object';
COMMENT ON FUNCTION citus_internal.make_object(text, text[], text[], text[], text[], boolean, text) IS
    'makes an object that another node described, unless an equal one is here, and records that the cluster keeps it equal';
REVOKE ALL ON FUNCTION citus_internal.make_object(text, text[], text[], text[], text[], boolean, text) FROM PUBLIC;

CREATE FUNCTION citus_internal.make_foreign_key(relation regclass, constraint_name text, definition text) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'make_foreign_key';
COMMENT ON FUNCTION citus_internal.make_foreign_key(regclass, text, text) IS
    'adds a foreign key to a shell table, unless it has an equal one';
REVOKE ALL ON FUNCTION citus_internal.make_foreign_key(regclass, text, text) FROM PUBLIC;

CREATE FUNCTION citus_internal.set_acl(type text, object_names text[], object_args text[], acl text) RETURNS void
    LANGUAGE c AS 'MODULE_PATHNAME', 'set_acl';
COMMENT ON FUNCTION citus_internal.set_acl(text, text[], text[], text) IS
    'gives an object exactly these privileges, or with NULL the default ones';
REVOKE ALL ON FUNCTION citus_internal.set_acl(text, text[], text[], text) FROM PUBLIC;

CREATE FUNCTION citus_internal.adopt_sequence(sequence regclass) RETURNS void
    LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'adopt_sequence';
COMMENT ON FUNCTION citus_internal.adopt_sequence(regclass) IS
    'lets a bigint sequence on a worker draw from the range of that worker''s group';
REVOKE ALL ON FUNCTION citus_internal.adopt_sequence(regclass) FROM PUBLIC;

CREATE FUNCTION citus_internal.describe_object(classid oid, objid oid) RETURNS text[]
    LANGUAGE c STRICT STABLE AS 'MODULE_PATHNAME', 'describe_object';
COMMENT ON FUNCTION citus_internal.describe_object(oid, oid) IS
    'the commands that make an object on another node';
REVOKE ALL ON FUNCTION citus_internal.describe_object(oid, oid) FROM PUBLIC;
