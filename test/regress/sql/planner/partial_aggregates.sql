-- Aggregates with a combine function are computed in parts by the shard groups; only plans may combine their states.
\set VERBOSITY terse
CREATE SCHEMA partial_aggregates;
SET search_path = partial_aggregates;
SET client_min_messages = warning;
CREATE TABLE t (k int, g int, v int, x float8);
SELECT create_distributed_table('t', 'k', shard_count => 4);
INSERT INTO t SELECT i, i % 3, i % 10, i / 4.0 FROM generate_series(1, 1000) i;
CREATE FUNCTION pair_step(int[], int) RETURNS int[] LANGUAGE sql IMMUTABLE AS 'SELECT ARRAY[$1[1] + 1, $1[2] + coalesce($2, 0)]';
CREATE FUNCTION pair_both(int[], int[]) RETURNS int[] LANGUAGE sql IMMUTABLE AS 'SELECT ARRAY[$1[1] + $2[1], $1[2] + $2[2]]';
CREATE FUNCTION pair_result(int[]) RETURNS text LANGUAGE sql IMMUTABLE AS $$SELECT $1[1] || ' rows, sum ' || $1[2]$$;
CREATE AGGREGATE pair(int) (SFUNC = pair_step, STYPE = int[], COMBINEFUNC = pair_both, FINALFUNC = pair_result, INITCOND = '{0,0}');
CREATE FUNCTION shown(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE line text;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
        IF line ~ 'Aggregate|Query:' THEN RETURN NEXT line; END IF;
    END LOOP;
END $$;

SELECT shown('SELECT g, stddev(x), count(*) FROM t GROUP BY g');
SELECT shown('SELECT pair(v) FROM t');
SELECT shown('SELECT g, count(*), avg(v), sum(v) FROM t GROUP BY g');
SELECT shown('SELECT g, stddev(x), count(DISTINCT v) FROM t GROUP BY g');
SELECT shown('SELECT g, array_agg(v) FROM t GROUP BY g');
SET citus.push_partial_states = off;
SELECT shown('SELECT g, stddev(x), count(*) FROM t GROUP BY g');
RESET citus.push_partial_states;
SET citus.allow_aggregate_worker_combine_on_internal_types = off;
SELECT shown('SELECT avg(x), stddev(v) FROM t');
RESET citus.allow_aggregate_worker_combine_on_internal_types;

SELECT g, pair(v), count(DISTINCT v), round(stddev(x)::numeric, 6), corr(x, k) FROM t GROUP BY g ORDER BY g;
SELECT pair(v) FILTER (WHERE g = 1), round(variance(v), 6) FROM t;
SELECT g, pair(v) FROM t GROUP BY ROLLUP (g) HAVING stddev(v) > 1 ORDER BY g;

-- Some of the columns of a sub-select that is computed in parts.
SELECT c FROM (SELECT count(*) AS c, stddev(v) AS unused FROM t HAVING sum(v) > 1) x, generate_series(1, 2);

-- Who is no plan is refused.
SELECT citus_internal.partial(count(*)) FROM t;
SELECT citus_internal.partial(v) FROM t LIMIT 1;
SELECT citus_internal.combined('avg(int)'::regprocedure, '{23}', '\x00', NULL::numeric);
SELECT citus_internal.combine_state(NULL, 'avg(int)'::regprocedure, '{23}', '\x00', NULL::numeric);

SET client_min_messages = error;
DROP SCHEMA partial_aggregates CASCADE;
