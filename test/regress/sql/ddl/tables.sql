-- What is changed on a distributed table is so on the shells of all nodes and on all shards, or it is refused.
SELECT sum(result::int) AS orphans FROM run_command_on_all_nodes('SELECT count(*) FROM pg_dist_object WHERE pg_describe_object(classid, objid, objsubid) IS NULL') \gset
SET client_min_messages TO warning;
SET citus.shard_count TO 4;
CREATE SCHEMA "ddl Tables";
SET search_path TO "ddl Tables";
CREATE ROLE ddl_tables_owner;
CREATE ROLE ddl_tables_reader;
GRANT USAGE, CREATE ON SCHEMA "ddl Tables" TO ddl_tables_owner;

-- The form of each table and of each of its shards on this node: columns, constraints, indexes. One form a table is right.
CREATE FUNCTION forms() RETURNS SETOF text LANGUAGE sql SET citus.override_table_visibility TO off SET search_path TO pg_catalog AS $$
    SELECT regexp_replace(relname, '_\d{6}$', '') || ': ' || regexp_replace(format('%s; %s; %s; %s; %s',
        concat_ws(' ', relpersistence, relreplident, relrowsecurity, relowner::regrole, reloptions),
        (SELECT string_agg(format('%s %s %s %s %s %s %s %s', attnum, attname, format_type(atttypid, atttypmod), attnotnull,
                                  attstorage, attcompression, attgenerated, attstattarget), ', ' ORDER BY attnum)
         FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped),
        (SELECT string_agg(conname || ' ' || pg_get_constraintdef(oid), ', ' ORDER BY conname) FROM pg_constraint WHERE conrelid = c.oid),
        (SELECT string_agg(pg_get_indexdef(indexrelid) || indisclustered, ', ' ORDER BY indexrelid::regclass::text) FROM pg_index WHERE indrelid = c.oid),
        (SELECT string_agg(pg_get_statisticsobjdef(oid), ', ') FROM pg_statistic_ext WHERE stxrelid = c.oid)), '_\d{6}(?!\d)', '', 'g')
    FROM pg_class c WHERE relnamespace = '"ddl Tables"'::regnamespace AND relkind IN ('r', 'p') AND relname !~ '^plain'
$$;
-- Tables that have several forms, and nodes whose shells are described otherwise than here
CREATE FUNCTION differences() RETURNS SETOF text LANGUAGE sql SET search_path TO pg_catalog AS $$
    (SELECT DISTINCT split_part(a, ':', 1) || ' has several forms: ' || a FROM (
        SELECT unnest(string_to_array(result, '|')) AS a FROM run_command_on_all_nodes(
            $q$SELECT string_agg(f, '|') FROM "ddl Tables".forms() f$q$)) x
     WHERE split_part(a, ':', 1) IN (
        SELECT split_part(b, ':', 1) FROM (
            SELECT DISTINCT unnest(string_to_array(result, '|')) AS b FROM run_command_on_all_nodes(
                $q$SELECT string_agg(f, '|') FROM "ddl Tables".forms() f$q$)) y
        GROUP BY 1 HAVING count(*) > 1) ORDER BY 1)
    UNION ALL
    SELECT DISTINCT 'shell of ' || t || ' differs' FROM unnest((SELECT array_agg(logicalrelid) FROM pg_dist_partition
        WHERE logicalrelid::text ~ 'ddl Tables')) t,
        run_command_on_all_nodes(format('SELECT citus_internal.describe_object(1259, %L::regclass)', t)) r
    WHERE regexp_replace(result, 'MINVALUE \d+ MAXVALUE \d+ START WITH \d+|regclass, \d+', '', 'g') <>
          regexp_replace(citus_internal.describe_object(1259, t)::text, 'MINVALUE \d+ MAXVALUE \d+ START WITH \d+|regclass, \d+', '', 'g')
$$;

CREATE TABLE ref (id int PRIMARY KEY, x text);
SELECT create_reference_table('ref');
CREATE TABLE "T" (k int PRIMARY KEY, v int, "Mixed" text);
CREATE TABLE u (k int, r int, d date DEFAULT '2020-01-01');
SELECT create_distributed_table('"T"', 'k');
SELECT create_distributed_table('u', 'k', colocate_with => '"T"');
SELECT count(*), count(DISTINCT f) FROM forms() f;
SELECT * FROM differences();

-- Columns
ALTER TABLE "T" ADD COLUMN c1 int DEFAULT 5, ADD COLUMN c2 timestamptz DEFAULT now(), ADD CHECK (c1 > 0);
ALTER TABLE "T" ADD COLUMN IF NOT EXISTS "C 3" text COLLATE "C" NOT NULL DEFAULT 'a' CONSTRAINT filled CHECK ("C 3" <> '');
ALTER TABLE "T" ADD COLUMN twice int GENERATED ALWAYS AS (v * 2) STORED;
ALTER TABLE "T" RENAME "C 3" TO c3;
ALTER TABLE u ALTER r TYPE bigint, ALTER d TYPE text USING d || 'x', ALTER d DROP DEFAULT;
ALTER TABLE "T" ALTER c2 SET NOT NULL, ALTER c3 DROP NOT NULL, ALTER c3 SET DEFAULT 'b', ALTER c2 DROP DEFAULT;
ALTER TABLE "T" ALTER v SET STATISTICS 77, ALTER "Mixed" SET STORAGE external, ALTER c3 SET COMPRESSION pglz;
ALTER TABLE ref ADD COLUMN y int DEFAULT 3, ADD COLUMN z date;
\set VERBOSITY terse
ALTER TABLE "T" DROP COLUMN v;
\set VERBOSITY default
ALTER TABLE "T" DROP COLUMN c1;
ALTER TABLE ref DROP COLUMN z;
SELECT * FROM differences();

-- Constraints and indexes
ALTER TABLE "T" ADD CONSTRAINT positive CHECK (k > 0) NOT VALID;
ALTER TABLE "T" VALIDATE CONSTRAINT positive;
ALTER TABLE "T" RENAME CONSTRAINT positive TO "above 0";
ALTER TABLE u ADD FOREIGN KEY (k) REFERENCES "T", ADD CONSTRAINT to_ref FOREIGN KEY (r) REFERENCES ref (id);
CREATE INDEX ON "T" (v);
CREATE INDEX part ON "T" (lower("Mixed") text_pattern_ops DESC) INCLUDE (v) WITH (fillfactor = 60) WHERE v > 3;
CREATE UNIQUE INDEX IF NOT EXISTS "Both" ON "T" (k, v);
ALTER TABLE u ADD CONSTRAINT u_once UNIQUE (k, d);
ALTER INDEX part RENAME TO "Part";
ALTER INDEX "Part" SET (fillfactor = 50);
ALTER TABLE "T" CLUSTER ON "T_pkey";
CREATE STATISTICS st (dependencies) ON k, v FROM "T";
ALTER STATISTICS st RENAME TO "St";
ALTER STATISTICS "St" SET STATISTICS 9;
REINDEX TABLE "T";
REINDEX INDEX "Part";
CLUSTER "T";
SELECT * FROM differences();
ALTER TABLE u DROP CONSTRAINT u_k_fkey;
DROP INDEX "Part", "T_v_idx";
DROP STATISTICS "St";
SELECT * FROM differences();

-- Owner, privileges, policies, options, comments
ALTER TABLE "T" OWNER TO ddl_tables_owner;
GRANT SELECT, UPDATE (v) ON "T" TO ddl_tables_reader WITH GRANT OPTION;
GRANT ALL ON ALL TABLES IN SCHEMA "ddl Tables" TO ddl_tables_reader;
REVOKE DELETE, SELECT ON "T" FROM ddl_tables_reader;
ALTER TABLE "T" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY p ON "T" AS RESTRICTIVE FOR SELECT TO ddl_tables_reader, CURRENT_USER USING (v > 1);
ALTER POLICY p ON "T" TO ddl_tables_reader USING (v > 2);
ALTER POLICY p ON "T" RENAME TO "P";
CREATE POLICY q ON "T" WITH CHECK (v > 3);
DROP POLICY q ON "T";
ALTER TABLE "T" SET (fillfactor = 80, toast.autovacuum_enabled = off), REPLICA IDENTITY FULL;
ALTER TABLE "T" RESET (fillfactor);
COMMENT ON TABLE "T" IS 'a table';
COMMENT ON COLUMN "T".v IS 'a column';
COMMENT ON CONSTRAINT "above 0" ON "T" IS 'a constraint';
COMMENT ON INDEX "Both" IS 'an index';
COMMENT ON POLICY "P" ON "T" IS 'a policy';
SELECT * FROM differences();

-- Names
ALTER TABLE u RENAME TO "U 2";
CREATE SCHEMA ddl_tables_other;
ALTER TABLE "U 2" SET SCHEMA ddl_tables_other;
ALTER TABLE ddl_tables_other."U 2" SET SCHEMA "ddl Tables";
SELECT * FROM differences();
SELECT string_agg(result, ' ' ORDER BY nodeid) FROM run_command_on_all_nodes('SELECT count(*) FROM "ddl Tables"."U 2"');
DROP SCHEMA ddl_tables_other;

-- Partitions
CREATE TABLE par (a int, t date, PRIMARY KEY (a, t)) PARTITION BY RANGE (t);
CREATE TABLE par_2020 PARTITION OF par FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
SELECT create_distributed_table('par', 'a');
CREATE TABLE par_2021 PARTITION OF par FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE INDEX ON par (t);
ALTER TABLE par ADD COLUMN z int DEFAULT 3, ADD CONSTRAINT z_small CHECK (z < 100);
ALTER TABLE par DETACH PARTITION par_2020;
CREATE TABLE par_2022 (t date NOT NULL, a int NOT NULL, z int DEFAULT 3, CONSTRAINT z_small CHECK (z < 100));
ALTER TABLE par ATTACH PARTITION par_2022 FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');
ALTER TABLE par ALTER z TYPE bigint;
SELECT * FROM differences();
SELECT string_agg(result, ' ' ORDER BY nodeid) FROM run_command_on_all_nodes($$SELECT count(*) FROM pg_inherits WHERE inhparent = '"ddl Tables".par'::regclass$$);

-- Identity and sequences of other columns
CREATE SEQUENCE mine;
ALTER TABLE "T" ALTER k ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE "T" ALTER v SET DEFAULT nextval('mine');
ALTER SEQUENCE mine INCREMENT BY 5;
ALTER SEQUENCE mine RENAME TO "Mine";
SELECT * FROM differences();
SELECT string_agg(result, ' ' ORDER BY nodeid) FROM run_command_on_all_nodes($$SELECT seqincrement FROM pg_sequence WHERE seqrelid = '"ddl Tables"."Mine"'::regclass$$);
ALTER TABLE "T" ALTER k DROP IDENTITY, ALTER v DROP DEFAULT;

-- Refused, and nothing has changed
CREATE TABLE plain (k int, t date);
ALTER TABLE "T" DROP COLUMN k;
ALTER TABLE "T" ALTER k TYPE bigint;
ALTER TABLE "T" INHERIT plain;
ALTER TABLE "T" SET TABLESPACE pg_default;
ALTER TABLE "T" DISABLE TRIGGER ALL;
ALTER TABLE "T" ADD COLUMN random float DEFAULT random();
CREATE TRIGGER tr BEFORE INSERT ON "T" FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
CREATE RULE ru AS ON INSERT TO "T" DO NOTHING;
CREATE POLICY bad ON "T" USING (k IN (SELECT k FROM plain));
ALTER TABLE "T" ADD COLUMN p plain;
SET citus.enable_ddl_propagation TO off;
ALTER TABLE "T" ADD COLUMN alone int;
CREATE POLICY alone ON "T";
RESET citus.enable_ddl_propagation;
SELECT * FROM differences();
SELECT DISTINCT result FROM run_command_on_workers('ALTER TABLE "ddl Tables"."T" ADD COLUMN there int');

-- All or nothing in a transaction
BEGIN;
ALTER TABLE "T" ADD COLUMN temporary int;
SAVEPOINT s;
ALTER TABLE "T" RENAME TO other;
DROP TABLE "U 2";
ROLLBACK TO s;
CREATE INDEX later ON "T" (temporary);
COMMIT;
SELECT * FROM differences();
SELECT count(*) FROM pg_attribute WHERE attrelid = '"T"'::regclass AND attname = 'temporary';

-- Dropped, with shards and metadata, by whatever way
CREATE FUNCTION leftovers() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT DISTINCT result FROM run_command_on_all_nodes($q$
        SELECT (SELECT count(*) FROM "ddl Tables".forms() f WHERE f ~ '^(U 2|par|par_2021|par_2022|owned|type_user):') || ' ' ||
               (SELECT count(*) FROM pg_dist_partition WHERE NOT EXISTS (SELECT FROM pg_class WHERE oid = logicalrelid)) || ' ' ||
               (SELECT count(*) FROM pg_dist_shard WHERE NOT EXISTS (SELECT FROM pg_class WHERE oid = logicalrelid)) || ' ' ||
               (SELECT count(*) FROM pg_dist_placement p WHERE NOT EXISTS (SELECT FROM pg_dist_shard s WHERE s.shardid = p.shardid))$q$)
$$;
DROP TABLE "U 2", par;
SELECT * FROM leftovers();
CREATE TYPE used AS ENUM ('a');
CREATE TABLE type_user (k int, m used, n int);
SELECT create_distributed_table('type_user', 'k');
DROP TYPE used CASCADE;
SELECT * FROM differences();
CREATE VIEW over AS SELECT n FROM type_user;
\set VERBOSITY terse
ALTER TABLE type_user DROP COLUMN n;
ALTER TABLE type_user DROP COLUMN n CASCADE;
SELECT string_agg(result, ' ') FROM run_command_on_all_nodes($$SELECT count(*) FROM pg_class WHERE relname = 'over' AND relnamespace = '"ddl Tables"'::regnamespace$$);
\set VERBOSITY default
SELECT * FROM differences();
DROP TABLE type_user, par_2020;
CREATE TABLE owned (k int);
SELECT create_distributed_table('owned', 'k');
ALTER TABLE owned OWNER TO ddl_tables_owner;
ALTER TABLE "T" OWNER TO CURRENT_USER;
DROP OWNED BY ddl_tables_owner;
SELECT * FROM leftovers();
DROP SCHEMA "ddl Tables" CASCADE;
DROP ROLE ddl_tables_owner, ddl_tables_reader;
SELECT DISTINCT result FROM run_command_on_all_nodes($$SELECT (SELECT count(*) FROM pg_class WHERE relname ~ '^(T|ref|owned)(_\d+)?$') || ' ' ||
    (SELECT count(*) FROM pg_namespace WHERE nspname ~ 'ddl') || ' ' || (SELECT count(*) FROM pg_roles WHERE rolname ~ 'ddl_tables')$$);
SELECT sum(result::int) - :orphans AS new_orphans FROM run_command_on_all_nodes('SELECT count(*) FROM pg_dist_object WHERE pg_describe_object(classid, objid, objsubid) IS NULL');
