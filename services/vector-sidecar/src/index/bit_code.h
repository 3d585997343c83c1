// 1-bit codes of vectors: the signs of a randomly rotated residual, with factors that make the estimate of an inner product
// unbiased (Gao and Long, RaBitQ, SIGMOD 2024). The query is rounded to 4 bits per component.
#pragma once

#include <cstdint>
#include <vector>

#include "sidecar/types.h"
#include "src/kernels/kernels.h"

namespace sidecar {

// Codes of consecutive rows; the arrays are owned by the memtable or segment they come from.
struct BitBlock {
  uint32_t first_row = 0;
  uint32_t rows = 0;
  const uint64_t* codes = nullptr;  // words per row from BitCoder::words()
  const float* scale = nullptr;
  const float* bias = nullptr;
  const uint32_t* ones = nullptr;   // set bits per code
};

// A query made ready for one centroid.
struct BitQuery {
  std::vector<uint64_t> planes;
  // estimate = scale * (per_one * ones + per_unit * plane_dot - total) * gain - or + bias + constant; larger is nearer.
  float per_one = 0, per_unit = 0, total = 0;
  float gain = 1, bias_sign = 1, constant = 0;
};

inline float EstimateOne(const BitQuery& q, float scale, float bias, uint32_t ones, uint32_t dot) {
  return q.gain * scale * (q.per_one * float(ones) + q.per_unit * float(dot) - q.total) + q.bias_sign * bias + q.constant;
}

// Immutable and thread-safe; the rotation depends on the dimension alone.
class BitCoder {
 public:
  explicit BitCoder(uint32_t dimension);
  uint32_t dimension() const { return dimension_; }
  uint32_t padded() const { return padded_; }  // a multiple of 64
  size_t words() const { return padded_ / 64; }

  void Rotate(const float* vector, float* out) const;  // out has padded() floats
  // Inner products are estimated for Dot and Cosine, negative squared distances for Euclid.
  void Encode(const float* rotated, const float* rotated_centroid, Distance distance, uint64_t* code, float* scale,
              float* bias, uint32_t* ones) const;
  BitQuery Prepare(const float* rotated_query, const float* rotated_centroid, Distance distance) const;

 private:
  uint32_t dimension_;
  uint32_t padded_;
  uint32_t power_;                      // largest power of two <= padded_
  std::vector<uint32_t> signs_;         // sign bit masks, those of each round in turn
};

// Estimates for all rows of a block.
void EstimateBlock(const BitCoder& coder, const BitQuery& query, const BitBlock& block, float* out);
// For the given rows of a block only (row numbers as in the part).
void EstimateRows(const BitCoder& coder, const BitQuery& query, const BitBlock& block, const uint32_t* rows, size_t n,
                  float* out);

}  // namespace sidecar
