#!/usr/bin/env bash
# The server with demo data and Vite with hot reload in front of it. Ctrl-C stops both.
set -euo pipefail
cd "$(dirname "$0")/.."

SQLX_OFFLINE=true cargo build --package som-server --bin som
"${CARGO_TARGET_DIR:-target}/debug/som" serve --demo &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true' EXIT
(cd web && npm run dev)
