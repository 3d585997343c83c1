// Shared by the fuzz targets: a checksum put right, so that the fuzzer gets past it, and a check that stays on.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "src/env/coding.h"
#include "src/kernels/kernels.h"

#define FUZZ_CHECK(condition)                                             \
  do {                                                                    \
    if (!(condition)) {                                                   \
      std::fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                       \
    }                                                                     \
  } while (false)

inline void FixCrc(std::string* bytes, size_t from, size_t to, size_t at, uint32_t seed) {
  if (to > bytes->size() || at + 4 > bytes->size() || from > to) return;
  const uint32_t crc = sidecar::ActiveKernels().crc32c(seed, bytes->data() + from, to - from);
  std::memcpy(bytes->data() + at, &crc, sizeof(crc));
}
