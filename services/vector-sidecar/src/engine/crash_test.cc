// Processes that die: kill -9 of a writer, snapshots cut short.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "src/engine/crash_testing.h"
#include "src/engine/snapshot.h"

namespace sidecar {
namespace {

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
