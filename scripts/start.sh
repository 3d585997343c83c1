#!/bin/sh
# npm start [-- PATH|URL] [-- flags of codeoptima run]: sets up, then optimises the given repository, or a fresh copy of the example.
# Everything for people goes to stderr; with --json the last line on stdout is the result.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
trap 'echo "npm start: interrupted during set-up; no run was started. The same command goes on from here." >&2; exit 130' INT TERM
sh "$root/scripts/setup.sh" >&2
trap - INT TERM
# npm runs scripts in the project's folder; a relative path means the folder in which the user typed it.
cd "${INIT_CWD:-$PWD}"
exec sh "$root/scripts/in-node.sh" --disable-warning=ExperimentalWarning "$root/libs/clients/cli/src/main.ts" run --example "$@"
