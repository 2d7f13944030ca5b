#!/usr/bin/env bash
# The walkthrough of the first user runs, statement by statement, and all it promises holds.
. "$(dirname "$0")/../cluster.sh"
"$CEDRO" demo --strict --keep --dir "$CEDRO_DIR" || not_ok "the demo"
test/after/metadata "$CEDRO_DIR" || not_ok "metadata"
[ $failures = 0 ]
