#!/bin/sh
# Builds and runs the engine's own benchmark; the arguments go to engine_bench (see its head).
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
sidecar="$root/services/vector-sidecar"
sh "$sidecar/scripts/setup.sh"
sh "$sidecar/scripts/build.sh" "$sidecar/build-bench" -DSIDECAR_BENCH=ON -DSIDECAR_WIRE=OFF -DSIDECAR_TESTS=OFF
exec "$sidecar/build-bench/engine_bench" "$@"
