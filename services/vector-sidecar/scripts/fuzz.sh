#!/bin/sh
# Runs every fuzz target for SECONDS_PER_FUZZER (60) under ASan and UBSan: with libFuzzer where clang is, else with a plain
# driver that only throws random inputs. Inputs that found something new are kept in build-fuzz/corpus-* for the next run.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
seconds=${SECONDS_PER_FUZZER:-60}
out="$here/build-fuzz"
clang=$(command -v clang++-16 || command -v clang++-15 || command -v clang++-14 || command -v clang++ || true)
sh "$here/scripts/build.sh" "$out" -DCMAKE_CXX_COMPILER="${clang:-g++}" -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="-O1 -g1" \
  -DSIDECAR_SANITIZER=address,undefined -DSIDECAR_FUZZ=ON -DSIDECAR_TESTS=OFF -DSIDECAR_WIRE=OFF
for target in "$here"/fuzz/*_fuzzer.cc; do
  name=$(basename "$target" .cc)
  if [ -n "$clang" ]; then
    echo "== $name, libFuzzer, $seconds s"
    mkdir -p "$out/corpus-$name"
    log="$out/$name.log"
    if ! "$out/$name" -max_total_time="$seconds" -max_len=4096 -print_final_stats=1 -artifact_prefix="$out/" "$out/corpus-$name" >"$log" 2>&1; then
      tail -60 "$log" >&2
      exit 1
    fi
    grep -E '^stat::(number_of_executed_units|new_units_added)' "$log"
  else
    echo "== $name, random inputs, $seconds s"
    "$out/$name" "$seconds"
  fi
done
