# For the tests of test/cluster, which source it: a cluster of one's own in $CEDRO_DIR, removed at the end, when also the
# servers' logs are read and prepared transactions looked for.
set -u
: "${CEDRO:?run me through test/run cluster/...}" "${CEDRO_DIR:?}"
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
failures=0
crashes_are_meant=no # a test that kills single backends, so that servers log it, says yes
log_time() { date +%H:%M:%S; }

note() { printf '%s  # %s\n' "$(log_time)" "$*"; }
ok() { printf '%s  ok: %s\n' "$(log_time)" "$*"; }
not_ok() { printf '%s  NOT OK: %s\n' "$(log_time)" "$*"; failures=$((failures + 1)); }

# is WHAT GOT EXPECTED
is() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1: got \"$2\", expected \"$3\""; fi; }

# matches WHAT TEXT REGEX
matches() { if [[ $2 =~ $3 ]]; then ok "$1"; else not_ok "$1: \"$2\" does not match \"$3\""; fi; }

# cluster_up [options of cedro up]
cluster_up() { "$CEDRO" up --dir "$CEDRO_DIR" --set fsync=off "$@" || { echo "no cluster"; exit 1; }; }

# sql NODE STATEMENTS: prints the result, unaligned; errors go to stderr as "ERROR:  SQLSTATE: message".
sql() { "$CEDRO" psql --dir "$CEDRO_DIR" --node "$1" -XAtq -v ON_ERROR_STOP=1 -v VERBOSITY=verbose -c "$2"; }

# fails_with SQLSTATE NODE STATEMENT [REGEX of the message]
fails_with() {
    local output
    if output=$(sql "$2" "$3" 2>&1); then not_ok "\"$3\" on $2 should fail with $1, and answers \"$output\""
    elif [[ $output != *"  $1: "* ]]; then not_ok "\"$3\" on $2 should fail with $1, and fails with: $output"
    elif ! [[ $output =~ ${4:-.} ]]; then not_ok "\"$3\" on $2: \"$output\" does not match \"$4\""
    else ok "$3 fails with $1"; fi
}

# wait_until SECONDS COMMAND...: true as soon as the command is.
wait_until() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do [ $SECONDS -lt $end ] || return 1; sleep 0.2; done
}

process_of() { head -n 1 "$CEDRO_DIR/$1/postmaster.pid"; }
gone() { ! kill -0 "$1" 2>/dev/null; }

# kill_node NODE: the whole server at once, as when its machine loses power. Its start afterwards is a crash recovery.
kill_node() {
    local postmaster children
    postmaster=$(process_of "$1") children=$(pgrep -P "$postmaster")
    kill -9 "$postmaster" $children
    wait_until 30 gone "$postmaster" || not_ok "$1 does not die"
    note "$1 was killed"
}
start_node() { "$CEDRO" start --dir "$CEDRO_DIR" "$1" >/dev/null || not_ok "$1 does not start"; }
stop_node() { "$CEDRO" stop --dir "$CEDRO_DIR" "$1" >/dev/null || not_ok "$1 does not stop"; }

at_the_end() {
    local status=$?
    if [ $status = 0 ] && [ -f "$CEDRO_DIR/cedro.conf" ]; then
        test/after/prepared_transactions "$CEDRO_DIR" || not_ok "prepared transactions are left"
        [ $crashes_are_meant = yes ] || test/after/server_logs "$CEDRO_DIR" || not_ok "the servers' logs tell of trouble"
    fi
    if [ $status != 0 ] || [ $failures != 0 ]; then tail -n 20 "$CEDRO_DIR"/log/*.log 2>/dev/null; status=1; fi
    [ ! -f "$CEDRO_DIR/cedro.conf" ] || "$CEDRO" destroy --yes --dir "$CEDRO_DIR" >/dev/null
    exit $status
}
trap at_the_end EXIT
