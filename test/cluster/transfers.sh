#!/usr/bin/env bash
# Clients move money between accounts on several nodes while connections and nodes die: in the end nothing is lost or made.
. "$(dirname "$0")/../cluster.sh"

cluster_up --set citus.recover_2pc_interval=2s --set deadlock_timeout=200ms

sql coordinator "
    CREATE TABLE account (k integer PRIMARY KEY, v integer NOT NULL);
    SELECT create_distributed_table('account', 'k', shard_count => 8);
    INSERT INTO account SELECT k, 1000 FROM generate_series(1, 40) k;
    CREATE TABLE here (k integer PRIMARY KEY, v integer NOT NULL);
    INSERT INTO here SELECT k, 1000 FROM generate_series(1, 4) k" >/dev/null
eval "$("$CEDRO" env --dir "$CEDRO_DIR")"

cat >"$CEDRO_DIR/transfer" <<'S'
\set a random(1, 40)
\set b random(1, 40)
\set c random(1, 4)
\set amount random(-50, 50)
BEGIN;
UPDATE account SET v = v + :amount WHERE k = :a;
UPDATE account SET v = v - 2 * :amount WHERE k = :b;
UPDATE here SET v = v + :amount WHERE k = :c;
COMMIT;
S
# The total is what all accounts hold; each transfer moves as much out as it moves in.
total() { sql coordinator 'SELECT (SELECT sum(v) FROM account) + (SELECT sum(v) FROM here)'; }
commits() { sql coordinator "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"; }
before=$(total)
transfer() { "$(${PG_CONFIG:-pg_config} --bindir)/pgbench" -n -c 6 -j 2 -T "$1" --max-tries 20 -f "$CEDRO_DIR/transfer" 2>&1; }
terminate() { sql "$1" "SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity WHERE $2 AND pid <> pg_backend_pid() ORDER BY random() LIMIT 2) p" >/dev/null; }
settled() { [ "$(for each in coordinator worker1 worker2; do sql $each 'SELECT count(*) FROM pg_prepared_xacts'; done | xargs)" = "0 0 0" ]; }

note "undisturbed, but for each other"
output=$(transfer 6)
matches "transfers succeed" "$output" "number of transactions actually processed: [1-9]"
matches "all of them" "$output" "number of failed transactions: 0 "
is "the total" "$(total)" "$before"

note "connections of nodes die"
transfer 8 >/dev/null &
for _ in $(seq 12); do sleep 0.5; terminate "worker$((RANDOM % 2 + 1))" "usename = 'citus_node'"; done
wait
is "the total" "$(total)" "$before"

note "connections of clients die"
for _ in 1 2 3; do
    transfer 3 >/dev/null &
    sleep 1; terminate coordinator "application_name = 'pgbench'"
    sleep 0.5; terminate coordinator "application_name = 'pgbench'"
    wait
done
is "the total" "$(total)" "$before"

note "a worker dies"
transfer 6 >/dev/null &
sleep 3
kill_node worker2
wait
start_node worker2
wait_until 30 settled && ok "everything is settled" || not_ok "prepared transactions are left"
is "the total" "$(total)" "$before"

note "the coordinator dies"
transfer 6 >/dev/null &
sleep 3
kill_node coordinator
wait
start_node coordinator
wait_until 30 settled && ok "everything is settled" || not_ok "prepared transactions are left"
is "the total" "$(total)" "$before"
matches "and transfers go on" "$(transfer 3)" "number of transactions actually processed: [1-9]"
is "the total" "$(total)" "$before"
