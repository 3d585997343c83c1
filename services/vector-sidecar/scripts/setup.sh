#!/bin/sh
# Installs what the build needs from Debian, when it may; quick when nothing is missing.
set -eu
packages="g++ cmake ninja-build pkg-config libgtest-dev libsodium-dev libgrpc++-dev protobuf-compiler protobuf-compiler-grpc libprotobuf-dev"
missing=""
for package in $packages; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing="$missing $package"
done
[ -z "$missing" ] && exit 0
if ! command -v apt-get >/dev/null 2>&1; then
  echo "vector-sidecar: needs$missing (Debian names); there is no apt-get here, so install them by hand" >&2
  exit 1
fi
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null 2>&1; then sudo -n "$@"; else return 1; fi; }
echo "vector-sidecar: installing$missing" >&2
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086
if as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null 2>&1; then exit 0; fi
# shellcheck disable=SC2086
if as_root apt-get update -qq >/dev/null 2>&1 && as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null; then exit 0; fi
echo "vector-sidecar: could not install$missing. As root: apt-get install$missing" >&2
exit 1
