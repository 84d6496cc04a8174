#!/usr/bin/env bash
# Builds server and bench with the profile `bench` and runs the bench. Arguments go to it: bench/run.sh --help
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/build.sh web
echo "building with the profile bench" >&2
SQLX_OFFLINE=true cargo build --quiet --profile bench --package som-server --bin som
SQLX_OFFLINE=true cargo build --quiet --profile bench --package som-bench
built=${CARGO_TARGET_DIR:-target}/release
exec "$built/som-bench" --som "$built/som" "$@"
