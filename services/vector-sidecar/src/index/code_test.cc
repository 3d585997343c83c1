#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "src/index/bit_code.h"
#include "src/index/byte_code.h"

namespace sidecar {
namespace {

std::vector<float> Random(std::mt19937* random, uint32_t n) {
  std::normal_distribution<float> normal;
  std::vector<float> v(n);
  for (float& x : v) x = normal(*random);
  return v;
}

double Dot(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += double(a[i]) * b[i];
  return sum;
}

class CodeTest : public ::testing::TestWithParam<uint32_t> {};

TEST_P(CodeTest, RotationKeepsInnerProducts) {
  std::mt19937 random(GetParam());
  const BitCoder coder(GetParam());
  const auto a = Random(&random, GetParam()), b = Random(&random, GetParam());
  std::vector<float> ra(coder.padded()), rb(coder.padded());
  coder.Rotate(a.data(), ra.data());
  coder.Rotate(b.data(), rb.data());
  EXPECT_NEAR(Dot(ra, rb), Dot(a, b), 1e-3 * std::sqrt(Dot(a, a) * Dot(b, b)));
  EXPECT_NEAR(Dot(ra, ra), Dot(a, a), 1e-3 * Dot(a, a));
}

// The estimate's error is of the order |q||x| / sqrt(d); its mean over rows must vanish.
TEST_P(CodeTest, BitEstimatesAreCloseAndUnbiased) {
  const uint32_t d = GetParam();
  std::mt19937 random(d);
  const BitCoder coder(d);
  const auto centroid = Random(&random, d);
  std::vector<float> rc(coder.padded()), rq(coder.padded()), rx(coder.padded());
  coder.Rotate(centroid.data(), rc.data());
  const auto q = Random(&random, d);
  coder.Rotate(q.data(), rq.data());
  for (const Distance distance : {Distance::kDot, Distance::kEuclid}) {
    const BitQuery query = coder.Prepare(rq.data(), rc.data(), distance);
    double error = 0, worst = 0;
    const int rows = 400;
    for (int r = 0; r < rows; ++r) {
      const auto x = Random(&random, d);
      coder.Rotate(x.data(), rx.data());
      std::vector<uint64_t> code(coder.words());
      float scale, bias, estimate;
      uint32_t ones;
      coder.Encode(rx.data(), rc.data(), distance, code.data(), &scale, &bias, &ones);
      const BitBlock block{0, 1, code.data(), &scale, &bias, &ones};
      EstimateBlock(coder, query, block, &estimate);
      const double exact = distance == Distance::kDot ? Dot(q, x) : 2 * Dot(q, x) - Dot(q, q) - Dot(x, x);
      const double size = (distance == Distance::kDot ? 2.0 : 4.0) * std::sqrt(double(d));  // |q-c||x-c|/sqrt(d), doubled
      error += (estimate - exact) / size / rows;
      worst = std::max(worst, std::abs(estimate - exact) / size);
    }
    EXPECT_LT(worst, 6.0) << "d=" << d;
    EXPECT_LT(std::abs(error), 0.5) << "d=" << d;
  }
}

TEST_P(CodeTest, ByteCodesAreWithinHalfAStep) {
  const uint32_t d = GetParam();
  std::mt19937 random(d);
  const auto a = Random(&random, d), b = Random(&random, d);
  const ByteQuery x = PrepareBytes(a.data(), d), y = PrepareBytes(b.data(), d);
  for (uint32_t i = 0; i < d; ++i) EXPECT_NEAR(float(x.code[i]) * x.scale, a[i], 0.51f * x.scale);
  const float dot = ByteNearness(Distance::kDot, d, x.code.data(), x.scale, x.norm, y.code.data(), y.scale, y.norm);
  EXPECT_NEAR(dot, Dot(a, b), 0.1 * std::sqrt(double(d)));
}

INSTANTIATE_TEST_SUITE_P(Dimensions, CodeTest, ::testing::Values(1, 3, 63, 64, 65, 100, 127, 256, 512, 768, 1000, 1536, 4096));

TEST(CodeTest, ZeroVectorsHaveFiniteEstimates) {
  const BitCoder coder(70);
  std::vector<float> zero(coder.padded());
  std::vector<uint64_t> code(coder.words());
  float scale, bias, estimate;
  uint32_t ones;
  coder.Encode(zero.data(), zero.data(), Distance::kDot, code.data(), &scale, &bias, &ones);
  const BitBlock block{0, 1, code.data(), &scale, &bias, &ones};
  EstimateBlock(coder, coder.Prepare(zero.data(), zero.data(), Distance::kDot), block, &estimate);
  EXPECT_EQ(estimate, 0.0f);
}

}  // namespace
}  // namespace sidecar
