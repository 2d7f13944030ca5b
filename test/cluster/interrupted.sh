#!/usr/bin/env bash
# Whatever moment create_distributed_table, COPY, a move, a change of copies or undistribute_table is interrupted at, nothing is left behind.
. "$(dirname "$0")/../cluster.sh"
cluster_up
eval "$("$CEDRO" env --dir "$CEDRO_DIR")"

sql coordinator "CREATE TABLE source AS SELECT i AS k, repeat('x', 50) AS v FROM generate_series(1, 60000) i;
    CREATE TABLE ref (k int PRIMARY KEY); SELECT create_reference_table('ref')" >/dev/null

relations() { # of all nodes, beside the source and its shell
    for node in coordinator worker1 worker2; do
        sql $node "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname ~ '^t(_|\$)'"
    done | xargs
}
sizes() { sql coordinator "SELECT count(*) || ' ' || coalesce(sum(k), 0) FROM t"; }
placements() { sql coordinator "SELECT string_agg(shardid || ':' || groupid, ',' ORDER BY shardid, groupid) FROM pg_dist_placement"; }

# cancelled HOW MILLISECONDS STATEMENT: runs it and cancels it after a while, unless it has succeeded by then
cancelled() {
    case $1 in
    timeout) sql coordinator "SET statement_timeout TO $2; SET client_min_messages TO error; $3" ;;
    ctrl-c) # as in a terminal: psql gets SIGINT and sends a cancel request
        timeout --foreground --preserve-status -s INT "$(printf '0.%03d' $(($2 % 1000)) | sed "s/^0/$(($2 / 1000))/")" \
            psql -XAtq -v ON_ERROR_STOP=1 -c 'SET client_min_messages TO error' -c "$3" ;;
    esac >/dev/null 2>&1
}

# interrupt NAME STATEMENT: runs it with ever later interruptions, one way and the other, until it succeeds once; calls
# NAME_holds after each
interrupt() {
    local name=$1 statement=$2 after=4 tries=0 how=timeout
    until cancelled $how $after "$statement"; do
        "${name}_holds" "$after ms by $how" || return
        tries=$((tries + 1)) after=$((after * 13 / 10 + 1))
        [ $how = timeout ] && how=ctrl-c || how=timeout
        [ $after -lt 20000 ] || { not_ok "$name never ends"; return; }
    done
    [ $tries -ge 3 ] || not_ok "$name was interrupted $tries times only"
    ok "$name, interrupted $tries times"
}

distribute_holds() {
    [ "$(relations)" = "1 0 0" ] && [ "$(sizes)" = "60000 1800030000" ] &&
        [ "$(sql coordinator "SELECT count(*) FROM pg_dist_partition WHERE logicalrelid = 't'::regclass")" = 0 ] && return
    not_ok "distributing interrupted after $1: relations $(relations), rows $(sizes)"; return 1
}
sql coordinator "CREATE TABLE t AS TABLE source" >/dev/null
interrupt distribute "SELECT create_distributed_table('t', 'k', shard_count => 8)"
is "all rows came through" "$(sizes)" "60000 1800030000"

copy_holds() { [ "$(sizes)" = "60000 1800030000" ] || { not_ok "COPY interrupted after $1: $(sizes)"; return 1; }; }
file=$(sql coordinator "SELECT current_setting('data_directory') || '/rows.csv'")
sql coordinator "COPY (SELECT i, 'y' FROM generate_series(60001, 160000) i) TO '$file'" >/dev/null
interrupt copy "COPY t FROM '$file'"
is "all rows were copied" "$(sizes)" "160000 12800080000"

shard=$(sql coordinator "SELECT min(shardid) FROM pg_dist_shard WHERE logicalrelid = 't'::regclass")
before=$(placements)
move_holds() {
    [ "$(placements)" = "$before" ] && [ "$(sizes)" = "160000 12800080000" ] && return
    not_ok "a move interrupted after $1: $(placements), $(sizes)"; return 1
}
interrupt move "SELECT citus_move_shard_placement($shard, 2, 3)"
is "the moved shard is whole" "$(sizes)" "160000 12800080000"

copies_holds() {
    [ "$(sizes)" = "160000 12800080000" ] &&
        [ "$(sql coordinator "SELECT count(*) FROM (SELECT shardid FROM pg_dist_placement GROUP BY shardid, groupid HAVING count(*) > 1) x")" = 0 ] && return
    not_ok "SET (shard_replication_factor) interrupted after $1: $(placements), $(sizes)"; return 1
}
interrupt copies "ALTER TABLE t SET (shard_replication_factor = 2)"
is "every shard has two copies" "$(sql coordinator "SELECT count(*) FROM pg_dist_placement JOIN pg_dist_shard USING (shardid) WHERE logicalrelid = 't'::regclass")" 16

undistribute_holds() {
    [ "$(sizes)" = "160000 12800080000" ] && [ "$(sql coordinator "SELECT count(*) FROM pg_dist_partition WHERE logicalrelid = 't'::regclass")" = 1 ] && return
    not_ok "undistributing interrupted after $1: $(sizes)"; return 1
}
interrupt undistribute "SELECT undistribute_table('t')"
is "all rows came home" "$(sizes)" "160000 12800080000"
sql coordinator "CALL citus_cleanup_orphaned_resources()" >/dev/null 2>&1
is "no shard is left on any node" "$(relations)" "1 0 0"
[ $failures = 0 ]
