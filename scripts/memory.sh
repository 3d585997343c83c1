#!/bin/sh
# npm run memory [-- --data-dir D --rest HOST:PORT --grpc HOST:PORT]: the vector engine and its gateway alone, in the foreground.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
sh "$root/scripts/setup.sh" --without-memory >&2
sh "$root/scripts/setup-memory.sh" >&2 || { echo "npm run memory: nothing to start without the vector engine (see above)" >&2; exit 1; }
cd "${INIT_CWD:-$PWD}"
exec sh "$root/scripts/in-node.sh" --disable-warning=ExperimentalWarning "$root/libs/clients/cli/src/fleet/local-memory.ts" "$@"
