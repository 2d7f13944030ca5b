-- WITH CHECK OPTION of views over distributed tables: see src/planner/by_row.hpp.

CREATE FUNCTION citus_internal.check_option(holds boolean, view_name text) RETURNS boolean
    LANGUAGE c VOLATILE AS 'MODULE_PATHNAME', 'citus_internal_check_option';
COMMENT ON FUNCTION citus_internal.check_option(boolean, text) IS
    'raises an error when a row written through a view does not fulfil the view''s check option';
