# Counting and printing what test/run runs; sourced by it and by the runners of the single stages.
tally_file=${CEDRO_TALLY:=$(mktemp)}
export CEDRO_TALLY

heading() { printf '\n%s\n' "$1"; }

# passed NAME SECONDS / failed NAME SECONDS
passed() { printf '  ok      %-60s %7s s\n' "$1" "$2"; echo "passed $1" >>"$tally_file"; }
failed() { printf '  FAILED  %-60s %7s s\n' "$1" "$2"; echo "failed $1" >>"$tally_file"; }

# try NAME COMMAND...: one test, whose output is shown when it fails.
try() {
    local name=$1 log start seconds
    shift
    log=$CEDRO_TEST_KEPT/${name//\//-}.log
    start=$(date +%s.%N)
    if "$@" >"$log" 2>&1 </dev/null; then
        passed "$name" "$(seconds_since "$start")"
        rm -f "$log"
    else
        failed "$name" "$(seconds_since "$start")"
        { grep 'NOT OK' "$log" || tail -n 30 "$log"; } | sed 's/^/          /'
        echo "          (all of it is in ${log#"$PWD"/})"
    fi
}

seconds_since() { awk -v from="$1" -v to="$(date +%s.%N)" 'BEGIN { printf "%.1f", to - from }'; }

sum_up() {
    local good bad
    good=$(grep -c '^passed' "$tally_file") bad=$(grep -c '^failed' "$tally_file")
    [ "$bad" = 0 ] || { printf '\nFailed:\n'; sed -n 's/^failed /  /p' "$tally_file"; }
    rm -f "$tally_file"
    printf '\n%s passed, %s failed\n' "$good" "$bad"
    [ "$bad" = 0 ] && [ "$good" -gt 0 ]
}
