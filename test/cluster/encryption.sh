#!/usr/bin/env bash
# CREATE EXTENSION switches encryption on where nodes ask for it, and leaves a server alone whose owner decided otherwise.
. "$(dirname "$0")/../cluster.sh"

restart() { stop_node coordinator; start_node coordinator; }
create() { sql coordinator 'SET client_min_messages TO warning; DROP EXTENSION IF EXISTS citus; CREATE EXTENSION citus' 2>&1; }
ssl() { sql coordinator 'SHOW ssl'; }
told() { grep -hc "encrypted connections were switched on" "$CEDRO_DIR"/log/coordinator.log; }
encrypted() {
    eval "$("$CEDRO" env --dir "$CEDRO_DIR" --node coordinator)"
    PGSSLMODE=require psql -XAtc 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()' 2>&1; }

cluster_up --bare --workers 0
data=$CEDRO_DIR/coordinator

sql coordinator "ALTER SYSTEM SET ssl TO off"
restart
matches "who set ssl to off is told" "$(create)" "WARNING:  01000: ssl is off, but other nodes ask for encrypted connections"
is "but it stays off" "$(ssl)" off

sql coordinator "ALTER SYSTEM RESET ssl"
sql coordinator "ALTER SYSTEM SET citus.node_conninfo TO 'sslmode=prefer'"
restart
is "where no node asks for it, not a word" "$(create)" ""
is "and it is off" "$(ssl)" off

sql coordinator "ALTER SYSTEM RESET ALL"
restart
is "on a new server all is well" "$(create)" ""
is "its log tells" "$(told)" 1
is "it is on at once" "$(encrypted)" t
is "the key is the server's only" "$(stat -c %a "$data/server.key")" 600
matches "the certificate lasts" "$(openssl x509 -in "$data/server.crt" -noout -checkend $((50 * 365 * 24 * 3600)))" "will not expire"
before=$(md5sum "$data/server.key")
restart
is "and on after a restart" "$(ssl)" on
is "a second time, not a word" "$(create)" ""

sql coordinator "ALTER SYSTEM RESET ssl"
restart
is "a key that is there does" "$(create)" ""
is "and is switched on" "$(encrypted) $(told)" "t 2"
is "and is left as it is" "$(md5sum "$data/server.key")" "$before"

sql coordinator "ALTER SYSTEM RESET ssl"
restart
rm "$data/server.crt"
fails_with 58030 coordinator 'DROP EXTENSION citus; CREATE EXTENSION citus' 'could not make a certificate.*File exists'
is "and nothing is changed" "$(ssl)" off
[ $failures = 0 ]
