// The crash ladder over the whole engine: power loss at every system call, every call failing, a full disk, kill -9.
// SIDECAR_LONG=1 checks more images, longer sequences and more kills; SIDECAR_SEED repeats a run.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <thread>

#include "src/engine/snapshot.h"
#include "src/engine/testing.h"

namespace sidecar {
namespace {

bool Long() { return std::getenv("SIDECAR_LONG") != nullptr; }
unsigned Seed() {
  const char* seed = std::getenv("SIDECAR_SEED");
  return seed == nullptr ? 20261u : unsigned(std::strtoul(seed, nullptr, 10));
}

CollectionConfig CrashConfig() {
  CollectionConfig config = SmallConfig(4);
  config.seal_rows = 6;
  config.log_bytes = 8192;
  return config;
}

// Operation number i of a run: the same for the process that writes and for the one that checks.
Operation Scripted(unsigned seed, uint64_t i) {
  std::mt19937 random(unsigned(seed * 7919 + i));
  switch (random() % 8) {
    case 0: return Delete({random() % 12, random() % 12});
    case 1: return SetPayload({random() % 12}, {{"set", Value{int64_t(i)}}});
    case 2: return i % 3 == 0 ? FlushOp() : Delete({random() % 12});
    default: {
      std::vector<Point> points;
      for (unsigned k = 0; k <= random() % 3; ++k) {
        points.push_back(MakePoint(&random, random() % 12, 4));
        points.back().payload["op"] = Value{int64_t(i)};
        points.back().payload["pad"] = Value{std::string(random() % 700, 'p')};  // so that logs fill up and are used again
      }
      return Upsert(points);
    }
  }
}

// What a collection must hold after the first n operations, by the simplest means.
class Oracle {
 public:
  explicit Oracle(unsigned seed) : seed_(seed) { states_.push_back({}); }
  const Model& After(uint64_t n) {
    while (states_.size() <= n) {
      Step(Scripted(seed_, states_.size() - 1));
      Model model;
      for (const auto& [id, point] : points_) {
        Record record;
        record.payload = point.payload;
        record.vectors = point.vectors;
        model[id] = Describe(record);
      }
      states_.push_back(std::move(model));
    }
    return states_[n];
  }

 private:
  void Step(const Operation& op) {
    if (op.type == OpType::kUpsert) {
      for (const Point& p : op.points) points_[p.id.low] = p;
    }
    for (const PointId& id : op.ids) {
      if (op.type == OpType::kDelete) points_.erase(id.low);
      const auto found = points_.find(id.low);
      if (op.type == OpType::kSetPayload && found != points_.end()) {
        for (const auto& [key, value] : op.payload) found->second.payload[key] = value;
      }
    }
  }
  const unsigned seed_;
  std::map<uint64_t, Point> points_;
  std::vector<Model> states_;
};

// The collection on this disk holds the first n operations for some n in [least, most].
void ExpectPrefix(Env* env, Oracle* oracle, uint64_t least, uint64_t most, const std::string& where) {
  if (least == 0 && !env->Exists("db/c/MANIFEST")) return;  // the power went before the collection was made
  CollectionOptions options;
  options.background = false;
  auto opened = OpenCollection(env, "db/c", options);
  ASSERT_TRUE(opened.ok()) << where << ": " << opened.status().ToString();
  const Model found = Contents(opened->get());
  for (uint64_t n = least; n <= most; ++n) {
    if (found == oracle->After(n)) return;
  }
  FAIL() << where << ": the state is none of those after " << least << ".." << most << " operations";
}

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

// A child writes and tells through a pipe what was acknowledged; it is killed at a random moment, over and over, on the same
// data directory.
TEST(CrashTest, KillMinusNineLoop) {
  char name[] = "/tmp/sidecar-kill-XXXXXX";
  ASSERT_NE(mkdtemp(name), nullptr);
  const std::string directory = std::string(name) + "/c";
  CollectionConfig config = CrashConfig();
  config.log_bytes = 16384;
  ASSERT_TRUE(CreateCollection(PosixEnv(), directory, config, nullptr).ok());
  const unsigned seed = Seed();
  std::mt19937 random(seed);
  Oracle oracle(seed);
  uint64_t done = 0;
  for (int round = 0; round < (Long() ? 300 : 12); ++round) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      close(ends[0]);
      auto c = OpenCollection(PosixEnv(), directory, {});
      if (!c.ok()) _exit(3);
      for (uint64_t i = done;; ++i) {
        if (!(*c)->Apply(Scripted(seed, i)).ok()) _exit(4);
        const uint64_t acknowledged = i + 1;
        if (write(ends[1], &acknowledged, sizeof(acknowledged)) != ssize_t(sizeof(acknowledged))) _exit(5);
      }
    }
    close(ends[1]);
    uint64_t acknowledged = done, value = 0;
    // At least one operation, then a random number more; the kill lands anywhere in what the child does next.
    for (uint64_t target = 1 + random() % 60; target > 0 && read(ends[0], &value, sizeof(value)) == ssize_t(sizeof(value)); --target) acknowledged = value;
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 3000));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child gave up by itself, code " << WEXITSTATUS(status);
    while (read(ends[0], &value, sizeof(value)) == ssize_t(sizeof(value))) acknowledged = value;
    close(ends[0]);
    auto c = OpenCollection(PosixEnv(), directory, {});
    ASSERT_TRUE(c.ok()) << "round " << round << ", seed " << seed << ": " << c.status().ToString();
    const Model found = Contents(c->get());
    ASSERT_TRUE(found == oracle.After(acknowledged) || found == oracle.After(acknowledged + 1)) << "round " << round << ", seed " << seed;
    // Operations may repeat a state, so the count is told by the log.
    done = (*c)->Stats().last_lsn;
    ASSERT_TRUE(done == acknowledged || done == acknowledged + 1);
  }
  EXPECT_TRUE(PosixEnv()->RemoveTree(name).ok());
}

TEST(CrashTest, SnapshotsInterruptedAnywhereAreWholeOrAbsent) {
  SimEnv env;
  auto c = std::move(*OpenIn(&env, CrashConfig()));
  for (uint64_t i = 0; i < 20; ++i) ASSERT_TRUE(c->Apply(Scripted(Seed(), i)).ok());
  const std::string digest = *c->StateDigest();
  uint64_t whole = 0, images = 0;
  env.after = [&] {
    images += env.ForEachImage(8, [&](const SimEnv::Image& image) {
      SimEnv after(image, 3);
      if (!after.Exists("db/snap")) return;
      ++whole;
      ASSERT_TRUE(RestoreSnapshot(&after, "db/snap", "db/r").ok());
      CollectionOptions options;
      options.background = false;
      auto restored = OpenCollection(&after, "db/r", options);
      ASSERT_TRUE(restored.ok()) << restored.status().ToString();
      ASSERT_EQ(*(*restored)->StateDigest(), digest);
    });
  };
  ASSERT_TRUE(c->Snapshot("db/snap").ok());
  env.after = nullptr;
  EXPECT_GT(whole, 0u);
  EXPECT_GT(images, 20u);
}

}  // namespace
}  // namespace sidecar
