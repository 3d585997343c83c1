#!/bin/sh
# Writes generated code anew from proto/, and the reference pages of docs/ from the schemas. With --check: fails when that changes anything.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
node_modules/.bin/buf lint
node_modules/.bin/buf generate
node_modules/.bin/buf generate --template buf.gen.qdrant.yaml
sh scripts/in-node.sh scripts/reference/write.ts
if [ "${1:-}" = --check ]; then
  drift=$(git status --porcelain -- libs/core/contracts/src/gen services/memory-gateway/src/gen)
  [ -z "$drift" ] || { echo "generated code is out of date, run 'npm run generate':"; echo "$drift"; exit 1; }
fi
