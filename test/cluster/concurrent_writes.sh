#!/usr/bin/env bash
# Clients that change the same rows of several shard groups at the same time wait for each other, and not in rings.
. "$(dirname "$0")/../cluster.sh"

bindir=$("${PG_CONFIG:-pg_config}" --bindir)
cluster_up --set max_connections=100

sql coordinator "
    CREATE TABLE one (k integer PRIMARY KEY, x integer);
    CREATE TABLE two (k integer PRIMARY KEY, x integer);
    CREATE TABLE far (a integer, n integer);
    SELECT create_distributed_table('one', 'k', shard_count => 8), create_distributed_table('far', 'a', shard_count => 8);
    SET citus.shard_replication_factor TO 2;
    SELECT create_distributed_table('two', 'k', shard_count => 8);
    INSERT INTO one SELECT i, 0 FROM generate_series(1, 200) i;
    INSERT INTO two SELECT i, 0 FROM generate_series(1, 200) i;
    INSERT INTO far SELECT i + 1, i FROM generate_series(1, 200) i" >/dev/null

# together WHAT STATEMENT QUERY EXPECTED: 4 clients run the statement 10 times each; then the query gives what is expected.
together() {
    local output
    echo "$2" >"$CEDRO_DIR/statement.sql"
    output=$(eval "$("$CEDRO" env --dir "$CEDRO_DIR")"; "$bindir/pgbench" -n -c 4 -t 10 -f "$CEDRO_DIR/statement.sql" 2>&1)
    matches "$1 does not fail" "$output" "processed: 40/40"
    is "$1 changes each row each time" "$(sql coordinator "$3")" "$4"
}

together "UPDATE of all rows" "UPDATE one SET x = x + 1" "SELECT min(x), max(x) FROM one" "40|40"
together "UPDATE of all copies" "UPDATE two SET x = x + 1" "SELECT min(x), max(x) FROM two" "40|40"
together "UPDATE row by row" "UPDATE one SET x = one.x + 1 FROM far WHERE far.n = one.k" "SELECT min(x), max(x) FROM one" "80|80"
together "INSERT ON CONFLICT of rows in any order" \
    "INSERT INTO one SELECT i, 1 FROM generate_series(1, 200) i ORDER BY random() ON CONFLICT (k) DO UPDATE SET x = one.x + 1" \
    "SELECT min(x), max(x) FROM one" "120|120"
together "INSERT ON CONFLICT of copies in any order" \
    "INSERT INTO two SELECT i, 1 FROM generate_series(1, 200) i ORDER BY random() ON CONFLICT (k) DO UPDATE SET x = two.x + 1" \
    "SELECT min(x), max(x) FROM two" "80|80"
