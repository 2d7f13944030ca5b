-- Objects that are made, changed and dropped on the coordinator are so on all nodes, in the same transaction.
SELECT sum(result::int) AS orphans FROM run_command_on_all_nodes('SELECT count(*) FROM pg_dist_object WHERE pg_describe_object(classid, objid, objsubid) IS NULL') \gset
SET client_min_messages TO warning;
CREATE SCHEMA ddl_objects;
SET search_path TO ddl_objects;

-- What each node has in the schema, by the commands that would make it. Equal on all nodes: no row.
CREATE VIEW everything AS
SELECT format('%s %s', 'function', oid::regprocedure) AS object, array_to_string(citus_internal.describe_object('pg_proc'::regclass, oid), '; ') AS commands
FROM pg_proc WHERE pronamespace = 'ddl_objects'::regnamespace AND proname !~ '^(span|spans)$'
UNION ALL
SELECT format('type %s', oid::regtype), array_to_string(citus_internal.describe_object('pg_type'::regclass, oid), '; ')
FROM pg_type WHERE typnamespace = 'ddl_objects'::regnamespace AND typtype IN ('e', 'd', 'r') OR oid IN (
    SELECT reltype FROM pg_class WHERE relkind = 'c' AND relnamespace = 'ddl_objects'::regnamespace)
UNION ALL
SELECT format('view %s', oid::regclass), array_to_string(citus_internal.describe_object('pg_class'::regclass, oid), '; ')
FROM pg_class WHERE relkind = 'v' AND relnamespace = 'ddl_objects'::regnamespace
UNION ALL
SELECT format('%s %s', type, identity), array_to_string(citus_internal.describe_object(classid, objid), '; ')
FROM (SELECT 'pg_ts_config'::regclass::oid AS classid, oid AS objid FROM pg_ts_config WHERE cfgnamespace = 'ddl_objects'::regnamespace
      UNION ALL SELECT 'pg_ts_dict'::regclass, oid FROM pg_ts_dict WHERE dictnamespace = 'ddl_objects'::regnamespace
      UNION ALL SELECT 'pg_collation'::regclass, oid FROM pg_collation WHERE collnamespace = 'ddl_objects'::regnamespace
      UNION ALL SELECT 'pg_operator'::regclass, oid FROM pg_operator WHERE oprnamespace = 'ddl_objects'::regnamespace
      UNION ALL SELECT 'pg_namespace'::regclass, oid FROM pg_namespace WHERE nspname ~ '^ddl_objects'
      UNION ALL SELECT 'pg_authid'::regclass, oid FROM pg_roles WHERE rolname ~ '^ddl_objects') o,
     pg_identify_object(o.classid, o.objid, 0);
CREATE FUNCTION differences() RETURNS TABLE (node int, differs text) LANGUAGE sql SET search_path TO pg_catalog AS $$
    WITH listed AS (
        SELECT nodeid, unnest(string_to_array(result, '|')) AS line FROM run_command_on_all_nodes(
            $q$SELECT string_agg(object || ' ' || md5(commands), '|') FROM ddl_objects.everything$q$)),
    here AS (SELECT object || ' ' || md5(commands) AS line FROM ddl_objects.everything)
    (SELECT nodeid, line FROM listed WHERE line NOT IN (SELECT line FROM here))
    UNION ALL
    (SELECT nodeid, 'lacks ' || here.line FROM here, pg_dist_node
     WHERE NOT EXISTS (SELECT FROM listed WHERE (listed.nodeid, listed.line) = (pg_dist_node.nodeid, here.line)))
    ORDER BY 1, 2
$$;
CREATE FUNCTION count_on_all(condition text) RETURNS TABLE (counts text) LANGUAGE sql AS $$
    SELECT string_agg(result, ' ' ORDER BY nodeid) FROM run_command_on_all_nodes(
        format('SELECT count(*) FROM ddl_objects.everything WHERE object ~ %L', condition))
$$;

CREATE ROLE ddl_objects_owner LOGIN PASSWORD 'x' VALID UNTIL '2040-01-01' CONNECTION LIMIT 7;
CREATE ROLE ddl_objects_group;
GRANT ddl_objects_group TO ddl_objects_owner WITH ADMIN OPTION;
ALTER ROLE ddl_objects_owner SET search_path TO "$user", 'a b', public;
CREATE SCHEMA ddl_objects_second AUTHORIZATION ddl_objects_owner;
GRANT USAGE, CREATE ON SCHEMA ddl_objects, ddl_objects_second TO ddl_objects_group WITH GRANT OPTION;
CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'Happy');
CREATE DOMAIN positive AS int DEFAULT 3 NOT NULL CHECK (value > 0);
CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TYPE "Pair" AS (a positive, b text COLLATE nocase, moods mood[]);
CREATE TYPE span AS RANGE (subtype = float8, subtype_diff = float8mi, multirange_type_name = spans);
CREATE FUNCTION plus_one(int) RETURNS int LANGUAGE sql IMMUTABLE RETURN $1 + 1;
CREATE FUNCTION outs(a int, b text DEFAULT 'x', OUT c int, VARIADIC d mood[] DEFAULT '{}') LANGUAGE plpgsql
    SET search_path TO ddl_objects, public SECURITY DEFINER COST 7 AS $$ BEGIN c := a; END $$;
CREATE PROCEDURE act(a "Pair") LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE total(int) (sfunc = int4pl, stype = int, initcond = '0', combinefunc = int4pl, parallel = safe);
CREATE AGGREGATE number(*) (sfunc = int8inc, stype = int8, initcond = '0');
CREATE TEXT SEARCH DICTIONARY plain (template = simple, stopwords = english);
CREATE TEXT SEARCH CONFIGURATION words (COPY = english);
ALTER TEXT SEARCH CONFIGURATION words ALTER MAPPING FOR asciiword, word WITH plain, english_stem;
CREATE OPERATOR === (function = int4eq, leftarg = int, rightarg = int, commutator = ===, restrict = eqsel, join = eqjoinsel, hashes, merges);
CREATE VIEW low WITH (security_barrier) AS SELECT plus_one(1) AS x, 'sad'::mood AS y WHERE 1 === 1;
CREATE VIEW high AS SELECT total(x) FROM low;
COMMENT ON FUNCTION plus_one(int) IS 'it''s more';
COMMENT ON TYPE mood IS 'how one feels';
COMMENT ON ROLE ddl_objects_group IS 'some people';
SELECT * FROM differences();
SELECT * FROM count_on_all('type|aggregate|function|operator|text search|collation|role|schema|view');

ALTER TYPE mood ADD VALUE 'so so' BEFORE 'Happy';
ALTER TYPE mood RENAME VALUE 'sad' TO 'blue';
ALTER TYPE mood OWNER TO ddl_objects_owner;
ALTER TYPE span SET SCHEMA ddl_objects_second;
ALTER TYPE ddl_objects_second.span SET SCHEMA ddl_objects;
ALTER DOMAIN positive ADD CONSTRAINT small CHECK (value < 1000);
ALTER DOMAIN positive DROP NOT NULL;
ALTER DOMAIN positive SET DEFAULT 9;
ALTER DOMAIN positive RENAME CONSTRAINT small TO not_large;
ALTER TYPE "Pair" ADD ATTRIBUTE z int;
ALTER TYPE "Pair" RENAME ATTRIBUTE z TO "Z";
ALTER FUNCTION plus_one(int) COST 50 STRICT;
ALTER FUNCTION plus_one(int) RENAME TO "Plus";
ALTER ROUTINE outs(int, text, mood[]) OWNER TO ddl_objects_owner;
ALTER AGGREGATE number(*) RENAME TO amount;
REVOKE EXECUTE ON FUNCTION "Plus"(int) FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ddl_objects TO ddl_objects_group;
CREATE OR REPLACE VIEW low AS SELECT "Plus"(1) AS x, 'blue'::mood AS y, now() AS more;
ALTER VIEW low RENAME COLUMN more TO moment;
ALTER VIEW low SET (security_invoker);
ALTER VIEW low ALTER COLUMN x SET DEFAULT 4;
GRANT SELECT (x), UPDATE ON low TO ddl_objects_group;
ALTER TEXT SEARCH DICTIONARY plain (stopwords = danish);
ALTER TEXT SEARCH CONFIGURATION words DROP MAPPING FOR word;
ALTER OPERATOR === (int, int) SET (restrict = NONE);
ALTER SCHEMA ddl_objects_second RENAME TO ddl_objects_third;
ALTER ROLE ddl_objects_owner NOLOGIN CONNECTION LIMIT -1;
ALTER ROLE ddl_objects_owner RESET search_path;
ALTER ROLE ddl_objects_group RENAME TO ddl_objects_crowd;
REVOKE ADMIN OPTION FOR ddl_objects_crowd FROM ddl_objects_owner;
SELECT * FROM differences();
SELECT * FROM count_on_all('Plus|amount|third|crowd');

-- Inside functions, blocks and transactions, and what is rolled back
CREATE FUNCTION act_inside() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    CREATE TYPE ddl_objects.made_inside AS ENUM ('x');
    EXECUTE 'ALTER TYPE made_inside RENAME TO was_made_inside';
END $$;
SELECT act_inside();
DO $$ BEGIN CREATE SCHEMA ddl_objects_done; CREATE VIEW ddl_objects.in_block AS SELECT 1; END $$;
CREATE SCHEMA ddl_objects_parts CREATE VIEW v AS SELECT 1 AS one;
BEGIN;
CREATE TYPE gone_again AS ENUM ('x');
SAVEPOINT before;
CREATE VIEW not_there AS SELECT 1;
ROLLBACK TO before;
DROP VIEW high;
ROLLBACK;
SELECT * FROM differences();
SELECT * FROM count_on_all('inside|in_block|gone_again|not_there|high|done|parts');

-- What stays, and why
SET client_min_messages TO notice;
CREATE TABLE here_only (a int);
CREATE VIEW over_local AS SELECT * FROM here_only;
CREATE FUNCTION on_local(here_only) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE CAST (mood AS positive) WITH INOUT;
CREATE TEMP VIEW temporary AS SELECT 1;
CREATE MATERIALIZED VIEW stored AS SELECT 1 AS a;
CREATE OR REPLACE VIEW low AS SELECT "Plus"(1) AS x, 'blue'::mood AS y, now() AS moment, (SELECT a FROM here_only);
SET client_min_messages TO warning;
DROP VIEW over_local;
DROP FUNCTION on_local;
DROP CAST (mood AS positive);
DROP TABLE here_only;
DROP MATERIALIZED VIEW stored;

-- An object of that name that a node has for itself
SELECT success, result FROM run_command_on_workers('CREATE TYPE ddl_objects.clash AS ENUM (''theirs'')') LIMIT 1;
\set VERBOSITY terse
CREATE TYPE clash AS ENUM ('ours');
\set VERBOSITY default
SELECT count(*) FROM run_command_on_workers('DROP TYPE ddl_objects.clash');

-- Elsewhere than on the coordinator they are only changed by it
SELECT DISTINCT success, regexp_replace(result, 'Connect to .*', '') FROM run_command_on_workers('ALTER TYPE ddl_objects.mood RENAME TO other');
SELECT DISTINCT success, result FROM run_command_on_workers('DROP VIEW ddl_objects.high');

DROP VIEW low CASCADE;
DROP PROCEDURE act;
DROP AGGREGATE total(int), amount(*);
DROP OPERATOR === (int, int);
DROP TEXT SEARCH CONFIGURATION words;
DROP TYPE "Pair", span;
DROP OWNED BY ddl_objects_crowd;
REASSIGN OWNED BY ddl_objects_owner TO ddl_objects_crowd;
DROP ROLE ddl_objects_owner;
SELECT * FROM differences();
SELECT * FROM count_on_all('low|high|act|total|amount|===|words|Pair|span|owner');
DROP SCHEMA ddl_objects_third, ddl_objects_done, ddl_objects_parts CASCADE;
DROP SCHEMA ddl_objects CASCADE;
DROP ROLE ddl_objects_crowd;
SELECT DISTINCT result FROM run_command_on_all_nodes(
    $$SELECT (SELECT count(*) FROM pg_namespace WHERE nspname ~ 'ddl_objects') || ' ' ||
             (SELECT count(*) FROM pg_roles WHERE rolname ~ 'ddl_objects')$$);
SELECT sum(result::int) - :orphans AS new_orphans FROM run_command_on_all_nodes('SELECT count(*) FROM pg_dist_object WHERE pg_describe_object(classid, objid, objsubid) IS NULL');
