#!/bin/sh
# Sets up, then runs every test beside the code and those in tests/. Arguments are passed to node --test (a path, --test-name-pattern …).
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
sh scripts/setup.sh
if [ $# -eq 0 ]; then set -- 'libs/**/*.test.ts' 'services/**/*.test.ts' 'tests/**/*.test.ts' 'scripts/**/*.test.ts'; fi
exec sh scripts/in-node.sh --test --test-concurrency=2 --test-timeout=600000 "$@"
