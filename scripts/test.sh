#!/bin/sh
# npm test [-- FILE… --test-name-pattern=PATTERN …]: sets up, then runs every test beside the code and those in tests/. Arguments are
# passed to node --test.
# Tests of kills and outages share two cores with real databases and measurements; a file in which something failed is run once more,
# whole and alone, and a second failure is red. Both rounds are printed, and the files that took longest.
case ${1:-} in -h | --help) sed -n '2,/^[^#]/s/^# //p' "$0"; exit 0 ;; esac
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
sh scripts/setup.sh
# Tests with the vector engine wait for it; where it cannot be had they are skipped and say so.
sh scripts/setup-memory.sh || true
# Every test file is a process of its own, and many start others: compiled modules are kept between them.
export NODE_COMPILE_CACHE="$root/.cache/compile"
if [ $# -gt 0 ]; then exec sh scripts/in-node.sh --test --test-concurrency=2 --test-timeout=600000 "$@"; fi
results=$(mktemp)
trap 'rm -f "$results"' EXIT
run() {
  sh scripts/in-node.sh --test --test-timeout=600000 --test-reporter=spec --test-reporter-destination=stdout \
    --test-reporter=./scripts/file-results.ts --test-reporter-destination="$results" "$@"
}
status=0
run --test-concurrency=2 'libs/**/*.test.ts' 'services/**/*.test.ts' 'tests/**/*.test.ts' 'scripts/**/*.test.ts' 'bench/**/*.test.ts' || status=$?
echo 'tests: the files that took longest (seconds)'
sort -k2,2 -rn "$results" | head -n 15 | cut -d' ' -f2-
[ "$status" -ne 0 ] || exit 0
# Paths of this repository hold no spaces.
failed=$(sed -n 's/^failed [0-9.]* //p' "$results")
[ -n "$failed" ] || exit "$status"
echo "tests: once more, alone: $failed"
# shellcheck disable=SC2086
run --test-concurrency=1 $failed
