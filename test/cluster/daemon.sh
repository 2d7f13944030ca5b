#!/usr/bin/env bash
# The maintenance daemons: one for each database that holds the extension, in nobody's way; none on a standby.
. "$(dirname "$0")/../cluster.sh"

cluster_up

in_database() { "$CEDRO" psql --dir "$CEDRO_DIR" --node "${3:-coordinator}" -XAtq -v ON_ERROR_STOP=1 -d "$1" -c "$2"; }
daemons() { sql "${1:-coordinator}" "SELECT coalesce(string_agg(datname, ' ' ORDER BY datname), '') FROM pg_stat_activity WHERE backend_type = 'citus maintenance daemon'"; }
are() { [ "$(daemons)" = "$1" ]; }
# in_time WHAT SECONDS COMMAND…: the command succeeds within so many seconds.
in_time() {
    local what=$1 limit=$2
    shift 2
    SECONDS=0
    "$@" || not_ok "$what: failed"
    [ $SECONDS -le "$limit" ] && ok "$what" || not_ok "$what: took $SECONDS s"
}

wait_until 10 are postgres && ok "one for the database of the cluster" || not_ok "daemons of: $(daemons)"
is "one launcher" "$(sql coordinator "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'citus maintenance launcher'")" 1

note "databases come and go"
sql coordinator 'CREATE DATABASE a'
sql coordinator 'CREATE DATABASE plain'
in_database a 'CREATE EXTENSION citus' 2>/dev/null
wait_until 10 are "a postgres" && ok "CREATE EXTENSION brings a daemon" || not_ok "daemons of: $(daemons)"
in_time "a database with a daemon is a template" 5 sql coordinator 'CREATE DATABASE b TEMPLATE a'
wait_until 30 are "a b postgres" && ok "the copy has one, too" || not_ok "daemons of: $(daemons)"
in_time "a database with a daemon is renamed" 5 sql coordinator 'ALTER DATABASE b RENAME TO c'
wait_until 30 are "a c postgres" && ok "and has it again" || not_ok "daemons of: $(daemons)"
in_time "DROP DATABASE does not wait" 5 sql coordinator 'DROP DATABASE c'
in_time "DROP EXTENSION does not wait" 5 in_database a 'DROP EXTENSION citus'
wait_until 20 are postgres && ok "the daemons of both are gone" || not_ok "daemons of: $(daemons)"
in_time "DROP DATABASE afterwards" 5 sql coordinator 'DROP DATABASE a'

note "a daemon that dies comes back, and so do all after a restart"
sql coordinator "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'citus maintenance daemon'" >/dev/null
wait_until 30 are postgres && ok "it is started again" || not_ok "daemons of: $(daemons)"
stop_node coordinator
start_node coordinator
wait_until 30 are postgres && ok "after a restart" || not_ok "daemons of: $(daemons)"

note "a node that cannot be reached"
stop_node worker1
sleep 5
is "does not end the daemon" "$(daemons)" postgres
start_node worker1

note "a cycle of waits, with nobody looking"
sql coordinator "SELECT citus_internal.execute_everywhere(ARRAY['CREATE TABLE public.t (v integer)', 'INSERT INTO public.t VALUES (0)'])" >/dev/null
add_on() { echo "SELECT citus_internal.execute_on_node((SELECT nodeid FROM pg_dist_node WHERE groupid = $1), 'UPDATE public.t SET v = v + 1');"; }
sql coordinator "BEGIN; $(add_on 1) SELECT pg_sleep(1); $(add_on 2) COMMIT" >"$CEDRO_DIR/first" 2>&1 &
first=$!
sleep 0.5
SECONDS=0
matches "the younger one is ended" "$(sql coordinator "BEGIN; $(add_on 2) SELECT pg_sleep(1); $(add_on 1) COMMIT" 2>&1)" "40P01: deadlock detected"
wait $first && ok "the older one commits" || not_ok "the older one: $(cat "$CEDRO_DIR/first")"
is "within some seconds" "$((SECONDS <= 8))" 1

note "a standby"
standby=$CEDRO_DIR/standby bin=$(${PG_CONFIG:-pg_config} --bindir) port=$(($(sql worker2 'SHOW port') + 7))
as_owner() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
eval "$("$CEDRO" env --dir "$CEDRO_DIR")"
as_owner env PGPASSFILE="$PGPASSFILE" "$bin/pg_basebackup" -h "$PGHOST" -p "$PGPORT" -U "$PGUSER" -D "$standby" -R -X stream -c fast
as_owner "$bin/pg_ctl" -D "$standby" -o "-p $port -c unix_socket_directories=''" -l "$CEDRO_DIR/log/standby.log" -w start >/dev/null || not_ok "the standby does not start"
there() { psql -XAtq -v ON_ERROR_STOP=1 -h localhost -p "$port" -c "$1" 2>&1; }
sed "s/:$PGPORT:/:$port:/" "$PGPASSFILE" >"$CEDRO_DIR/standby.pass" && chmod 600 "$CEDRO_DIR/standby.pass"
export PGPASSFILE=$CEDRO_DIR/standby.pass
is "has no launcher and no daemon" "$(there "SELECT count(*) FROM pg_stat_activity WHERE backend_type LIKE 'citus%'")" 0
is "reads from other nodes" "$(there "SELECT citus_internal.execute_on_node((SELECT nodeid FROM pg_dist_node WHERE groupid = 1), 'SELECT v FROM public.t', false)")" 1
matches "writes nothing on them" "$(there "SELECT citus_internal.execute_on_node((SELECT nodeid FROM pg_dist_node WHERE groupid = 1), 'UPDATE public.t SET v = 7')")" "read-only transaction"
is "leaves transactions alone" "$(there 'SELECT recover_prepared_transactions()')" 0
as_owner "$bin/pg_ctl" -D "$standby" -m fast stop >/dev/null
