// int8 codes: each row scaled by its largest component to -127..127, rounded to nearest. Used to walk graphs and to scan
// low dimensions, where one bit per component is too little.
#pragma once

#include <cstdint>
#include <vector>

#include "sidecar/types.h"

namespace sidecar {

struct ByteBlock {
  const int8_t* codes = nullptr;  // `dimension` per row
  const float* scale = nullptr;
  const float* norm = nullptr;    // squared length of the row as coded
};

void EncodeBytes(const float* vector, uint32_t dimension, int8_t* code, float* scale, float* norm);

// Nearness of two coded rows: inner product, or negative squared distance for Euclid. Larger is nearer.
struct ByteQuery {
  std::vector<int8_t> code;
  float scale = 0;
  float norm = 0;
};
ByteQuery PrepareBytes(const float* vector, uint32_t dimension);
float ByteNearness(Distance distance, uint32_t dimension, const int8_t* a, float a_scale, float a_norm, const int8_t* b,
                   float b_scale, float b_norm);

}  // namespace sidecar
