-- Whatever an owner writes into definitions is evaluated, on every node, with the owner's rights and no others.
\set VERBOSITY terse
SET client_min_messages TO warning;
SELECT port AS coordinator FROM (SELECT setting AS port FROM pg_settings WHERE name = 'port') s \gset
SELECT format('postgresql://%s@%s:%s/%s', 'ddl_hostile', 'localhost', :'coordinator', current_database()) AS hostile \gset
CREATE ROLE ddl_hostile LOGIN PASSWORD 'client';
CREATE SCHEMA ddl_hostile AUTHORIZATION ddl_hostile;
CREATE SCHEMA ddl_hostile_own AUTHORIZATION ddl_hostile;
-- How many nodes call the role a superuser.
CREATE FUNCTION ddl_hostile.gains() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path TO pg_catalog, pg_temp AS $$
    SELECT sum(result::int) FROM run_command_on_all_nodes(
        'SELECT count(*) FROM pg_roles WHERE rolname = ''ddl_hostile'' AND rolsuper') $$;

\setenv PGPASSWORD client
\c :hostile
\set VERBOSITY terse
SET client_min_messages TO warning;
SET search_path TO ddl_hostile;
-- Built-in functions alone are enough for a try: they run as whoever evaluates the domain.
CREATE DOMAIN code AS int CHECK (CASE WHEN has_table_privilege('pg_catalog.pg_authid', 'update') THEN
    query_to_xml($q$SELECT citus_internal.change_with_shards('ALTER ROLE ddl_hostile SUPERUSER', '{}')$q$, true, true, '') IS NOT NULL
    ELSE true END);
CREATE FUNCTION attack(int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF has_table_privilege('pg_catalog.pg_authid', 'update') THEN
        PERFORM citus_internal.change_with_shards('ALTER ROLE ddl_hostile SUPERUSER', '{}');
    END IF;
    RETURN $1;
END $$;
CREATE FUNCTION attacks(int, int) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN attack($1) = $2;
CREATE OPERATOR === (FUNCTION = attacks, LEFTARG = int, RIGHTARG = int);
SELECT gains();

-- objects that travel when they are made
CREATE FUNCTION with_default(a code[] DEFAULT '{5}') RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION with_body() RETURNS code[] LANGUAGE sql BEGIN ATOMIC SELECT '{5}'::code[]; END;
CREATE AGGREGATE gather(code) (sfunc = array_append, stype = code[], initcond = '{5}');
CREATE DOMAIN list AS code[] DEFAULT '{5}' CHECK (value <> '{6}'::code[]);
ALTER DOMAIN list ADD CONSTRAINT more CHECK (value <> '{7}'::code[]);
ALTER DOMAIN list SET DEFAULT '{8}';
CREATE TYPE pair AS (a code, b code[]);
CREATE VIEW seen AS SELECT '{5}'::code[] AS codes, '(1,"{2}")'::pair AS pair, attack(1), 1 === 1 AS same;
ALTER VIEW seen ALTER COLUMN codes SET DEFAULT '{5}'::code[];
ALTER FUNCTION with_default(code[]) COST 7;
CREATE OR REPLACE VIEW seen AS SELECT '{5}'::code[] AS codes, '(1,"{2}")'::pair AS pair, attack(1), 1 === 1 AS same, '{6}'::code[] AS others;
SELECT gains();

-- a table with all of it
CREATE TABLE t (
    k int, v int CHECK (attack(v) = v), c code, l list, codes code[] DEFAULT '{5}', pairs pair[] DEFAULT '{"(1,{2})"}',
    g int GENERATED ALWAYS AS (attack(v)) STORED, gc code[] GENERATED ALWAYS AS (CASE WHEN v = 1 THEN '{5}'::code[] END) STORED,
    CHECK (codes <> '{7}'::code[]), CHECK (1 === v OR v > 0));
CREATE INDEX by_attack ON t ((attack(v) + 1), (codes || '{5}'::code[])) WHERE attack(v) > 0 AND codes <> '{6}'::code[];
CREATE STATISTICS about ON (attack(v)), (codes || '{5}'::code[]) FROM t;
CREATE POLICY few ON t USING (codes <> '{6}'::code[] AND 1 === 1) WITH CHECK (attack(v) = v);
INSERT INTO t (k, v, c, l) SELECT i, i, 1, '{1}' FROM generate_series(1, 20) i;
SELECT create_distributed_table('t', 'k', shard_count => 4);
SELECT gains();
CREATE TABLE parts (k int, at code[], v int) PARTITION BY LIST (at);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN ('{1}');
SELECT create_distributed_table('parts', 'k', shard_count => 4, colocate_with => 'none');
CREATE TABLE parts_2 PARTITION OF parts FOR VALUES IN ('{2}');
CREATE TABLE of_expression (k int, v int) PARTITION BY RANGE (k, (attack(v)));
CREATE TABLE of_expression_1 PARTITION OF of_expression FOR VALUES FROM (0, 0) TO (10, 10);
SELECT create_distributed_table('of_expression', 'k', shard_count => 4, colocate_with => 'none');
CREATE TABLE r (k int PRIMARY KEY, c code, codes code[] DEFAULT '{5}', v int CHECK (attack(v) = v));
INSERT INTO r VALUES (1, 1, '{1}', 1);
SELECT create_reference_table('r');
SELECT gains();

-- changes of it
ALTER TABLE t ADD COLUMN added int DEFAULT attack(3), ADD COLUMN codes_added code[] DEFAULT '{5}' CHECK (codes_added <> '{6}'::code[]);
ALTER TABLE t ADD CONSTRAINT later CHECK (attack(v) > 0 AND codes <> '{9}'::code[]) NOT VALID;
ALTER TABLE t VALIDATE CONSTRAINT later;
ALTER TABLE t ADD COLUMN w int;
ALTER TABLE t ALTER COLUMN w TYPE bigint USING attack(w), ALTER COLUMN codes SET DEFAULT '{6}';
ALTER TABLE t ALTER COLUMN l TYPE text USING (l || '{5}'::code[])::text;
CREATE DOMAIN plain AS int;
ALTER TABLE t ADD COLUMN p plain DEFAULT 1;
ALTER DOMAIN plain ADD CONSTRAINT small CHECK (attack(value) < 100) NOT VALID;
ALTER DOMAIN plain VALIDATE CONSTRAINT small;
CREATE INDEX by_codes ON t ((codes || '{5}'::code[]), (attack(k))) WHERE codes <> '{6}'::code[];
CREATE UNIQUE INDEX by_value ON t ((attack(k + 1)), c) WHERE attack(k) > 0;
CREATE STATISTICS more ON (attack(k)), (codes || '{6}'::code[]) FROM t;
CREATE POLICY others ON t USING (codes <> '{7}'::code[]);
ALTER POLICY others ON t USING (codes <> '{8}'::code[] OR attack(k) > 0);
GRANT SELECT ON t TO public;
COMMENT ON TABLE t IS 'mine';
ALTER TABLE t RENAME COLUMN added TO appended;
ALTER FUNCTION with_default(code[]) RENAME TO renamed;
ALTER VIEW seen RENAME TO looked_at;
ALTER DOMAIN list SET SCHEMA ddl_hostile_own;
ALTER TABLE t SET SCHEMA ddl_hostile_own;
ALTER TABLE ddl_hostile_own.t SET SCHEMA ddl_hostile;
SELECT gains();

-- names that a temporary schema would catch
CREATE DOMAIN pg_temp.text AS pg_catalog.text CHECK (CASE WHEN has_table_privilege('pg_catalog.pg_authid', 'update') THEN
    query_to_xml($q$SELECT citus_internal.change_with_shards('ALTER ROLE ddl_hostile SUPERUSER', '{}')$q$, true, true, '') IS NOT NULL
    ELSE true END);
GRANT SELECT ON r TO public;
CREATE FUNCTION one_more() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TABLE last (k int, x pg_catalog.text DEFAULT 'a');
SELECT create_distributed_table('last', 'k', shard_count => 4, colocate_with => 'none');
DROP DOMAIN pg_temp.text;
SELECT gains();

-- a superuser sets things right
\setenv PGPASSWORD
\c -reuse-previous=off ''
\set VERBOSITY terse
SET client_min_messages TO warning;
SET search_path TO ddl_hostile;
SELECT sum(start_metadata_sync_to_node(nodename, nodeport) IS NOT NULL::int) FROM pg_dist_node WHERE groupid <> 0;
SELECT count(citus_move_shard_placement(shardid, from_node,
    (SELECT nodeid FROM pg_dist_node n WHERE n.nodeid <> from_node AND groupid <> 0 LIMIT 1), 'block_writes'))
FROM (SELECT shardid, nodeid AS from_node FROM pg_dist_shard JOIN pg_dist_placement USING (shardid) JOIN pg_dist_node USING (groupid)
      WHERE logicalrelid = 'ddl_hostile.t'::regclass AND shardminvalue::int < 0 AND groupid <> 0 ORDER BY shardid LIMIT 1) s;
SELECT gains();
REINDEX TABLE t;
SELECT count(*) FROM (SELECT * FROM t OFFSET 0) s WHERE codes IS NOT NULL AND pairs IS NOT NULL;
COPY (SELECT count(*) FROM t WHERE l IS NOT NULL) TO STDOUT;
\copy t TO /dev/null
SELECT gains();
CREATE UNIQUE INDEX by_super ON t ((attack(k + 2)), c);
ALTER TABLE t SET (shard_replication_factor = 2);
SELECT undistribute_table('t');
SELECT create_distributed_table('t', 'k', shard_count => 4, colocate_with => 'none');
SELECT alter_distributed_table('t', shard_count => 2);
SELECT undistribute_table('t');
SELECT undistribute_table('r');
SELECT undistribute_table('parts');
SELECT gains();
DROP SCHEMA ddl_hostile, ddl_hostile_own CASCADE;
DROP ROLE ddl_hostile;
