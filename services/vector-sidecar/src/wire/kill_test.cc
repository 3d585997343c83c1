// The real server, killed with SIGKILL while clients write through gRPC, over and over on one data directory. What each client was
// about to do and what was acknowledged stands in an expected-state file, and the restarted server is held against that file.
// SIDECAR_LONG=1 kills more often; SIDECAR_SEED repeats a run.
#include <fcntl.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include "collections.grpc.pb.h"
#include "points_service.grpc.pb.h"
#include "sidecar/env.h"

namespace sidecar {
namespace {

constexpr int kWriters = 3;
constexpr uint64_t kIdsPerWriter = 60;
constexpr int64_t kDeleted = 0;

// One change of a writer: every id gets the version, or goes.
struct Change {
  std::vector<uint64_t> ids;
  int64_t version = kDeleted;
};

// Lines "begin WRITER VERSION ID..." before a request is sent, "done WRITER" after its acknowledgement.
class ExpectedState {
 public:
  explicit ExpectedState(std::string path) : path_(std::move(path)) {
    file_ = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_TRUNC, 0600);
  }
  ~ExpectedState() { ::close(file_); }
  void Begin(int writer, const Change& change) {
    std::string line = "begin " + std::to_string(writer) + " " + std::to_string(change.version);
    for (const uint64_t id : change.ids) line += " " + std::to_string(id);
    Append(line + "\n");
  }
  void Done(int writer) { Append("done " + std::to_string(writer) + "\n"); }

  struct Expected {
    std::map<uint64_t, int64_t> acknowledged;  // id to version
    std::map<int, Change> open;                // per writer the change nobody answered for
    uint64_t changes = 0;
  };
  Expected Read() const {
    Expected state;
    std::ifstream in(path_);
    for (std::string line; std::getline(in, line);) {
      std::istringstream words(line);
      std::string what;
      int writer = 0;
      words >> what >> writer;
      Change& change = state.open[writer];
      if (what == "begin") {
        change = {};
        words >> change.version;
        for (uint64_t id; words >> id;) change.ids.push_back(id);
        continue;
      }
      Apply(change, &state.acknowledged);
      state.open.erase(writer);
      ++state.changes;
    }
    return state;
  }
  static void Apply(const Change& change, std::map<uint64_t, int64_t>* state) {
    for (const uint64_t id : change.ids) {
      if (change.version == kDeleted) state->erase(id);
      else (*state)[id] = change.version;
    }
  }

 private:
  void Append(const std::string& line) { ASSERT_EQ(::write(file_, line.data(), line.size()), ssize_t(line.size())); }
  const std::string path_;
  int file_ = -1;
};

class KillTest : public ::testing::Test {
 protected:
  KillTest() {
    char name[] = "/tmp/sidecar-kill-XXXXXX";
    directory_ = mkdtemp(name);
    target_ = "unix:" + directory_ + "/socket";
  }
  ~KillTest() override {
    Kill();
    EXPECT_TRUE(PosixEnv()->RemoveTree(directory_).ok());
  }
  void Start() {
    const std::string program = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "vector-sidecar";
    const std::string data = directory_ + "/data";
    server_ = fork();
    if (server_ == 0) {
      const int log = ::open((directory_ + "/server.log").c_str(), O_WRONLY | O_APPEND | O_CREAT, 0600);
      ::dup2(log, 2);
      ::execl(program.c_str(), program.c_str(), "--data-dir", data.c_str(), "--listen", target_.c_str(), nullptr);
      _exit(127);
    }
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 20);
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 50);
    channel_ = grpc::CreateCustomChannel(target_, grpc::InsecureChannelCredentials(), arguments);
    ASSERT_TRUE(channel_->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(60)));
    points_ = qdrant::Points::NewStub(channel_);
  }
  void Kill() {
    if (server_ <= 0) return;
    kill(server_, SIGKILL);
    int status = 0;
    waitpid(server_, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "the server had ended by itself";
    server_ = 0;
  }
  void CreateCollection() {
    qdrant::CreateCollection create;
    create.set_collection_name("c");
    create.mutable_vectors_config()->mutable_params()->set_size(8);
    create.mutable_vectors_config()->mutable_params()->set_distance(qdrant::Dot);
    create.mutable_wal_config()->set_wal_capacity_mb(1);
    (*create.mutable_metadata())["seal_rows"].set_integer_value(50);  // so that kills land in sealing and merging, too
    grpc::ClientContext context;
    qdrant::CollectionOperationResponse response;
    const auto status = qdrant::Collections::NewStub(channel_)->Create(&context, create, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
  }
  grpc::Status Send(const Change& change) {
    grpc::ClientContext context;
    qdrant::PointsOperationResponse response;
    if (change.version == kDeleted) {
      qdrant::DeletePoints request;
      request.set_collection_name("c");
      for (const uint64_t id : change.ids) request.mutable_points()->mutable_points()->add_ids()->set_num(id);
      return points_->Delete(&context, request, &response);
    }
    qdrant::UpsertPoints request;
    request.set_collection_name("c");
    for (const uint64_t id : change.ids) {
      auto* p = request.add_points();
      p->mutable_id()->set_num(id);
      for (int i = 0; i < 8; ++i) p->mutable_vectors()->mutable_vector()->mutable_dense()->add_data(float(change.version % 1000 + i));
      (*p->mutable_payload())["version"].set_integer_value(change.version);
    }
    return points_->Upsert(&context, request, &response);
  }
  std::map<uint64_t, int64_t> Contents() {
    qdrant::ScrollPoints scroll;
    scroll.set_collection_name("c");
    scroll.set_limit(100000);
    grpc::ClientContext context;
    qdrant::ScrollResponse page;
    const auto status = points_->Scroll(&context, scroll, &page);
    EXPECT_TRUE(status.ok()) << status.error_message();
    std::map<uint64_t, int64_t> found;
    for (const auto& p : page.result()) found[p.id().num()] = p.payload().at("version").integer_value();
    return found;
  }

  std::string directory_, target_;
  pid_t server_ = 0;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<qdrant::Points::Stub> points_;
};

TEST_F(KillTest, WhatWasAcknowledgedIsThereAfterEveryKill) {
  const int rounds = std::getenv("SIDECAR_LONG") != nullptr ? 150 : 6;
  const char* given = std::getenv("SIDECAR_SEED");
  const unsigned seed = given == nullptr ? 20262u : unsigned(std::strtoul(given, nullptr, 10));
  std::mt19937 random(seed);
  ExpectedState expected(directory_ + "/expected");
  std::atomic<int64_t> version = 1;
  Start();
  CreateCollection();
  uint64_t halves = 0;
  for (int round = 0; round < rounds; ++round) {
    std::vector<std::thread> writers;
    for (int w = 0; w < kWriters; ++w) {
      writers.emplace_back([&, w, own = unsigned(random())] {
        std::mt19937 choice(own);
        while (true) {
          Change change;
          change.version = choice() % 4 == 0 ? kDeleted : version++;
          std::set<uint64_t> ids;
          for (uint64_t n = 1 + choice() % 12; n > 0; --n) ids.insert(uint64_t(w) * kIdsPerWriter + choice() % kIdsPerWriter);
          change.ids.assign(ids.begin(), ids.end());
          expected.Begin(w, change);
          if (!Send(change).ok()) return;
          expected.Done(w);
        }
      });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(30 + random() % 400));
    Kill();
    for (auto& t : writers) t.join();
    Start();
    auto state = expected.Read();
    const auto found = Contents();
    // An open change is there whole or not at all; writers share no ids, so each is judged by itself.
    for (const auto& [writer, change] : state.open) {
      auto with = state.acknowledged;
      ExpectedState::Apply(change, &with);
      const auto of_writer = [w = uint64_t(writer)](const std::map<uint64_t, int64_t>& all) {
        return std::map<uint64_t, int64_t>(all.lower_bound(w * kIdsPerWriter), all.lower_bound((w + 1) * kIdsPerWriter));
      };
      if (of_writer(found) == of_writer(with)) state.acknowledged = with;
      else ++halves;
    }
    ASSERT_EQ(found, state.acknowledged) << "round " << round << ", seed " << seed << ", see " << directory_ << "/expected";
    // What the kill left open is decided now; the file goes on from there.
    for (const auto& [writer, change] : state.open) {
      Change decided{{}, 1};
      expected.Begin(writer, decided);
      expected.Done(writer);
    }
    for (const auto& [id, now] : found) {
      expected.Begin(int(id / kIdsPerWriter), {{id}, now});
      expected.Done(int(id / kIdsPerWriter));
    }
    for (const auto& [writer, change] : state.open) {
      Change gone;
      for (const uint64_t id : change.ids) {
        if (!found.contains(id)) gone.ids.push_back(id);
      }
      expected.Begin(writer, gone);
      expected.Done(writer);
    }
  }
  std::printf("kill -9: %d kills of the server, %llu acknowledged changes, %llu open changes not there, seed %u\n", rounds,
              (unsigned long long)expected.Read().changes, (unsigned long long)halves, seed);
}

}  // namespace
}  // namespace sidecar
