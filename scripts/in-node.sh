#!/bin/sh
# Runs a script under the Node that the project pins, whatever the system's Node is.
root=$(cd "$(dirname "$0")/.." && pwd)
case $(uname -m) in x86_64 | amd64) arch=x64 ;; aarch64 | arm64) arch=arm64 ;; *) echo "codeoptima: no pinned Node for $(uname -m)" >&2; exit 1 ;; esac
node="$root/node_modules/node-linux-$arch/bin/node"
[ -x "$node" ] || { echo "codeoptima: run 'npm run setup' first (the pinned Node is missing)" >&2; exit 1; }
exec "$node" "$@"
