// Shared by the fuzz targets: checksums put right, so that the fuzzer gets past them, and a check that stays on.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "src/env/coding.h"
#include "src/kernels/kernels.h"
#include "src/segment/block_file.h"

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

// Writes the input over a plain block file of one block, and puts the checksums right.
inline void Scribble(const uint8_t* data, size_t size, std::string* file) {
  using namespace sidecar;
  for (size_t i = 0; i + 5 <= size; i += 5) {
    // Most of what matters stands at the front of the header, of the block and of the table.
    const uint32_t where = LoadFixed<uint32_t>(data + i);
    const size_t base = where % 4 == 1 ? kBlockFileHeaderBytes : where % 4 == 2 ? file->size() - 4 : 0;
    const size_t at = base + (where >> 2) % (where % 4 == 3 ? file->size() : 2048);
    if (at < file->size()) (*file)[at] = char(data[i + 4]);
  }
  const size_t table = kBlockFileHeaderBytes + kBlockBytes;
  FixCrc(file, kBlockFileHeaderBytes, table, table, 0);
  FixCrc(file, table, table + 4, 48, 0);
  FixCrc(file, 0, kBlockFileHeaderBytes - 4, kBlockFileHeaderBytes - 4, 0);
}
