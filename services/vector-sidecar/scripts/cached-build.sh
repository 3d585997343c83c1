#!/bin/sh
# Prints a folder with tests built from exactly these sources by this compiler; builds them when there is none yet. The folder is in the
# user's cache, so that a fresh clone of the same sources builds nothing.
#   cached-build.sh engine|all [--no-build]      engine: without the gRPC server and its tests, a third of the time to build
# With --no-build it only looks: exit 3 when they are not there.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
cd "$here"
what=${1:-all}
sources=$(find CMakeLists.txt scripts/build.sh fuzz include proto src -type f | LC_ALL=C sort | xargs sha256sum)
hash=$( (printf '%s' "$sources"; g++ -dumpfullversion 2>/dev/null || true) | sha256sum | cut -c1-20)
all=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/codeoptima/vector-sidecar-tests
directory=$all/$what-$hash
if [ ! -e "$directory/complete" ]; then
  [ "${2:-}" != --no-build ] || exit 3
  mkdir -p "$directory"
  # Whoever comes second waits for the first and finds it done.
  exec 9>"$directory/lock"
  flock 9
  if [ ! -e "$directory/complete" ]; then
    wire=ON
    [ "$what" = all ] || wire=OFF
    sh scripts/build.sh "$directory" -DSIDECAR_WIRE=$wire >&2
    : >"$directory/complete"
  fi
  # The newest three stay: branches that are worked on in turn.
  ls -1dt "$all"/*/ | tail -n +4 | xargs -r rm -rf
fi
touch "$directory"
printf '%s\n' "$directory"
