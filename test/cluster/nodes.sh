#!/usr/bin/env bash
# Nodes that join: what is wrong with one is said and nothing is half registered; a later one has everything; one that
# was away is brought to the present before it answers; one whose address changes is waited for.
. "$(dirname "$0")/../cluster.sh"

cluster_up --workers 4 --bare
for node in coordinator worker1 worker2 worker3 worker4; do
    eval "${node}_port=$("$CEDRO" psql --dir "$CEDRO_DIR" --node $node -XAtqc 'SHOW port')"
done
all() { sql coordinator "SELECT string_agg(result, ' ' ORDER BY nodeid) FROM run_command_on_all_nodes(\$q\$$1\$q\$)"; }
nothing_is_left() { is "and nothing is left of it" "$(sql coordinator 'SELECT count(*) FROM pg_dist_node')" "${1:-0}"; }
add() { echo "SELECT citus_add_node('localhost', $1)"; }

sql coordinator 'CREATE EXTENSION citus'
fails_with 08001 coordinator "$(add "$worker1_port")" "node localhost:$worker1_port.*CREATE EXTENSION citus there"
nothing_is_left
for node in worker1 worker2 worker3 worker4; do sql $node 'CREATE EXTENSION citus'; done
stop_node worker1
fails_with 08001 coordinator "$(add "$worker1_port")" "could not connect to node localhost:$worker1_port"
nothing_is_left
start_node worker1
fails_with 55000 coordinator "SELECT citus_add_node('127.0.0.1', $coordinator_port)" 'is this server itself|citus_set_coordinator_host'
nothing_is_left
sql worker1 'CREATE TABLE t (k int); SELECT citus_set_coordinator_host($$localhost$$)'
fails_with 55000 coordinator "$(add "$worker1_port")" 'already has metadata of a cluster'
nothing_is_left
sql worker1 'DROP EXTENSION citus CASCADE; DROP TABLE t; CREATE EXTENSION citus'
sql worker1 'CREATE TYPE mood AS ENUM ($$theirs$$)'
sql coordinator 'CREATE TYPE mood AS ENUM ($$ours$$)'
fails_with 42710 coordinator "$(add "$worker1_port")" 'type public.mood exists on a node and differs'
nothing_is_left
sql worker1 'DROP TYPE mood'
sql worker1 "ALTER SYSTEM SET max_prepared_transactions TO 0"
stop_node worker1
start_node worker1
fails_with 55000 coordinator "$(add "$worker1_port")" "max_prepared_transactions is 0 on node localhost:$worker1_port"
nothing_is_left
sql worker1 "ALTER SYSTEM RESET max_prepared_transactions"
stop_node worker1
start_node worker1

sql coordinator "$(add "$worker1_port")" >/dev/null
is "the first node comes with the coordinator" "$(sql coordinator "SELECT role FROM citus_nodes ORDER BY 1")" "coordinator
worker"
sql coordinator "$(add "$worker2_port")" >/dev/null
fails_with 55000 worker1 "$(add "$worker3_port")" 'can only be run on the coordinator'

note "a node that comes later has everything"
sql coordinator "
CREATE ROLE reader LOGIN PASSWORD 'x'; CREATE SCHEMA app; GRANT USAGE ON SCHEMA app TO reader;
CREATE FUNCTION app.plus(int) RETURNS int LANGUAGE sql IMMUTABLE RETURN \$1 + 1;
CREATE TABLE app.ref (id int PRIMARY KEY, m mood DEFAULT 'ours');
CREATE TABLE app.t (k int, id bigserial, v int DEFAULT app.plus(1), PRIMARY KEY (k, id));
SELECT create_reference_table('app.ref');
SELECT create_distributed_table('app.t', 'k', shard_count => 8);
ALTER TABLE app.t ADD FOREIGN KEY (v) REFERENCES app.ref;
INSERT INTO app.ref SELECT generate_series(1, 50);
INSERT INTO app.t (k) SELECT generate_series(1, 100);
CREATE VIEW app.counted AS SELECT k, count(*) FROM app.t JOIN app.ref ON v = ref.id GROUP BY k;
GRANT SELECT ON ALL TABLES IN SCHEMA app TO reader" >/dev/null
sql coordinator "$(add "$worker3_port")" >/dev/null
metadata="SELECT md5(string_agg(x, '|' ORDER BY x)) FROM (
    SELECT concat_ws(' ', nodeid, groupid, nodename, nodeport, isactive, hasmetadata, metadatasynced, shouldhaveshards) FROM pg_dist_node
    UNION ALL SELECT concat_ws(' ', logicalrelid, partmethod, column_to_column_name(logicalrelid, partkey), colocationid, repmodel) FROM pg_dist_partition
    UNION ALL SELECT concat_ws(' ', logicalrelid, shardid, shardminvalue, shardmaxvalue) FROM pg_dist_shard
    UNION ALL SELECT concat_ws(' ', shardid, shardstate, groupid, placementid) FROM pg_dist_placement
    UNION ALL SELECT concat_ws(' ', colocationid, shardcount, replicationfactor, distributioncolumntype::regtype) FROM pg_dist_colocation
    UNION ALL SELECT pg_describe_object(classid, objid, objsubid) FROM pg_dist_object
    UNION ALL SELECT version::text FROM citus_internal.metadata_version) m(x)"
is "the metadata are equal" "$(all "$metadata" | tr ' ' '\n' | sort -u | wc -l)" 1
is "it answers" "$(sql worker3 'SET ROLE reader; SELECT sum(count) FROM app.counted')" 100
is "from its own copy of the reference table" "$(sql worker3 "SELECT count(*) FROM pg_dist_placement p JOIN pg_dist_shard USING (shardid) JOIN pg_dist_local_group USING (groupid) WHERE logicalrelid = 'app.ref'::regclass")" 1
is "and writes" "$(sql worker3 'INSERT INTO app.t (k) VALUES (1000) RETURNING id / (1::bigint << 48) = (SELECT groupid FROM pg_dist_local_group)')" t

note "a node that was away"
sql coordinator "SELECT citus_disable_node('localhost', $worker3_port)" >/dev/null
fails_with 55000 worker3 'SELECT count(*) FROM app.ref' 'this node is disabled'
stop_node worker3
sql coordinator "
ALTER TABLE app.ref ADD COLUMN later int DEFAULT 7; INSERT INTO app.ref VALUES (100);
ALTER TABLE app.t ADD COLUMN later int;
CREATE TABLE app.new (a int PRIMARY KEY); SELECT create_reference_table('app.new'); INSERT INTO app.new VALUES (1);
DROP VIEW app.counted; ALTER ROLE reader RENAME TO user_of_app; CREATE TYPE app.later AS ENUM ('x');
ALTER FUNCTION app.plus(int) RENAME TO increment" >/dev/null
fails_with 08001 coordinator "SELECT citus_activate_node('localhost', $worker3_port)" "could not connect to node localhost:$worker3_port"
start_node worker3
fails_with 55000 worker3 'SELECT count(*) FROM app.t' 'this node is disabled'
sql coordinator "SELECT citus_activate_node('localhost', $worker3_port)" >/dev/null
is "the metadata are equal again" "$(all "$metadata" | tr ' ' '\n' | sort -u | wc -l)" 1
is "it answers what is so now" "$(sql worker3 'SELECT count(*), sum(later), (SELECT count(*) FROM app.new) FROM app.ref')" "51|357|1"
is "it knows the roles" "$(sql worker3 "SELECT string_agg(rolname, ' ') FROM pg_roles WHERE rolname ~ 'reader|user_of_app'")" user_of_app
is "its sequence goes on where it was" "$(sql worker3 "INSERT INTO app.t (k) VALUES (1001) RETURNING id - ((SELECT groupid FROM pg_dist_local_group)::bigint << 48)")" 2

note "a node that does not know that it was disabled: it was down when it happened"
kill_node worker3
sql coordinator "SELECT citus_disable_node('localhost', $worker3_port)" >/dev/null 2>&1
sql coordinator "ALTER TABLE app.ref DROP COLUMN later" >/dev/null
start_node worker3
fails_with 08001 worker3 'SELECT count(*) FROM app.t' "node localhost:$worker3_port is disabled"
sql coordinator "SELECT citus_activate_node('localhost', $worker3_port)" >/dev/null
is "it answers again" "$(sql worker3 'SELECT count(*) FROM app.t')" 102

note "an address that changes"
sql coordinator "SELECT citus_remove_node('localhost', $worker3_port)" >/dev/null
is "a removed node knows nothing more" "$(sql worker3 "SELECT (SELECT count(*) FROM pg_dist_node), (SELECT groupid FROM pg_dist_local_group), to_regclass('app.t') IS NULL")" "0|0|t"
before=$(sql coordinator 'SELECT count(*) FROM app.t')
(
    sleep 3
    echo "COMMIT;"
) | { cat <(echo "BEGIN; SELECT citus_update_node(nodeid, '127.0.0.1', nodeport) FROM pg_dist_node WHERE nodeport = $worker1_port;") -; } |
    "$CEDRO" psql --dir "$CEDRO_DIR" --node coordinator -XAtq >/dev/null &
sleep 1
start=$SECONDS
is "statements wait and then go on" "$(sql coordinator 'SELECT count(*) FROM app.t')" "$before"
[ $((SECONDS - start)) -ge 1 ] && ok "it waited" || not_ok "it did not wait"
wait
told() { [ "$(sql worker2 "SELECT nodename FROM pg_dist_node WHERE nodeport = $worker1_port")" = 127.0.0.1 ]; }
if wait_until 20 told; then ok "the other nodes hear of it"; else not_ok "the other nodes do not hear of it"; fi
sql coordinator "BEGIN; SELECT citus_update_node(nodeid, 'localhost', nodeport) FROM pg_dist_node WHERE nodeport = $worker1_port; PREPARE TRANSACTION 'update'" >/dev/null
sql coordinator "COMMIT PREPARED 'update'"
is "it can be prepared" "$(sql coordinator "SELECT nodename FROM pg_dist_node WHERE nodeport = $worker1_port")" localhost

note "a node that is gone for good"
sql coordinator "$(add "$worker4_port")" >/dev/null
kill_node worker4
sql coordinator "SELECT citus_remove_node('localhost', $worker4_port)" >/dev/null 2>&1
is "it can be removed" "$(sql coordinator "SELECT count(*) FROM citus_nodes WHERE nodeport = $worker4_port")" 0
start_node worker4
fails_with 55000 coordinator "$(add "$worker4_port")" 'already has metadata of a cluster'

note "the extension goes"
fails_with 2BP01 coordinator 'DROP EXTENSION citus' 'distributed tables depend on it'
sql coordinator 'DROP EXTENSION citus CASCADE' >/dev/null 2>&1
is "shards are gone here" "$(sql coordinator "SELECT count(*) FROM pg_class WHERE relname ~ '^(t|ref)_\d+'")" 0
is "and there, with the shells" "$(sql worker1 "SELECT count(*) FROM pg_class WHERE relname ~ '^(t|ref)(_\d+)?$'")" 0
[ $failures = 0 ]
