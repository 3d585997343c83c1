#!/bin/sh
# npm run setup: installs what the project needs; quick when nothing changed. Prints what could not be installed and what that disables.
# The vector engine is built in the background, unless --without-memory is given.
case ${1:-} in -h | --help) sed -n '2,/^[^#]/s/^# //p' "$0"; exit 0 ;; esac
case "$#${1:-}" in 0 | 1--without-memory) ;; *) echo "setup: takes no '$*'. --help says what it takes." >&2; exit 2 ;; esac
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
mkdir -p .cache/bin

stamp=$(cat package-lock.json | sha256sum | cut -d' ' -f1)
if [ ! -x node_modules/.bin/tsc ] || [ "$(cat node_modules/.codeoptima-stamp 2>/dev/null || true)" != "$stamp" ]; then
  echo "setup: installing packages" >&2
  # Not npm ci: it refuses a lock file when a registry mirror lacks packages of foreign platforms.
  npm install --no-save --no-audit --no-fund --loglevel=error >&2
  printf '%s' "$stamp" > node_modules/.codeoptima-stamp
fi

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then sudo -n "$@"; else return 1; fi; }
debian() { # debian COMMAND PACKAGE WHAT-IT-DISABLES
  command -v "$1" >/dev/null 2>&1 && return 0
  echo "setup: installing Debian package $2" >&2
  if command -v apt-get >/dev/null 2>&1 && { as_root apt-get install -y -qq "$2" >/dev/null 2>&1 ||
    { as_root apt-get update -qq >/dev/null 2>&1 && as_root apt-get install -y -qq "$2" >/dev/null 2>&1; }; }; then return 0; fi
  echo "setup: '$1' is missing and could not be installed (apt-get install $2, as root). Without it: $3" >&2
}
debian git git "nothing works"
debian bwrap bubblewrap "no sandbox, so no run unless --unsafe-no-sandbox is given"
debian valgrind valgrind "no instruction counts as second witness"

sh scripts/setup-nats.sh
[ "${1:-}" = --without-memory ] || sh scripts/setup-memory.sh --background
