#!/usr/bin/env bash
# A node dies between the two phases of a commit: afterwards the transaction is committed on all nodes or on none.
. "$(dirname "$0")/../cluster.sh"

cluster_up --set citus.recover_2pc_interval=2s

node_id() { sql coordinator "SELECT nodeid FROM pg_dist_node WHERE groupid = ${1#worker}"; }
put() { echo "SELECT citus_internal.execute_on_node($(node_id "$1"), 'INSERT INTO public.t VALUES ($2)');"; }
contents() { for each in coordinator worker1 worker2; do sql $each 'SELECT string_agg(i::text, $$,$$ ORDER BY i) FROM t'; done | xargs; }
prepared() { sql "$1" 'SELECT count(*) FROM pg_prepared_xacts'; }
has_prepared() { [ "$(prepared "$1" 2>/dev/null)" = "$2" ]; }
records() { sql coordinator 'SELECT count(*) FROM pg_dist_transaction'; }
has_no_records() { [ "$(records)" = 0 ]; }
# A node whose commits wait for a standby that does not exist stands still just after it has written its commit or prepare.
hold() { sql "$1" "ALTER SYSTEM SET synchronous_standby_names TO 'nobody'" && sql "$1" 'SELECT pg_reload_conf()' >/dev/null; }
let_go() { sql "$1" 'ALTER SYSTEM RESET synchronous_standby_names' && sql "$1" 'SELECT pg_reload_conf()' >/dev/null; }

"$CEDRO" psql --dir "$CEDRO_DIR" --node coordinator -XAtq -c "SELECT citus_internal.execute_everywhere(ARRAY['CREATE TABLE public.t (i integer)'])" >/dev/null
everywhere_1="BEGIN; INSERT INTO t VALUES (1); $(put worker1 1) $(put worker2 1) COMMIT"
everywhere_2="BEGIN; INSERT INTO t VALUES (2); $(put worker1 2) $(put worker2 2) COMMIT"
everywhere_3="BEGIN; INSERT INTO t VALUES (3); $(put worker1 3) $(put worker2 3) COMMIT"

note "a worker dies after the decision, before it hears of it"
hold coordinator
sql coordinator "SET client_min_messages TO warning; $everywhere_1" >"$CEDRO_DIR/output" 2>&1 &
client=$!
wait_until 20 has_prepared worker2 1 || not_ok "worker2 did not prepare"
kill_node worker2
let_go coordinator
wait $client && ok "the client hears that it is committed" || not_ok "the commit failed: $(cat "$CEDRO_DIR/output")"
matches "with a warning" "$(cat "$CEDRO_DIR/output")" "WARNING: .*could not tell node"
start_node worker2
wait_until 30 has_prepared worker2 0 && ok "it is settled" || not_ok "worker2 keeps a prepared transaction"
is "committed everywhere" "$(contents)" "1 1 1"

note "the coordinator dies after the decision"
hold coordinator
sql coordinator "$everywhere_2" >/dev/null 2>&1 &
client=$!
wait_until 20 has_prepared worker2 1 && wait_until 20 has_prepared worker1 1 || not_ok "the workers did not prepare"
sleep 1
kill_node coordinator
wait $client
sed -i '/synchronous_standby_names/d' "$CEDRO_DIR/coordinator/postgresql.auto.conf"
start_node coordinator
wait_until 30 has_prepared worker1 0 && wait_until 30 has_prepared worker2 0 && ok "it is settled" || not_ok "prepared transactions are left"
is "committed everywhere" "$(contents)" "1,2 1,2 1,2"

note "the coordinator dies before the decision"
hold worker2
sql coordinator "$everywhere_3" >/dev/null 2>&1 &
client=$!
wait_until 20 has_prepared worker1 1 || not_ok "worker1 did not prepare"
kill_node coordinator
wait $client
start_node coordinator
let_go worker2
wait_until 30 has_prepared worker1 0 && wait_until 30 has_prepared worker2 0 && ok "it is settled" || not_ok "prepared transactions are left"
is "committed nowhere" "$(contents)" "1,2 1,2 1,2"
wait_until 30 has_no_records && ok "no record is left" || not_ok "records are left: $(records)"

note "a worker stands still while it commits: the client does not wait for ever"
worker=$(process_of worker1)
hold worker1
SECONDS=0
sql coordinator "SET client_min_messages TO warning; BEGIN; INSERT INTO t VALUES (4); $(put worker2 4) COMMIT" >/dev/null 2>&1
is "who does not touch it does not wait" "$((SECONDS < 10))" 1
let_go worker1
kill -STOP "$worker" $(pgrep -P "$worker")
SECONDS=0
output=$(sql coordinator "SET citus.node_connection_timeout TO '1s'; SELECT citus_internal.execute_on_node($(node_id worker1), 'SELECT 1', false)" 2>&1)
matches "a stopped node is named" "$output" "08001: could not connect to node .*no answer within 1000 ms"
is "in time" "$((SECONDS < 10))" 1
kill -CONT $(pgrep -P "$worker") "$worker"
is "and comes back" "$(sql coordinator "SELECT citus_internal.execute_on_node($(node_id worker1), 'SELECT 1', false)")" 1
