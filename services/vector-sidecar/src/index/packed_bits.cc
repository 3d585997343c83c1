#include "src/index/packed_bits.h"

#include <cstring>

namespace sidecar {

constexpr size_t kLineWords = 8;    // 64 bytes
constexpr size_t kFactorWords = 2;  // f32 scale, f32 bias, u32 set bits, nothing

PackedBits::PackedBits(const BitCoder& coder, const BitBlock& block)
    : words_(coder.words()), stride_((coder.words() + kFactorWords + kLineWords - 1) / kLineWords * kLineWords),
      room_(size_t(block.rows) * stride_ + kLineWords) {
  const size_t past = reinterpret_cast<uintptr_t>(room_.data()) / sizeof(uint64_t) % kLineWords;
  data_ = room_.data() + (kLineWords - past) % kLineWords;
  for (size_t row = 0; row < block.rows; ++row) {
    uint64_t* at = data_ + row * stride_;
    std::memcpy(at, block.codes + row * words_, words_ * sizeof(uint64_t));
    char* factors = reinterpret_cast<char*>(at + words_);
    std::memcpy(factors, &block.scale[row], 4);
    std::memcpy(factors + 4, &block.bias[row], 4);
    std::memcpy(factors + 8, &block.ones[row], 4);
  }
}

void PackedBits::Estimate(const BitQuery& query, const uint32_t* rows, size_t n, float* out) const {
  constexpr size_t kAtOnce = 128;  // a list of links holds no more
  uint32_t dots[kAtOnce];
  for (size_t first = 0; first < n; first += kAtOnce) {
    const size_t count = std::min(kAtOnce, n - first);
    ActiveKernels().plane_dot_rows(query.planes.data(), data_, stride_, words_, rows + first, count, dots);
    for (size_t i = 0; i < count; ++i) {
      const char* factors = reinterpret_cast<const char*>(data_ + size_t(rows[first + i]) * stride_ + words_);
      float scale, bias;
      uint32_t ones;
      std::memcpy(&scale, factors, 4);
      std::memcpy(&bias, factors + 4, 4);
      std::memcpy(&ones, factors + 8, 4);
      out[first + i] = EstimateOne(query, scale, bias, ones, dots[i]);
    }
  }
}

}  // namespace sidecar
