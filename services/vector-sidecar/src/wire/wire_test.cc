// The server as a client sees it: over a real Unix socket and a real TCP port, through the generated stubs.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmath>
#include <functional>
#include <random>

#include "src/wire/server.h"

namespace sidecar {
namespace {

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

TEST_F(WireTest, WritesSearchesFiltersAndSurvivesARestart) {
  Start();
  ASSERT_TRUE(Create("c", 2).ok());
  EXPECT_EQ(Create("c", 2).error_code(), grpc::StatusCode::ALREADY_EXISTS);
  PutThree("c");
  for (const bool restarted : {false, true}) {
    if (restarted) Start();
    qdrant::SearchPoints search;
    search.set_collection_name("c");
    for (const float x : {1.0f, 0.5f}) search.add_vector(x);
    search.set_limit(10);
    search.mutable_with_payload()->set_enable(true);
    search.mutable_with_vectors()->set_enable(true);
    auto* condition = search.mutable_filter()->add_must()->mutable_field();
    condition->set_key("color");
    condition->mutable_match()->set_keyword("red");
    grpc::ClientContext context;
    qdrant::SearchResponse found;
    const auto status = points_->Search(&context, search, &found);
    ASSERT_TRUE(status.ok()) << status.error_message();
    ASSERT_EQ(found.result_size(), 2);
    EXPECT_EQ(found.result(0).id().num(), 3u);
    EXPECT_FLOAT_EQ(found.result(0).score(), 1.5f);
    EXPECT_EQ(found.result(0).payload().at("rank").integer_value(), 3);
    EXPECT_EQ(found.result(0).vectors().vector().dense().data_size(), 2);
  }
  qdrant::QueryPoints query;
  query.set_collection_name("c");
  query.mutable_query()->mutable_nearest()->mutable_id()->set_num(1);
  grpc::ClientContext context;
  qdrant::SearchResponse found;
  ASSERT_TRUE(points_->Query(&context, query, &found).ok());
  ASSERT_EQ(found.result_size(), 2);  // not the point itself
  EXPECT_EQ(found.result(0).id().num(), 3u);
}

TEST_F(WireTest, ScrollCountPayloadAndBatch) {
  Start();
  ASSERT_TRUE(Create("c", 2).ok());
  PutThree("c");
  {
    qdrant::UpdateBatchPoints batch;
    batch.set_collection_name("c");
    auto* set = batch.add_operations()->mutable_set_payload();
    (*set->mutable_payload())["new"].set_bool_value(true);
    set->mutable_points_selector()->mutable_points()->add_ids()->set_num(2);
    auto* remove = batch.add_operations()->mutable_delete_points()->mutable_points()->mutable_filter()->add_must()->mutable_field();
    remove->set_key("rank");
    remove->mutable_range()->set_gte(3);
    grpc::ClientContext context;
    qdrant::UpdateBatchResponse response;
    const auto status = points_->UpdateBatch(&context, batch, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(response.result_size(), 2);
  }
  qdrant::ScrollPoints scroll;
  scroll.set_collection_name("c");
  scroll.set_limit(1);
  qdrant::ScrollResponse page;
  {
    grpc::ClientContext context;
    ASSERT_TRUE(points_->Scroll(&context, scroll, &page).ok());
  }
  ASSERT_EQ(page.result_size(), 1);
  EXPECT_EQ(page.next_page_offset().num(), 2u);
  *scroll.mutable_offset() = page.next_page_offset();
  {
    grpc::ClientContext context;
    ASSERT_TRUE(points_->Scroll(&context, scroll, &page).ok());
  }
  EXPECT_TRUE(page.result(0).payload().at("new").bool_value());
  EXPECT_FALSE(page.has_next_page_offset());
  qdrant::CountPoints count;
  count.set_collection_name("c");
  qdrant::CountResponse counted;
  grpc::ClientContext context;
  ASSERT_TRUE(points_->Count(&context, count, &counted).ok());
  EXPECT_EQ(counted.result().count(), 2u);
}

// What clients send along without asking for anything this server could not do.
TEST_F(WireTest, TuningOfIndexesIsAccepted) {
  Start();
  qdrant::CreateCollection create;
  create.mutable_optimizers_config()->set_indexing_threshold(20000);
  create.mutable_optimizers_config()->mutable_max_optimization_threads();
  create.mutable_hnsw_config()->set_on_disk(true);
  create.mutable_quantization_config();
  ASSERT_TRUE(Create("c", 2, create).ok());
  PutThree("c");
  qdrant::CreateFieldIndexCollection index;
  index.set_collection_name("c");
  index.set_field_name("rank");
  index.set_field_type(qdrant::FieldTypeInteger);
  index.mutable_field_index_params();
  index.mutable_ordering();
  index.set_timeout(30);
  grpc::ClientContext context;
  qdrant::PointsOperationResponse response;
  const auto status = points_->CreateFieldIndex(&context, index, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
}

TEST_F(WireTest, WhatIsNotServedIsRefusedByName) {
  Start();
  ASSERT_TRUE(Create("c", 2).ok());
  const auto refused = [](const grpc::Status& status, const std::string& word) {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED);
    EXPECT_NE(status.error_message().find(word), std::string::npos) << status.error_message();
  };
  {
    grpc::ClientContext context;
    qdrant::Unserved in, out;
    refused(points_->Recommend(&context, in, &out), "Recommend");
  }
  {
    grpc::ClientContext context;
    qdrant::SearchPoints search;
    search.set_collection_name("c");
    search.mutable_filter()->add_must()->mutable_field()->mutable_geo_radius();
    qdrant::SearchResponse out;
    refused(points_->Search(&context, search, &out), "geo");
  }
  {
    grpc::ClientContext context;
    qdrant::QueryPoints query;
    query.set_collection_name("c");
    query.mutable_query()->set_fusion(0);
    qdrant::SearchResponse out;
    refused(points_->Query(&context, query, &out), "fusion");
  }
  qdrant::CreateCollection sparse;
  sparse.mutable_sparse_vectors_config();
  refused(Create("s", 2, sparse), "sparse");
  grpc::ClientContext context;
  qdrant::CountPoints count;
  count.set_collection_name("absent");
  qdrant::CountResponse out;
  const auto status = points_->Count(&context, count, &out);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(status.error_message(), "Not found: Collection `absent` doesn't exist!");
}

TEST_F(WireTest, ExplainsASearchThatAsksForIt) {
  Start();
  ASSERT_TRUE(Create("c", 2).ok());
  PutThree("c");
  qdrant::SearchPoints search;
  search.set_collection_name("c");
  search.add_vector(1);
  search.add_vector(0);
  search.set_limit(2);
  auto* condition = search.mutable_filter()->add_must()->mutable_field();
  condition->set_key("color");
  condition->mutable_match()->set_keyword("red");
  grpc::ClientContext context;
  context.AddMetadata("x-explain", "1");
  qdrant::SearchResponse found;
  ASSERT_TRUE(points_->Search(&context, search, &found).ok());
  const auto& trailing = context.GetServerTrailingMetadata();
  const auto explain = trailing.find("x-explain");
  ASSERT_NE(explain, trailing.end());
  const std::string json(explain->second.data(), explain->second.size());
  for (const char* part : {"\"part\":\"memtable\"", "\"strategy\":\"exact\"", "\"rows\":3", "\"allowed\":2", "\"payloads_read\":3"}) {
    EXPECT_NE(json.find(part), std::string::npos) << part << " in " << json;
  }
}

TEST_F(WireTest, WrongInputIsRefusedInWordsAndChangesNothing) {
  Start();
  ASSERT_TRUE(Create("c", 2).ok());
  PutThree("c");
  const auto search = [&](const std::function<void(qdrant::SearchPoints*)>& change) {
    qdrant::SearchPoints request;
    request.set_collection_name("c");
    request.add_vector(1);
    request.add_vector(0);
    request.set_limit(2);
    change(&request);
    grpc::ClientContext context;
    qdrant::SearchResponse found;
    return points_->Search(&context, request, &found);
  };
  const auto refused = [](const grpc::Status& status, grpc::StatusCode code, const std::string& words) {
    EXPECT_EQ(status.error_code(), code) << words;
    EXPECT_NE(status.error_message().find(words), std::string::npos) << status.error_message();
  };
  const auto wrong = grpc::StatusCode::INVALID_ARGUMENT;
  refused(search([](auto* r) { r->add_vector(3); }), wrong, "expected dim: 2, got 3");
  refused(search([](auto* r) { r->set_vector(1, NAN); }), wrong, "not finite");
  refused(search([](auto* r) { r->set_vector(1, INFINITY); }), wrong, "not finite");
  refused(search([](auto* r) { r->set_limit(0); }), wrong, "limit");
  refused(search([](auto* r) { r->set_limit(1ull << 40); }), wrong, "limit");
  refused(search([](auto* r) { r->set_vector_name("other"); }), wrong, "Not existing vector name");
  refused(search([](auto* r) { r->mutable_params()->mutable_quantization()->set_oversampling(NAN); }), wrong, "oversampling");
  refused(search([](auto* r) { r->mutable_filter()->add_must(); }), wrong, "empty condition");
  refused(search([](auto* r) { r->mutable_filter()->add_must()->mutable_field()->set_key("k"); }), wrong, "`k`");
  refused(search([](auto* r) { r->mutable_shard_key_selector(); }), grpc::StatusCode::UNIMPLEMENTED, "shard_key_selector");
  // A field that does not exist, at the top and deep inside.
  refused(search([](auto* r) { r->GetReflection()->MutableUnknownFields(r)->AddVarint(99, 1); }), grpc::StatusCode::UNIMPLEMENTED, "99");
  refused(search([](auto* r) {
            auto* field = r->mutable_filter()->add_must()->mutable_field();
            field->set_key("k");
            field->mutable_match()->set_integer(1);
            field->GetReflection()->MutableUnknownFields(field)->AddVarint(77, 1);
          }), grpc::StatusCode::UNIMPLEMENTED, "77");
  EXPECT_TRUE(search([](auto* r) { r->mutable_params()->mutable_quantization()->set_oversampling(1e300); }).ok());
  {
    qdrant::UpsertPoints request;
    request.set_collection_name("c");
    *request.add_points() = Point(7, {1, 0}, "green");
    *request.add_points() = Point(8, {1, NAN}, "green");
    grpc::ClientContext context;
    qdrant::PointsOperationResponse response;
    refused(points_->Upsert(&context, request, &response), wrong, "not finite");
  }
  qdrant::CountPoints count;
  count.set_collection_name("c");
  qdrant::CountResponse counted;
  grpc::ClientContext context;
  ASSERT_TRUE(points_->Count(&context, count, &counted).ok());
  EXPECT_EQ(counted.result().count(), 3u);
}

TEST_F(WireTest, ATcpPortWantsItsToken) {
  options_.listen = "127.0.0.1:0";
  EXPECT_FALSE(Server::Start(PosixEnv(), options_, nullptr).ok());
  options_.token = "a-token-of-some-length";
  Start();
  EXPECT_EQ(Create("c", 2).error_code(), grpc::StatusCode::UNAUTHENTICATED);
  for (const auto& [key, value] : std::vector<std::pair<std::string, std::string>>{{"api-key", options_.token}, {"authorization", "Bearer " + options_.token}}) {
    grpc::ClientContext context;
    context.AddMetadata(key, value);
    qdrant::ListCollectionsRequest request;
    qdrant::ListCollectionsResponse response;
    EXPECT_TRUE(collections_->List(&context, request, &response).ok());
  }
}

TEST_F(WireTest, DeadlinesAndFullQueuesAreAnsweredHonestly) {
  options_.max_in_flight = 0;
  Start();
  EXPECT_EQ(Create("c", 2).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  options_.max_in_flight = 8;
  Start();
  ASSERT_TRUE(Create("c", 2).ok());
  PutThree("c");
  SearchRequest late;
  late.query = {1, 0};
  late.deadline_micros = 1;  // long ago
  EXPECT_EQ((*server_->database()->Get("c"))->Search(late).status().code(), Code::kDeadlineExceeded);
}

TEST_F(WireTest, SnapshotsMetricsAndHealth) {
  const MasterKey master = *MasterKey::FromBytes(std::string(64, '7'));
  options_.defaults.encrypted = true;
  Start(&master);
  ASSERT_TRUE(Create("c", 2).ok());
  PutThree("c");
  {
    grpc::ClientContext context;
    qdrant::CreateSnapshotRequest request;
    request.set_collection_name("c");
    qdrant::CreateSnapshotResponse response;
    const auto status = snapshots_->Create(&context, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_GT(response.snapshot_description().size(), 0);
  }
  {
    grpc::ClientContext context;
    qdrant::ListSnapshotsRequest request;
    request.set_collection_name("c");
    qdrant::ListSnapshotsResponse response;
    ASSERT_TRUE(snapshots_->List(&context, request, &response).ok());
    ASSERT_EQ(response.snapshot_descriptions_size(), 1);
  }
  {
    grpc::ClientContext context;
    qdrant::GetCollectionInfoRequest request;
    request.set_collection_name("c");
    qdrant::GetCollectionInfoResponse response;
    ASSERT_TRUE(collections_->Get(&context, request, &response).ok());
    EXPECT_EQ(response.result().status(), qdrant::Green);
    EXPECT_EQ(response.result().points_count(), 3u);
    EXPECT_TRUE(response.result().config().metadata().at("encrypted").bool_value());
    EXPECT_EQ(response.result().config().params().vectors_config().params().size(), 2u);
  }
  const std::string metrics = Http("/metrics");
  for (const char* name : {"sidecar_points{collection=\"c\"} 3", "sidecar_log_sync_seconds_bucket{collection=\"c\",le=\"+Inf\"}", "sidecar_request_seconds_bucket{method=\"Upsert\"",
                           "sidecar_canary_recall_count", "sidecar_segment_bytes"}) {
    EXPECT_NE(metrics.find(name), std::string::npos) << name;
  }
  EXPECT_NE(Http("/healthz").find("healthz check passed"), std::string::npos);
  EXPECT_NE(Http("/").find("404"), std::string::npos);
  EXPECT_TRUE(server_->Stop().ok());
}

}  // namespace
}  // namespace sidecar
