#!/usr/bin/env bash
# What keeps a node from being used is said with the node's name and with what to do; credentials and endpoints can be told.
. "$(dirname "$0")/../cluster.sh"

cluster_up

id_of() { sql coordinator "SELECT nodeid FROM pg_dist_node WHERE groupid = ${1#worker}"; }
on() { echo "SELECT citus_internal.execute_on_node($(id_of "$1"), $2, false)"; }
ask="$(on worker1 "'SELECT 1'")"
port_of() { sql "$1" 'SHOW port'; }
secret=$CEDRO_DIR/worker1/citus.secret

is "a node answers" "$(sql coordinator "$ask")" 1

note "the server is down"
stop_node worker1
fails_with 08001 coordinator "$ask" "could not connect to node localhost:$(sed -n 's/^port = //p' "$CEDRO_DIR/worker1/postgresql.conf" | tail -n 1)"
matches "with a hint" "$(sql coordinator "$ask" 2>&1)" "HINT:  Check that the server runs"
is "the other node still answers" "$(sql coordinator "$(on worker2 "'SELECT 2'")")" 2
start_node worker1
is "and it comes back" "$(sql coordinator "$ask")" 1

note "the connection of a session breaks, and the next statement has a new one"
is "a restart between two statements goes unnoticed" "$(
    { echo "$ask;"; sleep 1; "$CEDRO" stop --dir "$CEDRO_DIR" worker1 >/dev/null; "$CEDRO" start --dir "$CEDRO_DIR" worker1 >/dev/null; echo "$ask;"; } |
        "$CEDRO" psql --dir "$CEDRO_DIR" --node coordinator -XAtq 2>&1 | xargs)" "1 1"

note "the secret differs"
cp -p "$secret" "$secret.kept"
echo 0123456789abcdef0123456789abcdef >"$secret"
matches "a wrong proof is refused" "$(sql coordinator "$ask" 2>&1)" "08001: node .* cannot be used: this session was not opened by a node.*citus.secret of the two nodes differ"
sql worker1 'SELECT citus_internal.adopt_secret()' >/dev/null
matches "so is a wrong password" "$(sql coordinator "$ask" 2>&1)" "08001: could not connect.*password authentication failed.*adopt_secret"
chmod 644 "$secret"
matches "a secret that others can read is none" "$(sql worker1 "SELECT citus_internal.adopt_secret()" 2>&1)" "55000: .*open to other users.*chmod 600"
rm "$secret"
matches "without a secret nobody proves anything" "$(sql worker1 "SELECT citus_internal.adopt_secret()" 2>&1)" "could not open file .*Copy the file"
mv "$secret.kept" "$secret"
sql worker1 'SELECT citus_internal.adopt_secret()' >/dev/null
is "and it works again" "$(sql coordinator "$ask")" 1

note "versions differ, or there is none"
sql worker1 "UPDATE pg_extension SET extversion = '99.9-1' WHERE extname = 'citus'"
matches "another version of the SQL objects is refused" "$(sql coordinator "$ask" 2>&1)" '08001: .*different versions of extension "citus".*99.9-1.*13.2-1.*ALTER EXTENSION citus UPDATE'
sql worker1 "UPDATE pg_extension SET extversion = '13.2-1' WHERE extname = 'citus'"
sql coordinator 'CREATE DATABASE alone'
in_alone() { "$CEDRO" psql --dir "$CEDRO_DIR" --node coordinator -XAtq -v VERBOSITY=verbose -d alone -c "$1" 2>&1; }
in_alone 'CREATE EXTENSION citus' >/dev/null
in_alone "INSERT INTO pg_dist_node (nodeid, groupid, nodename, nodeport) VALUES (5, 5, 'localhost', $(port_of worker1))"
matches "a database that is not there is named" "$(in_alone "SELECT citus_internal.execute_on_node(5, 'SELECT 1')")" '08001: .*database "alone" does not exist'
sql worker1 'CREATE DATABASE alone'
matches "an extension that is not there is named" "$(in_alone "SELECT citus_internal.execute_on_node(5, 'SELECT 1')")" '08001: .*schema "citus_internal" does not exist.*Run CREATE EXTENSION citus in database "alone" there'

note "credentials and endpoints from the catalogs"
sql coordinator "SELECT citus_internal.execute_everywhere(ARRAY[
    \$\$CREATE ROLE alice LOGIN PASSWORD 'of alice'\$\$, 'GRANT EXECUTE ON FUNCTION citus_internal.execute_on_node TO alice'])" >/dev/null
who="SET SESSION AUTHORIZATION alice; $(on worker1 "'SELECT session_user || '' as '' || current_user'")"
is "nodes log in as their own role" "$(sql coordinator "$who")" "citus_node as alice"
sql coordinator "INSERT INTO pg_dist_authinfo VALUES (0, 'alice', 'password=wrong')"
matches "a role's own credentials count" "$(sql coordinator "$who" 2>&1)" '08001: .*authentication failed for user "alice"'
sql coordinator "INSERT INTO pg_dist_authinfo VALUES ($(id_of worker1), 'alice', 'password=''of alice''')"
is "those for a node before those for all" "$(sql coordinator "$who")" "alice as alice"
is "other roles go on as before" "$(sql coordinator "$(on worker1 "'SELECT session_user'")")" citus_node
sql coordinator "INSERT INTO pg_dist_poolinfo VALUES ($(id_of worker1), 'port=$(port_of worker2)')"
is "another endpoint is used" "$(sql coordinator "$(on worker1 "'SHOW port'")")" "$(port_of worker2)"
sql coordinator 'DELETE FROM pg_dist_poolinfo; DELETE FROM pg_dist_authinfo'

note "a cancel reaches the node"
SECONDS=0
matches "statement_timeout" "$(sql coordinator "SET statement_timeout TO '500ms'; $(on worker1 "'SELECT pg_sleep(30)'")" 2>&1)" "57014: canceling statement due to statement timeout"
is "in time" "$((SECONDS < 5))" 1
is "nothing goes on there" "$(sql worker1 "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(30)%' AND pid <> pg_backend_pid()")" 0
{ sleep 1; sql coordinator "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(29)%' AND pid <> pg_backend_pid()" >/dev/null; } &
matches "Ctrl-C" "$(sql coordinator "$(on worker1 "'SELECT pg_sleep(29)'")" 2>&1)" "57014: canceling statement due to user request"
wait
is "nothing goes on there, either" "$(sql worker1 "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(29)%' AND pid <> pg_backend_pid()")" 0
sql worker1 'CREATE TABLE locked ()'
sql worker1 'BEGIN; LOCK TABLE locked; SELECT pg_sleep(3)' >/dev/null &
sleep 1
fails_with 55P03 coordinator "SET lock_timeout TO '300ms'; $(on worker1 "'SELECT count(*) FROM locked'")" "lock timeout"
wait
