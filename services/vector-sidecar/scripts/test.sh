#!/bin/sh
# The fast suite: builds and runs all tests. scripts/test-long.sh has the sanitizers, fuzzers and long crash loops.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
sh "$here/scripts/setup.sh"
sh "$here/scripts/build.sh"
cd "$here/build"
ctest --output-on-failure --timeout 200
