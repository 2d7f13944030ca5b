-- What a table needs goes to all nodes with it, when it is distributed; what cannot go is named.
SET client_min_messages TO warning;
SET citus.shard_count TO 2;
CREATE SCHEMA deps;
-- As if all this had been there before the cluster knew of it
SET citus.enable_ddl_propagation TO off;
CREATE SCHEMA "deps Types";
CREATE ROLE deps_owner;
CREATE ROLE deps_reader IN ROLE deps_owner;
CREATE TYPE "deps Types".mood AS ENUM ('sad', 'ok');
CREATE TYPE "deps Types".pair AS (a int, m "deps Types".mood);
CREATE DOMAIN "deps Types".pairs AS "deps Types".pair[] CHECK (cardinality(value) < 9);
CREATE COLLATION "deps Types".nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TYPE "deps Types".span AS RANGE (subtype = float8);
CREATE FUNCTION "deps Types".helper(int) RETURNS int LANGUAGE sql IMMUTABLE RETURN $1 + 1;
CREATE FUNCTION "deps Types".plus(int) RETURNS int LANGUAGE sql IMMUTABLE RETURN "deps Types".helper($1);
CREATE FUNCTION deps.made_up() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 7; END';
CREATE AGGREGATE deps.total(int) (sfunc = int4pl, stype = int, initcond = '0');
CREATE OPERATOR deps.=== (function = int4eq, leftarg = int, rightarg = int);
CREATE TEXT SEARCH DICTIONARY deps.plain (template = simple);
CREATE TEXT SEARCH CONFIGURATION deps.words (parser = pg_catalog."default");
ALTER TEXT SEARCH CONFIGURATION deps.words ADD MAPPING FOR asciiword WITH deps.plain;
CREATE EXTENSION hstore SCHEMA "deps Types";
CREATE SEQUENCE deps.numbers INCREMENT BY 3;
CREATE TABLE deps.t (
    gone int,
    k int NOT NULL,
    id bigserial,
    i int GENERATED ALWAYS AS IDENTITY (START WITH 100),
    n int DEFAULT nextval('deps.numbers'),
    d int DEFAULT deps.made_up(),
    m "deps Types".mood DEFAULT 'sad',
    ps "deps Types".pairs,
    c text COLLATE "deps Types".nocase,
    s "deps Types".span,
    h "deps Types".hstore,
    words tsvector GENERATED ALWAYS AS (to_tsvector('deps.words', c)) STORED,
    CHECK ("deps Types".plus(k) > 0),
    CHECK (k OPERATOR(deps.===) k)
);
ALTER TABLE deps.t DROP COLUMN gone;
CREATE INDEX ON deps.t ("deps Types".plus(n)) WHERE m = 'ok';
ALTER TABLE deps.t OWNER TO deps_owner;
GRANT SELECT ON deps.t TO deps_reader;
CREATE VIEW deps.low AS SELECT k, deps.total(n) FROM deps.t GROUP BY k;
CREATE VIEW deps.high AS SELECT * FROM deps.low;
CREATE TABLE deps.plain (a int);
CREATE VIEW deps.mixed AS SELECT * FROM deps.low, deps.plain;
RESET citus.enable_ddl_propagation;
GRANT USAGE ON SCHEMA deps, "deps Types" TO deps_owner;
SELECT create_distributed_table('deps.t', 'k');

SELECT DISTINCT result FROM run_command_on_all_nodes($$
    SELECT string_agg(pg_describe_object(classid, objid, objsubid), E'\n' ORDER BY 1) FROM (
        SELECT * FROM pg_dist_object WHERE pg_describe_object(classid, objid, objsubid) ~ 'deps|hstore'
        ORDER BY pg_describe_object(classid, objid, objsubid) COLLATE "C") o $$);
SELECT DISTINCT result FROM run_command_on_all_nodes($$
    SELECT md5(regexp_replace(citus_internal.describe_object(1259, 'deps.t'::regclass)::text, 'MINVALUE \d+ MAXVALUE \d+ START WITH \d+|regclass, \d+', '', 'g'))
           = '$$ || md5(regexp_replace(citus_internal.describe_object(1259, 'deps.t'::regclass)::text, 'MINVALUE \d+ MAXVALUE \d+ START WITH \d+|regclass, \d+', '', 'g')) || $$'$$);
SELECT string_agg(result, ' ' ORDER BY nodeid) FROM run_command_on_all_nodes('SELECT to_regclass(''deps.mixed'') IS NOT NULL');
-- Each node draws bigint values from its own range; the coordinator's sequence starts where it would without a cluster
SELECT string_agg(result, ' ' ORDER BY nodeid) FROM run_command_on_all_nodes($$SELECT (nextval('deps.t_id_seq') - 1) / (1::bigint << 48) = (SELECT groupid FROM pg_dist_local_group)$$);
SELECT nextval('deps.t_id_seq'), nextval(pg_get_serial_sequence('deps.t', 'i'));

-- It comes and goes, and comes again
SELECT undistribute_table('deps.t');
SELECT create_distributed_table('deps.t', 'k');
SELECT DISTINCT result FROM run_command_on_all_nodes('SELECT count(*) FROM deps.high');

-- What cannot go
CREATE TABLE deps.of_row (k int, p deps.plain);
SELECT create_distributed_table('deps.of_row', 'k');
SET citus.enable_ddl_propagation TO off;
CREATE TABLE deps.with_policy (k int);
CREATE POLICY p ON deps.with_policy USING (k IN (SELECT a FROM deps.plain));
CREATE OPERATOR CLASS deps.odd FOR TYPE int USING btree AS FUNCTION 1 btint4cmp(int, int), OPERATOR 1 <, OPERATOR 3 =, OPERATOR 5 >;
CREATE TABLE deps.with_class (k int, n int);
CREATE INDEX ON deps.with_class (n deps.odd);
RESET citus.enable_ddl_propagation;
SELECT create_distributed_table('deps.with_policy', 'k');
SELECT create_distributed_table('deps.with_class', 'k');

-- The name is taken on a node
SELECT count(*) FROM run_command_on_workers('CREATE TABLE deps.taken (other int)');
CREATE TABLE deps.taken (k int);
\set VERBOSITY terse
SELECT create_distributed_table('deps.taken', 'k');
\set VERBOSITY default
SELECT count(*) FROM pg_dist_partition WHERE logicalrelid = 'deps.taken'::regclass;
SELECT count(*) FROM run_command_on_workers('DROP TABLE deps.taken');

DROP SCHEMA deps, "deps Types" CASCADE;
DROP ROLE deps_reader, deps_owner;
SELECT DISTINCT result FROM run_command_on_all_nodes($$SELECT (SELECT count(*) FROM pg_namespace WHERE nspname ~ 'deps') || ' ' ||
    (SELECT count(*) FROM pg_roles WHERE rolname ~ 'deps') || ' ' || (SELECT count(*) FROM pg_extension WHERE extname = 'hstore')$$);
