#!/usr/bin/env bash
# A dump of the coordinator holds all rows and no shard, and restores into PostgreSQL without the extension.
. "$(dirname "$0")/../cluster.sh"

cluster_up --workers 2
sql coordinator "
    SET client_min_messages TO warning;
    CREATE SCHEMA shop;
    CREATE TYPE shop.mood AS ENUM ('glad', 'sad');
    CREATE TABLE shop.\"Customer\" (id bigserial PRIMARY KEY, name text NOT NULL UNIQUE, mood shop.mood DEFAULT 'glad', gone int);
    ALTER TABLE shop.\"Customer\" DROP COLUMN gone;
    INSERT INTO shop.\"Customer\" (name) SELECT 'customer ' || i FROM generate_series(1, 500) i;
    CREATE TABLE shop.country (code text PRIMARY KEY);
    INSERT INTO shop.country VALUES ('PT'), ('BR'), (E'a\ttab');
    CREATE TABLE shop.event (customer bigint, day date, note text) PARTITION BY RANGE (day);
    CREATE TABLE shop.event_2020 PARTITION OF shop.event FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
    CREATE TABLE shop.event_2021 PARTITION OF shop.event FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
    INSERT INTO shop.event SELECT i, date '2020-01-01' + i, NULLIF(i % 3, 0)::text FROM generate_series(1, 700) i;
    CREATE TABLE shop.plain (id int); INSERT INTO shop.plain VALUES (1);
    SELECT create_distributed_table('shop.\"Customer\"', 'id');
    SELECT create_reference_table('shop.country');
    SELECT create_distributed_table('shop.event', 'customer', colocate_with => 'shop.\"Customer\"');
    CREATE INDEX ON shop.event (day);
    CREATE VIEW shop.glad AS SELECT * FROM shop.\"Customer\" WHERE mood = 'glad';
" >/dev/null

# sums_of PSQL...: what the tables hold
sums_of() {
    "$@" -XAtq -v ON_ERROR_STOP=1 <<'END'
SELECT 'Customer', count(*), sum(hashtext(c::text)) FROM shop."Customer" c
UNION ALL SELECT 'country', count(*), sum(hashtext(c::text)) FROM shop.country c
UNION ALL SELECT 'event', count(*), sum(hashtext(e::text)) FROM shop.event e
UNION ALL SELECT 'event_2021', count(*), sum(hashtext(e::text)) FROM shop.event_2021 e
UNION ALL SELECT 'plain', count(*), sum(hashtext(p::text)) FROM shop.plain p
UNION ALL SELECT 'glad', count(*), NULL FROM shop.glad
ORDER BY 1;
END
}
on_cluster() { "$CEDRO" psql --dir "$CEDRO_DIR" "$@"; }
before=$(sums_of on_cluster)
matches "the cluster holds the rows" "$before" 'Customer\|500\|.*event\|700\|.*event_2021\|335\|'

# A server without the extension: what it may know of it, it cannot load.
plain=$CEDRO_DIR.plain
"$CEDRO" up --bare --workers 0 --dir "$plain" --set fsync=off >/dev/null || not_ok "no second cluster"
on_plain() { "$CEDRO" psql --dir "$plain" "$@"; }
on_plain -XAtqc 'ALTER SYSTEM SET shared_preload_libraries TO auto_explain'
"$CEDRO" stop --dir "$plain" >/dev/null && "$CEDRO" start --dir "$plain" >/dev/null

restore() { # FORMAT OPTIONS...
    local format=$1
    shift
    (eval "$("$CEDRO" env --dir "$CEDRO_DIR")"; pg_dump -F"$format" "$@" -f "$CEDRO_DIR/dump.$format") || not_ok "pg_dump -F$format"
    on_plain -XAtqc 'DROP DATABASE IF EXISTS restored' -c 'CREATE DATABASE restored' 2>/dev/null
    eval "$("$CEDRO" env --dir "$plain")"
    export PGDATABASE=restored
    if [ "$format" = p ]; then psql -XAtq -f "$CEDRO_DIR/dump.p" 2>&1; else pg_restore -d restored "$CEDRO_DIR/dump.$format" 2>&1; fi |
        grep -E 'error:|ERROR:' | grep -vE 'can only be loaded|extension "citus" (does not exist|is not available)|could not (load|open)|errors ignored'
    sums_of psql
}

is "a plain dump restores" "$(restore p)" "$before"
dump=$(cat "$CEDRO_DIR/dump.p")
for word in '_1020[0-9][0-9]' pg_dist_ citus_internal create_distributed_table; do
    [ "$(grep -cE "$word" <<<"$dump")" = 0 ] && ok "it does not speak of $word" || not_ok "it speaks of $word: $(grep -m3 -E "$word" <<<"$dump")"
done
is "so does one that two sessions make under one snapshot" "$(restore d -j 2)" "$before"
is "a dump from a worker has the rows too" "$(eval "$("$CEDRO" env --dir "$CEDRO_DIR" --node worker1)"; pg_dump -t 'shop."Customer"' --data-only | grep -c 'customer ')" 500

"$CEDRO" destroy --yes --dir "$plain" >/dev/null
[ $failures = 0 ]
