#!/usr/bin/env bash
# The program cedro: what it makes, what it refuses, and that it leaves nothing behind.
. "$(dirname "$0")/../cluster.sh"

cedro() { local verb=$1; shift; "$CEDRO" "$verb" --dir "$CEDRO_DIR" "$@"; }
mode_of() { stat -c '%a %U' "$CEDRO_DIR/$1"; }
owner=$([ "$(id -u)" = 0 ] && echo postgres || id -un)

cluster_up --bare --workers 1 --set work_mem=5MB

is "the password is the owner's only" "$(mode_of pgpass)" "600 $owner"
is "so is the cluster's secret" "$(mode_of worker1/citus.secret)" "600 $owner"
is "all nodes have the same secret" "$(cat "$CEDRO_DIR"/*/citus.secret | sort -u | wc -l)" 1
is "a password is asked for" "$(sql coordinator "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256'")" 0
is "listens on loopback only" "$(sql coordinator 'SHOW listen_addresses')" localhost
is "--set reaches every node" "$(sql worker1 'SHOW work_mem')" 5MB
is "the library is loaded" "$(sql worker1 'SHOW shared_preload_libraries')" citus
is "bare means bare" "$(sql coordinator "SELECT count(*) FROM pg_extension WHERE extname = 'citus'")" 0
is "psql gets the arguments" "$(cedro psql -Atc 'SELECT 41 + 1')" 42
is "env is enough for other clients" "$(eval "$(cedro env --node worker1)"; psql -XAtc 'SHOW cluster_name')" worker1
matches "a wrong password is refused" "$(eval "$(cedro env)"; PGPASSFILE=/dev/null PGPASSWORD=x psql -XAtc 'SELECT 1' 2>&1)" "authentication failed"

matches "status shows the nodes" "$(cedro status)" "worker1 +[0-9]+ +up"
kill_node worker1
matches "status with a node down" "$(cedro status)" "worker1 +[0-9]+ +down"
start_node worker1
is "a killed node comes back" "$(sql worker1 'SELECT 1')" 1

cedro add-node --bare >/dev/null
is "an added node answers" "$(sql worker2 'SHOW cluster_name')" worker2
matches "an unknown node is named" "$(cedro stop nosuch 2>&1)" 'no node "nosuch".*coordinator, worker1, worker2'
matches "a second cluster in the same place is refused" "$(cedro up 2>&1)" "there is a cluster in .* already"
matches "a port that is taken is refused" "$("$CEDRO" up --dir "$CEDRO_DIR.other" --port "$(sql coordinator 'SHOW port')" 2>&1)" "is taken"
[ ! -e "$CEDRO_DIR.other" ] && ok "and nothing is made" || not_ok "a refused cluster left files"

cedro stop >/dev/null
matches "a stopped cluster says so" "$(cedro status)" "coordinator +[0-9]+ +down"
cedro start >/dev/null
matches "nothing is removed without a yes" "$(cedro destroy 2>&1 </dev/null)" "nothing was removed"
touch "$CEDRO_DIR/precious"
cedro destroy --yes >/dev/null
is "what is not ours stays" "$(ls "$CEDRO_DIR")" precious
matches "a directory that is not ours is left alone" "$(cedro destroy --yes 2>&1)" "there is no cluster"
matches "and not built upon" "$(cedro up 2>&1)" "is not empty"
rm -r "$CEDRO_DIR"
[ $failures = 0 ]
