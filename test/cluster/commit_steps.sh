#!/usr/bin/env bash
# A server dies at each step of a commit on two nodes: afterwards the transaction is committed on both or on none, soon,
# and nobody has waited for long. What is in doubt is settled by the node where it is.
. "$(dirname "$0")/../cluster.sh"
crashes_are_meant=yes

# No recovery by the node that decides, so that only the node in doubt can have settled it.
cluster_up --set citus.recover_2pc_interval=-1
sql coordinator "
    CREATE TABLE t (k integer PRIMARY KEY, v integer NOT NULL);
    SELECT create_distributed_table('t', 'k', shard_count => 8);
    INSERT INTO t SELECT k, 0 FROM generate_series(1, 50) k" >/dev/null
read -r one two <<<"$(sql coordinator "
    SELECT min(k) FILTER (WHERE groupid = 1) || ' ' || min(k) FILTER (WHERE groupid = 2)
    FROM t JOIN pg_dist_placement ON shardid = get_shard_id_for_distribution_column('t', k)")"
value=0
set_both() { echo "BEGIN; UPDATE t SET v = $1 WHERE k = $one; UPDATE t SET v = $1 WHERE k = $two; COMMIT;"; }
answers() { [ "$(sql "$1" 'SELECT 1' 2>/dev/null)" = 1 ]; }
prepared() { for each in worker1 worker2; do sql $each 'SELECT count(*) FROM pg_prepared_xacts'; done 2>&1 | xargs; }
settled() { [ "$(prepared)" = "0 0" ]; }
values() { sql coordinator "SELECT string_agg(v::text, ' ' ORDER BY k = $two) FROM t WHERE k IN ($one, $two)"; }

# judge STEP SEEN: SEEN is what the client was told: committed, failed, or nothing for sure
judge() {
    wait_until 20 answers coordinator && wait_until 20 answers worker1 || not_ok "$1: a server does not come back"
    local start=$(date +%s%N)
    # Whoever needs the rows waits for the settling, and not for long.
    sql coordinator "SET statement_timeout TO '10s'; UPDATE t SET v = v WHERE k IN ($one, $two)" >/dev/null 2>&1 ||
        sql coordinator "UPDATE t SET v = v WHERE k IN ($one, $two)" >/dev/null || not_ok "$1: the rows are not free"
    local waited=$((($(date +%s%N) - start) / 1000000))
    [ $waited -lt 3000 ] && ok "$1: whoever waits is served" || not_ok "$1: the rows were locked for $waited ms"
    wait_until 10 settled || not_ok "$1: prepared transactions are left: $(prepared)"
    local now expected
    now=$(values)
    case $2 in
    committed) expected="$value $value" ;;
    failed) expected="$((value - 1)) $((value - 1))" ;;
    *) expected="${now%% *} ${now%% *}" ;;
    esac
    is "$1: on both nodes" "$now" "$expected"
}

step() {
    value=$((value + 1))
    sql coordinator "UPDATE t SET v = $((value - 1)) WHERE k IN ($one, $two)" >/dev/null
}

note "the node that decides dies"
for each in prepare=failed prepare_sent=failed prepared=failed recorded=committed first_committed=committed committed=committed; do
    step
    sql coordinator "SET citus.fault_points TO '${each%=*}=crash'; $(set_both $value)" >/dev/null 2>&1 && not_ok "${each%=*} was not reached"
    judge "${each%=*}" "${each#*=}"
done

note "steps that fail"
for each in prepare prepare_sent prepared; do
    step
    fails_with XX000 coordinator "SET citus.fault_points TO '$each=error'; $(set_both $value)" "fault point \"$each\" was reached"
    judge "$each" failed
done

note "a node that takes part dies"
on_worker() { sql worker1 "ALTER SYSTEM SET citus.fault_points TO '$1'" && sql worker1 "SELECT pg_reload_conf()" >/dev/null && sleep 0.3; }
for each in node_prepare=failed node_prepared=failed node_commit=committed node_committed=committed; do
    step
    on_worker "${each%=*}=crash"
    sql coordinator "SET client_min_messages TO error; $(set_both $value)" >/dev/null 2>&1
    wait_until 20 answers worker1
    sed -i '/citus.fault_points/d' "$CEDRO_DIR/worker1/postgresql.auto.conf"
    sql worker1 "SELECT pg_reload_conf()" >/dev/null
    judge "${each%=*}" "${each#*=}"
done
for each in node_prepare=failed node_commit=committed node_committed=committed; do
    step
    on_worker "${each%=*}=error"
    sql coordinator "SET client_min_messages TO error; $(set_both $value)" >/dev/null 2>&1
    on_worker ''
    judge "${each%=*} fails" "${each#*=}"
done

note "what nobody of this cluster began is left alone"
sql worker1 "BEGIN; CREATE TABLE foreign_1 (); PREPARE TRANSACTION 'citus_4711_1_1_1'"
sql worker1 "BEGIN; CREATE TABLE foreign_2 (); PREPARE TRANSACTION 'mine'"
sleep 2
is "both are there" "$(sql worker1 'SELECT count(*) FROM pg_prepared_xacts')" 2
sql worker1 "ROLLBACK PREPARED 'citus_4711_1_1_1'"
sql worker1 "ROLLBACK PREPARED 'mine'"

note "the second phase is slow: readers see all of it or nothing, and a table as soon as it is there"
step
sql coordinator "SET citus.fault_points TO 'first_committed=sleep 2000'; $(set_both $value)" >/dev/null &
sleep 1
is "all of it" "$(sql worker2 "SELECT string_agg(v::text, ' ' ORDER BY k = $two) FROM t WHERE k IN ($one, $two)")" "$value $value"
wait
sql coordinator "CREATE TABLE late (k integer PRIMARY KEY)"
# One worker knows the table before the other one does, and sends it statements on it.
for each in worker1 worker2; do
    sql $each "DO \$\$ BEGIN
        WHILE NOT EXISTS (SELECT FROM pg_dist_partition JOIN pg_class c ON c.oid = logicalrelid WHERE relname = 'late') LOOP
            PERFORM pg_sleep(0.01);
        END LOOP;
        FOR k IN 1..8 LOOP EXECUTE 'SELECT FROM late WHERE k = ' || k; END LOOP; END \$\$" >"$CEDRO_DIR/late_$each" 2>&1 &
done
sleep 0.5
sql coordinator "SET citus.fault_points TO 'first_committed=sleep 600'; SELECT create_distributed_table('late', 'k', shard_count => 8)" >/dev/null
wait
is "the new table" "$(cat "$CEDRO_DIR"/late_*)" ""
