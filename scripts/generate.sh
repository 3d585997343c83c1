#!/bin/sh
# npm run generate [-- --check]: writes generated code anew from proto/, and the reference pages of docs/ from the schemas. With --check: fails when that changes anything.
case ${1:-} in -h | --help) sed -n '2,/^[^#]/s/^# //p' "$0"; exit 0 ;; esac
case "$#${1:-}" in 0 | 1--check) ;; *) echo "generate: takes no '$*'. --help says what it takes." >&2; exit 2 ;; esac
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
node_modules/.bin/buf lint
node_modules/.bin/buf generate
node_modules/.bin/buf generate --template buf.gen.qdrant.yaml
if [ "${1:-}" = --check ]; then
  drift=$(git status --porcelain -- libs/core/contracts/src/gen services/memory-gateway/src/gen)
  [ -z "$drift" ] || { echo "generated code is out of date, run 'npm run generate':"; echo "$drift"; exit 1; }
  # Not written here, or no test could find that they have parted.
  sh scripts/in-node.sh --test scripts/reference/pages.test.ts >/dev/null || { echo "reference pages are out of date, run 'npm run generate'"; exit 1; }
else
  sh scripts/in-node.sh scripts/reference/write.ts
fi
