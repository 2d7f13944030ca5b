-- errors of other nodes name the user's tables, indexes and constraints, not those of shards
SET client_min_messages TO warning;
SET citus.shard_count TO 4;
CREATE SCHEMA names;
CREATE SCHEMA "Names of Shards";
SET search_path TO names;
CREATE TABLE parent (k integer PRIMARY KEY, v integer CONSTRAINT "v is small" CHECK (v < 100), n integer NOT NULL);
CREATE UNIQUE INDEX "Both of them" ON parent (k, v);
CREATE TABLE child (k integer REFERENCES parent, note text);
CREATE TABLE "Names of Shards"."a table with a name that is so long that its shards' names are cut" (k text PRIMARY KEY);
SELECT create_distributed_table('parent', 'k');
SELECT create_distributed_table('child', 'k', colocate_with => 'parent');
SELECT create_distributed_table('"Names of Shards"."a table with a name that is so long that its shards'' names are cut"', 'k');
INSERT INTO parent VALUES (1, 1, 1), (2, 2, 2);
INSERT INTO "Names of Shards"."a table with a name that is so long that its shards' names are cut" VALUES ('x');
\set SHOW_CONTEXT never
INSERT INTO parent VALUES (1, 1, 1);
INSERT INTO parent VALUES (3, 100, 1);
INSERT INTO parent VALUES (3, 3, NULL);
INSERT INTO child VALUES (5, 'orphan');
DELETE FROM parent WHERE k = 1 OR k = 2;
INSERT INTO child VALUES (1, 'child');
DELETE FROM parent WHERE k = 1;
INSERT INTO "Names of Shards"."a table with a name that is so long that its shards' names are cut" VALUES ('x');
COPY parent FROM stdin;
7	7	7
8	800	8
\.
-- as fields of the error, for programs
CREATE FUNCTION caught(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    s text; t text; c text; code text;
BEGIN
    EXECUTE statement;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS s = SCHEMA_NAME, t = TABLE_NAME, c = CONSTRAINT_NAME, code = RETURNED_SQLSTATE;
    RETURN concat_ws(' | ', code, s, t, c);
END $$;
INSERT INTO parent VALUES (9, 9, 9);
SELECT caught('INSERT INTO names.parent VALUES (9, 1, 1)');
SELECT caught('INSERT INTO names.parent VALUES (3, 100, 1)');
SELECT caught('INSERT INTO names.parent VALUES (3, 3, NULL)');
SELECT caught('INSERT INTO names.child VALUES (5, ''orphan'')');
SELECT caught($$INSERT INTO "Names of Shards"."a table with a name that is so long that its shards' names are cut" VALUES ('x')$$);
-- a value that looks like a shard's name stays a value
SELECT 'other_' || min(shardid) AS value FROM pg_dist_shard WHERE logicalrelid = 'parent'::regclass \gset
INSERT INTO "Names of Shards"."a table with a name that is so long that its shards' names are cut" VALUES (:'value');
CREATE FUNCTION detail_of(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    EXECUTE statement;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN detail;
END $$;
SELECT detail_of(format($$INSERT INTO "Names of Shards"."a table with a name that is so long that its shards' names are cut" VALUES (%L)$$, :'value'))
    = format('Key (k)=(%s) already exists.', :'value') AS is_kept;
-- shards on this node: the task runs in this backend
SELECT citus_set_node_property(nodename, nodeport, 'shouldhaveshards', true) FROM pg_dist_node WHERE groupid = 0;
CREATE TABLE here (k integer CONSTRAINT "k is small" CHECK (k < 100), PRIMARY KEY (k));
SELECT create_distributed_table('here', 'k', shard_count => 12);
INSERT INTO here SELECT generate_series(1, 50);
SELECT string_agg(DISTINCT caught(format('INSERT INTO names.here VALUES (%s)', k)), ' or ') FROM here;
SELECT string_agg(DISTINCT caught(format('INSERT INTO names.here VALUES (%s)', k)), ' or ') FROM generate_series(101, 150) k;
SELECT citus_set_node_property(nodename, nodeport, 'shouldhaveshards', false) FROM pg_dist_node WHERE groupid = 0;
DROP SCHEMA names, "Names of Shards" CASCADE;
