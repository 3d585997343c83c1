#include "src/log/log.h"

#include <gtest/gtest.h>

#include "src/env/sim_env.h"

namespace sidecar {
namespace {

constexpr uint64_t kCapacity = 8192;

struct Opened {
  Status status;
  std::unique_ptr<Log> log;
  std::vector<std::string> payloads;
  LogReport report;
};

Opened OpenLog(SimEnv* env, uint64_t checkpoint = 0, const KeyRing* keys = nullptr) {
  Opened opened;
  auto log = Log::Open(env, "d", {.capacity = kCapacity, .keys = keys}, checkpoint,
                       [&](const LogRecord& r) {
                         opened.payloads.push_back(r.payload);
                         return Status();
                       },
                       &opened.report);
  opened.status = log.status();
  if (log.ok()) opened.log = std::move(*log);
  return opened;
}

Status Put(Log* log, const std::string& payload) {
  std::vector<LogRecord> records = {{1, log->last_lsn() + 1, payload}};
  SIDECAR_RETURN_IF_ERROR(log->Append(&records));
  return log->Sync();
}

std::vector<std::string> Numbered(size_t n, size_t bytes = 20) {
  std::vector<std::string> out;
  for (size_t i = 0; i < n; ++i) out.push_back(std::to_string(i) + std::string(bytes + i % 7, char('a' + i % 26)));
  return out;
}

class LogTest : public ::testing::Test {
 protected:
  LogTest() { EXPECT_TRUE(env_.CreateDir("d").ok() && env_.SyncDir("").ok()); }
  SimEnv::Image Write(const std::vector<std::string>& payloads, bool close) {
    Opened o = OpenLog(&env_);
    for (const std::string& p : payloads) EXPECT_TRUE(Put(o.log.get(), p).ok());
    if (close) {
      EXPECT_TRUE(o.log->Close().ok());
    }
    return env_.CurrentImage();
  }
  SimEnv env_;
};

TEST_F(LogTest, GivesBackWhatWasAppendedAndGoesOn) {
  Write(Numbered(3), true);
  Opened again = OpenLog(&env_);
  EXPECT_EQ(again.payloads, Numbered(3));
  ASSERT_TRUE(Put(again.log.get(), "more").ok());
  auto expected = Numbered(3);
  expected.push_back("more");
  EXPECT_EQ(OpenLog(&env_).payloads, expected);
}

// Records with room for their header, small and large, in one group: the file is the one that copies would have made.
TEST_F(LogTest, RoomInFrontOfAPayloadChangesNoByte) {
  const std::vector<size_t> sizes = {5, 70'000, 3, 130'001, 70'003, 9};
  std::vector<std::string> images;
  for (const bool room : {false, true}) {
    SimEnv env(3);
    ASSERT_TRUE(env.CreateDir("d").ok() && env.SyncDir("").ok());
    LogReport report;
    const auto open = [&](std::vector<std::string>* found) {
      return std::move(*Log::Open(&env, "d", {.capacity = 1 << 20}, 0,
                                  [&](const LogRecord& r) {
                                    found->push_back(r.payload);
                                    return Status();
                                  },
                                  &report));
    };
    std::vector<std::string> none, found, wanted;
    auto log = open(&none);
    std::vector<LogRecord> records;
    for (size_t i = 0; i < sizes.size(); ++i) {
      wanted.push_back(std::string(sizes[i], char('a' + i)));
      records.push_back({1, i + 1, (room ? std::string(kRecordHeaderBytes, '?') : "") + wanted.back(), room ? kRecordHeaderBytes : 0});
    }
    ASSERT_TRUE(log->Append(&records).ok() && log->Sync().ok());
    log.reset();
    images.push_back(env.DurableImage().at("d/" + LogName(1)));
    (void)open(&found);
    EXPECT_EQ(found, wanted);
  }
  EXPECT_EQ(images[0], images[1]);
}

TEST_F(LogTest, SpansFilesAndUsesThemAgain) {
  Opened o = OpenLog(&env_);
  const auto payloads = Numbered(100, 700);
  for (const auto& p : payloads) ASSERT_TRUE(Put(o.log.get(), p).ok());
  EXPECT_GT(o.log->file_number(), 10u);
  EXPECT_EQ(OpenLog(&env_).payloads, payloads);
  const uint64_t before = o.log->bytes_in_use();
  ASSERT_TRUE(o.log->Retire(90).ok());
  EXPECT_LT(o.log->bytes_in_use(), before);
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(Put(o.log.get(), payloads[size_t(i)]).ok());
  o.log.reset();
  Opened again = OpenLog(&env_, 90);
  ASSERT_TRUE(again.status.ok()) << again.status.ToString();
  ASSERT_EQ(again.payloads.size(), 30u);
  EXPECT_EQ(again.payloads[0], payloads[90]);
}

TEST_F(LogTest, EveryTruncationLeavesAPrefixOrIsRefused) {
  const auto payloads = Numbered(6);
  const auto image = Write(payloads, false);
  const uint64_t used = 4096 + 6 * 64;
  for (uint64_t cut = 0; cut <= used; ++cut) {
    auto damaged = image;
    damaged["d/log-000001"].resize(cut);
    SimEnv env(damaged, 2);
    Opened o = OpenLog(&env);
    if (!o.status.ok()) {
      EXPECT_LT(cut, kLogHeaderUsed);
      continue;
    }
    ASSERT_LE(o.payloads.size(), payloads.size());
    for (size_t i = 0; i < o.payloads.size(); ++i) EXPECT_EQ(o.payloads[i], payloads[i]);
  }
}

// A closed log proves all its records, so damage must be refused; an open one may lose its very last record.
TEST_F(LogTest, EveryFlippedBitIsRefusedOrCutsOnlyTheLastRecord) {
  const auto payloads = Numbered(6);
  for (const bool closed : {false, true}) {
    SimEnv fresh;
    ASSERT_TRUE(fresh.CreateDir("d").ok());
    Opened writer = OpenLog(&fresh);
    for (const auto& p : payloads) ASSERT_TRUE(Put(writer.log.get(), p).ok());
    uint64_t last_start = kLogHeaderBytes, records_end = kLogHeaderBytes;
    for (const auto& p : payloads) {
      last_start = records_end;
      records_end += RecordSpace(p.size());
    }
    if (closed) {
      ASSERT_TRUE(writer.log->Close().ok());
    }
    const auto image = fresh.CurrentImage();
    for (size_t byte = 0; byte < records_end; ++byte) {
      if (byte >= kLogHeaderUsed && byte < kLogHeaderBytes) continue;  // never read
      for (int bit = 0; bit < 8; ++bit) {
        auto damaged = image;
        damaged["d/log-000001"][byte] ^= char(1 << bit);
        SimEnv env(damaged, 2);
        Opened o = OpenLog(&env);
        if (!o.status.ok()) {
          EXPECT_EQ(o.status.code(), Code::kCorruption);
          EXPECT_NE(o.status.message().find("log-000001"), std::string::npos) << o.status.message();
          continue;
        }
        const size_t least = closed || byte < last_start ? 6 : 5;
        ASSERT_GE(o.payloads.size(), least) << "byte " << byte << " bit " << bit;
        for (size_t i = 0; i < o.payloads.size(); ++i) EXPECT_EQ(o.payloads[i], payloads[i]);
      }
    }
  }
}

TEST_F(LogTest, AMissingFileInTheMiddleIsRefused) {
  Opened o = OpenLog(&env_);
  for (const auto& p : Numbered(40, 700)) ASSERT_TRUE(Put(o.log.get(), p).ok());
  auto image = env_.CurrentImage();
  image.erase("d/log-000002");
  SimEnv env(image, 3);
  EXPECT_EQ(OpenLog(&env).status.code(), Code::kCorruption);
}

TEST_F(LogTest, AFailedSyncStopsTheLogForGood) {
  Opened o = OpenLog(&env_);
  ASSERT_TRUE(Put(o.log.get(), "kept").ok());
  env_.before = [](const std::string& call, const std::string&) {
    return call == "sync" ? IoError("fdatasync: injected") : Status();
  };
  EXPECT_EQ(Put(o.log.get(), "lost").code(), Code::kIoError);
  env_.before = nullptr;
  EXPECT_EQ(Put(o.log.get(), "later").code(), Code::kReadOnly);
  EXPECT_EQ(OpenLog(&env_).payloads, std::vector<std::string>{"kept"});
}

TEST_F(LogTest, AFullDiskRefusesTheWriteAndHarmsNothing) {
  Opened o = OpenLog(&env_);
  auto kept = Numbered(8, 700);
  for (const auto& p : kept) ASSERT_TRUE(Put(o.log.get(), p).ok());
  bool full = true;
  env_.before = [&](const std::string& call, const std::string& path) {
    return full && call == "create" && path.find("new-") != std::string::npos ? Status(Code::kResourceExhausted, "full") : Status();
  };
  Status status;
  while ((status = Put(o.log.get(), std::string(700, 'x'))).ok()) kept.push_back(std::string(700, 'x'));
  EXPECT_EQ(status.code(), Code::kResourceExhausted);
  full = false;
  const Status after = Put(o.log.get(), "after");
  ASSERT_TRUE(after.ok()) << after.ToString();
  kept.push_back("after");
  EXPECT_EQ(OpenLog(&env_).payloads, kept);
}

TEST_F(LogTest, SealedRecordsOpenOnlyWithTheirKeyAndInTheirPlace) {
  KeyRing keys;
  keys.keys[1] = std::make_shared<Cipher>(Cipher::RandomKey());
  keys.current = 1;
  {
    Opened o = OpenLog(&env_, 0, &keys);
    for (const auto& p : Numbered(4)) ASSERT_TRUE(Put(o.log.get(), p).ok());
  }
  EXPECT_EQ(OpenLog(&env_, 0, &keys).payloads, Numbered(4));
  const auto image = env_.CurrentImage();
  EXPECT_EQ(image.at("d/log-000001").find("aaaaa"), std::string::npos);
  EXPECT_EQ(OpenLog(&env_).status.code(), Code::kCorruption);
  KeyRing other;
  other.keys[1] = std::make_shared<Cipher>(Cipher::RandomKey());
  other.current = 1;
  EXPECT_EQ(OpenLog(&env_, 0, &other).status.code(), Code::kCorruption);
}

TEST_F(LogTest, UnsyncedBytesMayVanishButNothingAcknowledged) {
  Opened o = OpenLog(&env_);
  std::vector<std::string> acknowledged;
  uint64_t images = 0;
  for (int i = 0; i < 5; ++i) {
    const std::string payload(300, char('a' + i));
    std::vector<LogRecord> records = {{1, o.log->last_lsn() + 1, payload}, {1, o.log->last_lsn() + 2, payload}};
    ASSERT_TRUE(o.log->Append(&records).ok());
    images += env_.ForEachImage(4096, [&](const SimEnv::Image& image) {
      SimEnv after(image, 5);
      Opened reopened = OpenLog(&after);
      ASSERT_TRUE(reopened.status.ok()) << reopened.status.ToString();
      ASSERT_GE(reopened.payloads.size(), acknowledged.size());
      for (size_t k = 0; k < acknowledged.size(); ++k) ASSERT_EQ(reopened.payloads[k], acknowledged[k]);
    });
    ASSERT_TRUE(o.log->Sync().ok());
    acknowledged.insert(acknowledged.end(), {payload, payload});
  }
  EXPECT_GT(images, 20u);
}

}  // namespace
}  // namespace sidecar
