#!/bin/sh
# Builds the vector engine behind the memory, once for each state of its sources. What is built is kept in the clone and in the user's
# cache, so that another clone with the same sources builds nothing. With --background it returns at once and builds beside whatever
# comes next; a later call without it waits for that build. Fails when the engine cannot be had, and says what is missing.
case ${1:-} in -h | --help) sed -n '2,/^[^#]/s/^# //p' "$0"; exit 0 ;; esac
case "$#${1:-}" in 0 | 1--background) ;; *) echo "setup-memory: takes no '$*'. --help says what it takes." >&2; exit 2 ;; esac
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
engine="$root/services/vector-sidecar"
bin="$root/.cache/bin"
log="$root/.cache/vector-sidecar.log"
pid="$root/.cache/vector-sidecar.pid"
mkdir -p "$bin"
key_of() {
  (cd "$engine" && { uname -m; find CMakeLists.txt include proto src -type f ! -name '*_test.cc' | LC_ALL=C sort | xargs sha256sum; } | sha256sum | cut -c1-32)
}
key=$(key_of)
shared="${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/codeoptima/vector-sidecar/$key"

# A program that the loader refuses, for want of a library, is as good as none. Without flags it only prints its usage.
runs() { [ -x "$1/vector-sidecar" ] && { "$1/vector-sidecar" 2>&1 || true; } | grep -q '^usage\|: usage'; }
current() { [ "$(cat "$bin/vector-sidecar.key" 2>/dev/null || true)" = "$key" ] && runs "$bin"; }
take() { # take FROM TO: both programs, each appearing whole
  mkdir -p "$2"
  for program in vectorctl vector-sidecar; do cp "$1/$program" "$2/.$program.$$" && mv "$2/.$program.$$" "$2/$program"; done
}
adopt() { runs "$shared" && take "$shared" "$bin" && printf '%s' "$key" >"$bin/vector-sidecar.key"; }

build() {
  sh "$engine/scripts/setup.sh" || return 1
  # Libraries were all that was missing.
  if current || adopt; then return 0; fi
  work=$(mktemp -d)
  if ! nice -n 5 sh "$engine/scripts/build.sh" "$work" -DSIDECAR_TESTS=OFF; then
    echo "setup: the vector engine could not be built" >&2
    rm -rf "$work"
    return 1
  fi
  # Sources that changed meanwhile gave a program of neither state.
  if [ "$(key_of)" != "$key" ]; then rm -rf "$work"; exec sh "$0"; fi
  take "$work" "$bin"
  printf '%s' "$key" >"$bin/vector-sidecar.key"
  take "$work" "$shared" 2>/dev/null || echo "setup: $shared cannot be written; other clones will build anew" >&2
  rm -rf "$work"
}

if current || adopt; then exit 0; fi
if [ "${1:-}" = --background ]; then
  if [ -f "$pid" ] && kill -0 "$(cat "$pid")" 2>/dev/null; then exit 0; fi
  echo "setup: building the vector engine in the background (some minutes, once); until then runs go without memory (log: $log)" >&2
  # What it builds beside may be a measurement: it gets only the time that nothing else wants.
  idle=nice
  if command -v chrt >/dev/null 2>&1 && chrt --idle 0 true 2>/dev/null; then idle='chrt --idle 0'; fi
  nohup $idle sh "$0" >"$log" 2>&1 </dev/null &
  echo $! >"$pid"
  exit 0
fi
# One build for each state of the sources, however many clones want it.
mkdir -p "${shared%/*}" 2>/dev/null || true
lock="$shared.lock"
touch "$lock" 2>/dev/null || lock="$root/.cache/vector-sidecar.lock"
exec 9>"$lock"
command -v flock >/dev/null 2>&1 && flock 9
if current || adopt; then exit 0; fi
echo $$ >"$pid"
status=0
build || status=$?
rm -f "$pid"
[ "$status" = 0 ] || echo "setup: without the vector engine there is no memory: nothing is recalled from earlier runs, nothing is remembered. Everything else works." >&2
exit "$status"
