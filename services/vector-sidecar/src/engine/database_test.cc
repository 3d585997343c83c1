// What a data directory keeps beside its collections, and settings that change while the collection is there.
#include "sidecar/database.h"

#include <cstdio>

#include "src/engine/testing.h"

namespace sidecar {
namespace {

using Names = std::map<std::string, std::string>;

std::unique_ptr<Database> OpenData(Env* env) {
  auto database = Database::Open(env, "data", {nullptr, false, false});
  EXPECT_TRUE(database.ok()) << database.status().ToString();
  return database.ok() ? std::move(*database) : nullptr;
}

AliasChange Create(const char* alias, const char* collection) { return {AliasChange::kCreate, alias, collection, ""}; }
AliasChange Rename(const char* alias, const char* to) { return {AliasChange::kRename, alias, "", to}; }
AliasChange Remove(const char* alias) { return {AliasChange::kDelete, alias, "", ""}; }

TEST(DatabaseTest, AliasesStandForTheirCollections) {
  SimEnv env;
  auto data = OpenData(&env);
  ASSERT_TRUE(data->Create("a", SmallConfig(4)).ok());
  ASSERT_TRUE(data->Create("b", SmallConfig(4)).ok());
  ASSERT_TRUE(data->ChangeAliases({Create("live", "a"), Create("spare", "a")}).ok());
  ASSERT_TRUE((*data->Get("live"))->Apply(Upsert({Point{PointId::Number(1), {{"", {1, 2, 3, 4}}}, {}}})).ok());
  EXPECT_EQ((*data->Get("a"))->Stats().points, 1u);
  EXPECT_TRUE(data->Exists("live"));
  EXPECT_EQ(data->List(), (std::vector<std::string>{"a", "b"}));
  const auto snapshot = data->CreateSnapshot("live", 7);
  ASSERT_TRUE(snapshot.ok());
  EXPECT_EQ(snapshot->name, "a-7.snapshot");
  EXPECT_EQ(data->ListSnapshots("spare")->size(), 1u);

  // All of the changes or none.
  EXPECT_EQ(data->ChangeAliases({Remove("live"), Create("x", "nowhere")}).code(), Code::kNotFound);
  EXPECT_EQ(data->ChangeAliases({Remove("live"), Create("b", "a")}).code(), Code::kAlreadyExists);
  EXPECT_EQ(data->ChangeAliases({Remove("live"), Rename("nobody", "x")}).code(), Code::kNotFound);
  EXPECT_EQ(data->ChangeAliases({Remove("live"), Create("../x", "a")}).code(), Code::kInvalidArgument);
  EXPECT_EQ(data->ListAliases(), (Names{{"live", "a"}, {"spare", "a"}}));
  ASSERT_TRUE(data->ChangeAliases({Rename("spare", "other"), Create("live", "b"), Remove("nobody")}).ok());
  EXPECT_EQ(data->ListAliases(), (Names{{"live", "b"}, {"other", "a"}}));
  EXPECT_EQ(data->Create("live", SmallConfig(4)).code(), Code::kInvalidArgument);
  EXPECT_FALSE(*data->Drop("live")) << "an alias is no collection";

  data.reset();
  data = OpenData(&env);
  EXPECT_EQ(data->ListAliases(), (Names{{"live", "b"}, {"other", "a"}}));
  EXPECT_TRUE(*data->Drop("b"));
  EXPECT_EQ(data->ListAliases(), (Names{{"other", "a"}}));
  ASSERT_TRUE(data->Create("b", SmallConfig(4)).ok());
  data.reset();
  EXPECT_EQ(OpenData(&env)->ListAliases(), (Names{{"other", "a"}})) << "a new collection of the old name has none of its aliases";
}

TEST(DatabaseTest, PowerLossLeavesAliasesBeforeOrAfterAChange) {
  SimEnv env;
  auto data = OpenData(&env);
  ASSERT_TRUE(data->Create("a", SmallConfig(4)).ok());
  ASSERT_TRUE(data->Create("b", SmallConfig(4)).ok());
  ASSERT_TRUE(data->ChangeAliases({Create("live", "a")}).ok());
  const Names before = data->ListAliases(), after = {{"live", "b"}, {"more", "a"}};
  uint64_t images = 0, old = 0;
  bool acknowledged = false;
  const auto open_all = [&] {
    env.ForEachImage(64, [&](const SimEnv::Image& image) {
      SimEnv left(image, 5);
      const Names found = OpenData(&left)->ListAliases();
      EXPECT_TRUE(found == after || (!acknowledged && found == before)) << testing::PrintToString(found);
      old += found == before;
      ++images;
    });
  };
  env.after = open_all;
  ASSERT_TRUE(data->ChangeAliases({Create("live", "b"), Create("more", "a")}).ok());
  env.after = nullptr;
  acknowledged = true;
  open_all();
  std::printf("aliases: %llu images after power loss, %llu of them before the change\n", (unsigned long long)images, (unsigned long long)old);
  EXPECT_GT(old, 0u);
  EXPECT_LT(old, images);
}

TEST(DatabaseTest, ANewDataDirectoryIsOnDiskBeforeAnythingInItIsAcknowledged) {
  SimEnv env;
  auto data = OpenData(&env);
  ASSERT_TRUE(data->Create("a", SmallConfig(4)).ok());
  env.ForEachImage(64, [&](const SimEnv::Image& image) {
    SimEnv left(image, 5);
    EXPECT_EQ(OpenData(&left)->List(), std::vector<std::string>{"a"});
  });
}

TEST(DatabaseTest, DamagedAliasesAreRefusedNotForgotten) {
  SimEnv env;
  auto data = OpenData(&env);
  ASSERT_TRUE(data->Create("a", SmallConfig(4)).ok());
  ASSERT_TRUE(data->ChangeAliases({Create("live", "a")}).ok());
  data.reset();
  const SimEnv::Image image = env.CurrentImage();
  const std::string whole = image.at("data/ALIASES");
  const auto refused = [&](const std::string& bytes) {
    SimEnv::Image damaged = image;
    damaged["data/ALIASES"] = bytes;
    SimEnv other(damaged, 5);
    const auto opened = Database::Open(&other, "data", {nullptr, false, false});
    return !opened.ok() && opened.status().message().find("data/ALIASES") != std::string::npos;
  };
  for (size_t length = 0; length < whole.size(); ++length) EXPECT_TRUE(refused(whole.substr(0, length))) << length;
  for (size_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::string flipped = whole;
    flipped[bit / 8] = char(flipped[bit / 8] ^ (1 << bit % 8));
    EXPECT_TRUE(refused(flipped)) << bit;
  }
}

TEST(DatabaseTest, SettingsChangeAndNothingIsLost) {
  SimEnv env;
  auto data = OpenData(&env);
  ASSERT_TRUE(data->Create("a", SmallConfig(4)).ok());
  ASSERT_TRUE(data->ChangeAliases({Create("live", "a")}).ok());
  std::mt19937 random(1);
  for (uint64_t id = 0; id < 150; ++id) ASSERT_TRUE((*data->Get("a"))->Apply(Upsert({MakePoint(&random, id, 4)})).ok());
  const auto held = *data->Get("a");
  const std::string digest = *held->StateDigest();
  ASSERT_TRUE(data->Reconfigure("live", [](CollectionConfig* c) {
    c->graph_links = 24;
    c->tier = Tier::kProject;
    c->memory_limit_bytes = 1 << 30;
    return Status();
  }).ok());
  EXPECT_EQ((*data->Get("a"))->config().graph_links, 24u);
  EXPECT_EQ(*(*data->Get("a"))->StateDigest(), digest);
  EXPECT_EQ(held->Apply(Delete({1})).status().code(), Code::kUnavailable) << "nothing may be written behind the new one's back";
  ASSERT_TRUE((*data->Get("a"))->Apply(Delete({1})).ok());
  // What is wrong changes nothing, and leaves the collection open as it is.
  const auto now = *data->Get("a");
  EXPECT_EQ(data->Reconfigure("a", [](CollectionConfig* c) { return c->graph_links = 1, Status(); }).code(), Code::kInvalidArgument);
  EXPECT_EQ(data->Reconfigure("a", [](CollectionConfig* c) { return c->vectors[0].dimension = 5, Status(); }).code(), Code::kInvalidArgument);
  EXPECT_EQ(data->Reconfigure("a", [](CollectionConfig*) { return InvalidArgument("no"); }).message(), "no");
  EXPECT_EQ(data->Reconfigure("nowhere", [](CollectionConfig*) { return Status(); }).code(), Code::kNotFound);
  EXPECT_EQ(now, *data->Get("a"));
  data.reset();
  data = OpenData(&env);
  EXPECT_EQ((*data->Get("a"))->config().graph_links, 24u);
  EXPECT_EQ((*data->Get("a"))->Stats().points, 149u);
}

TEST(DatabaseTest, ADropThatFailsCanBeTriedAgain) {
  // Each call on the disk fails once: whatever a collection has come to by then, it is named with its reason or gone, and can be dropped.
  bool failed = true;
  for (int fail = 0; failed; ++fail) {
    SCOPED_TRACE(fail);
    SimEnv env;
    auto data = OpenData(&env);
    ASSERT_TRUE(data->Create("a", SmallConfig(4)).ok());
    std::mt19937 random(1);
    ASSERT_TRUE((*data->Get("a"))->Apply(Upsert({MakePoint(&random, 1, 4)})).ok());
    int call = 0;
    failed = false;
    env.before = [&](const std::string&, const std::string&) {
      if (call++ != fail) return Status();
      failed = true;
      return IoError("injected");
    };
    const auto dropped = data->Drop("a");
    env.before = nullptr;
    const auto after = data->Get("a");
    if (after.ok()) {
      EXPECT_NE(*after, nullptr);
    }
    EXPECT_EQ(data->Exists("a"), after.status().code() != Code::kNotFound);
    if (dropped.ok()) {
      EXPECT_EQ(after.status().code(), Code::kNotFound);
    }
    EXPECT_TRUE(data->Drop("a").ok());
    EXPECT_EQ(data->Get("a").status().code(), Code::kNotFound);
    ASSERT_TRUE(data->Create("a", SmallConfig(4)).ok());
    EXPECT_EQ((*data->Get("a"))->Stats().points, 0u);
  }
}

TEST(DatabaseTest, ASnapshotIsReadAsAnArchive) {
  SimEnv env;
  auto data = OpenData(&env);
  ASSERT_TRUE(data->Create("a", SmallConfig(4)).ok());
  std::mt19937 random(1);
  ASSERT_TRUE((*data->Get("a"))->Apply(Upsert({MakePoint(&random, 1, 4)})).ok());
  ASSERT_TRUE(data->CreateSnapshot("a", 7).ok());
  std::string archive;
  ASSERT_TRUE(data->ReadSnapshot("a", "a-7.snapshot", [&](std::string_view piece) { return archive += piece, Status(); }).ok());
  // Read by the offsets of POSIX ustar alone.
  std::map<std::string, std::string> found;
  size_t at = 0;
  for (; archive[at] != '\0'; at += 512 * ((found.rbegin()->second.size() + 511) / 512)) {
    const std::string name = std::string(&archive[at + 345]) + "/" + std::string(&archive[at]);
    EXPECT_EQ(std::string(&archive[at + 257]), "ustar");
    unsigned sum = 8 * ' ';
    for (size_t i = 0; i < 512; ++i) sum += i >= 148 && i < 156 ? 0 : static_cast<unsigned char>(archive[at + i]);
    EXPECT_EQ(std::stoul(archive.substr(at + 148, 6), nullptr, 8), sum);
    const size_t bytes = std::stoul(archive.substr(at + 124, 11), nullptr, 8);
    at += 512;
    found[name] = archive.substr(at, bytes);
  }
  EXPECT_EQ(archive.size() - at, 1024u) << "two empty blocks end it";
  std::map<std::string, std::string> files;
  for (const auto& [path, content] : env.CurrentImage()) {
    const std::string prefix = "data/snapshots/a/";
    if (path.starts_with(prefix) && content != SimEnv::kDirectory) files[path.substr(prefix.size())] = content;
  }
  EXPECT_EQ(found, files);
  EXPECT_EQ(data->ReadSnapshot("a", "../a", [](std::string_view) { return Status(); }).code(), Code::kInvalidArgument);
  EXPECT_EQ(data->ReadSnapshot("a", "b.snapshot", [](std::string_view) { return Status(); }).code(), Code::kNotFound);
  EXPECT_EQ(data->ReadSnapshot("a", "a-7.snapshot", [](std::string_view) { return IoError("gone"); }).message(), "gone");
}

TEST(DatabaseTest, PowerLossInARecoveryLeavesTheOldStateOrTheSnapshots) {
  SimEnv env;
  auto data = OpenData(&env);
  ASSERT_TRUE(data->Create("a", SmallConfig(4)).ok());
  std::mt19937 random(1);
  for (uint64_t id = 0; id < 5; ++id) ASSERT_TRUE((*data->Get("a"))->Apply(Upsert({MakePoint(&random, id, 4)})).ok());
  ASSERT_TRUE(data->CreateSnapshot("a", 7).ok());
  const Model then = Contents(data->Get("a")->get());
  ASSERT_TRUE((*data->Get("a"))->Apply(Delete({1, 2})).ok());
  ASSERT_TRUE((*data->Get("a"))->Apply(Upsert({MakePoint(&random, 9, 4)})).ok());
  const Model now = Contents(data->Get("a")->get());
  uint64_t images = 0, old = 0;
  bool done = false;
  const auto open_all = [&] {
    env.ForEachImage(48, [&](const SimEnv::Image& image) {
      SimEnv left(image, 5);
      const auto opened = OpenData(&left);
      const auto a = opened->Get("a");
      ASSERT_TRUE(a.ok()) << a.status().ToString();
      const Model found = Contents(a->get());
      EXPECT_TRUE(found == then || (!done && found == now));
      EXPECT_EQ(opened->List().size(), 1u);
      old += found == now;
      ++images;
    });
  };
  env.after = open_all;
  ASSERT_TRUE(data->RecoverSnapshot("a", "a", "a-7.snapshot").ok());
  env.after = nullptr;
  done = true;
  open_all();
  std::printf("recovery: %llu images after power loss, %llu of them before it\n", (unsigned long long)images, (unsigned long long)old);
  EXPECT_GT(old, 0u);
  EXPECT_LT(old, images);
  EXPECT_EQ(Contents(data->Get("a")->get()), then);
  ASSERT_TRUE((*data->Get("a"))->Apply(Delete({0})).ok());
  // Into a collection that is not there yet, and not at all from a damaged snapshot.
  ASSERT_TRUE(data->RecoverSnapshot("b", "a", "a-7.snapshot").ok());
  EXPECT_EQ(Contents(data->Get("b")->get()), then);
  data.reset();
  SimEnv::Image image = env.CurrentImage();
  image["data/snapshots/a/a-7.snapshot/MANIFEST"][20] ^= 1;
  SimEnv damaged(image, 5);
  data = OpenData(&damaged);
  EXPECT_EQ(data->RecoverSnapshot("b", "a", "a-7.snapshot").code(), Code::kCorruption);
  EXPECT_EQ(Contents(data->Get("b")->get()), then);
  EXPECT_EQ(data->RecoverSnapshot("b", "a", "a-8.snapshot").code(), Code::kNotFound);
}

}  // namespace
}  // namespace sidecar
