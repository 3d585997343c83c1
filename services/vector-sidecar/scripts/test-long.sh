#!/bin/sh
# The long suite: larger crash loops, sanitizer builds, fuzzers. About an hour on two cores. SECONDS_PER_FUZZER defaults to 60.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
sh "$here/scripts/setup.sh"
sh "$here/scripts/build.sh"
echo "== crash ladder, long"
SIDECAR_LONG=1 "$here/build/engine_test" --gtest_brief=1 --gtest_filter='CrashTest.*:LogTest.*'
echo "== kill -9 of the server under load, long"
SIDECAR_LONG=1 "$here/build/wire_test" --gtest_brief=1 --gtest_filter='KillTest.*'
for kernels in scalar avx2 avx512; do
  echo "== suite with $kernels kernels"
  SIDECAR_KERNELS=$kernels "$here/build/engine_test" --gtest_brief=1
done
# The wire is left out under TSan: Debian's gRPC is not built for it, and every report would be about gRPC.
for sanitizer in address,undefined thread; do
  echo "== suite under $sanitizer"
  build="$here/build-$(echo "$sanitizer" | tr ',' '-')"
  wire=$([ "$sanitizer" = thread ] && echo OFF || echo ON)
  sh "$here/scripts/build.sh" "$build" "-DSIDECAR_SANITIZER=$sanitizer" "-DSIDECAR_WIRE=$wire"
  "$build/engine_test" --gtest_brief=1
  [ "$wire" = OFF ] || "$build/wire_test" --gtest_brief=1
done
if ! command -v clang++-16 >/dev/null 2>&1; then
  # libFuzzer sees coverage; without it the fuzzers run on a plain random driver, which says so.
  apt-get install -y -qq --no-install-recommends clang-16 libclang-rt-16-dev >/dev/null 2>&1 || echo "clang-16 could not be installed: no coverage for the fuzzers" >&2
fi
sh "$here/scripts/fuzz.sh"
