// The program itself, on collections that a database made: what it prints, and what it exits with.
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "sidecar/database.h"
#include "src/crypto/key_file.h"
#include "src/engine/testing.h"

namespace sidecar {
namespace {

namespace fs = std::filesystem;

class VectorctlTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/vectorctl-test-XXXXXX";
    root_ = mkdtemp(name);
    data_ = root_ + "/data";
    std::ofstream(root_ + "/key") << std::string(64, 'a');
  }
  void TearDown() override { fs::remove_all(root_); }

  // A database with two collections, of which one is sealed, and a snapshot of each; closed again.
  void Fill() {
    const auto master = MasterKey::FromFile(PosixEnv(), root_ + "/key");
    ASSERT_TRUE(master.ok());
    auto database = Database::Open(PosixEnv(), data_, {&*master, false, false});
    ASSERT_TRUE(database.ok()) << database.status().ToString();
    for (const char* name : {"plain", "sealed"}) {
      CollectionConfig config = SmallConfig(4);
      config.encrypted = name == std::string("sealed");
      ASSERT_TRUE((*database)->Create(name, config).ok());
      const auto c = *(*database)->Get(name);
      std::mt19937 random(1);
      for (uint64_t id = 0; id < 100; ++id) ASSERT_TRUE(c->Apply(Upsert({MakePoint(&random, id, 4)})).ok());
      ASSERT_TRUE(c->Apply(Upsert({MakePoint(&random, UINT64_MAX, 4)})).ok());
      Point named = MakePoint(&random, 1, 4);
      named.id = *PointId::Uuid("0b6d6a4e-5d0c-4c86-9d0a-3f1f0f3c2a11");
      ASSERT_TRUE(c->Apply(Upsert({named})).ok());
      const auto snapshot = (*database)->CreateSnapshot(name, 7);
      ASSERT_TRUE(snapshot.ok()) << snapshot.status().ToString();
      digests_[name] = *c->StateDigest();
    }
    ASSERT_TRUE((*database)->Close().ok());
  }

  // Exit code and everything printed, errors too.
  std::pair<int, std::string> Run(const std::string& arguments) {
    const std::string program = (fs::read_symlink("/proc/self/exe").parent_path() / "vectorctl").string();
    FILE* pipe = popen((program + " " + arguments + " 2>&1").c_str(), "r");
    std::string output;
    char piece[4096];
    while (const size_t got = fread(piece, 1, sizeof(piece), pipe)) output.append(piece, got);
    const int status = pclose(pipe);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, output};
  }
  std::string Collection(const std::string& name) const { return data_ + "/collections/" + name; }
  std::string SnapshotOf(const std::string& name) const { return data_ + "/snapshots/" + name + "/" + name + "-7.snapshot"; }

  std::string root_, data_;
  std::map<std::string, std::string> digests_;
};

TEST_F(VectorctlTest, ChecksPlainAndSealedCollectionsAndSnapshots) {
  Fill();
  const std::string key = " --master-key-file " + root_ + "/key", command = " --master-key-command 'cat " + root_ + "/key'";
  for (const std::string& arguments : {Collection("plain"), SnapshotOf("plain"), Collection("sealed") + key, SnapshotOf("sealed") + command}) {
    const auto [code, output] = Run("check " + arguments);
    EXPECT_EQ(code, 0) << output;
    EXPECT_NE(output.find("points: 102\n"), std::string::npos) << output;
    const std::string& digest = digests_[arguments.find("plain") != std::string::npos ? "plain" : "sealed"];
    EXPECT_NE(output.find("state: " + digest), std::string::npos) << output;
  }
  const auto [code, output] = Run("check " + Collection("sealed"));
  EXPECT_EQ(code, 1);
  EXPECT_NE(output.find("key"), std::string::npos) << output;
}

TEST_F(VectorctlTest, TellsAnOlderOrAnotherCopyByTheAnchor) {
  Fill();
  const std::string key = " --master-key-file " + root_ + "/key", check = "check " + Collection("sealed") + key;
  auto [code, output] = Run(check);
  EXPECT_EQ(code, 0);
  EXPECT_NE(output.find("anchor: agrees"), std::string::npos) << output;
  fs::copy(Collection("sealed"), root_ + "/old", fs::copy_options::recursive);
  const auto write = [&](const char* name, bool make) {
    const auto master = MasterKey::FromFile(PosixEnv(), root_ + "/key");
    auto database = Database::Open(PosixEnv(), data_, {&*master, false, false});
    CollectionConfig config = SmallConfig(4);
    config.encrypted = true;
    if (make) ASSERT_TRUE((*database)->Create(name, config).ok());
    const auto opened = (*database)->Get(name);
    ASSERT_TRUE(opened.ok()) << opened.status().ToString();
    std::mt19937 random(2);
    ASSERT_TRUE((*opened)->Apply(Upsert({MakePoint(&random, 7, 4)})).ok());
    ASSERT_TRUE((*database)->Close().ok());
  };
  write("sealed", false);
  write("other", true);
  EXPECT_EQ(Run(check).first, 0);
  const auto put = [&](const fs::path& from) {
    fs::remove_all(Collection("sealed"));
    fs::copy(from, Collection("sealed"), fs::copy_options::recursive);
    std::tie(code, output) = Run(check);
  };
  put(root_ + "/old");
  EXPECT_EQ(code, 1);
  EXPECT_NE(output.find("sealed was rolled back"), std::string::npos) << output;
  put(Collection("other"));
  EXPECT_EQ(code, 1);
  EXPECT_NE(output.find("sealed was swapped"), std::string::npos) << output;
  // A server refuses a collection in plain text in its place as well.
  fs::remove_all(Collection("sealed"));
  fs::copy(Collection("plain"), Collection("sealed"), fs::copy_options::recursive);
  {
    const auto master = MasterKey::FromFile(PosixEnv(), root_ + "/key");
    auto database = Database::Open(PosixEnv(), data_, {&*master, false, false});
    EXPECT_NE((*database)->Get("sealed").status().message().find("was swapped"), std::string::npos);
  }
  fs::remove_all(Collection("sealed"));
  std::tie(code, output) = Run("restore " + SnapshotOf("sealed") + " " + Collection("sealed") + key);
  EXPECT_EQ(code, 0) << output;
  write("sealed", false);  // whoever has the key may go back to a snapshot
  fs::remove(data_ + "/ANCHOR");
  std::tie(code, output) = Run(check);
  EXPECT_EQ(code, 0);
  EXPECT_NE(output.find("anchor: there is none"), std::string::npos) << output;
}

TEST_F(VectorctlTest, DumpsEveryPointWithItsWholeId) {
  Fill();
  const auto [code, output] = Run("dump " + Collection("plain") + "/");
  EXPECT_EQ(code, 0);
  EXPECT_EQ(std::count(output.begin(), output.end(), '\n'), 102);
  EXPECT_NE(output.find("{\"id\":18446744073709551615,\"payload\":{\"n\":"), std::string::npos) << output;
  EXPECT_NE(output.find("{\"id\":\"0b6d6a4e-5d0c-4c86-9d0a-3f1f0f3c2a11\","), std::string::npos);
}

TEST_F(VectorctlTest, TellsWhenItsOutputIsLost) {
  Fill();
  const auto [code, output] = Run("dump " + Collection("plain") + " 3>&1 1>/dev/full 2>&3");
  EXPECT_EQ(code, 1);
}

TEST_F(VectorctlTest, RestoresToANewPlaceAndRefusesADamagedSnapshot) {
  Fill();
  const std::string target = root_ + "/back";
  auto [code, output] = Run("restore " + SnapshotOf("plain") + " " + target);
  EXPECT_EQ(code, 0) << output;
  EXPECT_NE(output.find("state: " + digests_["plain"]), std::string::npos) << output;
  std::tie(code, output) = Run("restore " + SnapshotOf("plain") + " " + target);
  EXPECT_EQ(code, 1);
  EXPECT_NE(output.find("exists"), std::string::npos) << output;
  const fs::path before = fs::current_path();
  fs::current_path(root_);
  std::tie(code, output) = Run("restore " + SnapshotOf("plain") + " here");
  fs::current_path(before);
  EXPECT_EQ(code, 0) << output;
  {
    std::fstream segment(SnapshotOf("plain") + "/seg-000001", std::ios::in | std::ios::out | std::ios::binary);
    segment.seekp(70000);
    segment.put('!');
  }
  std::tie(code, output) = Run("restore " + SnapshotOf("plain") + " " + root_ + "/other");
  EXPECT_EQ(code, 1);
  EXPECT_NE(output.find("seg-000001"), std::string::npos) << output;
  EXPECT_FALSE(fs::exists(root_ + "/other"));
}

TEST_F(VectorctlTest, StaysAwayFromTheDataOfARunningServer) {
  Fill();
  auto database = Database::Open(PosixEnv(), data_, {nullptr, false, false});
  ASSERT_TRUE(database.ok());
  for (const std::string& arguments : {"check " + Collection("plain"), "dump " + Collection("plain"),
                                       "restore " + SnapshotOf("plain") + " " + Collection("new")}) {
    const auto [code, output] = Run(arguments);
    EXPECT_EQ(code, 1) << output;
    EXPECT_NE(output.find("a server has " + data_ + " open"), std::string::npos) << output;
  }
  EXPECT_FALSE(fs::exists(Collection("new")));
  EXPECT_EQ(Run("check " + SnapshotOf("plain")).first, 0) << "a snapshot stands still";
}

TEST_F(VectorctlTest, SaysHowItIsUsed) {
  for (const char* wrong : {"", "check", "check a b", "chekc a", "restore a", "dump a --nope", "check a --master-key-file"}) {
    const auto [code, output] = Run(wrong);
    EXPECT_EQ(code, 2) << wrong;
    EXPECT_NE(output.find("usage: vectorctl"), std::string::npos) << output;
  }
  EXPECT_EQ(Run("--help").first, 0);
  const auto [code, output] = Run("check /nowhere/at/all");
  EXPECT_EQ(code, 1);
  EXPECT_NE(output.find("/nowhere/at/all"), std::string::npos) << output;
}

}  // namespace
}  // namespace sidecar
