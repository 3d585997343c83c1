#!/bin/sh
# npm run memory [-- --data-dir D --rest HOST:PORT --grpc HOST:PORT]: the vector engine and its gateway alone, in the foreground.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
sh "$root/scripts/setup.sh" --without-memory >&2
cd "${INIT_CWD:-$PWD}"
memory() { sh "$root/scripts/in-node.sh" --disable-warning=ExperimentalWarning "$root/libs/clients/cli/src/fleet/local-memory.ts" "$@"; }
# Wrong flags are told before the engine is built, which may take minutes.
case " $* " in *' --help '*) memory --help; exit 0 ;; esac
memory --check "$@" || exit $?
sh "$root/scripts/setup-memory.sh" >&2 || { echo "npm run memory: nothing to start without the vector engine (see above)" >&2; exit 1; }
exec sh "$root/scripts/in-node.sh" --disable-warning=ExperimentalWarning "$root/libs/clients/cli/src/fleet/local-memory.ts" "$@"
