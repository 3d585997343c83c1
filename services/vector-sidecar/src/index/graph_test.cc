#include "src/index/graph.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

namespace sidecar {
namespace {

// Rows in clusters, as embeddings are: uniform noise would test nothing but the curse of dimension.
struct Data {
  uint32_t rows, dimension;
  std::vector<int8_t> codes;
  std::vector<float> scale, norm;
  std::vector<std::vector<float>> vectors;

  Data(uint32_t n, uint32_t d, unsigned seed) : rows(n), dimension(d), codes(size_t(n) * d), scale(n), norm(n) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    std::vector<std::vector<float>> centres(40, std::vector<float>(d));
    for (auto& c : centres) {
      for (float& x : c) x = normal(random);
    }
    for (uint32_t row = 0; row < n; ++row) {
      std::vector<float> v = centres[row * 40 / n];  // sorted by cluster: the hardest order of insertion
      for (float& x : v) x += 0.5f * normal(random);
      EncodeBytes(v.data(), d, &codes[size_t(row) * d], &scale[row], &norm[row]);
      vectors.push_back(std::move(v));
    }
  }
  GraphSpace Space(Distance distance) const { return {{codes.data(), scale.data(), norm.data()}, rows, dimension, distance}; }
};

double Recall(const Graph& graph, const GraphSpace& space, const Data& data, const Bitmap& allowed, uint32_t width) {
  double hits = 0, wanted = 0;
  for (uint32_t q = 0; q < 60; ++q) {
    const ByteQuery query = PrepareBytes(data.vectors[q * 7919 % data.rows].data(), data.dimension);
    std::vector<Neighbour> all;
    for (uint32_t row = 0; row < space.rows; ++row) {
      if (allowed.Test(row)) all.push_back({space.Nearness(query, row), row});
    }
    const size_t k = std::min<size_t>(10, all.size());
    std::partial_sort(all.begin(), all.begin() + long(k), all.end(), [](const auto& a, const auto& b) { return b < a; });
    uint64_t steps = 0;
    std::set<uint32_t> found;
    for (const Neighbour& n : graph.Search(space, query, {.width = width}, allowed, &steps)) {
      EXPECT_TRUE(allowed.Test(n.row));
      found.insert(n.row);
    }
    for (size_t i = 0; i < k; ++i) hits += found.contains(all[i].row);
    wanted += double(k);
  }
  return hits / wanted;
}

TEST(GraphTest, WalksLessForWhatOtherGraphsHaveAlready) {
  const Data data(6000, 48, 5);
  const GraphSpace space = data.Space(Distance::kEuclid);
  const Bitmap all(data.rows, true);
  const auto graph = Graph::Build(space, all, {}, [] { return true; });
  uint64_t wide_steps = 0, short_steps = 0, hopeless_steps = 0;
  size_t wanted = 0, found = 0;
  for (uint32_t q = 0; q < 60; ++q) {
    const ByteQuery query = PrepareBytes(data.vectors[q * 7919 % data.rows].data(), data.dimension);
    std::vector<Neighbour> wide = graph->Search(space, query, {.width = 96}, all, &wide_steps);
    std::sort(wide.begin(), wide.end(), [](const auto& a, const auto& b) { return b < a; });
    const float floor = wide[9].nearness;
    std::set<uint32_t> rows;
    for (const Neighbour& n : graph->Search(space, query, {96, 24, floor}, all, &short_steps)) rows.insert(n.row);
    EXPECT_GE(rows.size(), 24u);
    EXPECT_LE(rows.size(), 96u);
    for (size_t i = 0; i < 10; ++i) found += rows.contains(wide[i].row);
    wanted += 10;
    EXPECT_EQ(graph->Search(space, query, {96, 24, 1e30f}, all, &hopeless_steps).size(), 24u);
    uint64_t steps = 0;
    EXPECT_EQ(graph->Search(space, query, {96, 24, -1e30f}, all, &steps).size(), 96u) << "nothing is below such a floor";
  }
  EXPECT_GE(double(found), 0.98 * double(wanted));
  EXPECT_LT(double(short_steps), 0.7 * double(wide_steps));
  EXPECT_LE(hopeless_steps, short_steps);
}

TEST(GraphTest, TakesAFloorWithoutALeast) {
  const Data data(500, 16, 6);
  const GraphSpace space = data.Space(Distance::kDot);
  const auto graph = Graph::Build(space, Bitmap(data.rows, true), {}, [] { return true; });
  uint64_t steps = 0;
  const ByteQuery query = PrepareBytes(data.vectors[0].data(), data.dimension);
  EXPECT_EQ(graph->Search(space, query, {10, 0, 1e30f}, Bitmap(data.rows, true), &steps).size(), 1u);
  EXPECT_TRUE(graph->Search(space, query, {10, 0, 1e30f}, Bitmap(data.rows), &steps).empty());
}

TEST(GraphTest, FindsWhatBruteForceFinds) {
  const Data data(3000, 48, 1);
  for (const Distance distance : {Distance::kDot, Distance::kEuclid}) {
    const GraphSpace space = data.Space(distance);
    const Bitmap all(data.rows, true);
    const auto graph = Graph::Build(space, all, {}, nullptr);
    EXPECT_GT(Recall(*graph, space, data, all, 64), 0.97);
    Bitmap half(data.rows);
    for (uint32_t row = 0; row < data.rows; row += 2) half.Set(row);
    EXPECT_GT(Recall(*graph, space, data, half, 64), 0.97);
  }
}

TEST(GraphTest, SameCodesSameGraph) {
  const Data data(800, 16, 2);
  const Bitmap all(data.rows, true);
  const auto a = Graph::Build(data.Space(Distance::kDot), all, {}, nullptr);
  const auto b = Graph::Build(data.Space(Distance::kDot), all, {}, nullptr);
  EXPECT_EQ(a->Encode(), b->Encode());
}

TEST(GraphTest, CancellingGivesNothing) {
  const Data data(100, 8, 3);
  EXPECT_EQ(Graph::Build(data.Space(Distance::kDot), Bitmap(100, true), {}, [] { return false; }), nullptr);
}

TEST(GraphTest, EncodingComesBackAndDamageIsRefused) {
  const Data data(300, 8, 4);
  Bitmap present(data.rows, true);
  present.Clear(7);
  const auto graph = Graph::Build(data.Space(Distance::kEuclid), present, {}, nullptr);
  const std::string encoded = graph->Encode();
  const auto decoded = Graph::Decode(encoded, data.rows);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ((*decoded)->Encode(), encoded);
  EXPECT_FALSE(Graph::Decode(encoded, data.rows + 1).ok());
  for (size_t cut = 0; cut < encoded.size(); cut += 97) EXPECT_FALSE(Graph::Decode(encoded.substr(0, cut), data.rows).ok());
  // A decoded graph never leads outside its rows, whatever the bytes are.
  std::mt19937 random(5);
  for (int i = 0; i < 2000; ++i) {
    std::string damaged = encoded;
    damaged[random() % damaged.size()] ^= char(1 << random() % 8);
    const auto result = Graph::Decode(damaged, data.rows);
    if (!result.ok()) continue;
    uint64_t steps = 0;
    (void)(*result)->Search(data.Space(Distance::kEuclid), PrepareBytes(data.vectors[0].data(), 8), {.width = 10}, present, &steps);
  }
}

// Half of the rows die; every live row must still find itself, and recall must hold.
TEST(GraphTest, HealedGraphsFindEveryLiveRow) {
  const Data data(3000, 32, 6);
  const GraphSpace space = data.Space(Distance::kEuclid);
  const auto graph = Graph::Build(space, Bitmap(data.rows, true), {}, nullptr);
  std::mt19937 random(7);
  for (const uint32_t percent : {20u, 50u, 90u}) {
    Bitmap dead(data.rows);
    for (uint32_t row = 0; row < data.rows; ++row) {
      if (random() % 100 < percent) dead.Set(row);
    }
    Data live(0, 32, 0);
    for (uint32_t row = 0; row < data.rows; ++row) {
      if (dead.Test(row)) continue;
      live.codes.insert(live.codes.end(), &data.codes[row * 32], &data.codes[row * 32] + 32);
      live.scale.push_back(data.scale[row]);
      live.norm.push_back(data.norm[row]);
      live.vectors.push_back(data.vectors[row]);
    }
    live.rows = uint32_t(live.vectors.size());
    const GraphSpace live_space = live.Space(Distance::kEuclid);
    const Bitmap present(live.rows, true);
    const auto healed = Graph::Heal(*graph, dead, live_space, present, {});
    ASSERT_NE(healed, nullptr);
    uint32_t lost = 0;
    for (uint32_t row = 0; row < live.rows; ++row) {
      uint64_t steps = 0;
      const auto found = healed->Search(live_space, PrepareBytes(live.vectors[row].data(), 32), {.width = 64}, present, &steps);
      lost += std::none_of(found.begin(), found.end(), [&](const Neighbour& n) { return n.row == row; });
    }
    EXPECT_EQ(lost, 0u) << percent << " % dead";
    EXPECT_GT(Recall(*healed, live_space, live, present, 64), 0.95) << percent << " % dead";
  }
}

}  // namespace
}  // namespace sidecar
