#!/bin/sh
# Sets up, then runs every test beside the code and those in tests/. Arguments are passed to node --test (a path, --test-name-pattern …).
# Tests of kills and outages share two cores with real databases and measurements; what fails is run once more, alone and by itself, and a
# second failure is red. Both rounds are printed.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
sh scripts/setup.sh
if [ $# -gt 0 ]; then exec sh scripts/in-node.sh --test --test-concurrency=2 --test-timeout=600000 "$@"; fi
set -- 'libs/**/*.test.ts' 'services/**/*.test.ts' 'tests/**/*.test.ts' 'scripts/**/*.test.ts'
state=$(mktemp)
trap 'rm -f "$state"' EXIT
rm -f "$state"
run() { sh scripts/in-node.sh --test --test-rerun-failures="$state" --test-timeout=600000 "$@"; }
if run --test-concurrency=2 "$@"; then exit 0; fi
echo "tests: once more, alone, those that failed"
run --test-concurrency=1 "$@"
