#!/bin/sh
# Finds or makes a nats-server: one on PATH from 2.10 on, else built at the pinned version, else Debian's with a loud notice.
case ${1:-} in -h | --help) sed -n '2,/^[^#]/s/^# //p' "$0"; exit 0 ;; esac
[ $# = 0 ] || { echo "setup-nats: takes no '$1'. --help says what it takes." >&2; exit 2; }
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
bin="$root/.cache/bin"
pinned=v2.14.5
mkdir -p "$bin"
recent() { # recent COMMAND: true from 2.10 on
  version=$("$1" --version 2>/dev/null | sed -n 's/.*v\([0-9]*\)\.\([0-9]*\)\..*/\1 \2/p') || return 1
  [ -n "$version" ] || return 1
  # shellcheck disable=SC2086
  set -- $version
  [ "$1" -gt 2 ] || { [ "$1" -eq 2 ] && [ "$2" -ge 10 ]; }
}
if command -v nats-server >/dev/null 2>&1 && recent nats-server; then exit 0; fi
if [ -x "$bin/nats-server" ] && recent "$bin/nats-server"; then exit 0; fi
if command -v go >/dev/null 2>&1; then
  echo "setup: building nats-server $pinned (about a minute, once)" >&2
  if GOBIN="$bin" GOTOOLCHAIN=local go install "github.com/nats-io/nats-server/v2@$pinned" 2>"$bin/nats-build.log"; then rm -f "$bin/nats-build.log"; exit 0; fi
  echo "setup: go install of nats-server failed, see $bin/nats-build.log" >&2
fi
if ! command -v nats-server >/dev/null 2>&1 && command -v apt-get >/dev/null 2>&1; then
  apt-get install -y -qq nats-server >/dev/null 2>&1 || { apt-get update -qq >/dev/null 2>&1 && apt-get install -y -qq nats-server >/dev/null 2>&1; } || true
fi
if command -v nats-server >/dev/null 2>&1; then
  echo "setup: NOTICE: using $(nats-server --version). It is older than 2.10: no sync_interval (a power cut can lose acknowledged wake-ups; they are rebuilt from Postgres), no multi-filter consumers, no stream metadata." >&2
  exit 0
fi
echo "setup: no nats-server: install 2.10 or newer on PATH, or Go 1.25 so that it can be built. Without it no run can start." >&2
