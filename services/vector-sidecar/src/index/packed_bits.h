// The 1-bit codes of a segment laid out for walking a graph: a row's code beside its factors, in whole cache lines.
#pragma once

#include <memory>

#include "src/index/bit_code.h"

namespace sidecar {

// Immutable, thread-safe.
class PackedBits {
 public:
  // A copy of the codes of `block`, which must hold all rows of its part.
  PackedBits(const BitCoder& coder, const BitBlock& block);

  void Prefetch(uint32_t row) const {
    const uint64_t* at = data_ + size_t(row) * stride_;
    for (size_t w = 0; w < stride_; w += 8) __builtin_prefetch(at + w);
  }
  // Estimates of the nearness of n rows.
  void Estimate(const BitQuery& query, const uint32_t* rows, size_t n, float* out) const;
  uint64_t memory_bytes() const { return room_.size() * sizeof(uint64_t); }

 private:
  const size_t words_, stride_;
  std::vector<uint64_t> room_;
  uint64_t* data_ = nullptr;  // in room_, on a cache line
};

}  // namespace sidecar
