// Every fuzz target over a few hundred seeded inputs, so that none of them rots between the long runs.
#include <gtest/gtest.h>

#include <random>
#include <string>

extern "C" {
int aliases_fuzzer(const uint8_t* data, size_t size);
int filter_fuzzer(const uint8_t* data, size_t size);
int graph_fuzzer(const uint8_t* data, size_t size);
int kernels_fuzzer(const uint8_t* data, size_t size);
int lists_fuzzer(const uint8_t* data, size_t size);
int log_fuzzer(const uint8_t* data, size_t size);
int manifest_fuzzer(const uint8_t* data, size_t size);
int operation_fuzzer(const uint8_t* data, size_t size);
int sealed_fuzzer(const uint8_t* data, size_t size);
int segment_fuzzer(const uint8_t* data, size_t size);
int snapshot_fuzzer(const uint8_t* data, size_t size);
}

namespace sidecar {
namespace {

constexpr uint32_t kInputs = 300;

class FuzzTest : public testing::TestWithParam<int (*)(const uint8_t*, size_t)> {};

TEST_P(FuzzTest, TakesAnything) {
  for (uint32_t seed = 0; seed < kInputs; ++seed) {
    std::mt19937 random(seed);
    std::string input(random() % 600, '\0');
    for (char& c : input) c = char(random() % 4 == 0 ? random() : random() % 8);  // small numbers reach further
    SCOPED_TRACE(seed);
    EXPECT_EQ(GetParam()(reinterpret_cast<const uint8_t*>(input.data()), input.size()), 0);
  }
}

// A header of three thousand million blocks: room was made for all of them before the file's size was looked at.
TEST(FuzzFindings, AHeaderOfMoreBlocksThanTheFileHas) {
  const uint8_t input[] = {0x8c, 0, 0, 0xb2, 0xb2};
  EXPECT_EQ(segment_fuzzer(input, sizeof(input)), 0);
  EXPECT_EQ(lists_fuzzer(input, sizeof(input)), 0);
}

INSTANTIATE_TEST_SUITE_P(Targets, FuzzTest,
                         testing::Values(aliases_fuzzer, filter_fuzzer, graph_fuzzer, kernels_fuzzer, lists_fuzzer, log_fuzzer, manifest_fuzzer,
                                         operation_fuzzer, sealed_fuzzer, segment_fuzzer, snapshot_fuzzer));

}  // namespace
}  // namespace sidecar
