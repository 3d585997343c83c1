// The server as a client sees it: over a real Unix socket and a real TCP port, through the generated stubs.
#include <cmath>
#include <functional>
#include <random>

#include "src/wire/testing.h"

namespace sidecar {
namespace {

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
  {
    grpc::ClientContext context;
    MetricsText response;
    ASSERT_TRUE(Inspection::NewStub(channel_)->Metrics(&context, {}, &response).ok());
    EXPECT_NE(response.text().find("sidecar_points{collection=\"c\"} 3"), std::string::npos);
  }
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
