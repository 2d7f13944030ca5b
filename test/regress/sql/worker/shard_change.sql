-- DDL on a table reaches its shards: the same change under the shards' names
BEGIN;
\set VERBOSITY terse
\set ON_ERROR_ROLLBACK on
SET LOCAL citus.override_table_visibility TO off;
SET LOCAL citus.enable_manual_changes_to_shards TO on;
SET LOCAL client_min_messages TO warning;
CREATE ROLE change_owner;
CREATE ROLE change_heir;
CREATE SCHEMA shard_change;
CREATE SCHEMA "Shard Elsewhere";
SET LOCAL search_path TO shard_change;
CREATE FUNCTION metadata(relid regclass, method "char", key name, colocation integer, VARIADIC shards bigint[])
    RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    width bigint := 4294967296 / cardinality(shards);
BEGIN
    INSERT INTO pg_dist_partition VALUES
        (relid, method, column_name_to_column(relid, key), colocation, CASE method WHEN 'h' THEN 's' ELSE 't' END);
    INSERT INTO pg_dist_shard
    SELECT relid, id, 't', CASE method WHEN 'h' THEN -2147483648 + (n - 1) * width END,
           CASE method WHEN 'h' THEN -2147483649 + n * width END
    FROM unnest(shards) WITH ORDINALITY s (id, n);
    INSERT INTO pg_dist_placement (shardid, shardstate, shardlength, groupid) SELECT unnest(shards), 1, 0, 0;
    PERFORM citus_internal.create_shards(relid, shards);
END $$;
CREATE FUNCTION change(command text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE citus_internal.shard_change_command(command);
END $$;
CREATE TABLE referenced (a integer PRIMARY KEY);
CREATE TABLE t (k integer PRIMARY KEY, v integer, w text);
ALTER TABLE t OWNER TO change_owner;
SELECT metadata('referenced', 'n', NULL, 990101, 990000100);
SELECT metadata('t', 'h', 'k', 990102, 990000101, 990000102);
INSERT INTO referenced_990000100 VALUES (10), (20), (30);
INSERT INTO t_990000101 VALUES (1, 10, 'x'), (2, 20, 'y');
INSERT INTO t_990000102 VALUES (3, 30, 'z');

-- what is new gets the names that the table's own got; the rows that are there are filled and checked
SELECT change('CREATE INDEX ON t (v)');
SELECT change('CREATE UNIQUE INDEX "My Idx" ON t (lower(w)) WHERE t.v > 0 AND w IS NOT NULL');
SELECT change('ALTER TABLE t ADD CHECK (v > 0), ADD CONSTRAINT fk FOREIGN KEY (v) REFERENCES referenced ON DELETE SET DEFAULT,
    ADD COLUMN n integer NOT NULL DEFAULT 5, ADD COLUMN ts timestamptz DEFAULT now(),
    ADD COLUMN j integer CHECK (j IS DISTINCT FROM 3) REFERENCES referenced UNIQUE');
SELECT change('ALTER TABLE t ADD COLUMN doubled integer GENERATED ALWAYS AS (v * 2) STORED');
SELECT k, v, w, n, ts = (SELECT min(ts) FROM t_990000101), j, doubled FROM (TABLE t_990000101 UNION ALL TABLE t_990000102) q ORDER BY k;
\d t_990000102
SELECT change('ALTER TABLE t ADD CHECK (v < 15)');
SELECT change('ALTER TABLE t ADD CONSTRAINT other FOREIGN KEY (n) REFERENCES referenced');
-- a stable default is evaluated once for all nodes; one that differs from row to row is refused
SELECT citus_internal.shard_change_command($$ALTER TABLE t ADD COLUMN a text DEFAULT current_setting('search_path'), ADD COLUMN b integer DEFAULT 1$$);
SELECT change('ALTER TABLE t ADD COLUMN bad serial');
SELECT change('ALTER TABLE t ADD COLUMN bad uuid DEFAULT gen_random_uuid()');
SELECT change('ALTER TABLE t ADD COLUMN bad integer GENERATED ALWAYS AS IDENTITY');

-- what is there is changed under the names of the shards
SELECT change('ALTER TABLE t RENAME COLUMN w TO "W w"');
SELECT change('ALTER TABLE t RENAME CONSTRAINT fk TO "F k"');
SELECT change('ALTER TABLE t RENAME CONSTRAINT t_pkey TO primary_key');
SELECT change('ALTER INDEX "My Idx" RENAME TO mine');
SELECT change('ALTER TABLE t ALTER COLUMN n TYPE text USING t.n || (t).k::text, ALTER v SET NOT NULL, ALTER v SET STATISTICS 5');
SELECT change('ALTER TABLE t SET (fillfactor = 50), CLUSTER ON t_v_idx, REPLICA IDENTITY USING INDEX primary_key, ENABLE ROW LEVEL SECURITY, OWNER TO change_heir');
SELECT change('ALTER TABLE t SET SCHEMA "Shard Elsewhere"');
SELECT change('ALTER TABLE "Shard Elsewhere".t RENAME TO "T t"');
SET LOCAL search_path TO "Shard Elsewhere", shard_change;
\d "T t_990000101"
SELECT relname, reloptions, relrowsecurity, relreplident, relowner::regrole FROM pg_class WHERE relname LIKE 'T t\_99%' ORDER BY 1;
SELECT k, n FROM "T t_990000101" ORDER BY k;
SELECT change('DROP INDEX t_v_idx, mine');
SELECT change('ALTER TABLE "T t" DROP CONSTRAINT "F k", DROP COLUMN n, DROP CONSTRAINT primary_key, ALTER v DROP NOT NULL, DROP CONSTRAINT t_v_check');
SELECT change('ALTER TABLE "T t" ADD CONSTRAINT again PRIMARY KEY (v)');
SELECT change('CREATE STATISTICS shard_change.st ON v, k FROM "T t"');
SELECT change('ALTER STATISTICS st SET STATISTICS 7');
SELECT change('ALTER STATISTICS st RENAME TO st2');
SELECT change('ALTER STATISTICS st2 SET SCHEMA "Shard Elsewhere"');
\d "T t_990000101"
SELECT change('DROP STATISTICS st2');
SELECT change('REINDEX TABLE "T t"');
SELECT change('CLUSTER "T t" USING again');
SELECT change('ALTER TABLE "T t" ALTER k SET DEFAULT 3, ALTER v ADD GENERATED ALWAYS AS IDENTITY');
SELECT change('DROP INDEX CONCURRENTLY again');
\d "T t_990000101"
SELECT stxname FROM pg_statistic_ext WHERE stxname LIKE 'st2%';

-- partitions
SET LOCAL search_path TO shard_change;
CREATE TABLE p (k integer, d integer, x text CHECK (x <> 'bad')) PARTITION BY RANGE (d);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE p2 (x text CONSTRAINT p_x_check CHECK (x <> 'bad'), d integer, k integer);
SELECT metadata('p', 'h', 'k', 990102, 990000110, 990000111);
SELECT metadata('p1', 'h', 'k', 990102, 990000120, 990000121);
SELECT metadata('p2', 'h', 'k', 990102, 990000130, 990000131);
INSERT INTO p_990000110 VALUES (10, 1, 'a');
INSERT INTO p2_990000130 VALUES ('b', 12, 10);
SELECT change('CREATE INDEX ON p (x)');
SELECT change('ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (10) TO (20)');
SELECT change('ALTER TABLE p ADD CONSTRAINT u UNIQUE (k, d), ADD CHECK (k > 0), ADD CONSTRAINT pf FOREIGN KEY (k) REFERENCES referenced');
SELECT tableoid::regclass, k, d, x FROM p_990000110 ORDER BY 1;
\d p2
\d p2_990000130
\d p1_990000121
SELECT change('ALTER TABLE p DETACH PARTITION p2');
\d p2_990000130
SELECT change('ALTER TABLE p2 DROP CONSTRAINT pf, DROP CONSTRAINT p_x_check, ADD CHECK (d > 0)');
SELECT change('ALTER TABLE p DROP CONSTRAINT pf, DROP CONSTRAINT u, DROP CONSTRAINT p_x_check');
\d p2_990000130
\d p1_990000121
CREATE TABLE stranger (k integer, d integer, x text);
SELECT change('ALTER TABLE p ATTACH PARTITION stranger FOR VALUES FROM (20) TO (30)');

SET LOCAL ROLE change_owner;
SELECT citus_internal.change_with_shards('ALTER TABLE p ADD y integer', '{}');
ROLLBACK;
