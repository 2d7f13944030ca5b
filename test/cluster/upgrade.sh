#!/usr/bin/env bash
# ALTER EXTENSION citus UPDATE: between the first node and the last, nodes refuse each other and say what to run.
. "$(dirname "$0")/../cluster.sh"

asks() { sql "$1" 'SELECT DISTINCT success, result FROM run_command_on_all_nodes('"'SELECT 42'"') ORDER BY 1' 2>&1; }
update() { sql "$1" "ALTER EXTENSION citus UPDATE TO '$next'"; }

cluster_up --workers 1
is "all is well before" "$(asks coordinator)" "t|42"
now=$(sql coordinator "SELECT extversion FROM pg_extension WHERE extname = 'citus'")
folder=$(dirname "$(find "$CEDRO_DIR/" -name citus.control | head -n 1)")
matches "it is the one of the control file" "$(cat "$folder/citus.control")" "default_version = '$now'"

# The version after this one, which brings one function.
next=$now-next
echo "CREATE FUNCTION citus_internal.brought_by_upgrade() RETURNS integer LANGUAGE sql AS 'SELECT 1';" \
    >"$folder/citus--$now--$next.sql"
chmod a+r "$folder/citus--$now--$next.sql"

update coordinator
is "the coordinator has it" "$(sql coordinator 'SELECT citus_internal.brought_by_upgrade()')" 1
is "the worker does not" "$(sql worker1 "SELECT to_regproc('citus_internal.brought_by_upgrade')")" ""
matches "the coordinator is refused by the worker" "$(asks coordinator)" 'have different versions of extension "citus"'
matches "and the other way round" "$(asks worker1)" 'have different versions of extension "citus"'
fails_with 08001 coordinator "SELECT citus_set_node_property(nodename, nodeport, 'shouldhaveshards', true) FROM citus_nodes WHERE role = 'worker'" \
    'ALTER EXTENSION citus UPDATE' # a change that both must see

update worker1
is "all is well after" "$(asks coordinator)" "t|42"
is "from the worker too" "$(asks worker1)" "t|42"
[ $failures = 0 ]
