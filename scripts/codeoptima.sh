#!/bin/sh
# The codeoptima command from a checkout.
root=$(cd "$(dirname "$0")/.." && pwd)
exec sh "$root/scripts/in-node.sh" "$root/libs/clients/cli/src/main.ts" "$@"
