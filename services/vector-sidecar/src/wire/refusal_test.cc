// What the server refuses: what it does not serve, what is wrong, who may not, and what comes too late or too much at once.
#include <cmath>
#include <functional>

#include "src/wire/testing.h"

namespace sidecar {
namespace {

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

TEST_F(WireTest, DatesBeyondTimeAreItsEnds) {
  Start();
  ASSERT_TRUE(Create("c", 2).ok());
  qdrant::UpsertPoints upsert;
  upsert.set_collection_name("c");
  *upsert.add_points() = Point(1, {1, 0}, "red");
  (*upsert.mutable_points(0)->mutable_payload())["day"].set_string_value("2026-01-31");
  grpc::ClientContext context;
  qdrant::PointsOperationResponse response;
  ASSERT_TRUE(points_->Upsert(&context, upsert, &response).ok());
  const auto counted = [&](int64_t seconds, bool before) {
    qdrant::CountPoints request;
    request.set_collection_name("c");
    auto* field = request.mutable_filter()->add_must()->mutable_field();
    field->set_key("day");
    auto* range = field->mutable_datetime_range();
    (before ? range->mutable_lt() : range->mutable_gt())->set_seconds(seconds);
    grpc::ClientContext count;
    qdrant::CountResponse found;
    EXPECT_TRUE(points_->Count(&count, request, &found).ok());
    return found.result().count();
  };
  EXPECT_EQ(counted(INT64_MAX, true), 1u);
  EXPECT_EQ(counted(INT64_MAX, false), 0u);
  EXPECT_EQ(counted(INT64_MIN, true), 0u);
  EXPECT_EQ(counted(INT64_MIN, false), 1u);
}

}  // namespace
}  // namespace sidecar
