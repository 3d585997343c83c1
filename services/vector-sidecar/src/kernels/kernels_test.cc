#include "src/kernels/kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

namespace sidecar {
namespace {

std::vector<const Kernels*> Sets() {
  std::vector<const Kernels*> sets = {&ScalarKernels()};
  if (Avx2Kernels() != nullptr) sets.push_back(Avx2Kernels());
  if (Avx512Kernels() != nullptr) sets.push_back(Avx512Kernels());
  return sets;
}

bool SameBits(float a, float b) {
  if (std::isnan(a) && std::isnan(b)) return true;
  return std::memcmp(&a, &b, sizeof(a)) == 0;
}

class KernelsTest : public ::testing::TestWithParam<unsigned> {
 protected:
  KernelsTest() : random_(GetParam()) {}
  std::vector<float> Floats(size_t n, bool with_special) {
    std::normal_distribution<float> normal;
    std::vector<float> v(n);
    for (float& x : v) x = normal(random_);
    if (with_special && n > 0) {
      const float special[] = {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                               -std::numeric_limits<float>::infinity(), 0.0f, -0.0f, 1e-42f, 3e38f};
      v[random_() % n] = special[random_() % std::size(special)];
    }
    return v;
  }
  std::mt19937 random_;
};

// Offsets by one float make the reads unaligned.
TEST_P(KernelsTest, FloatKernelsGiveTheSameBitsOnEverySet) {
  for (size_t n = 0; n < 300; n += 1 + random_() % 3) {
    const bool special = random_() % 4 == 0;
    const auto a = Floats(n + 1, special), b = Floats(n + 1, special);
    const Kernels& s = ScalarKernels();
    for (const Kernels* k : Sets()) {
      EXPECT_TRUE(SameBits(s.dot_f32(&a[1], &b[1], n), k->dot_f32(&a[1], &b[1], n))) << k->name << " n=" << n;
      EXPECT_TRUE(SameBits(s.l2_f32(&a[1], &b[1], n), k->l2_f32(&a[1], &b[1], n))) << k->name << " n=" << n;
      EXPECT_TRUE(SameBits(s.l1_f32(&a[1], &b[1], n), k->l1_f32(&a[1], &b[1], n))) << k->name << " n=" << n;
      EXPECT_TRUE(SameBits(s.abs_sum_f32(&a[1], n), k->abs_sum_f32(&a[1], n))) << k->name << " n=" << n;
    }
  }
}

TEST_P(KernelsTest, ScalarAgreesWithDoublePrecision) {
  for (size_t n : {1u, 7u, 63u, 64u, 65u, 511u, 512u, 768u, 1536u, 4096u}) {
    const auto a = Floats(n, false), b = Floats(n, false);
    double dot = 0, l2 = 0, l1 = 0;
    for (size_t i = 0; i < n; ++i) {
      dot += double(a[i]) * b[i];
      l2 += (double(a[i]) - b[i]) * (double(a[i]) - b[i]);
      l1 += std::abs(double(a[i]) - b[i]);
    }
    EXPECT_NEAR(ScalarKernels().dot_f32(a.data(), b.data(), n), dot, 1e-4 * (1 + double(n) / 64));
    EXPECT_NEAR(ScalarKernels().l2_f32(a.data(), b.data(), n), l2, 1e-5 * l2 + 1e-6);
    EXPECT_NEAR(ScalarKernels().l1_f32(a.data(), b.data(), n), l1, 1e-5 * l1 + 1e-6);
  }
}

TEST_P(KernelsTest, IntegerKernelsAreExact) {
  for (size_t n = 0; n < 400; n += 1 + random_() % 5) {
    std::vector<int8_t> a(n + 1), b(n + 1);
    for (auto* v : {&a, &b}) {
      for (int8_t& x : *v) x = random_() % 8 == 0 ? int8_t(-128) : int8_t(random_());
    }
    int64_t expected = 0;
    for (size_t i = 1; i <= n; ++i) expected += int64_t(a[i]) * b[i];
    for (const Kernels* k : Sets()) EXPECT_EQ(k->dot_i8(&a[1], &b[1], n), expected) << k->name << " n=" << n;
  }
}

TEST_P(KernelsTest, BitKernelsAreExact) {
  for (size_t words = 1; words <= 65; ++words) {
    const size_t rows = 1 + random_() % 20, stride = words + random_() % 4;
    std::vector<uint64_t> planes(kQueryPlanes * words), codes(rows * words);
    for (auto* v : {&planes, &codes}) {
      for (uint64_t& x : *v) x = uint64_t(random_()) << 32 | random_();
    }
    std::vector<uint32_t> expected(rows), got(rows);
    for (size_t r = 0; r < rows; ++r) {
      for (size_t bit = 0; bit < 64 * words; ++bit) {
        for (size_t p = 0; p < kQueryPlanes; ++p) {
          const bool both = (planes[p * words + bit / 64] & codes[r * words + bit / 64]) >> (bit % 64) & 1;
          expected[r] += both ? 1u << p : 0;
        }
      }
    }
    for (const Kernels* k : Sets()) {
      k->plane_dot(planes.data(), codes.data(), words, rows, got.data());
      EXPECT_EQ(got, expected) << k->name << " words=" << words;
      std::vector<uint64_t> spread(rows * stride);
      std::vector<uint32_t> order(rows);
      for (size_t r = 0; r < rows; ++r) {
        order[r] = uint32_t(rows - 1 - r);
        std::copy_n(&codes[r * words], words, &spread[r * stride]);
      }
      k->plane_dot_rows(planes.data(), spread.data(), stride, words, order.data(), rows, got.data());
      std::reverse(got.begin(), got.end());
      EXPECT_EQ(got, expected) << k->name << " by rows, words=" << words;
      EXPECT_EQ(k->popcount(codes.data(), words), ScalarKernels().popcount(codes.data(), words));
    }
  }
}

TEST_P(KernelsTest, SignBitsAreThoseOfTheDifference) {
  const float special[] = {0.0f, -0.0f, 1.0f, -1.0f, INFINITY, -INFINITY, NAN, 1e-40f, -1e-40f};
  for (size_t words = 1; words <= 9; ++words) {
    std::vector<float> a(64 * words + 1), b(64 * words + 1);
    for (auto* v : {&a, &b}) {
      for (float& x : *v) x = random_() % 2 == 0 ? special[random_() % 9] : float(int(random_() % 7)) - 3;
    }
    std::vector<uint64_t> got(words);
    for (const Kernels* k : Sets()) {
      k->sign_bits(&a[1], &b[1], words, got.data());
      for (size_t i = 0; i < 64 * words; ++i) EXPECT_EQ((got[i / 64] >> (i % 64) & 1) != 0, a[i + 1] - b[i + 1] >= 0.0f) << k->name << " " << i;
    }
  }
}

TEST_P(KernelsTest, HadamardKeepsLengthsAndIsItsOwnInverse) {
  for (size_t n = 1; n <= 2048; n *= 2) {
    const auto original = Floats(n, false);
    auto reference = original;
    ScalarKernels().hadamard(reference.data(), n);
    for (const Kernels* k : Sets()) {
      auto a = original;
      k->hadamard(a.data(), n);
      EXPECT_EQ(std::memcmp(a.data(), reference.data(), n * sizeof(float)), 0) << k->name;
      k->hadamard(a.data(), n);
      for (size_t i = 0; i < n; ++i) EXPECT_NEAR(a[i], original[i], 1e-4);
    }
  }
}

TEST_P(KernelsTest, RotationKeepsLengthsAndGivesTheSameBitsOnEverySet) {
  for (const size_t padded : {64u, 128u, 192u, 512u, 576u, 768u, 1536u, 4096u}) {
    const size_t power = std::bit_floor(padded);
    std::vector<uint32_t> signs(kRotationRounds * padded);
    for (uint32_t& s : signs) s = uint32_t(random_() % 2) << 31;
    const auto original = Floats(padded, false);
    auto reference = original;
    for (int round = 0; round < kRotationRounds; ++round) {
      for (size_t i = 0; i < padded; ++i) {
        if (signs[round * padded + i] != 0) reference[i] = -reference[i];
      }
      ScalarKernels().hadamard(reference.data() + (round % 2 == 0 ? 0 : padded - power), power);
      for (size_t i = 0; power != padded && i < padded / 2; ++i) {
        const float x = reference[i], y = reference[i + padded / 2];
        reference[i] = (x + y) * 0.70710678f;
        reference[i + padded / 2] = (x - y) * 0.70710678f;
      }
    }
    const float length = ScalarKernels().dot_f32(original.data(), original.data(), padded);
    for (const Kernels* k : Sets()) {
      auto a = original;
      k->rotate(a.data(), padded, power, signs.data());
      EXPECT_EQ(std::memcmp(a.data(), reference.data(), padded * sizeof(float)), 0) << k->name << " " << padded;
      EXPECT_NEAR(k->dot_f32(a.data(), a.data(), padded), length, 1e-4f * length);
    }
  }
}

TEST_P(KernelsTest, ElementwiseKernelsAgreeWithLoops) {
  for (size_t n = 0; n < 200; n += 1 + random_() % 3) {
    auto a = Floats(n + 1, false), b = Floats(n + 1, false);
    // Halves on either side, where rounding shows.
    if (n > 4) a[2] = 2.5f, a[3] = -2.5f, a[4] = -0.0f, a[n] = 400.0f;
    std::vector<float> scaled(a), difference(n + 1);
    std::vector<double> sums(n + 1, 0.25);
    std::vector<int> rounded(n + 1);
    float largest = 0;
    for (size_t i = 1; i <= n; ++i) {
      scaled[i] = a[i] * 1.5f;
      difference[i] = a[i] - b[i];
      sums[i] += double(a[i]);
      largest = std::max(largest, std::fabs(a[i]));
      rounded[i] = std::clamp(int(std::lround(double(a[i]))), -127, 127);
    }
    for (const Kernels* k : Sets()) {
      auto s = a;
      k->scale(&s[1], 1.5f, n);
      EXPECT_EQ(s, scaled) << k->name;
      std::vector<float> d(n + 1);
      k->subtract(&a[1], &b[1], n, &d[1]);
      EXPECT_EQ(d, difference) << k->name;
      std::vector<double> t(n + 1, 0.25);
      k->add_to(&a[1], n, &t[1]);
      EXPECT_EQ(t, sums) << k->name;
      EXPECT_EQ(k->largest_abs(&a[1], n), largest) << k->name;
      std::vector<int8_t> codes(n + 1);
      k->round_to_i8(&a[1], 1.0f, n, &codes[1]);
      for (size_t i = 1; i <= n; ++i) EXPECT_EQ(codes[i], rounded[i]) << k->name << " " << a[i];
    }
  }
}

TEST_P(KernelsTest, Crc32cAgreesAcrossSetsAndSplits) {
  std::vector<uint8_t> data(1 + random_() % 5000);
  for (uint8_t& x : data) x = uint8_t(random_());
  const uint32_t seed = random_();
  const uint32_t whole = ScalarKernels().crc32c(seed, data.data(), data.size());
  const size_t cut = random_() % data.size();
  for (const Kernels* k : Sets()) {
    EXPECT_EQ(k->crc32c(seed, data.data(), data.size()), whole) << k->name;
    const uint32_t first = k->crc32c(seed, data.data(), cut);
    EXPECT_EQ(k->crc32c(first, data.data() + cut, data.size() - cut), whole) << k->name;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, KernelsTest, ::testing::Range(1u, 9u));

TEST(Crc32cTest, KnownAnswers) {  // RFC 3720, B.4
  const uint8_t zeros[32] = {};
  uint8_t rising[32];
  for (int i = 0; i < 32; ++i) rising[i] = uint8_t(i);
  EXPECT_EQ(ScalarKernels().crc32c(0, zeros, 32), 0x8a9136aau);
  EXPECT_EQ(ScalarKernels().crc32c(0, rising, 32), 0x46dd794eu);
}

}  // namespace
}  // namespace sidecar
