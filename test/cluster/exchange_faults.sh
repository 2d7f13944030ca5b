#!/usr/bin/env bash
# Whoever dies or is cancelled while rows move between nodes, no file, no session and no wrong answer is left.
. "$(dirname "$0")/../cluster.sh"
crashes_are_meant=yes
cluster_up
eval "$("$CEDRO" env --dir "$CEDRO_DIR")"

sql coordinator "SET citus.shard_count TO 4;
    CREATE TABLE a (k int, v int, filler text); CREATE TABLE b (k int, v int);
    SELECT create_distributed_table('a', 'k', colocate_with => 'none'), create_distributed_table('b', 'k', colocate_with => 'none');
    INSERT INTO a SELECT i, i % 1000, repeat('x', 100) FROM generate_series(1, 60000) i;
    INSERT INTO b SELECT i, i FROM generate_series(0, 999) i;
    CREATE FUNCTION slow(i int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.0005); RETURN i; END'" >/dev/null
join="SELECT count(*), sum(length(a.filler)) FROM a JOIN b ON b.k = a.v"
slow_join="$join WHERE slow(a.k) > 0"
settings="SET citus.enable_repartition_joins TO on; SET citus.exchange_seed TO 1"

files() { for node in coordinator worker1 worker2; do sql $node "SELECT count(*) FROM pg_ls_tmpdir()" ; done | xargs; }
has_no_files() { [ "$(files)" = "0 0 0" ]; }
has_no_producers() {
    local node
    for node in worker1 worker2; do
        [ "$(sql $node "SELECT count(*) FROM pg_stat_activity WHERE state <> 'idle' AND query ~ 'exchange_rows' AND pid <> pg_backend_pid()")" = 0 ] || return 1
    done
}
holds() { # WHAT
    wait_until 30 has_no_files || not_ok "$1: files are left: $(files)"
    wait_until 30 has_no_producers || not_ok "$1: somebody goes on sending"
    is "$1: the answer afterwards" "$(sql coordinator "$settings; $join")" "60000|6000000"
}

[[ $(sql coordinator "$settings; EXPLAIN $join") == *Exchange* ]] && ok "rows move" || not_ok "rows do not move"
holds "undisturbed"
for node in worker1 worker2; do # which sends rows itself, over the sessions in which it has others send
    is "asked on $node" "$(sql $node "$settings; $join")" "60000|6000000"
done

for after in 50 150 400 900; do
    fails_with 57014 coordinator "$settings; SET statement_timeout TO $after; $slow_join"
    holds "cancelled after $after ms"
done

# In a transaction that goes on after a savepoint.
is "rolled back to a savepoint" "$(psql -XAtq 2>/dev/null <<SQL | tail -n 1
$settings;
BEGIN; SAVEPOINT s; SET LOCAL statement_timeout TO 200; $slow_join; ROLLBACK TO s; $join; COMMIT;
SQL
)" "60000|6000000"
holds "after the savepoint"

# A producer, and a backend that stores what it sends, are killed: their servers restart.
producer() { sql "$1" "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND query ~ 'produce_exchange_rows' AND pid <> pg_backend_pid() LIMIT 1"; }
storer() { sql "$1" "SELECT pid FROM pg_stat_activity WHERE query ~ 'store_exchange_rows' AND pid <> pg_backend_pid() LIMIT 1"; }
found() { victim=$("$@"); [ -n "$victim" ]; }
reachable() { sql "$1" "SELECT 1" >/dev/null 2>&1; }
for kind in producer storer; do
    psql -XAtq -c "$settings" -c "$slow_join" >"$CEDRO_DIR/answer" 2>&1 &
    client=$!
    if wait_until 20 found $kind worker1; then
        kill -9 "$victim"
        wait $client && not_ok "a statement whose $kind was killed succeeds" || ok "the statement fails with its $kind"
        wait_until 60 reachable worker1 || not_ok "worker1 does not come back"
    else
        not_ok "there is no $kind"
        wait $client
    fi
    holds "after the death of a $kind"
done

# The coordinator's backend is ended; the workers notice.
psql -XAtq -c "$settings" -c "$slow_join" >/dev/null 2>&1 &
client=$!
if wait_until 20 found producer worker2; then
    sql coordinator "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'active' AND query ~ 'slow' AND pid <> pg_backend_pid()" >/dev/null
    wait $client && not_ok "the statement of a terminated backend succeeds" || ok "the statement ends with its backend"
fi
holds "after the end of the coordinator's backend"
