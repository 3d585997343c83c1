#!/bin/sh
# Builds everything into build/ (or the directory given as first argument, the rest goes to cmake). At most two jobs.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
directory=${1:-$here/build}
[ $# -gt 0 ] && shift
mkdir -p "$directory"
generator=""
command -v ninja >/dev/null 2>&1 && generator="-G Ninja"
# shellcheck disable=SC2086
cmake -S "$here" -B "$directory" $generator -DCMAKE_BUILD_TYPE=RelWithDebInfo "$@" >"$directory/configure.log" 2>&1 || {
  cat "$directory/configure.log" >&2
  exit 1
}
cmake --build "$directory" -- -j2 >"$directory/build.log" 2>&1 || {
  grep -E 'error|FAILED|undefined' "$directory/build.log" >&2 || tail -50 "$directory/build.log" >&2
  exit 1
}
