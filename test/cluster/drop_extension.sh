#!/usr/bin/env bash
# DROP EXTENSION citus on the coordinator: refused while distributed tables are there, undone by ROLLBACK, and with CASCADE
# no node keeps a shard, a shell or metadata, so that the cluster can be made anew.
. "$(dirname "$0")/../cluster.sh"

cluster_up --workers 2
sql coordinator "
CREATE SCHEMA app;
CREATE TABLE app.t (k int PRIMARY KEY, v bigserial); CREATE TABLE app.r (k int PRIMARY KEY);
SELECT create_distributed_table('app.t', 'k', shard_count => 4), create_reference_table('app.r');
INSERT INTO app.t SELECT generate_series(1, 100); INSERT INTO app.r SELECT generate_series(1, 10);
CREATE VIEW app.nodes AS SELECT nodename FROM pg_dist_node" >/dev/null
rows() { sql coordinator 'SELECT (SELECT count(*) FROM app.t), (SELECT count(*) FROM app.r)'; }

fails_with 2BP01 coordinator 'DROP EXTENSION citus' 'distributed tables depend on it'
sql coordinator 'BEGIN; DROP EXTENSION citus CASCADE; ROLLBACK' 2>/dev/null
is "ROLLBACK brings everything back" "$(rows)" '100|10'
sql coordinator "BEGIN; SAVEPOINT s; DROP EXTENSION citus CASCADE; ROLLBACK TO s; INSERT INTO app.r VALUES (11); COMMIT" 2>/dev/null
is "and so does ROLLBACK TO" "$(rows)" '100|11'
sql coordinator "SELECT undistribute_table('app.r')" >/dev/null
sql coordinator "SELECT undistribute_table('app.t')" >/dev/null
fails_with 2BP01 coordinator 'DROP EXTENSION citus' 'other objects depend on it'
is "what fails on the coordinator leaves the other nodes as they were" \
    "$(for node in worker1 worker2; do sql $node 'SELECT count(*) FROM pg_dist_node'; done | xargs)" '3 3'
sql coordinator "SELECT create_distributed_table('app.t', 'k', shard_count => 4)" >/dev/null

output=$(sql coordinator 'DROP EXTENSION citus CASCADE' 2>&1)
matches "CASCADE says what goes" "$output" 'rows of 1 distributed table'
is "the coordinator keeps the tables, without the rows that lay in shards" "$(rows)" '0|11'
is "no other node keeps a shard or a shell" "$(for node in worker1 worker2; do sql $node "SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace('app') AND relkind = 'r'"; done | xargs)" '0 0'
is "nor metadata" "$(for node in worker1 worker2; do sql $node 'SELECT (SELECT count(*) FROM pg_dist_node) + (SELECT count(*) FROM pg_dist_partition) + (SELECT count(*) FROM pg_dist_object)'; done | xargs)" '0 0'

note "the cluster is made anew"
worker1_port=$(sql worker1 'SHOW port') worker2_port=$(sql worker2 'SHOW port') coordinator_port=$(sql coordinator 'SHOW port')
sql coordinator "CREATE EXTENSION citus"
sql coordinator "SELECT citus_set_coordinator_host('localhost', $coordinator_port)" >/dev/null
sql coordinator "SELECT citus_add_node('localhost', $worker1_port)" >/dev/null
sql coordinator "SELECT citus_add_node('localhost', $worker2_port)" >/dev/null
sql coordinator "SELECT create_distributed_table('app.t', 'k', shard_count => 4); INSERT INTO app.t SELECT generate_series(1, 50)" >/dev/null
is "and holds rows" "$(sql worker1 'SELECT count(*) FROM app.t')" 50
[ $failures = 0 ]
