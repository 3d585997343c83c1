#include "src/index/byte_code.h"

#include "src/kernels/kernels.h"

namespace sidecar {

void EncodeBytes(const float* vector, uint32_t dimension, int8_t* code, float* scale, float* norm) {
  const Kernels& k = ActiveKernels();
  const float largest = k.largest_abs(vector, dimension);
  *scale = largest / 127.0f;
  k.round_to_i8(vector, largest > 0 ? 127.0f / largest : 0.0f, dimension, code);
  *norm = *scale * *scale * float(k.dot_i8(code, code, dimension));
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
