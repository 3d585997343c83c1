// Every kernel of every instruction set against the scalar ones, on arbitrary bits: odd lengths, NaN, infinities, denormals.
#include <cmath>

#include "fuzz/fuzz.h"

using namespace sidecar;

static bool Same(float a, float b) { return (std::isnan(a) && std::isnan(b)) || std::memcmp(&a, &b, 4) == 0; }

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const size_t n = size / 8;
  std::string copy(reinterpret_cast<const char*>(data), size);
  const auto* a = reinterpret_cast<const float*>(copy.data());
  const float* b = a + n;
  const auto* x = reinterpret_cast<const int8_t*>(copy.data());
  const Kernels& s = ScalarKernels();
  for (const Kernels* k : {Avx2Kernels(), Avx512Kernels()}) {
    if (k == nullptr) continue;
    FUZZ_CHECK(Same(s.dot_f32(a, b, n), k->dot_f32(a, b, n)));
    FUZZ_CHECK(Same(s.l2_f32(a, b, n), k->l2_f32(a, b, n)));
    FUZZ_CHECK(Same(s.l1_f32(a, b, n), k->l1_f32(a, b, n)));
    FUZZ_CHECK(Same(s.abs_sum_f32(a, n), k->abs_sum_f32(a, n)));
    FUZZ_CHECK(s.dot_i8(x, x + size / 2, size / 2) == k->dot_i8(x, x + size / 2, size / 2));
    FUZZ_CHECK(s.crc32c(1, data, size) == k->crc32c(1, data, size));
    const size_t words = size / 8 / 5;
    if (words == 0) continue;
    const auto* planes = reinterpret_cast<const uint64_t*>(copy.data());
    uint32_t left, right;
    s.plane_dot(planes, planes + 4 * words, words, 1, &left);
    k->plane_dot(planes, planes + 4 * words, words, 1, &right);
    FUZZ_CHECK(left == right);
    const uint32_t only = 0;
    k->plane_dot_rows(planes, planes + 4 * words, words, words, &only, 1, &right);
    FUZZ_CHECK(left == right);
  }
  return 0;
}
