#include "sidecar/collection.h"

#include <cmath>
#include <limits>
#include <thread>

#include "src/engine/compaction.h"
#include "src/engine/snapshot.h"
#include "src/engine/testing.h"

namespace sidecar {
namespace {

class CollectionTest : public ::testing::Test {
 protected:
  void Open(const CollectionConfig& config) {
    collection_.reset();
    auto opened = OpenIn(&env_, config);
    ASSERT_TRUE(opened.ok()) << opened.status().ToString();
    collection_ = std::move(*opened);
  }
  void Put(uint64_t first, uint64_t count, uint32_t dimension) {
    std::vector<Point> points;
    for (uint64_t id = first; id < first + count; ++id) points.push_back(MakePoint(&random_, id, dimension));
    const auto done = collection_->Apply(Upsert(points));
    ASSERT_TRUE(done.ok()) << done.status().ToString();
  }
  SimEnv env_;
  std::mt19937 random_{7};
  std::unique_ptr<Collection> collection_;
};

TEST_F(CollectionTest, RefusesWhatItCannotCompare) {
  Open(SmallConfig(3));
  Point p;
  p.id = PointId::Number(1);
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(), 1e30f}) {
    p.vectors[""] = {1, bad, 0};
    EXPECT_EQ(collection_->Apply(Upsert({p})).status().code(), Code::kInvalidArgument);
  }
  p.vectors[""] = {1, 2};
  EXPECT_NE(collection_->Apply(Upsert({p})).status().message().find("expected dim: 3, got 2"), std::string::npos);
  p.vectors = {{"other", {1, 2, 3}}};
  EXPECT_EQ(collection_->Apply(Upsert({p})).status().code(), Code::kInvalidArgument);
  EXPECT_EQ(*collection_->Count({}), 0u);
  SearchRequest search;
  search.query = {1, std::nanf(""), 0};
  EXPECT_EQ(collection_->Search(search).status().code(), Code::kInvalidArgument);
}

TEST_F(CollectionTest, EveryOperationSurvivesSealingAndReopening) {
  for (const bool seal : {false, true}) {
    SimEnv env;
    auto c = std::move(*OpenIn(&env, SmallConfig(4)));
    const auto apply = [&](Operation op) {
      ASSERT_TRUE(c->Apply(std::move(op)).ok());
      if (seal) {
        ASSERT_TRUE(c->Apply(FlushOp()).ok());
      }
    };
    std::mt19937 random(3);
    apply(Upsert({MakePoint(&random, 1, 4), MakePoint(&random, 2, 4), MakePoint(&random, 3, 4), MakePoint(&random, 4, 4)}));
    apply(SetPayload({1}, {{"extra", Value{std::string("x")}}}));
    apply(Delete({2}));
    Operation op;
    op.type = OpType::kClearPayload;
    op.ids = {PointId::Number(3)};
    apply(op);
    op.type = OpType::kSetPayload;
    op.ids = {PointId::Number(3)};
    op.key = "deep.er";
    op.payload = {{"k", Value{true}}};
    apply(op);
    op = {};
    op.type = OpType::kDeletePayload;
    op.ids = {PointId::Number(4)};
    op.keys = {"tag"};
    apply(op);
    op = {};
    op.type = OpType::kDeleteVectors;
    op.ids = {PointId::Number(4)};
    op.keys = {""};
    apply(op);
    Operation update;
    update.type = OpType::kUpdateVectors;
    update.points = {MakePoint(&random, 1, 4), MakePoint(&random, 99, 4)};
    update.points[0].vectors[""] = {5, 6, 7, 8};
    apply(update);
    const Model before = Contents(c.get());
    EXPECT_EQ(before.size(), 3u);
    EXPECT_NE(before.at(1).find("extra"), std::string::npos);
    EXPECT_NE(before.at(1).find("5.0"), std::string::npos);
    EXPECT_NE(before.at(3).find("{\"deep\":{\"er\":{\"k\":true}}}"), std::string::npos);
    EXPECT_EQ(before.at(4).find("tag"), std::string::npos);
    EXPECT_EQ(before.at(4).back(), '-');
    const std::string digest = *c->StateDigest();
    c.reset();
    c = std::move(*OpenIn(&env, SmallConfig(4)));
    EXPECT_EQ(Contents(c.get()), before);
    EXPECT_EQ(*c->StateDigest(), digest);
  }
}

TEST_F(CollectionTest, SameLogSameBytes) {
  const auto build = [](SimEnv* env) {
    auto c = std::move(*OpenIn(env, SmallConfig(300)));
    std::mt19937 random(11);
    for (int i = 0; i < 60; ++i) {
      std::vector<Point> points;
      for (int k = 0; k < 10; ++k) points.push_back(MakePoint(&random, random() % 300, 300));
      ASSERT_TRUE(c->Apply(Upsert(points)).ok());
      ASSERT_TRUE(c->Apply(Delete({random() % 300})).ok());
    }
  };
  SimEnv a(1), b(2);  // other random seeds, clocks and log ids
  build(&a);
  build(&b);
  const auto left = a.CurrentImage(), right = b.CurrentImage();
  size_t segments = 0;
  for (const auto& [path, content] : left) {
    if (path.find("/seg-") == std::string::npos && path.find("/idx-") == std::string::npos) continue;
    ++segments;
    ASSERT_TRUE(right.contains(path)) << path;
    EXPECT_TRUE(right.at(path) == content) << path;
  }
  EXPECT_GT(segments, 0u);
}

TEST_F(CollectionTest, ScansFindWhatBruteForceFinds) {
  for (const Distance distance : {Distance::kCosine, Distance::kDot, Distance::kEuclid, Distance::kManhattan}) {
    for (const uint32_t d : {1u, 5u, 64u, 257u, 512u}) {
      SimEnv env;
      CollectionConfig config = SmallConfig(d, distance);
      config.seal_rows = 500;
      auto c = std::move(*OpenIn(&env, config));
      std::mt19937 random(d);
      std::vector<Point> points;
      for (uint64_t id = 0; id < 1200; ++id) points.push_back(MakePoint(&random, id, d));
      ASSERT_TRUE(c->Apply(Upsert(points)).ok());
      double hits = 0, wanted = 0;
      for (int q = 0; q < 20; ++q) {
        SearchRequest request;
        request.query = RandomVector(&random, d);
        const auto fast = c->Search(request);
        request.exact = true;
        const auto exact = c->Search(request);
        ASSERT_TRUE(fast.ok() && exact.ok());
        ASSERT_EQ(exact->size(), 10u);
        for (size_t i = 0; i + 1 < exact->size(); ++i) {
          EXPECT_TRUE(LargerIsBetter(distance) ? (*exact)[i].score >= (*exact)[i + 1].score : (*exact)[i].score <= (*exact)[i + 1].score);
        }
        for (const Record& r : *exact) {
          wanted += 1;
          for (const Record& f : *fast) hits += f.id == r.id;
        }
      }
      EXPECT_GT(hits / wanted, 0.9) << DistanceName(distance) << " " << d;  // random data is the worst case for codes
    }
  }
}

TEST_F(CollectionTest, ScoresAreThoseOfTheDistance) {
  const std::vector<float> x = {3, 4}, q = {1, 0};
  const std::map<Distance, float> expected = {
      {Distance::kCosine, 0.6f}, {Distance::kDot, 3.0f}, {Distance::kEuclid, std::sqrt(20.0f)}, {Distance::kManhattan, 6.0f}};
  for (const auto& [distance, score] : expected) {
    SimEnv env;
    auto c = std::move(*OpenIn(&env, SmallConfig(2, distance)));
    Point p;
    p.id = *PointId::Uuid("f47ac10b-58cc-4372-a567-0e02b2c3d479");
    p.vectors[""] = x;
    ASSERT_TRUE(c->Apply(Upsert({p})).ok());
    SearchRequest request;
    request.query = q;
    const auto found = c->Search(request);
    ASSERT_EQ(found->size(), 1u);
    EXPECT_FLOAT_EQ((*found)[0].score, score);
    EXPECT_EQ((*found)[0].id.ToString(), "f47ac10b-58cc-4372-a567-0e02b2c3d479");
    request.score_threshold = LargerIsBetter(distance) ? score + 0.1f : score - 0.1f;
    EXPECT_TRUE(c->Search(request)->empty());
  }
}

TEST_F(CollectionTest, NamedVectorsAreSearchedApart) {
  CollectionConfig config = SmallConfig();
  config.vectors = {{"code", 512, Distance::kCosine}, {"structure", 256, Distance::kCosine}, {"quality", 3, Distance::kEuclid}};
  Open(config);
  std::vector<Point> points;
  for (uint64_t id = 0; id < 200; ++id) {
    Point p;
    p.id = PointId::Number(id);
    p.vectors["code"] = RandomVector(&random_, 512);
    if (id % 2 == 0) p.vectors["structure"] = RandomVector(&random_, 256);
    if (id % 5 == 0) p.vectors["quality"] = RandomVector(&random_, 3);
    points.push_back(p);
  }
  ASSERT_TRUE(collection_->Apply(Upsert(points)).ok());
  SearchRequest request;
  request.limit = 200;
  request.vector_name = "structure";
  request.query = points[4].vectors["structure"];
  const auto found = collection_->Search(request);
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->size(), 100u);
  EXPECT_EQ((*found)[0].id.low, 4u);
  request.vector_name = "quality";
  request.query = {0, 0, 0};
  EXPECT_EQ(collection_->Search(request)->size(), 40u);
  request.vector_name = "";
  EXPECT_EQ(collection_->Search(request).status().code(), Code::kInvalidArgument);
}

TEST_F(CollectionTest, DeletedAndReplacedRowsGiveTheirSpaceBack) {
  Open(SmallConfig(64));
  Put(0, 1000, 64);
  const uint64_t full = collection_->Stats().segment_bytes;
  std::vector<uint64_t> ids;
  for (uint64_t id = 0; id < 900; ++id) ids.push_back(id);
  ASSERT_TRUE(collection_->Apply(Delete(ids)).ok());
  ASSERT_TRUE(collection_->Flush().ok());
  EXPECT_LT(collection_->Stats().segment_bytes, full / 2);
  EXPECT_EQ(collection_->Stats().deleted_rows, 0u);
  EXPECT_EQ(*collection_->Count({}), 100u);
}

TEST_F(CollectionTest, MemoryLimitPushesBackAndDeletingHelps) {
  CollectionConfig config = SmallConfig(256);
  config.memory_limit_bytes = 3 << 20;
  config.seal_rows = 100000;
  Open(config);
  Status refused;
  uint64_t id = 0;
  for (; id < 100000 && refused.ok(); id += 100) {
    std::vector<Point> points;
    for (uint64_t i = id; i < id + 100; ++i) points.push_back(MakePoint(&random_, i, 256));
    refused = collection_->Apply(Upsert(points)).status();
  }
  EXPECT_EQ(refused.code(), Code::kResourceExhausted) << refused.ToString();
  EXPECT_LE(collection_->Stats().memory_bytes, config.memory_limit_bytes);
  EXPECT_FALSE(collection_->Stats().read_only);
  // Sealed rows live in files: far more of them were taken than the limit has room for vectors.
  EXPECT_GT(id * 256 * sizeof(float), config.memory_limit_bytes * 3 / 2);
  std::vector<uint64_t> ids;
  for (uint64_t i = 0; i < id; ++i) ids.push_back(i);
  ASSERT_TRUE(collection_->Apply(Delete(ids)).ok());
  ASSERT_TRUE(collection_->Flush().ok());
  Put(200000, 100, 256);
}

TEST_F(CollectionTest, SnapshotsAreVerifiedAndRestored) {
  Open(SmallConfig(16));
  Put(0, 300, 16);
  const std::string digest = *collection_->StateDigest();
  ASSERT_TRUE(collection_->Snapshot("db/s1").ok());
  Put(300, 50, 16);
  ASSERT_TRUE(RestoreSnapshot(&env_, "db/s1", "db/r").ok());
  CollectionOptions options;
  options.background = false;
  auto restored = OpenCollection(&env_, "db/r", options);
  ASSERT_TRUE(restored.ok()) << restored.status().ToString();
  EXPECT_EQ(*(*restored)->StateDigest(), digest);
  ASSERT_TRUE((*restored)->Apply(Upsert({MakePoint(&random_, 1, 16)})).ok());
  // Writing to the restored collection leaves the snapshot alone.
  EXPECT_TRUE(VerifySnapshot(&env_, "db/s1").ok());
  auto image = env_.CurrentImage();
  for (auto& [path, content] : image) {
    if (!path.starts_with("db/s1/")) continue;
    SimEnv damaged(image, 1);
    auto file = std::move(*damaged.Open(path, OpenMode::kReadWrite));
    ASSERT_TRUE(file->Write(content.size() / 2, content[content.size() / 2] == 'x' ? "y" : "x").ok());
    EXPECT_FALSE(RestoreSnapshot(&damaged, "db/s1", "db/r2").ok()) << path;
  }
}

// Real threads, real disk: writers, readers and the background worker together (also run under TSan).
TEST_F(CollectionTest, WritersReadersAndBackgroundWorkTogether) {
  char name[] = "/tmp/sidecar-test-XXXXXX";
  ASSERT_NE(mkdtemp(name), nullptr);
  const std::string directory = std::string(name) + "/c";
  CollectionConfig config = SmallConfig(32);
  config.seal_rows = 200;
  ASSERT_TRUE(CreateCollection(PosixEnv(), directory, config, nullptr).ok());
  std::string digest;
  {
    auto c = std::move(*OpenCollection(PosixEnv(), directory, {}));
    std::atomic<bool> stop = false;
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < 2; ++t) {
      threads.emplace_back([&, t] {
        std::mt19937 random(t);
        for (int i = 0; i < 60; ++i) {
          std::vector<Point> points;
          for (int k = 0; k < 20; ++k) points.push_back(MakePoint(&random, t * 1000 + random() % 500, 32));
          EXPECT_TRUE(c->Apply(Upsert(points)).ok());
          EXPECT_TRUE(c->Apply(Delete({t * 1000 + random() % 500})).ok());
          Point own = MakePoint(&random, 5000 + t, 32);
          EXPECT_TRUE(c->Apply(Upsert({own})).ok());
          // Read your own write, at once.
          EXPECT_EQ(c->Get({own.id}, {}, {true, {}})->at(0).vectors.at(""), own.vectors.at(""));
        }
      });
    }
    std::thread reader([&] {
      std::mt19937 random(9);
      while (!stop) {
        SearchRequest request;
        request.query = RandomVector(&random, 32);
        EXPECT_TRUE(c->Search(request).ok());
        EXPECT_TRUE(c->Count({}).ok());
        (void)c->Stats();
      }
    });
    for (auto& t : threads) t.join();
    stop = true;
    reader.join();
    ASSERT_TRUE(c->Flush().ok());
    EXPECT_GT(c->Stats().segments, 0u);
    digest = *c->StateDigest();
  }
  auto again = std::move(*OpenCollection(PosixEnv(), directory, {}));
  EXPECT_EQ(*again->StateDigest(), digest);
  again.reset();
  EXPECT_TRUE(PosixEnv()->RemoveTree(name).ok());
}

TEST(CompactionTest, MergesNeighboursOfOneClassAndRewritesTheDead) {
  EXPECT_EQ(ChooseMerges({{100, 100}}, 100).size(), 1u);
  const auto four = ChooseMerges({{100, 100}, {100, 100}, {100, 100}, {90, 90}}, 100);
  ASSERT_EQ(four.size(), 1u);
  EXPECT_EQ(four[0].count, 4u);
  EXPECT_TRUE(ChooseMerges({{400, 400, true}, {1, 1}}, 100)[0].rewrite);
  const auto kept = ChooseMerges({{400, 400}, {100, 79}, {100, 80}, {10, 10}}, 100);
  ASSERT_EQ(kept.size(), 4u);
  EXPECT_FALSE(kept[0].rewrite);
  EXPECT_TRUE(kept[1].rewrite);
  EXPECT_FALSE(kept[2].rewrite);
  EXPECT_TRUE(kept[3].rewrite);
}

}  // namespace
}  // namespace sidecar
