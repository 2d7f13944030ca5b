#!/usr/bin/env bash
# CREATE EXTENSION refuses a server whose settings rule the cluster out, and names the line to set.
. "$(dirname "$0")/../cluster.sh"

# sets NAME VALUE: for the next start of the coordinator
sets() { sql coordinator "ALTER SYSTEM SET $1 TO $2"; }
restart() { stop_node coordinator; start_node coordinator; }
create() { sql coordinator 'SET client_min_messages TO warning; DROP EXTENSION IF EXISTS citus; CREATE EXTENSION citus' 2>&1; }
installed() { sql coordinator "SELECT count(*) FROM pg_extension WHERE extname = 'citus'"; }

cluster_up --bare --workers 0
connections=$(sql coordinator 'SHOW max_connections')

sets max_prepared_transactions 0
restart
fails_with 55000 coordinator 'CREATE EXTENSION citus' "Put the line max_prepared_transactions = $((2 * connections)) into postgresql.conf"
is "nothing is left of it" "$(installed)" 0

sets max_prepared_transactions 1
sets wal_level replica
restart
output=$(create)
matches "too few prepared transactions: a warning" "$output" "WARNING:  53400: max_prepared_transactions is smaller than max_connections"
matches "no logical decoding: a warning" "$output" "WARNING:  55000: wal_level is not \"logical\""
is "but it is installed" "$(installed)" 1

sets max_replication_slots 0
restart
sql coordinator 'DROP EXTENSION citus'
fails_with 55000 coordinator 'CREATE EXTENSION citus' 'Put the line max_replication_slots = 10 into postgresql.conf'

sql coordinator 'ALTER SYSTEM RESET ALL'
restart
is "with none of this, not a word" "$(create)" ""

sets shared_preload_libraries auto_explain
restart
fails_with 55000 coordinator 'SELECT citus_version()' 'Add citus to shared_preload_libraries in postgresql.conf'
sql coordinator 'ALTER SYSTEM RESET ALL'
restart

sql coordinator "ALTER SYSTEM SET citus.subquery_pushdown TO on"
restart
matches "a setting without effect in the configuration is told to the log" "$(grep -h subquery_pushdown "$CEDRO_DIR"/log/*)" \
    'WARNING:  setting "citus.subquery_pushdown" has no effect in this version'
[ $failures = 0 ]
