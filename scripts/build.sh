#!/usr/bin/env bash
# Builds the web app when its sources changed, then the binary.
set -euo pipefail
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
stamp=$target/xtask/web.stamp
if [ -f web/package.json ] && { [ ! -f web/dist/index.html ] || [ ! -f "$stamp" ] || [ -n "$(find web -newer "$stamp" -type f \
  -not -path '*/node_modules/*' -not -path 'web/dist/*' -print -quit)" ]; }; then
  echo "building the web app" >&2
  (cd web && npm run --silent build)
  mkdir -p "$target/xtask" && touch "$stamp"
fi
[ "${1:-}" = web ] && exit 0

echo "building the server" >&2
# What the database says about the queries is committed in .sqlx: no database is needed to build.
SQLX_OFFLINE=true cargo build --quiet --package som-server --bin som
