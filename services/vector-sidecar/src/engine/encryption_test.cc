// Encryption at rest, seen from the disk: nothing readable, nothing exchangeable, nothing to be put back from an older copy.
#include <cstring>

#include "sidecar/database.h"
#include "src/engine/snapshot.h"
#include "src/engine/testing.h"

namespace sidecar {
namespace {

class EncryptionTest : public ::testing::Test {
 protected:
  EncryptionTest() : master_(*MasterKey::FromBytes(std::string(32, 'k'))) {}

  Result<std::unique_ptr<Database>> Open(Env* env, bool rotate = false) {
    return Database::Open(env, "data", {&master_, rotate, false});
  }
  void Make(Database* db, const std::string& name) {
    CollectionConfig config = SmallConfig(8);
    config.seal_rows = 20;
    config.encrypted = true;
    ASSERT_TRUE(db->Create(name, config).ok());
  }
  void Put(Database* db, const std::string& name, uint64_t first, uint64_t count) {
    auto c = *db->Get(name);
    for (uint64_t id = first; id < first + count; ++id) {
      Point p = MakePoint(&random_, id, 8);
      p.payload["secret"] = Value{std::string("PLAINTEXT-MARKER")};
      ASSERT_TRUE(c->Apply(Upsert({p})).ok());
    }
  }
  MasterKey master_;
  std::mt19937 random_{1};
};

TEST_F(EncryptionTest, NothingReadableReachesTheDiskAndAllComesBack) {
  SimEnv env;
  std::string digest;
  {
    auto db = std::move(*Open(&env));
    Make(db.get(), "a");
    Put(db.get(), "a", 0, 70);
    digest = *(*db->Get("a"))->StateDigest();
    ASSERT_TRUE(db->CreateSnapshot("a", 1).ok());
  }
  for (const auto& [path, content] : env.CurrentImage()) EXPECT_EQ(content.find("PLAINTEXT-MARKER"), std::string::npos) << path;
  auto db = std::move(*Open(&env));
  ASSERT_TRUE(db->Get("a").ok()) << db->Get("a").status().ToString();
  EXPECT_EQ(*(*db->Get("a"))->StateDigest(), digest);
  EXPECT_TRUE(VerifySnapshot(&env, "data/snapshots/a/a-1.snapshot").ok());
}

TEST_F(EncryptionTest, AWrongOrMissingMasterKeyOpensNothing) {
  SimEnv env;
  {
    auto db = std::move(*Open(&env));
    Make(db.get(), "a");
    Put(db.get(), "a", 0, 5);
  }
  const MasterKey other = *MasterKey::FromBytes(std::string(64, 'a'));
  EXPECT_FALSE(Database::Open(&env, "data", {&other, false, false}).ok());
  auto without = std::move(*Database::Open(&env, "data", {nullptr, false, false}));
  EXPECT_EQ(without->Get("a").status().code(), Code::kCorruption);
  EXPECT_FALSE(MasterKey::FromBytes("short").ok());
  EXPECT_FALSE(MasterKey::FromCommand("exit 1").ok());
  EXPECT_TRUE(MasterKey::FromCommand("printf %064d 7").ok());
}

TEST_F(EncryptionTest, SwappedFilesAndOldCopiesAreRefused) {
  SimEnv env;
  auto db = std::move(*Open(&env));
  Make(db.get(), "a");
  Make(db.get(), "b");
  Put(db.get(), "a", 0, 45);
  Put(db.get(), "b", 0, 45);
  db.reset();
  const auto old = env.CurrentImage();
  db = std::move(*Open(&env));
  Put(db.get(), "a", 100, 45);
  db.reset();
  const auto now = env.CurrentImage();

  const auto expect_refused = [&](const SimEnv::Image& image, const std::string& what) {
    SimEnv damaged(image, 9);
    auto opened = Open(&damaged);
    if (!opened.ok()) return;
    EXPECT_EQ((*opened)->Get("a").status().code(), Code::kCorruption) << what;
  };
  int tried = 0;
  for (const auto& [path, content] : now) {
    if (!path.starts_with("data/collections/a/") || content == SimEnv::kDirectory || path.find("/free-") != std::string::npos) continue;
    // The same file of another collection.
    const std::string twin = "data/collections/b/" + path.substr(strlen("data/collections/a/"));
    if (now.contains(twin) && now.at(twin) != content) {
      auto image = now;
      image[path] = now.at(twin);
      expect_refused(image, "swapped " + path);
      ++tried;
    }
    // The same file as it was before.
    if (old.contains(path) && old.at(path) != content) {
      auto image = now;
      image[path] = old.at(path);
      expect_refused(image, "rolled back " + path);
      ++tried;
    }
  }
  // The whole collection put back from an older copy, every part in itself genuine.
  auto image = now;
  std::erase_if(image, [](const auto& e) { return e.first.starts_with("data/collections/a/"); });
  for (const auto& [path, content] : old) {
    if (path.starts_with("data/collections/a/")) image[path] = content;
  }
  expect_refused(image, "rolled back as a whole");
  EXPECT_GT(tried, 3);
  SimEnv untouched(now, 9);
  EXPECT_TRUE((*Open(&untouched))->Get("a").ok());
}

TEST_F(EncryptionTest, RotationReachesEverySegmentAndOldDataStaysReadable) {
  SimEnv env;
  std::string digest;
  {
    auto db = std::move(*Open(&env));
    Make(db.get(), "a");
    Put(db.get(), "a", 0, 70);
  }
  {
    auto db = std::move(*Open(&env, true));
    ASSERT_TRUE(db->Get("a").ok()) << db->Get("a").status().ToString();
    Put(db.get(), "a", 100, 3);
    ASSERT_TRUE((*db->Get("a"))->Flush().ok());
    digest = *(*db->Get("a"))->StateDigest();
  }
  uint64_t segments = 0;
  for (const auto& [path, content] : env.CurrentImage()) {
    if (path.find("/seg-") == std::string::npos) continue;
    ++segments;
    EXPECT_EQ(content[12], 2) << path;  // number of the data key
  }
  EXPECT_GT(segments, 0u);
  // The old key is destroyed with the last file that needed it.
  const KeyRing left = *ReadKeyFile(&env, "data/collections/a", master_);
  EXPECT_EQ(left.raw.size(), 1u);
  EXPECT_EQ(left.current, 2u);
  auto db = std::move(*Open(&env));
  EXPECT_EQ(*(*db->Get("a"))->StateDigest(), digest);
}

TEST_F(EncryptionTest, PlainCollectionsLiveBesideEncryptedOnesAndDropsAreFinal) {
  SimEnv env;
  {
    auto db = std::move(*Open(&env));
    Make(db.get(), "a");
    ASSERT_TRUE(db->Create("plain", SmallConfig(8)).ok());
    Put(db.get(), "plain", 0, 30);
    EXPECT_EQ(db->Create("a", SmallConfig(8)).code(), Code::kAlreadyExists);
    for (const char* bad : {"", "a/b", "..", "x.tmp"}) EXPECT_EQ(db->Create(bad, SmallConfig(8)).code(), Code::kInvalidArgument) << bad;
    EXPECT_TRUE(*db->Drop("a"));
    EXPECT_FALSE(*db->Drop("a"));
    Make(db.get(), "a");  // the same name, another collection
    Put(db.get(), "a", 0, 3);
  }
  auto db = std::move(*Open(&env));
  EXPECT_EQ(db->List(), (std::vector<std::string>{"a", "plain"}));
  EXPECT_EQ(*(*db->Get("a"))->Count({}), 3u);
  EXPECT_EQ(*(*db->Get("plain"))->Count({}), 30u);
}

}  // namespace
}  // namespace sidecar
