// Distance kernels for one instruction set each, chosen once at run time.
//
// Every kernel returns the same bits on every instruction set: float sums run in a fixed order over 64 virtual lanes and
// products are never fused with sums. So a code, a norm or a graph built on one machine is byte for byte that of another.
// All functions are pure, take any alignment and are safe to call from any thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sidecar {

// Number of bits a query component is rounded to when it is compared with 1-bit codes.
inline constexpr size_t kQueryPlanes = 4;
inline constexpr int kRotationRounds = 4;

struct Kernels {
  const char* name;
  float (*dot_f32)(const float* a, const float* b, size_t n);
  float (*l2_f32)(const float* a, const float* b, size_t n);  // squared
  float (*l1_f32)(const float* a, const float* b, size_t n);
  float (*abs_sum_f32)(const float* a, size_t n);
  int32_t (*dot_i8)(const int8_t* a, const int8_t* b, size_t n);  // exact for n <= 65536
  // out[r] = sum over planes p of 2^p * popcount(planes[p] & code r). `planes` holds kQueryPlanes runs of `words` words,
  // `codes` holds `rows` runs of `words` words.
  void (*plane_dot)(const uint64_t* planes, const uint64_t* codes, size_t words, size_t rows, uint32_t* out);
  // Likewise for single rows: out[i] is that of row rows[i], whose code starts at base + rows[i] * stride words.
  void (*plane_dot_rows)(const uint64_t* planes, const uint64_t* base, size_t stride, size_t words, const uint32_t* rows, size_t n,
                         uint32_t* out);
  uint64_t (*popcount)(const uint64_t* a, size_t words);
  // Bit i of out[w] tells whether a[64 w + i] - b[64 w + i] is at least 0 (false for NaN).
  void (*sign_bits)(const float* a, const float* b, size_t words, uint64_t* out);
  // Walsh-Hadamard transform in place, scaled to be orthogonal; n is a power of two.
  void (*hadamard)(float* a, size_t n);
  // kRotationRounds times: flips signs (masks of one bit, `padded` of them for each round), then hadamard over the first and the
  // last `power` floats in turn, and, where those are not all, a butterfly between the halves. padded is a multiple of 64,
  // power the largest power of two in it.
  void (*rotate)(float* a, size_t padded, size_t power, const uint32_t* signs);
  void (*scale)(float* a, float factor, size_t n);
  void (*subtract)(const float* a, const float* b, size_t n, float* out);
  void (*add_to)(const float* a, size_t n, double* sums);
  float (*largest_abs)(const float* a, size_t n);  // 0 for n = 0; a must be finite
  // a[i] * factor, which must fit an int, rounded to nearest (halves away from zero) and held to -127..127.
  void (*round_to_i8)(const float* a, float factor, size_t n, int8_t* out);
  // CRC-32C (Castagnoli, RFC 3720) continued from `crc`; start with the seed.
  uint32_t (*crc32c)(uint32_t crc, const void* data, size_t n);
};

const Kernels& ScalarKernels();
const Kernels* Avx2Kernels();    // null when this processor or system lacks it
const Kernels* Avx512Kernels();  // likewise; needs F, BW, DQ, VL, VNNI and VPOPCNTDQ

// The widest set this machine has, or the one SIDECAR_KERNELS (scalar, avx2, avx512) names. Decided at the first call.
const Kernels& ActiveKernels();

}  // namespace sidecar
