#include "src/index/byte_code.h"

#include <algorithm>
#include <cmath>

#include "src/kernels/kernels.h"

namespace sidecar {

void EncodeBytes(const float* vector, uint32_t dimension, int8_t* code, float* scale, float* norm) {
  float largest = 0;
  for (uint32_t i = 0; i < dimension; ++i) largest = std::max(largest, std::fabs(vector[i]));
  *scale = largest / 127.0f;
  const float inverse = largest > 0 ? 127.0f / largest : 0.0f;
  for (uint32_t i = 0; i < dimension; ++i) {
    // Half away from zero, without a call per component.
    const float x = vector[i] * inverse;
    code[i] = int8_t(std::clamp(int(x + (x < 0 ? -0.5f : 0.5f)), -127, 127));
  }
  *norm = *scale * *scale * float(ActiveKernels().dot_i8(code, code, dimension));
}

ByteQuery PrepareBytes(const float* vector, uint32_t dimension) {
  ByteQuery query;
  query.code.resize(dimension);
  EncodeBytes(vector, dimension, query.code.data(), &query.scale, &query.norm);
  return query;
}

float ByteNearness(Distance distance, uint32_t dimension, const int8_t* a, float a_scale, float a_norm, const int8_t* b,
                   float b_scale, float b_norm) {
  const float dot = a_scale * b_scale * float(ActiveKernels().dot_i8(a, b, dimension));
  return LargerIsBetter(distance) ? dot : 2.0f * dot - a_norm - b_norm;
}

}  // namespace sidecar
