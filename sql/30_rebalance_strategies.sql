-- What a rebalance strategy is made of, and the strategies that come with the extension.

CREATE FUNCTION pg_catalog.citus_shard_cost_1(bigint) RETURNS real
    LANGUAGE sql SET search_path = pg_catalog, pg_temp AS 'SELECT 1.0::real';
COMMENT ON FUNCTION pg_catalog.citus_shard_cost_1(bigint) IS 'a cost function for which every shard costs the same';
CREATE FUNCTION pg_catalog.citus_node_capacity_1(integer) RETURNS real
    LANGUAGE sql SET search_path = pg_catalog, pg_temp AS 'SELECT 1.0::real';
COMMENT ON FUNCTION pg_catalog.citus_node_capacity_1(integer) IS
    'a capacity function for which every node can carry the same';
CREATE FUNCTION pg_catalog.citus_shard_allowed_on_node_true(bigint, integer) RETURNS boolean
    LANGUAGE sql SET search_path = pg_catalog, pg_temp AS 'SELECT true';
COMMENT ON FUNCTION pg_catalog.citus_shard_allowed_on_node_true(bigint, integer) IS
    'a placement rule that allows every shard on every node';

CREATE FUNCTION pg_catalog.citus_validate_rebalance_strategy_functions(
    shard_cost_function regproc, node_capacity_function regproc, shard_allowed_on_node_function regproc)
    RETURNS void LANGUAGE c STRICT AS 'MODULE_PATHNAME', 'citus_validate_rebalance_strategy_functions';
COMMENT ON FUNCTION pg_catalog.citus_validate_rebalance_strategy_functions(regproc, regproc, regproc) IS
    'raises an error when one of the functions has not the arguments and the result that a rebalance strategy needs';

CREATE FUNCTION citus_internal.pg_dist_rebalance_strategy_trigger_func() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM citus_validate_rebalance_strategy_functions(
        NEW.shard_cost_function, NEW.node_capacity_function, NEW.shard_allowed_on_node_function);
    IF NEW.default_threshold < NEW.minimum_threshold THEN
        RAISE EXCEPTION 'default_threshold of rebalance strategy "%" is below its minimum_threshold', NEW.name
            USING ERRCODE = 'invalid_parameter_value',
                  DETAIL = format('default_threshold is %s, minimum_threshold is %s.',
                                  NEW.default_threshold, NEW.minimum_threshold);
    END IF;
    RETURN NEW;
END $$;
COMMENT ON FUNCTION citus_internal.pg_dist_rebalance_strategy_trigger_func() IS
    'checks the functions and thresholds of a rebalance strategy';
REVOKE ALL ON FUNCTION citus_internal.pg_dist_rebalance_strategy_trigger_func() FROM PUBLIC;
CREATE TRIGGER pg_dist_rebalance_strategy_validation_trigger BEFORE INSERT OR UPDATE ON pg_dist_rebalance_strategy
    FOR EACH ROW EXECUTE FUNCTION citus_internal.pg_dist_rebalance_strategy_trigger_func();

INSERT INTO pg_dist_rebalance_strategy VALUES
    ('by_shard_count', false, 'citus_shard_cost_1', 'citus_node_capacity_1', 'citus_shard_allowed_on_node_true', 0, 0, 0);

CREATE FUNCTION pg_catalog.citus_add_rebalance_strategy(
    name name, shard_cost_function regproc, node_capacity_function regproc, shard_allowed_on_node_function regproc,
    default_threshold real, minimum_threshold real DEFAULT 0, improvement_threshold real DEFAULT 0)
    RETURNS void LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO pg_catalog.pg_dist_rebalance_strategy
        (name, shard_cost_function, node_capacity_function, shard_allowed_on_node_function,
         default_threshold, minimum_threshold, improvement_threshold)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
$$;
COMMENT ON FUNCTION pg_catalog.citus_add_rebalance_strategy(name, regproc, regproc, regproc, real, real, real) IS
    'adds a rebalance strategy';

CREATE FUNCTION pg_catalog.citus_set_default_rebalance_strategy(name text) RETURNS void
LANGUAGE plpgsql STRICT SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    LOCK TABLE pg_dist_rebalance_strategy IN SHARE ROW EXCLUSIVE MODE;
    IF NOT EXISTS (SELECT FROM pg_dist_rebalance_strategy s
                   WHERE s.name = citus_set_default_rebalance_strategy.name) THEN
        RAISE EXCEPTION 'rebalance strategy "%" does not exist', name
            USING ERRCODE = 'undefined_object',
                  HINT = 'The strategies are the rows of pg_dist_rebalance_strategy.';
    END IF;
    UPDATE pg_dist_rebalance_strategy s
    SET default_strategy = s.name = citus_set_default_rebalance_strategy.name
    WHERE default_strategy OR s.name = citus_set_default_rebalance_strategy.name;
END $$;
COMMENT ON FUNCTION pg_catalog.citus_set_default_rebalance_strategy(text) IS
    'makes a strategy the one that is used when none is named';
