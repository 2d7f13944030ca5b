#!/usr/bin/env bash
# The walkthrough of the first user runs, statement by statement, without a crash of a server.
exec "$CEDRO" demo --dir "$CEDRO_DIR"
