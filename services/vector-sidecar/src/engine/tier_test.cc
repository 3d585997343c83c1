// Graphs and lists inside a collection: recall, churn, healing, rebuilding, planning.
#include <cmath>
#include <set>

#include "src/engine/planner.h"
#include "src/engine/testing.h"

namespace sidecar {
namespace {

// Clustered vectors, as embeddings are.
std::vector<float> Clustered(std::mt19937* random, uint32_t d) {
  std::mt19937 centre((*random)() % 30);
  std::vector<float> v = RandomVector(&centre, d);
  const std::vector<float> noise = RandomVector(random, d);
  for (uint32_t i = 0; i < d; ++i) v[i] += 0.6f * noise[i];
  return v;
}

// Costs under which every index is used wherever it keeps its recall, however small the test's data.
const ScanCosts kIndexesAreFree = {1.0, 0.001, 0.5, 0.0};

struct Tiered {
  SimEnv env;
  CollectionConfig config;
  std::unique_ptr<Collection> c;
  std::mt19937 random{5};
  std::map<uint64_t, std::vector<float>> live;

  Tiered(Tier tier, uint32_t dimension, Distance distance = Distance::kCosine) {
    config = SmallConfig(dimension, distance);
    config.tier = tier;
    config.seal_rows = 1500;
    config.index_rows = 500;
    config.log_bytes = 1 << 20;
    Reopen();
  }
  void Reopen() {
    c.reset();
    auto opened = OpenIn(&env, config, nullptr, &kIndexesAreFree);
    ASSERT_TRUE(opened.ok()) << opened.status().ToString();
    c = std::move(*opened);
  }
  void Put(uint64_t id) { Put(id, Clustered(&random, config.vectors[0].dimension)); }
  void Put(uint64_t id, std::vector<float> vector) {
    Point p;
    p.id = PointId::Number(id);
    p.vectors[""] = live[id] = std::move(vector);
    p.payload["even"] = Value{id % 2 == 0};
    ASSERT_TRUE(c->Apply(Upsert({p})).ok());
  }
  // Strategies seen are gathered into *used.
  double Recall(std::set<std::string>* used, const std::optional<Filter>& filter = {}) {
    double hits = 0, wanted = 0;
    for (int q = 0; q < 40; ++q) {
      SearchRequest request;
      request.query = Clustered(&random, config.vectors[0].dimension);
      request.filter = filter;
      Explain explain;
      const auto fast = c->Search(request, &explain);
      for (const PartPlan& plan : explain.parts) used->insert(plan.strategy);
      request.exact = true;
      const auto exact = c->Search(request);
      EXPECT_TRUE(fast.ok() && exact.ok());
      for (const Record& r : *exact) {
        wanted += 1;
        for (const Record& f : *fast) hits += f.id == r.id;
      }
    }
    return hits / wanted;
  }
  uint64_t SelfMisses() {
    uint64_t misses = 0;
    for (const auto& [id, vector] : live) {
      SearchRequest request;
      request.query = vector;
      request.limit = 1;
      const auto found = c->Search(request);
      EXPECT_TRUE(found.ok());
      misses += found->empty() || (*found)[0].id.low != id;
    }
    return misses;
  }
};

TEST(TierTest, GraphsAndListsKeepTheirRecall) {
  for (const Tier tier : {Tier::kHot, Tier::kProject, Tier::kHistorical}) {
    Tiered t(tier, 256);
    for (uint64_t id = 0; id < 4000; ++id) t.Put(id);
    std::set<std::string> used;
    EXPECT_GT(t.Recall(&used), tier == Tier::kHistorical ? 0.9 : 0.95) << int(tier);
    EXPECT_EQ(t.c->Stats().indexed_rows > 0, tier != Tier::kProject);
    EXPECT_TRUE(used.contains(tier == Tier::kHot ? "graph" : tier == Tier::kProject ? "bits" : "lists"));
    Filter even;
    even.must = {MatchAny{"even", {true}}};
    EXPECT_GT(t.Recall(&used, even), 0.9) << int(tier);
  }
}

// Rows closer to each other than a byte can tell: the wider the search, the more of them are compared in full.
TEST(TierTest, AWideSearchTellsNearCopiesApart) {
  Tiered t(Tier::kHot, 128);
  const std::vector<float> original = Clustered(&t.random, 128);
  for (uint64_t id = 0; id < 4000; ++id) {
    std::vector<float> vector = Clustered(&t.random, 128);
    if (id % 30 == 0) {
      for (uint32_t i = 0; i < 128; ++i) vector[i] = original[i] + 5e-3f * vector[i];
    }
    t.Put(id, std::move(vector));
  }
  double hits = 0;
  for (uint64_t id = 0; id < 3000; id += 300) {
    SearchRequest request;
    request.query = t.live[id];
    request.ef = 256;
    Explain explain;
    const auto fast = t.c->Search(request, &explain);
    EXPECT_GT(explain.reranked, 60u);
    request.exact = true;
    const auto exact = t.c->Search(request);
    ASSERT_TRUE(fast.ok() && exact.ok());
    for (const Record& r : *exact) {
      for (const Record& f : *fast) hits += f.id == r.id;
    }
  }
  EXPECT_GE(hits / 100, 0.95);
}

TEST(TierTest, AWideSearchComparesInFullOnlyWhatBytesCannotDecide) {
  Tiered t(Tier::kHot, 128);
  for (uint64_t id = 0; id < 3000; ++id) t.Put(id);
  for (int q = 0; q < 20; ++q) {
    SearchRequest request;
    request.query = Clustered(&t.random, 128);
    request.ef = 500;
    Explain explain;
    const auto fast = t.c->Search(request, &explain);
    EXPECT_LT(explain.reranked, 100u);
    request.exact = true;
    const auto exact = t.c->Search(request);
    ASSERT_TRUE(fast.ok() && exact.ok());
    for (size_t i = 0; i < exact->size(); ++i) EXPECT_EQ((*fast)[i].id, (*exact)[i].id) << i;
  }
}

// Of rows whose components are all alike, rounding errs in all components the same way: by far more than if its errors were independent.
TEST(TierTest, RoundingThatErrsInOneDirectionIsAllowedFor) {
  constexpr uint32_t kDimension = 32;
  Tiered t(Tier::kProject, kDimension, Distance::kDot);
  std::uniform_real_distribution<float> uniform;
  for (uint64_t id = 0; id < 3000; ++id) {
    std::vector<float> vector(kDimension, uniform(t.random));
    vector[0] = 2 + 14 * uniform(t.random);  // sets the row's scale; the query does not look at it
    t.Put(id, std::move(vector));
  }
  SearchRequest request;
  request.query.assign(kDimension, 0.5f);
  request.query[0] = 0;
  request.ef = 500;
  Explain explain;
  const auto fast = t.c->Search(request, &explain);
  request.exact = true;
  const auto exact = t.c->Search(request);
  ASSERT_TRUE(fast.ok() && exact.ok());
  for (size_t i = 0; i < exact->size(); ++i) EXPECT_EQ((*fast)[i].id, (*exact)[i].id) << i << " of " << explain.reranked;
}

// Half deleted, 30 % updated: every live vector must still find itself (graphs healed, not only built).
TEST(TierTest, ChurnLosesNoLiveVector) {
  for (const Tier tier : {Tier::kHot, Tier::kProject}) {
    Tiered t(tier, 32);
    const uint64_t n = 3000;
    for (uint64_t id = 0; id < n; ++id) t.Put(id);
    std::vector<uint64_t> gone;
    for (uint64_t id = 0; id < n; id += 2) {
      gone.push_back(id);
      t.live.erase(id);
    }
    for (size_t i = 0; i < gone.size(); i += 50) {
      ASSERT_TRUE(t.c->Apply(Delete({gone.begin() + long(i), gone.begin() + long(std::min(gone.size(), i + 50))})).ok());
    }
    for (uint64_t id = 1; id < n * 6 / 10; id += 2) t.Put(id);
    EXPECT_EQ(*t.c->Count({}), t.live.size());
    EXPECT_EQ(t.SelfMisses(), 0u) << int(tier);
    ASSERT_TRUE(t.c->Flush().ok());
    EXPECT_EQ(t.SelfMisses(), 0u) << int(tier);
    EXPECT_EQ(t.c->Stats().graphs_healed > 0, tier == Tier::kHot);
    t.Reopen();
    EXPECT_EQ(t.SelfMisses(), 0u) << int(tier);
  }
}

TEST(TierTest, DamagedIndexFilesAreBuiltAgain) {
  for (const Tier tier : {Tier::kHot, Tier::kHistorical}) {
    Tiered t(tier, 256);
    for (uint64_t id = 0; id < 1600; ++id) t.Put(id);
    t.c.reset();
    const auto image = t.env.CurrentImage();
    int files = 0;
    for (const auto& [path, content] : image) {
      if (path.find("/idx-") == std::string::npos) continue;
      ++files;
      for (const size_t at : {size_t(9), content.size() / 2, content.size() - 2}) {
        auto damaged = image;
        damaged[path][at] ^= 0x10;
        SimEnv env(damaged, 1);
        auto c = OpenIn(&env, t.config);
        ASSERT_TRUE(c.ok()) << c.status().ToString();
        SearchRequest request;
        request.query = t.live.at(3);
        request.limit = 1;
        const auto found = (*c)->Search(request);
        ASSERT_TRUE(found.ok()) << found.status().ToString();
        EXPECT_EQ((*found)[0].id.low, 3u);
        EXPECT_GT((*c)->Stats().indexed_rows, 0u);
      }
    }
    EXPECT_GT(files, 0);
  }
}

TEST(PlannerTest, TightFiltersAreScannedLooseOnesWalked) {
  const ScanCosts costs;
  PartFacts part{100000, 0, true, true, true, false};
  SearchShape shape{768, Distance::kCosine, 10, 64, 100, false};
  const auto at = [&](uint32_t allowed) {
    part.allowed = allowed;
    return ChooseStrategy(part, shape, costs);
  };
  EXPECT_EQ(at(0), Strategy::kNone);
  EXPECT_EQ(at(100), Strategy::kExact);
  EXPECT_EQ(at(20000), Strategy::kBits);
  EXPECT_EQ(at(100000), Strategy::kGraph);
  part.graph = false;
  EXPECT_EQ(at(100000), Strategy::kBits);
  part.bits = false;
  EXPECT_EQ(at(100000), Strategy::kBytes);
  shape.exact = true;
  EXPECT_EQ(at(100000), Strategy::kExact);
  shape.exact = false;
  shape.distance = Distance::kManhattan;
  EXPECT_EQ(at(100000), Strategy::kExact);
}

TEST(PlannerTest, CutOversAreMonotonic) {
  const ScanCosts& costs = MeasuredCosts();
  EXPECT_GT(costs.exact_per_component, 0);
  EXPECT_GT(costs.bits_per_component, 0);
  for (const uint32_t d : {64u, 512u, 1536u}) {
    int last = 0;
    for (uint32_t allowed = 1; allowed <= 1000000; allowed *= 2) {
      const PartFacts part{1000000, allowed, true, true, true, false};
      const int rank = int(ChooseStrategy(part, {d, Distance::kCosine, 10, 64, 100, false}, costs));
      EXPECT_GE(rank, last) << d << " " << allowed;  // exact, then bits, then graph
      last = rank;
    }
  }
}

}  // namespace
}  // namespace sidecar
