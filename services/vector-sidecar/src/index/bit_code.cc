#include "src/index/bit_code.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace sidecar {
namespace {

uint64_t SplitMix(uint64_t* state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

}  // namespace

BitCoder::BitCoder(uint32_t dimension)
    : dimension_(dimension), padded_((dimension + 63) / 64 * 64), power_(std::bit_floor(padded_)) {
  uint64_t state = 0x5ca1ab1e00000000u + dimension;  // part of the file format: codes are stored
  signs_.resize(size_t(kRotationRounds) * padded_);
  for (uint32_t& mask : signs_) mask = uint32_t(SplitMix(&state) >> 63) << 31;
}

// Four rounds of random signs and a Hadamard transform, on the first and last power-of-two stretch in turn, with a butterfly
// between the halves when they do not cover each other: an orthogonal map that costs d log d.
void BitCoder::Rotate(const float* vector, float* out) const {
  std::memcpy(out, vector, dimension_ * sizeof(float));
  std::fill(out + dimension_, out + padded_, 0.0f);
  ActiveKernels().rotate(out, padded_, power_, signs_.data());
}

void BitCoder::Encode(const float* rotated, const float* rotated_centroid, Distance distance, uint64_t* code, float* scale,
                      float* bias, uint32_t* ones) const {
  const Kernels& k = ActiveKernels();
  float residual[kMaxDimension];
  k.subtract(rotated, rotated_centroid, padded_, residual);
  k.sign_bits(rotated, rotated_centroid, words(), code);
  const float length = k.abs_sum_f32(residual, padded_);
  const float squared = k.dot_f32(residual, residual, padded_);
  *scale = length > 0.0f ? squared / length : 0.0f;
  *bias = LargerIsBetter(distance) ? k.dot_f32(rotated, rotated_centroid, padded_) : squared;
  *ones = uint32_t(k.popcount(code, words()));
}

BitQuery BitCoder::Prepare(const float* rotated_query, const float* rotated_centroid, Distance distance) const {
  std::vector<float> q(padded_);
  ActiveKernels().subtract(rotated_query, rotated_centroid, padded_, q.data());
  const auto [low, high] = std::minmax_element(q.begin(), q.end());
  const float base = *low;
  const float step = (*high - base) / 15.0f;
  const float inverse = step > 0.0f ? 1.0f / step : 0.0f;
  BitQuery out;
  out.planes.assign(kQueryPlanes * words(), 0);
  uint64_t sum = 0;
  for (uint32_t i = 0; i < padded_; ++i) {
    const int units = std::min(15, int((q[i] - base) * inverse + 0.5f));
    sum += uint64_t(units);
    for (size_t p = 0; p < kQueryPlanes; ++p) {
      out.planes[p * words() + i / 64] |= uint64_t(units >> p & 1) << (i % 64);
    }
  }
  out.per_one = 2.0f * base;
  out.per_unit = 2.0f * step;
  out.total = base * float(padded_) + step * float(sum);
  const Kernels& k = ActiveKernels();
  if (LargerIsBetter(distance)) {
    out.constant = k.dot_f32(q.data(), rotated_centroid, padded_);
  } else {
    out.gain = 2.0f;
    out.bias_sign = -1.0f;
    out.constant = -k.dot_f32(q.data(), q.data(), padded_);
  }
  return out;
}

void EstimateBlock(const BitCoder& coder, const BitQuery& query, const BitBlock& block, float* out) {
  constexpr size_t kStride = 1024;
  uint32_t dots[kStride];
  for (size_t at = 0; at < block.rows; at += kStride) {
    const size_t n = std::min<size_t>(kStride, block.rows - at);
    ActiveKernels().plane_dot(query.planes.data(), block.codes + at * coder.words(), coder.words(), n, dots);
    for (size_t i = 0; i < n; ++i) {
      out[at + i] = EstimateOne(query, block.scale[at + i], block.bias[at + i], block.ones[at + i], dots[i]);
    }
  }
}

void EstimateRows(const BitCoder& coder, const BitQuery& query, const BitBlock& block, const uint32_t* rows, size_t n,
                  float* out) {
  constexpr size_t kAtOnce = 256;
  uint32_t places[kAtOnce], dots[kAtOnce];
  for (size_t first = 0; first < n; first += kAtOnce) {
    const size_t count = std::min(kAtOnce, n - first);
    for (size_t i = 0; i < count; ++i) places[i] = rows[first + i] - block.first_row;
    ActiveKernels().plane_dot_rows(query.planes.data(), block.codes, coder.words(), coder.words(), places, count, dots);
    for (size_t i = 0; i < count; ++i) {
      const uint32_t at = places[i];
      out[first + i] = EstimateOne(query, block.scale[at], block.bias[at], block.ones[at], dots[i]);
    }
  }
}

}  // namespace sidecar
