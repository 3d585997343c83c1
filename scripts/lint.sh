#!/bin/sh
# npm run lint: lint and format check.
case ${1:-} in -h | --help) sed -n '2,/^[^#]/s/^# //p' "$0"; exit 0 ;; esac
[ $# = 0 ] || { echo "lint: takes no '$1'. --help says what it takes." >&2; exit 2; }
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
sh scripts/in-node.sh node_modules/oxlint/bin/oxlint --type-aware --deny-warnings libs services scripts tests bench
sh scripts/in-node.sh node_modules/@biomejs/biome/bin/biome format .
