// Disks that fail, are full, or return other bits than were written.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>

#include "src/engine/crash_testing.h"

namespace sidecar {
namespace {

// Call number n fails; then the disk is well again. Whatever was acknowledged, before or after, must be there.
TEST(CrashTest, EveryFailedCallLeavesAcknowledgementsTruthful) {
  const unsigned seed = Seed();
  Oracle oracle(seed);
  uint64_t runs = 0;
  for (const Code code : {Code::kIoError, Code::kResourceExhausted}) {
    for (uint64_t fail_at = 0;; ++fail_at) {
      SimEnv env(seed);
      uint64_t call = 0;
      bool failed = false;
      auto opened = OpenIn(&env, CrashConfig());
      ASSERT_TRUE(opened.ok());
      auto c = std::move(*opened);
      env.before = [&](const std::string& name, const std::string& path) {
        // A full disk refuses only what needs space.
        const bool counts = code == Code::kIoError || name == "create" || name == "mkdir" ||
                            (name == "write" && path.find("log-") == std::string::npos);
        if (!counts || call++ != fail_at) return Status();
        failed = true;
        return Status(code, name + " " + path + ": injected");
      };
      uint64_t acknowledged = 0, begun = 0;
      for (uint64_t i = 0; i < 40; ++i) {
        begun = i + 1;
        if (!c->Apply(Scripted(seed, i)).ok()) break;
        acknowledged = i + 1;
      }
      env.before = nullptr;
      for (const bool power_loss : {false, true}) {
        SimEnv after(power_loss ? env.DurableImage() : env.CurrentImage(), 5);
        ExpectPrefix(&after, &oracle, acknowledged, begun,
                     "call " + std::to_string(fail_at) + (power_loss ? " and power loss" : "") + " " + CodeName(code));
      }
      if (::testing::Test::HasFatalFailure()) return;
      ++runs;
      if (!failed) break;
    }
  }
  EXPECT_GT(runs, 100u);
}

TEST(CrashTest, AFailedSyncMakesTheCollectionReadOnlyAndReadsGoOn) {
  SimEnv env;
  auto c = std::move(*OpenIn(&env, CrashConfig()));
  std::mt19937 random(1);
  ASSERT_TRUE(c->Apply(Upsert({MakePoint(&random, 1, 4)})).ok());
  const Model before = Contents(c.get());
  env.before = [](const std::string& call, const std::string&) { return call == "sync" ? IoError("fdatasync: injected") : Status(); };
  EXPECT_EQ(c->Apply(Upsert({MakePoint(&random, 2, 4)})).status().code(), Code::kIoError);
  env.before = nullptr;
  EXPECT_EQ(c->Apply(Upsert({MakePoint(&random, 3, 4)})).status().code(), Code::kReadOnly);
  EXPECT_TRUE(c->Stats().read_only);
  EXPECT_NE(c->Stats().read_only_reason.find("fdatasync"), std::string::npos);
  EXPECT_EQ(Contents(c.get()), before);
}

// No room for segments: rows wait in memory and in the log, writers are told, and all goes on by itself when there is room again.
TEST(CrashTest, AFullDiskIsWaitedForAndNothingIsLost) {
  SimEnv env;
  std::atomic<bool> full = false;
  env.before = [&](const std::string& call, const std::string& path) {
    const bool refused = full && call == "create" && path.find("seg-") != std::string::npos;
    return refused ? Status(Code::kResourceExhausted, "open " + path + ": No space left on device") : Status();
  };
  ASSERT_TRUE(OpenIn(&env, CrashConfig()).ok());
  auto c = std::move(*OpenCollection(&env, "db/c", {}));
  std::mt19937 random(1);
  uint64_t id = 0;
  Status refused;
  full = true;
  for (; id < 1000 && refused.ok(); ++id) refused = c->Apply(Upsert({MakePoint(&random, id, 4)})).status();
  EXPECT_EQ(refused.code(), Code::kResourceExhausted) << refused.ToString();
  EXPECT_NE(refused.message().find("No space"), std::string::npos);
  EXPECT_FALSE(c->Stats().read_only);
  EXPECT_EQ(Contents(c.get()).size(), id - 1);
  full = false;
  Status again(Code::kResourceExhausted, "");
  for (int attempt = 0; attempt < 200 && again.code() == Code::kResourceExhausted; ++attempt) {
    again = c->Apply(Upsert({MakePoint(&random, id, 4)})).status();
    if (!again.ok()) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  ASSERT_TRUE(again.ok()) << again.ToString();
  ASSERT_TRUE(c->Flush().ok());
  EXPECT_EQ(Contents(c.get()).size(), id);
  c.reset();
  auto reopened = std::move(*OpenCollection(&env, "db/c", {}));
  EXPECT_EQ(Contents(reopened.get()).size(), id);
}

// Every bit of every stored file: the collection is refused, or what it answers is right.
TEST(CrashTest, EveryFlippedBitIsNoticedOrHarmless) {
  SimEnv env;
  const unsigned seed = Seed();
  Oracle oracle(seed);
  uint64_t operations = 30;
  {
    auto c = std::move(*OpenIn(&env, CrashConfig()));
    for (uint64_t i = 0; i < operations; ++i) ASSERT_TRUE(c->Apply(Scripted(seed, i)).ok());
  }
  const auto image = env.CurrentImage();
  uint64_t flips = 0, refused = 0;
  std::mt19937 random(seed);
  for (const auto& [path, content] : image) {
    if (content == SimEnv::kDirectory || path.find("/free-") != std::string::npos) continue;
    // Large files are mostly zeros: their used bytes all, the rest sampled.
    for (size_t byte = 0; byte < content.size(); ++byte) {
      if (content[byte] == 0 && random() % (Long() ? 64 : 2048) != 0) continue;
      if (!Long() && random() % 4 != 0) continue;
      auto damaged = image;
      damaged[path][byte] ^= char(1 << random() % 8);
      SimEnv after(damaged, 3);
      CollectionOptions options;
      options.background = false;
      ++flips;
      auto opened = OpenCollection(&after, "db/c", options);
      if (!opened.ok()) {
        ASSERT_EQ(opened.status().code(), Code::kCorruption) << path << " byte " << byte << " " << opened.status().ToString();
        ++refused;
        continue;
      }
      ScrollRequest all;
      all.limit = 1000;
      all.with_payload.enabled = all.with_vectors.enabled = true;
      const auto page = (*opened)->Scroll(all);
      if (!page.ok()) {
        ASSERT_EQ(page.status().code(), Code::kCorruption);
        ++refused;
        continue;
      }
      Model found;
      for (const Record& r : page->records) found[r.id.low] = Describe(r);
      ASSERT_EQ(found, oracle.After(operations)) << path << " byte " << byte;
    }
  }
  std::printf("bit flips: %llu tried, %llu refused, the rest in bytes nobody reads\n", (unsigned long long)flips, (unsigned long long)refused);
  EXPECT_GT(refused, flips / 4);
}

}  // namespace
}  // namespace sidecar
