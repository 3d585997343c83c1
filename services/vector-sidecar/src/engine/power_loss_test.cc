// Power loss at every system call: each image the disk may be left in is opened.
#include <chrono>
#include <cstdio>
#include <set>
#include <thread>

#include "src/engine/crash_testing.h"

namespace sidecar {
namespace {

TEST(CrashTest, PowerLossAtEverySystemCallLosesNothingAcknowledged) {
  const uint64_t operations = Long() ? 40 : 14, limit = Long() ? 4096 : 256;
  uint64_t images = 0, distinct = 0, calls = 0, second_crashes = 0;
  for (unsigned seed = Seed(); seed < Seed() + (Long() ? 6 : 2); ++seed) {
    SimEnv env(seed);
    Oracle oracle(seed);
    uint64_t acknowledged = 0, begun = 0, crashes_in_recovery = 0;
    std::set<size_t> seen;
    env.after = [&] {
      ++calls;
      images += env.ForEachImage(limit, [&](const SimEnv::Image& image) {
        size_t hash = std::hash<uint64_t>()(acknowledged * 1000 + begun);
        for (const auto& [path, content] : image) {
          hash = hash * 31 + std::hash<std::string>()(path) * 7 + std::hash<std::string>()(content);
        }
        if (!seen.insert(hash).second) return;
        ++distinct;
        const std::string where = "seed " + std::to_string(seed) + ", call " + std::to_string(calls);
        SimEnv after_loss(image, 77);
        // Recovery is interrupted too, in some images: it must not lose what it has just shown.
        if (distinct % 16 == 0) {
          after_loss.after = [&] {
            after_loss.ForEachImage(Long() ? 64 : 12, [&](const SimEnv::Image& second) {
              SimEnv twice(second, 78);
              ++crashes_in_recovery;
              ExpectPrefix(&twice, &oracle, acknowledged, begun, where + ", and again in recovery");
            });
          };
        }
        ExpectPrefix(&after_loss, &oracle, acknowledged, begun, where);
      });
    };
    auto c = OpenIn(&env, CrashConfig());
    ASSERT_TRUE(c.ok()) << c.status().ToString();
    for (uint64_t i = 0; i < operations; ++i) {
      begun = i + 1;
      ASSERT_TRUE((*c)->Apply(Scripted(seed, i)).ok());
      acknowledged = i + 1;
      if (::testing::Test::HasFatalFailure()) return;
    }
    env.after = nullptr;
    second_crashes += crashes_in_recovery;
  }
  std::printf("power loss: %llu images after a crash in recovery\n", (unsigned long long)second_crashes);
  std::printf("power loss: %llu system calls, %llu legal images, %llu distinct ones opened\n", (unsigned long long)calls,
              (unsigned long long)images, (unsigned long long)distinct);
  EXPECT_GT(distinct, 100u);
}

// The process dies, its successor recovers from the page cache, and then the power goes: what the successor built upon must not
// have been there only in memory.
TEST(CrashTest, PowerLossAfterRecoveryFromAMereProcessCrash) {
  uint64_t images = 0;
  const unsigned seed = Seed();
  SimEnv env(seed);
  Oracle oracle(seed);
  uint64_t acknowledged = 0, begun = 0;
  env.after = [&] {
    if (!env.Exists("db/c/MANIFEST")) return;
    const auto successor = env.Clone();
    successor->after = [&] {
      successor->ForEachImage(Long() ? 256 : 6, [&](const SimEnv::Image& image) {
        SimEnv after_loss(image, 5);
        ++images;
        ExpectPrefix(&after_loss, &oracle, acknowledged, begun, "operation " + std::to_string(begun));
      });
    };
    ExpectPrefix(successor.get(), &oracle, acknowledged, begun, "recovery at operation " + std::to_string(begun));
  };
  auto c = OpenIn(&env, CrashConfig());
  ASSERT_TRUE(c.ok());
  for (uint64_t i = 0; i < (Long() ? 60u : 25u); ++i) {
    begun = i + 1;
    ASSERT_TRUE((*c)->Apply(Scripted(seed, i)).ok());
    acknowledged = i + 1;
    if (::testing::Test::HasFatalFailure()) return;
  }
  env.after = nullptr;
  std::printf("process crash, then power loss: %llu images\n", (unsigned long long)images);
  EXPECT_GT(images, 100u);
}

// Asynchronous collections: a process crash loses nothing, a power failure at most what came after the last sync, never from the middle.
TEST(CrashTest, AsyncLosesOnlyTheEndAndOnlyAtPowerLoss) {
  CollectionConfig config = CrashConfig();
  config.durability = Durability::kAsync;
  uint64_t images = 0, shorter = 0;
  for (unsigned seed = Seed(); seed < Seed() + (Long() ? 6 : 2); ++seed) {
    SimEnv env(seed);
    Oracle oracle(seed);
    uint64_t acknowledged = 0, begun = 0, durable = 0;
    std::set<size_t> seen;
    env.after = [&] {
      env.ForEachImage(Long() ? 512 : 24, [&](const SimEnv::Image& image) {
        size_t hash = acknowledged * 1000 + begun;
        for (const auto& [path, content] : image) hash = hash * 31 + std::hash<std::string>()(path) * 7 + std::hash<std::string>()(content);
        if (!seen.insert(hash).second) return;
        ++images;
        SimEnv after_loss(image, 77);
        ExpectPrefix(&after_loss, &oracle, durable, begun, "seed " + std::to_string(seed) + ", operation " + std::to_string(begun));
      });
    };
    auto c = OpenIn(&env, config);
    ASSERT_TRUE(c.ok()) << c.status().ToString();
    const uint64_t operations = Long() ? 60 : 30;
    for (uint64_t i = 0; i < operations; ++i) {
      begun = i + 1;
      const Operation op = Scripted(seed, i);
      const bool seals = op.type == OpType::kFlush;
      ASSERT_TRUE((*c)->Apply(op).ok());
      acknowledged = i + 1;
      if (seals) durable = acknowledged;
      const auto successor = env.Clone();
      ExpectPrefix(successor.get(), &oracle, acknowledged, begun, "process crash at operation " + std::to_string(begun));
      SimEnv least(env.DurableImage(), 3);
      if (Contents(std::move(*OpenIn(&least, config)).get()) != oracle.After(acknowledged)) ++shorter;
      if (::testing::Test::HasFatalFailure()) return;
    }
    env.after = nullptr;
    ASSERT_TRUE((*c)->Close().ok());
    SimEnv closed(env.DurableImage(), 3);
    ExpectPrefix(&closed, &oracle, operations, operations, "after a clean close");
  }
  std::printf("power loss, async: %llu distinct images opened\n", (unsigned long long)images);
  EXPECT_GT(images, 100u);
  EXPECT_GT(shorter, 0u) << "it synced every write: this was not the asynchronous mode";
}

TEST(CrashTest, AsyncWritesReachTheDiskByThemselves) {
  SimEnv env;
  CollectionConfig config = CrashConfig();
  config.durability = Durability::kAsync;
  { ASSERT_TRUE(OpenIn(&env, config).ok()); }
  CollectionOptions options;
  options.background = true;
  options.async_sync_millis = 5;
  auto c = std::move(*OpenCollection(&env, "db/c", options));
  std::mt19937 random(1);
  ASSERT_TRUE(c->Apply(Upsert({MakePoint(&random, 1, 4)})).ok());
  const uint64_t syncs = c->Stats().syncs;
  for (int waited = 0; c->Stats().syncs < syncs + 2 && waited < 60000; ++waited) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  SimEnv after(env.DurableImage(), 3);
  EXPECT_EQ(Contents(std::move(*OpenIn(&after, config)).get()).size(), 1u);
}

}  // namespace
}  // namespace sidecar
