-- what users write into definitions runs on no node with the rights of the cluster's own commands
\set VERBOSITY terse
SET client_min_messages TO warning;
CREATE ROLE code_owner;
CREATE SCHEMA user_code AUTHORIZATION code_owner;
SET ROLE code_owner;
SET search_path TO user_code;
-- PostgreSQL calls it while it stores a definition, for its argument is constant
CREATE FUNCTION trust(x integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN RAISE 'definition % runs as %', x, current_user; END IF;
    BEGIN
        PERFORM citus_internal.execute_everywhere('{SELECT 1}');
        RAISE 'definition % gives commands to the cluster', x;
    EXCEPTION WHEN insufficient_privilege THEN
    END;
    RETURN x;
END $$;
-- and this one would be put in place of its call
CREATE FUNCTION inlined(x integer) RETURNS integer LANGUAGE sql IMMUTABLE AS
    $$ SELECT CASE WHEN (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN x / 0 ELSE x END $$;
CREATE FUNCTION definer(x integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER SET search_path = user_code AS
    $$ BEGIN RETURN trust(x); END $$;
CREATE DOMAIN positive AS integer DEFAULT trust(1) CHECK (VALUE > trust(2));
CREATE TABLE t (k integer, v integer CHECK (v > trust(3)), i integer CHECK (i > inlined(4)), p positive DEFAULT definer(5),
    g integer GENERATED ALWAYS AS (k + trust(6)) STORED);
CREATE INDEX ON t ((v + trust(7))) WHERE i > trust(8);
CREATE STATISTICS s ON (v + trust(9)), k FROM t;
CREATE TABLE parts (k integer, v integer) PARTITION BY RANGE ((trust(10) + k));
CREATE TABLE part PARTITION OF parts FOR VALUES FROM (0) TO (1000);
INSERT INTO t VALUES (1, 100, 100);
SELECT create_distributed_table('t', 'k');
SELECT create_distributed_table('parts', 'k');
ALTER TABLE t ADD COLUMN w integer DEFAULT trust(20), ADD CHECK (w > trust(11)), ALTER v TYPE bigint USING v + trust(12);
CREATE INDEX ON t ((w + trust(13))) WHERE k > definer(14);
ALTER TABLE parts ADD CHECK (v > trust(15));
CREATE VIEW asked AS SELECT trust(16);
INSERT INTO t (k, v, i, w) VALUES (2, 50, 50, 50) RETURNING *;
INSERT INTO parts VALUES (1, 50);
SELECT * FROM t WHERE v > trust(17) ORDER BY k;
SELECT count(*) FROM asked;
SELECT undistribute_table('t');
DROP SCHEMA user_code CASCADE;
RESET ROLE;
DROP ROLE code_owner;
