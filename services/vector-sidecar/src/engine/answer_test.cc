#include "src/engine/answer.h"

#include "src/engine/testing.h"

namespace sidecar {
namespace {

TEST(AnswerTest, HasALimitAndAScrollGoesOnBehindIt) {
  CollectionConfig config = SmallConfig(2);
  config.log_bytes = 32 << 20;
  SimEnv env;
  const auto collection = std::move(*OpenIn(&env, config));
  std::mt19937 random(7);
  constexpr uint64_t kPoints = 5;
  std::vector<PointId> ids;
  for (uint64_t id = 0; id < kPoints; ++id) {
    Point point = MakePoint(&random, id, 2);
    point.payload["long"] = Value{std::string(kMaxAnswerBytes / kPoints, 'x')};
    ASSERT_TRUE(collection->Apply(Upsert({point})).ok());
    ids.push_back(point.id);
  }
  EXPECT_EQ(collection->Get(ids, {}, {})->size(), kPoints);
  const Status get = collection->Get(ids, {true, {}, {}}, {}).status();
  EXPECT_EQ(get.code(), Code::kInvalidArgument);
  EXPECT_NE(get.message().find("64 MiB"), std::string::npos);
  SearchRequest search;
  search.query = {1, 2};
  search.limit = kPoints;
  EXPECT_EQ(collection->Search(search)->size(), kPoints);
  search.with_payload.enabled = true;
  EXPECT_EQ(collection->Search(search).status().message(), get.message());
  ScrollRequest scroll;
  scroll.limit = kPoints;
  scroll.with_payload.enabled = true;
  const auto first = collection->Scroll(scroll);
  ASSERT_EQ(first->records.size(), kPoints - 1);
  EXPECT_EQ(first->next, ids.back());
  scroll.offset = first->next;
  const auto second = collection->Scroll(scroll);
  ASSERT_EQ(second->records.size(), 1u);
  EXPECT_FALSE(second->next);
  // One point alone is given, however large it is: what was written can be read.
  Point point = MakePoint(&random, 7, 2);
  point.payload["many"] = Value{List(kMaxAnswerBytes / 24 + 1, Value{int64_t(1)})};
  ASSERT_TRUE(collection->Apply(Upsert({point})).ok());
  EXPECT_EQ(collection->Get({point.id}, {true, {}, {}}, {})->size(), 1u);
}

}  // namespace
}  // namespace sidecar
