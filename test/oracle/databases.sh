# Sourced by the comparisons: a database of plain PostgreSQL on the coordinator and one of the cluster.
plain=oracle_plain cluster=oracle_cluster
nodes="coordinator worker1 worker2"

on() { # NODE DATABASE SQL
    (eval "$("$CEDRO" env --dir "$CEDRO_DIR" --node "$1")"; PGDATABASE=$2 psql -XqAt -v ON_ERROR_STOP=1 -c "$3")
}
conninfo() { # NODE DATABASE
    (eval "$("$CEDRO" env --dir "$CEDRO_DIR" --node "$1")"; echo "host=$PGHOST port=$PGPORT user=$PGUSER passfile=$PGPASSFILE dbname=$2")
}
drop_databases() {
    for node in $nodes; do on $node postgres "DROP DATABASE IF EXISTS $cluster WITH (FORCE)" 2>/dev/null; done
    on coordinator postgres "DROP DATABASE IF EXISTS $plain" 2>/dev/null
}
make_databases() {
    drop_databases
    on coordinator postgres "CREATE DATABASE $plain"
    for node in $nodes; do
        on $node postgres "CREATE DATABASE $cluster"
        on $node $cluster "CREATE EXTENSION citus"
    done
    on coordinator $cluster "SELECT citus_set_coordinator_host('127.0.0.1', $(on coordinator postgres 'SHOW port'))" >/dev/null
    for node in worker1 worker2; do
        on coordinator $cluster "SELECT citus_add_node('127.0.0.1', $(on $node postgres 'SHOW port'))" >/dev/null
    done
}
