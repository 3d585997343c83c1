#!/bin/sh
# Lint and format check.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
sh scripts/in-node.sh node_modules/oxlint/bin/oxlint --type-aware --deny-warnings libs services scripts tests bench
sh scripts/in-node.sh node_modules/@biomejs/biome/bin/biome format .
