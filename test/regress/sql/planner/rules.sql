-- Each rule of the planner can be switched off alone, or applied by chance; the answer stays.
\set VERBOSITY terse
CREATE SCHEMA rules;
SET search_path = rules;
SET client_min_messages = warning;
SET citus.enable_repartition_joins = off;
CREATE TABLE a (k int, v int);
CREATE TABLE b (k int, w int);
CREATE TABLE c (k int, w int);
SELECT create_distributed_table('a', 'k', shard_count => 4);
SELECT create_distributed_table('b', 'k', colocate_with => 'a');
SELECT create_distributed_table('c', 'w', shard_count => 3, colocate_with => 'none');
INSERT INTO a SELECT i % 30, i FROM generate_series(1, 100) i;
INSERT INTO b SELECT i % 40, i % 7 FROM generate_series(1, 100) i;
INSERT INTO c SELECT i % 10, i FROM generate_series(1, 50) i;

-- The nodes of the plan, and in place of each scan the number of its tasks and their text.
CREATE FUNCTION shape(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE line text; result text := ''; task int := 1000; indent int;
BEGIN
    FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
        indent := length(line) - length(ltrim(line));
        IF indent <= task THEN
            task := 1000;
            IF line ~ 'Custom Scan' THEN task := indent; ELSIF line ~ '->|^\w' THEN result := result || ' > ' || trim(line, ' ->'); END IF;
        ELSIF line ~ 'Task Count' THEN result := result || ' > ' || substring(line FROM '\d+');
        ELSIF line ~ 'Query:' THEN result := result || ' x ' || regexp_replace(line, '.*Query: ', '');
        END IF;
    END LOOP;
    RETURN substr(result, 4);
END $$;
CREATE TABLE queries (number int, query text);
INSERT INTO queries VALUES (1, 'SELECT a.v, b.w FROM a JOIN b ON a.k = b.k WHERE a.k = 3'),
    (2, 'SELECT k, count(*) FROM a GROUP BY k'), (3, 'SELECT v % 3, count(*) FROM a GROUP BY 1'),
    (4, 'SELECT v % 3, stddev(v) FROM a GROUP BY 1'), (5, 'SELECT a.v, c.w FROM a JOIN b ON a.k = b.k JOIN c ON c.k = a.v WHERE b.w = 3'),
    (6, 'SELECT v FROM a ORDER BY v LIMIT 3'), (7, 'SELECT count(*) FROM c, (SELECT k, sum(v) s FROM a GROUP BY k) x WHERE x.s = c.w');
SELECT number, shape(query) FROM queries ORDER BY number;
CREATE FUNCTION without(setting text) RETURNS TABLE (number int, shape text) LANGUAGE plpgsql AS $$
DECLARE one record; before text[]; after text;
BEGIN
    SELECT array_agg(rules.shape(query) ORDER BY q.number) INTO before FROM rules.queries q;
    PERFORM set_config(setting, 'off', true);
    FOR one IN SELECT * FROM rules.queries q ORDER BY q.number LOOP
        after := rules.shape(one.query);
        IF after <> before[one.number] THEN number := one.number; shape := after; RETURN NEXT; END IF;
    END LOOP;
    PERFORM set_config(setting, 'on', true);
END $$;
SELECT * FROM without('citus.push_statements');
SELECT * FROM without('citus.push_levels');
SELECT * FROM without('citus.push_grouping');
SELECT * FROM without('citus.push_partial_aggregates');
SELECT * FROM without('citus.push_partial_states');
SELECT * FROM without('citus.push_joins');
SELECT * FROM without('citus.push_sub_selects');
SELECT * FROM without('citus.push_order');
SELECT * FROM without('citus.prune_groups');

-- Chance: some seeds change plans, none changes answers.
CREATE FUNCTION answers() RETURNS text LANGUAGE plpgsql AS $$
DECLARE one record; result text := ''; part text;
BEGIN
    FOR one IN SELECT * FROM rules.queries ORDER BY number LOOP
        EXECUTE 'SELECT string_agg(x::text, '';'' ORDER BY x::text) FROM (' || one.query || ') x' INTO part;
        result := result || md5(coalesce(part, ''));
    END LOOP;
    RETURN md5(result);
END $$;
CREATE FUNCTION by_chance(seeds int) RETURNS TABLE (plans_differ bool, answers int) LANGUAGE plpgsql AS $$
DECLARE shapes text[] := '{}'; found text[] := '{}';
BEGIN
    FOR seed IN 0 .. seeds LOOP
        PERFORM set_config('citus.plan_seed', seed::text, true);
        shapes := shapes || (SELECT string_agg(rules.shape(query), ',' ORDER BY number) FROM rules.queries);
        found := found || rules.answers();
    END LOOP;
    PERFORM set_config('citus.plan_seed', '0', true);
    RETURN QUERY SELECT (SELECT count(DISTINCT x) > 3 FROM unnest(shapes) x), (SELECT count(DISTINCT x)::int FROM unnest(found) x);
END $$;
SELECT * FROM by_chance(20);
SET citus.force_pull = on;
SELECT shape(query) FROM queries WHERE number = 2;
RESET citus.force_pull;

SET client_min_messages = error;
DROP SCHEMA rules CASCADE;
