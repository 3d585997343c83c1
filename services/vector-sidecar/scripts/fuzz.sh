#!/bin/sh
# Runs every fuzz target for SECONDS_PER_FUZZER (60) under ASan and UBSan: with libFuzzer where clang is, else with a plain
# driver that only throws random inputs.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
seconds=${SECONDS_PER_FUZZER:-60}
out="$here/build-fuzz"
mkdir -p "$out"
clang=$(command -v clang++-16 || command -v clang++-15 || command -v clang++-14 || command -v clang++ || true)
sources=$(find "$here/src" -name '*.cc' -path '*/src/*' | grep -Ev '_test\.cc$|/wire/|/tools/|/kernels/(scalar|avx2|avx512)\.cc$')
compiler=${clang:-g++}
common="-std=c++20 -O1 -g1 -fsanitize=address,undefined -fno-sanitize-recover=all -ffp-contract=off -Wno-psabi -I$here -I$here/include"
[ -n "$clang" ] && common="$common -fsanitize=fuzzer-no-link"
compile() { # compile SOURCE FLAGS...
  source=$1
  shift
  object="$out/$(echo "${source#"$here"/}" | tr '/' '_').o"
  if [ ! -e "$object" ] || [ "$source" -nt "$object" ]; then
    # shellcheck disable=SC2086
    "$compiler" $common "$@" -c "$source" -o "$object"
  fi
  objects="$objects $object"
}
objects=""
compile "$here/src/kernels/scalar.cc"
compile "$here/src/kernels/avx2.cc" -mavx2 -mpopcnt -msse4.2
compile "$here/src/kernels/avx512.cc" -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vnni -mavx512vpopcntdq -mpopcnt -msse4.2
for source in $sources; do compile "$source"; done
[ -z "$clang" ] && compile "$here/fuzz/standalone.cc"
for target in "$here"/fuzz/*_fuzzer.cc; do
  name=$(basename "$target" .cc)
  if [ -n "$clang" ]; then
    # shellcheck disable=SC2086
    "$compiler" $common -fsanitize=fuzzer "$target" $objects -lsodium -lpthread -o "$out/$name"
    echo "== $name, libFuzzer, $seconds s"
    mkdir -p "$out/corpus-$name"
    "$out/$name" -max_total_time="$seconds" -max_len=4096 -print_final_stats=1 "$out/corpus-$name" 2>&1 | tail -4
  else
    # shellcheck disable=SC2086
    "$compiler" $common "$target" $objects -lsodium -lpthread -o "$out/$name"
    echo "== $name, random inputs, $seconds s"
    "$out/$name" "$seconds"
  fi
done
