// Several writers at once: what overlaps, and what must not.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "src/engine/testing.h"

namespace sidecar {
namespace {

constexpr auto kLong = std::chrono::seconds(60);

// Remembers events, and lets a thread wait for one.
class Events {
 public:
  void Happen(const std::string& event) {
    std::lock_guard lock(mutex_);
    happened_.push_back(event);
    changed_.notify_all();
  }
  bool WaitFor(const std::string& event) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kLong, [&] { return std::find(happened_.begin(), happened_.end(), event) != happened_.end(); });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> happened_;
};

TEST(CommitTest, TheNextGroupIsLoggedWhileTheLastIsApplied) {
  SimEnv env;
  Events events;
  auto c = std::move(*OpenIn(&env, SmallConfig(4)));
  std::mt19937 random(1);
  ASSERT_TRUE(c->Apply(Upsert({MakePoint(&random, 1, 4)})).ok());
  std::atomic<bool> overlapped = false, armed = true;
  // Without background work a flush is applied by writing the segment: there the first writer is held until the second has logged.
  env.before = [&](const std::string& call, const std::string& path) {
    if (call == "create" && path.find("seg-") != std::string::npos && armed.exchange(false)) {
      events.Happen("applying");
      overlapped = events.WaitFor("logged");
    } else if (call == "sync" && !armed) {  // the first writer has none before it goes on
      events.Happen("logged");
    }
    return Status();
  };
  std::thread first([&] { EXPECT_TRUE(c->Apply(FlushOp()).ok()); });
  ASSERT_TRUE(events.WaitFor("applying"));
  EXPECT_TRUE(c->Apply(Upsert({MakePoint(&random, 2, 4)})).ok());
  first.join();
  env.before = nullptr;
  EXPECT_TRUE(overlapped);
  EXPECT_EQ(Contents(c.get()).size(), 2u);
  EXPECT_EQ(c->Stats().last_lsn, 3u);
}

// Each record's version is the number of the operation that wrote it; a deletion by filter must reach all that were numbered before it.
TEST(CommitTest, AFilterSeesEveryOperationBeforeItsOwn) {
  SimEnv env;
  CollectionConfig config = SmallConfig(4);
  auto c = std::move(*OpenIn(&env, config));
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random(t);
      for (uint64_t i = 0; i < 120; ++i) {
        std::vector<Point> points;
        for (uint64_t k = 0; k < 8; ++k) points.push_back(MakePoint(&random, t * 10000 + i * 8 + k, 4));
        EXPECT_TRUE(c->Apply(Upsert(points)).ok());
      }
    });
  }
  std::atomic<uint64_t> last = 0;
  threads.emplace_back([&] {
    for (int i = 0; i < 60; ++i) {
      Operation op;
      op.type = OpType::kDelete;
      op.filter.emplace();
      op.filter->must = {MatchAny{"tag", {std::string("a")}}};
      const auto done = c->Apply(std::move(op));
      ASSERT_TRUE(done.ok()) << done.status().ToString();
      last = *done;
    }
  });
  for (auto& t : threads) t.join();
  ScrollRequest request;
  request.limit = 100000;
  request.with_payload.enabled = true;
  const auto page = c->Scroll(request);
  ASSERT_TRUE(page.ok());
  EXPECT_GT(page->records.size(), 1000u);
  for (const Record& r : page->records) {
    if (r.payload.at("tag") == Value{std::string("a")}) {
      EXPECT_GT(r.version, last) << r.id.ToString();
    }
  }
  const std::string digest = *c->StateDigest();
  ASSERT_TRUE(c->Close().ok());
  EXPECT_EQ(*std::move(*OpenIn(&env, config))->StateDigest(), digest);
}

TEST(CommitTest, WritersBehindAFailedSyncAreRefused) {
  SimEnv env;
  auto c = std::move(*OpenIn(&env, SmallConfig(4)));
  std::atomic<int> syncs = 0;
  env.before = [&](const std::string& call, const std::string&) {
    return call == "sync" && ++syncs > 20 ? IoError("fdatasync: injected") : Status();
  };
  std::atomic<uint64_t> acknowledged = 0, refused = 0;
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random(t);
      for (uint64_t i = 0; i < 40; ++i) ++(c->Apply(Upsert({MakePoint(&random, t * 100 + i, 4)})).ok() ? acknowledged : refused);
    });
  }
  for (auto& t : threads) t.join();
  EXPECT_EQ(acknowledged + refused, 160u);
  EXPECT_GE(acknowledged, 10u);
  EXPECT_GT(refused, 0u);
  EXPECT_EQ(Contents(c.get()).size(), acknowledged);
  env.before = nullptr;
  SimEnv after(env.DurableImage(), 5);
  EXPECT_GE(Contents(std::move(*OpenIn(&after, SmallConfig(4))).get()).size(), acknowledged);
}

}  // namespace
}  // namespace sidecar
