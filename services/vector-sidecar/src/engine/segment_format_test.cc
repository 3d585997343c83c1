// docs/format.md against real files: segments and graphs are read by that page alone and compared with what was written.
#include <cmath>
#include <cstring>

#include "src/engine/format_testing.h"
#include "src/segment/segment.h"

namespace sidecar::by_page {
namespace {

std::vector<double> Rotated(const float* row) {  // section 4
  std::vector<double> v(row, row + kD);
  uint64_t state = 0x5ca1ab1e00000000ull + kD;
  const size_t p = kD, power = 256;
  for (int round = 0; round < 4; ++round) {
    for (double& x : v) {
      uint64_t z = state += 0x9e3779b97f4a7c15ull;
      z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
      z = (z ^ z >> 27) * 0x94d049bb133111ebull;
      if ((z ^ z >> 31) >> 63) x = -x;
    }
    const size_t from = round % 2 == 0 ? 0 : p - power;
    for (size_t half = 1; half < power; half *= 2) {
      for (size_t i = 0; i < power; ++i) {
        if (i & half) continue;
        const double x = v[from + i], y = v[from + i + half];
        v[from + i] = x + y;
        v[from + i + half] = x - y;
      }
    }
    for (size_t i = 0; i < power; ++i) v[from + i] /= std::sqrt(double(power));
    for (size_t i = 0; i < p / 2; ++i) {
      const double x = v[i], y = v[i + p / 2];
      v[i] = (x + y) / std::sqrt(2.0);
      v[i + p / 2] = (x - y) / std::sqrt(2.0);
    }
  }
  return v;
}

TEST_F(FormatTest, Segment) {
  const auto sections = Sections("seg-000001", 1);
  const std::vector<uint32_t> kinds = {1, 2, 4, 3, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19};
  ASSERT_EQ(sections.size(), kinds.size());
  std::map<uint32_t, Bytes> by_kind;
  for (size_t i = 0; i < kinds.size(); ++i) {
    EXPECT_EQ(sections[i].first, kinds[i]);
    by_kind.emplace(sections[i].first, Bytes(sections[i].second));
  }
  const auto section = [&](uint32_t kind) -> const Bytes& { return by_kind.at(kind); };
  std::vector<double> mean(kD);
  for (uint64_t row = 0; row < kRows; ++row) {
    for (uint32_t i = 0; i < kD; ++i) mean[i] += points_[row].vectors[""][i] / double(kRows);
  }
  const std::vector<float> mean_row(mean.begin(), mean.end());
  const std::vector<double> centroid = Rotated(mean_row.data());
  for (uint32_t i = 0; i < kD; ++i) EXPECT_NEAR(section(19).At<float>(4 * i), centroid[i], 1e-4);
  EXPECT_EQ(section(10).At<uint64_t>(0), ~0ull);
  EXPECT_EQ(section(3).At<uint64_t>(8 * kRows), section(4).data().size());
  uint32_t undecided = 0;
  for (uint64_t row = 0; row < kRows; ++row) {
    SCOPED_TRACE(row);
    EXPECT_EQ(section(1).At<uint8_t>(17 * row), 0u);
    EXPECT_EQ(section(1).At<uint64_t>(17 * row + 1), 0u);
    EXPECT_EQ(section(1).At<uint64_t>(17 * row + 9), row);
    EXPECT_EQ(section(2).At<uint64_t>(8 * row), row + 2);  // the index was record 1
    Bytes payload(section(4).data().substr(section(3).At<uint64_t>(8 * row), section(3).At<uint64_t>(8 * row + 8) - section(3).At<uint64_t>(8 * row)));
    EXPECT_EQ(payload.Varint(), 2u);
    EXPECT_EQ(payload.Text(), "n");
    EXPECT_EQ(payload.Next<uint8_t>(), 3u);
    EXPECT_EQ(payload.Next<int64_t>(), std::get<int64_t>(points_[row].payload.at("n").data));
    EXPECT_EQ(payload.Text(), "tag");
    EXPECT_EQ(payload.Next<uint8_t>(), 5u);
    EXPECT_EQ(payload.Text(), std::get<std::string>(points_[row].payload.at("tag").data));
    EXPECT_TRUE(payload.done());

    const std::vector<float>& v = points_[row].vectors[""];
    float largest = 0;
    for (uint32_t i = 0; i < kD; ++i) {
      EXPECT_EQ(section(11).At<float>(4 * (row * kD + i)), v[i]);
      largest = std::max(largest, std::abs(v[i]));
    }
    const float scale = section(13).At<float>(4 * row);
    EXPECT_EQ(scale, largest / 127.0f);
    int64_t squares = 0;
    for (uint32_t i = 0; i < kD; ++i) {
      const int code = section(12).At<int8_t>(row * kD + i);
      EXPECT_NEAR(code, v[i] / scale, 0.5001);
      squares += code * code;
    }
    EXPECT_FLOAT_EQ(section(14).At<float>(4 * row), scale * scale * float(squares));

    const std::vector<double> rotated = Rotated(v.data());
    double absolute = 0, squared = 0, bias = 0;
    uint32_t ones = 0;
    for (uint32_t i = 0; i < kD; ++i) {
      const double r = rotated[i] - centroid[i];
      absolute += std::abs(r);
      squared += r * r;
      bias += rotated[i] * centroid[i];
      const bool bit = section(15).At<uint64_t>(8 * (row * (kD / 64) + i / 64)) >> (i % 64) & 1;
      ones += bit;
      if (std::abs(r) < 1e-4) {
        ++undecided;
      } else {
        EXPECT_EQ(bit, r >= 0) << i;
      }
    }
    EXPECT_NEAR(section(16).At<float>(4 * row), squared / absolute, 1e-3);
    EXPECT_NEAR(section(17).At<float>(4 * row), bias, 1e-2);
    EXPECT_EQ(section(18).At<uint32_t>(4 * row), ones);
  }
  EXPECT_LT(undecided, kRows * kD / 100);
}

TEST_F(FormatTest, ASectionThatBeginsWhereNoneMayIsRefused) {
  std::string& file = image_["db/c/seg-000001"];
  const Bytes before(file);
  for (uint32_t i = 0; i < before.At<uint32_t>(44); ++i) {
    const size_t at = 52 + 24 * i + 8;
    for (const uint64_t by : {2, 4, 32}) {
      file = before.data();
      const uint64_t offset = before.At<uint64_t>(at) + by;
      std::memcpy(&file[at], &offset, sizeof(offset));
      const uint32_t crc = Crc(0, std::string_view(file).substr(0, 4092));
      std::memcpy(&file[4092], &crc, sizeof(crc));
      SimEnv env(image_, 1);
      const auto opened = Segment::Open(&env, "db/c", 1, &config_, nullptr);
      EXPECT_EQ(opened.status().code(), Code::kCorruption) << "section " << i << " later by " << by;
    }
  }
}

TEST_F(FormatTest, Graph) {
  (void)Sections("seg-000001", 1);
  const std::string owner = digest_;
  const auto sections = Sections("idx-000001-0", 2);
  ASSERT_EQ(sections.size(), 2u);
  EXPECT_EQ(sections[0].first, 30u);
  EXPECT_EQ(sections[0].second, owner);
  EXPECT_EQ(sections[1].first, 31u);
  Bytes graph(sections[1].second);
  const uint32_t m = graph.Next<uint32_t>(), entry = graph.Next<uint32_t>(), n = graph.Next<uint32_t>();
  const uint64_t upper = graph.Next<uint64_t>();
  EXPECT_EQ(m, config_.graph_links);
  EXPECT_EQ(n, kRows);
  EXPECT_LT(entry, n);
  std::vector<uint8_t> level;
  for (uint32_t row = 0; row < n; ++row) level.push_back(graph.Next<uint8_t>());
  std::vector<uint64_t> start;
  for (uint32_t row = 0; row < n; ++row) start.push_back(graph.Next<uint64_t>());
  uint64_t links = 0;
  const auto check = [&](const std::vector<uint32_t>& list, uint32_t row, uint32_t at_level) {  // its length, then room for links
    ASSERT_LT(list[0], list.size());
    for (uint32_t i = 1; i <= list[0]; ++i) {
      ++links;
      ASSERT_LT(list[i], n);
      EXPECT_NE(list[i], row);
      EXPECT_GE(level[list[i]], at_level);
    }
  };
  const auto words = [&](uint64_t count) {
    std::vector<uint32_t> out;
    for (uint64_t i = 0; i < count; ++i) out.push_back(graph.Next<uint32_t>());
    return out;
  };
  for (uint32_t row = 0; row < n; ++row) check(words(1 + 2 * m), row, 0);
  EXPECT_GT(links, n);
  const std::vector<uint32_t> above = words(upper);
  for (uint32_t row = 0; row < n; ++row) {
    for (uint32_t l = 1; l <= level[row]; ++l) {
      const uint64_t at = start[row] + (l - 1) * (m + 1);
      ASSERT_LE(at + m + 1, upper);
      check({above.begin() + long(at), above.begin() + long(at + m + 1)}, row, l);
    }
  }
  EXPECT_TRUE(graph.done());
}

}  // namespace
}  // namespace sidecar::by_page
