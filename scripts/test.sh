#!/usr/bin/env bash
# Every check, in the order that fails soonest. Stops at the first that fails and says which.
# usage: test.sh [stage…]   stages: format tidy lint rust generated web browser
set -euo pipefail
cd "$(dirname "$0")/.."

# The committed .sqlx answers for the database while building; the `lint` stage checks that it is fresh.
export SQLX_OFFLINE=true
# Nothing of the developer's own instance may reach a test.
unset SOM_CONFIG SOM_DATA_DIR
target=${CARGO_TARGET_DIR:-target}
logs=$target/test-logs
mkdir -p "$logs"
stages=("$@")
[ $# -gt 0 ] || stages=(format tidy lint rust generated web browser)
started=$SECONDS
# A stage runs inside an `if`, where `set -e` does not act: its commands are joined by `&&`.
totals=()

stage_format() { cargo fmt --all --check; }

stage_tidy() { cargo xtask tidy; }

# One pass of the compiler both lints and asks a real database about every query.
stage_lint() { cargo xtask gen sql --check --clippy; }

stage_rust() {
  # The tests of the page's headers want a page.
  scripts/build.sh web &&
    cargo test --workspace --no-run --quiet && cargo xtask with-db -- cargo test --workspace
}

# `cargo test` has built the binary with the same features: use it.
stage_generated() { cargo xtask gen api reference --check --built; }

stage_web() {
  (cd web && npm run --silent lint && npm run --silent types && npm run --silent test) &&
    scripts/build.sh web
}

stage_browser() { (cd e2e && npm run --silent types && npx --no-install playwright test); }

# The closing lines of a runner, added up.
total() {
  case $1 in
    rust) awk '/^test result:/ { p += $4; f += $6; i += $8 } END { printf "%d passed, %d failed, %d ignored", p, f, i }' "$2" ;;
    web) grep -aE '^ *Tests +' "$2" | tail -1 | sed -E 's/\x1b\[[0-9;]*m//g; s/^ *Tests +//' ;;
    browser) grep -aE '^ +[0-9]+ (passed|failed|flaky|skipped)' "$2" | sed -E 's/\x1b\[[0-9;]*m//g; s/^ +//' | paste -sd, - ;;
  esac
}

summary() {
  printf '\n── totals ──\n'
  for line in "${totals[@]}"; do printf '%s\n' "$line"; done
}

for stage in "${stages[@]}"; do
  printf '\n── %s ──\n' "$stage"
  begun=$SECONDS
  log=$logs/$stage.log
  if ! "stage_$stage" 2>&1 | tee "$log"; then
    summary
    printf '%-10s FAILED after %d s: fix it, then  make test ONLY=%s\n' "$stage" $((SECONDS - begun)) "$stage"
    exit 1
  fi
  totals+=("$(printf '%-10s ok, %4d s  %s' "$stage" $((SECONDS - begun)) "$(total "$stage" "$log")")")
done
summary
printf 'all green in %d s\n' $((SECONDS - started))
