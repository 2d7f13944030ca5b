-- How nodes log in to each other, and what they tell each other in those sessions.
-- The procedures refuse everybody but a node: they run as a CALL at top level of a proved session only.

CREATE FUNCTION citus_internal.make_node_login() RETURNS void
    LANGUAGE c AS 'MODULE_PATHNAME', 'make_node_login';
COMMENT ON FUNCTION citus_internal.make_node_login() IS
    'makes the cluster''s secret where there is none, and the role citus_node that other nodes log in as';
REVOKE EXECUTE ON FUNCTION citus_internal.make_node_login() FROM PUBLIC;
CREATE FUNCTION citus_internal.adopt_secret() RETURNS void
    LANGUAGE c AS 'MODULE_PATHNAME', 'adopt_secret';
COMMENT ON FUNCTION citus_internal.adopt_secret() IS
    'gives the role citus_node the password that belongs to file citus.secret, after that file was replaced';
REVOKE EXECUTE ON FUNCTION citus_internal.adopt_secret() FROM PUBLIC;
SELECT citus_internal.make_node_login();

CREATE FUNCTION citus_internal.node_challenge() RETURNS text
    LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'node_challenge';
COMMENT ON FUNCTION citus_internal.node_challenge() IS
    'a random text that a node answers to prove, with the cluster''s secret, that it opened the session';
CREATE PROCEDURE citus_internal.prove_node(
    proof text, library_version text, extension_version text, wire_version integer, from_group integer,
    INOUT cancel_key integer)
    LANGUAGE c AS 'MODULE_PATHNAME', 'prove_node';
COMMENT ON PROCEDURE citus_internal.prove_node(text, text, text, integer, integer, integer) IS
    'answers the challenge; the session is a node''s from then on';

CREATE PROCEDURE citus_internal.set_transaction(
    from_group integer, transaction_number bigint, stamp bigint, from_gpid bigint, settings text[], role text,
    is_alone boolean)
    LANGUAGE c AS 'MODULE_PATHNAME', 'set_transaction';
COMMENT ON PROCEDURE citus_internal.set_transaction(integer, bigint, bigint, bigint, text[], text, boolean) IS
    'says to which distributed transaction this one belongs, with which settings and in whose name it runs; one that is alone may not write';
CREATE PROCEDURE citus_internal.set_settings(settings text[])
    LANGUAGE c AS 'MODULE_PATHNAME', 'set_settings';
COMMENT ON PROCEDURE citus_internal.set_settings(text[]) IS
    'gives settings (name, value, name, value …) their values at the client; a name with ! before it gets this node''s own value';
CREATE PROCEDURE citus_internal.assume_role(role text)
    LANGUAGE c AS 'MODULE_PATHNAME', 'assume_role';
COMMENT ON PROCEDURE citus_internal.assume_role(text) IS
    'runs the following statements with the rights of a role, to the end of the transaction; an empty name ends it';
CREATE PROCEDURE citus_internal.run_commands(commands text[])
    LANGUAGE c AS 'MODULE_PATHNAME', 'run_commands';
COMMENT ON PROCEDURE citus_internal.run_commands(text[]) IS
    'runs changes of the cluster''s metadata and objects with the rights of the extension''s owner';
CREATE PROCEDURE citus_internal.lock_metadata(INOUT version bigint)
    LANGUAGE c AS 'MODULE_PATHNAME', 'lock_metadata';
COMMENT ON PROCEDURE citus_internal.lock_metadata(bigint) IS
    'on the coordinator: makes other changes of the metadata wait for the end of this transaction';
CREATE PROCEDURE citus_internal.finish_prepared(gid text, is_commit boolean, INOUT is_gone boolean)
    LANGUAGE c AS 'MODULE_PATHNAME', 'finish_prepared';
COMMENT ON PROCEDURE citus_internal.finish_prepared(text, boolean, boolean) IS
    'commits or rolls back a transaction that the calling node had this one prepare';

CREATE PROCEDURE citus_internal.hold_snapshot(
    number integer, oldest integer, window_length bigint, is_protected boolean, wanted text, INOUT report text)
    LANGUAGE c AS 'MODULE_PATHNAME', 'hold_snapshot';
COMMENT ON PROCEDURE citus_internal.hold_snapshot(integer, integer, bigint, boolean, text, text) IS
    'takes a snapshot for a statement that reads on several nodes, and tells what is in doubt to it and what was committed lately';
CREATE PROCEDURE citus_internal.patch_snapshot(number integer, ids text)
    LANGUAGE c AS 'MODULE_PATHNAME', 'patch_snapshot';
COMMENT ON PROCEDURE citus_internal.patch_snapshot(integer, text) IS
    'puts transactions that are visible on other nodes into a snapshot, as soon as they are committed here';
CREATE PROCEDURE citus_internal.transaction_outcome(of_group integer, number bigint, INOUT outcome text)
    LANGUAGE c AS 'MODULE_PATHNAME', 'transaction_outcome';
COMMENT ON PROCEDURE citus_internal.transaction_outcome(integer, bigint, text) IS
    'tells what this node knows of a transaction over several nodes: running (r), committed (c), rolled back (a) or nothing (?)';
