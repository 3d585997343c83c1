#!/bin/sh
# The long suite: larger crash loops, sanitizer builds, fuzzers. About an hour on two cores. SECONDS_PER_FUZZER defaults to 60.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
sh "$here/scripts/setup.sh"
sh "$here/scripts/build.sh"
echo "== crash ladder, long"
SIDECAR_LONG=1 "$here/build/engine_test" --gtest_brief=1 --gtest_filter='CrashTest.*'
for kernels in scalar avx2 avx512; do
  echo "== suite with $kernels kernels"
  SIDECAR_KERNELS=$kernels "$here/build/engine_test" --gtest_brief=1
done
for sanitizer in address,undefined thread; do
  echo "== suite under $sanitizer"
  sh "$here/scripts/build.sh" "$here/build-$(echo "$sanitizer" | tr ',' '-')" "-DSIDECAR_SANITIZER=$sanitizer" -DSIDECAR_WIRE=OFF
  "$here/build-$(echo "$sanitizer" | tr ',' '-')/engine_test" --gtest_brief=1
done
sh "$here/scripts/fuzz.sh"
