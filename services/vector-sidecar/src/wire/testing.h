// What the tests of the wire share: a server of their own, its clients, and three points.
#pragma once

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "src/wire/server.h"

namespace sidecar {

class WireTest : public ::testing::Test {
 protected:
  WireTest() {
    char name[] = "/tmp/sidecar-wire-XXXXXX";
    directory_ = mkdtemp(name);
    options_.data_directory = directory_ + "/data";
    options_.listen = "unix:" + directory_ + "/socket";
    options_.canary_every = 1;
    options_.serve_metrics = true;
    options_.defaults.log_bytes = 1 << 20;
    options_.drain_millis = 2000;
  }
  ~WireTest() override {
    server_.reset();
    EXPECT_TRUE(PosixEnv()->RemoveTree(directory_).ok());
  }
  void Start(const MasterKey* master = nullptr) {
    server_.reset();
    auto started = Server::Start(PosixEnv(), options_, master);
    ASSERT_TRUE(started.ok()) << started.status().ToString();
    server_ = std::move(*started);
    const std::string target = options_.listen.starts_with("unix:") ? options_.listen : "127.0.0.1:" + std::to_string(server_->port());
    channel_ = grpc::CreateChannel(target, grpc::InsecureChannelCredentials());
    collections_ = qdrant::Collections::NewStub(channel_);
    points_ = qdrant::Points::NewStub(channel_);
    snapshots_ = qdrant::Snapshots::NewStub(channel_);
  }
  grpc::Status Create(const std::string& name, uint64_t size, qdrant::CreateCollection request = {}) {
    request.set_collection_name(name);
    if (size > 0) {
      request.mutable_vectors_config()->mutable_params()->set_size(size);
      request.mutable_vectors_config()->mutable_params()->set_distance(qdrant::Dot);
    }
    grpc::ClientContext context;
    qdrant::CollectionOperationResponse response;
    return collections_->Create(&context, request, &response);
  }
  static qdrant::PointStruct Point(uint64_t id, std::vector<float> vector, const std::string& color) {
    qdrant::PointStruct p;
    p.mutable_id()->set_num(id);
    p.mutable_vectors()->mutable_vector()->mutable_dense()->mutable_data()->Add(vector.begin(), vector.end());
    (*p.mutable_payload())["color"].set_string_value(color);
    (*p.mutable_payload())["rank"].set_integer_value(int64_t(id));
    return p;
  }
  void PutThree(const std::string& name) {
    qdrant::UpsertPoints request;
    request.set_collection_name(name);
    *request.add_points() = Point(1, {1, 0}, "red");
    *request.add_points() = Point(2, {0, 1}, "blue");
    *request.add_points() = Point(3, {1, 1}, "red");
    grpc::ClientContext context;
    qdrant::PointsOperationResponse response;
    const auto status = points_->Upsert(&context, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(response.result().status(), qdrant::Completed);
  }
  std::string Http(const std::string& path) {
    const int s = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server_->metrics_port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(s, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    const std::string request = "GET " + path + " HTTP/1.1\r\n\r\n";
    EXPECT_EQ(::send(s, request.data(), request.size(), 0), ssize_t(request.size()));
    std::string answer;
    char buffer[4096];
    for (ssize_t n; (n = ::recv(s, buffer, sizeof(buffer), 0)) > 0;) answer.append(buffer, size_t(n));
    ::close(s);
    return answer;
  }

  std::string directory_;
  ServerOptions options_;
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<qdrant::Collections::Stub> collections_;
  std::unique_ptr<qdrant::Points::Stub> points_;
  std::unique_ptr<qdrant::Snapshots::Stub> snapshots_;
};

}  // namespace sidecar
