// Reads beside writes: a writer waits for no search, and every read sees one moment.
#include <atomic>
#include <chrono>
#include <future>
#include <set>
#include <thread>

#include "src/engine/testing.h"

namespace sidecar {
namespace {

constexpr auto kLong = std::chrono::seconds(60);
constexpr uint64_t kFarAway = 1ull << 62;  // a deadline makes a read look at the clock, where it can be held

Filter TagIs(const char* tag) {
  Filter filter;
  filter.must = {MatchAny{"tag", {std::string(tag)}}};
  return filter;
}

Operation Index(OpType type, const char* key) {
  Operation op;
  op.type = type;
  op.key = key;
  op.field_type = FieldType::kKeyword;
  return op;
}

using Read = std::function<Result<std::vector<Record>>(Collection*)>;

Read Searching(uint32_t dimension, bool exact, std::optional<Filter> filter) {
  return [=](Collection* c) {
    SearchRequest request;
    request.query = std::vector<float>(dimension, 1.0f);
    request.limit = 1000;
    request.exact = exact;
    request.filter = filter;
    request.with_payload.enabled = request.with_vectors.enabled = true;
    request.deadline_micros = kFarAway;
    return c->Search(request, nullptr);
  };
}

Read Scrolling(std::optional<Filter> filter) {
  return [=](Collection* c) -> Result<std::vector<Record>> {
    ScrollRequest request;
    request.limit = 1000;
    request.filter = filter;
    request.with_payload.enabled = request.with_vectors.enabled = true;
    request.deadline_micros = kFarAway;
    SIDECAR_ASSIGN_OR_RETURN(ScrollPage page, c->Scroll(request));
    return std::move(page.records);
  };
}

std::map<uint64_t, std::string> ById(const std::vector<Record>& records) {
  std::map<uint64_t, std::string> out;
  for (const Record& r : records) EXPECT_TRUE(out.emplace(r.id.low, std::to_string(r.version) + " " + Describe(r)).second) << r.id.ToString();
  return out;
}

// Holds a read where it looks at the clock, writes everything there is to write meanwhile, and lets the read go on.
void HoldWhileWriting(uint32_t dimension, const Read& read) {
  SimEnv env;
  auto c = std::move(*OpenIn(&env, SmallConfig(dimension)));
  std::mt19937 random(7);
  ASSERT_TRUE(c->Apply(Index(OpType::kCreateIndex, "tag")).ok());
  for (uint64_t id = 0; id < 200; ++id) ASSERT_TRUE(c->Apply(Upsert({MakePoint(&random, id, dimension)})).ok());
  ASSERT_GT(c->Stats().memtable_rows, 0u);
  const auto before = read(c.get());
  ASSERT_TRUE(before.ok()) << before.status().ToString();
  ASSERT_GT(before->size(), 10u);

  std::atomic<std::thread::id> reader;
  std::promise<void> arrived, go_on;
  std::shared_future<void> released = go_on.get_future().share();
  std::atomic<bool> held = false;
  env.at_clock = [&] {
    if (std::this_thread::get_id() != reader.load() || held.exchange(true)) return;
    arrived.set_value();
    released.wait();
  };
  auto during = std::async(std::launch::async, [&] {
    reader = std::this_thread::get_id();
    return read(c.get());
  });
  ASSERT_EQ(arrived.get_future().wait_for(kLong), std::future_status::ready) << "the read never looked at the clock";
  auto written = std::async(std::launch::async, [&] {
    std::mt19937 other(8);
    for (uint64_t id = 100; id < 260; ++id) EXPECT_TRUE(c->Apply(Upsert({MakePoint(&other, id, dimension)})).ok());
    EXPECT_TRUE(c->Apply(Delete({1, 2, 3, 255})).ok());
    EXPECT_TRUE(c->Apply(SetPayload({4, 150, 256}, {{"tag", Value{std::string("z")}}})).ok());
    Operation by_filter;
    by_filter.type = OpType::kDelete;
    by_filter.filter = TagIs("b");
    EXPECT_TRUE(c->Apply(std::move(by_filter)).ok());
    EXPECT_TRUE(c->Apply(Index(OpType::kDeleteIndex, "tag")).ok());
    EXPECT_TRUE(c->Apply(Index(OpType::kCreateIndex, "n")).ok());
    EXPECT_TRUE(c->Apply(FlushOp()).ok());  // seals, merges and removes the files of what was merged
  });
  EXPECT_EQ(written.wait_for(kLong), std::future_status::ready) << "writers wait for a read";
  go_on.set_value();
  written.wait();
  const auto answer = during.get();
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  EXPECT_EQ(ById(*answer), ById(*before)) << "the read did not see the moment it began";
  const auto after = read(c.get());
  ASSERT_TRUE(after.ok());
  EXPECT_NE(ById(*after), ById(*before));
}

TEST(ReadViewTest, WritersDoNotWaitForAnExactSearch) { HoldWhileWriting(8, Searching(8, true, std::nullopt)); }
TEST(ReadViewTest, WritersDoNotWaitForAScanOfBits) { HoldWhileWriting(256, Searching(256, false, std::nullopt)); }
TEST(ReadViewTest, WritersDoNotWaitForAFilteredSearch) { HoldWhileWriting(8, Searching(8, false, TagIs("c"))); }
TEST(ReadViewTest, WritersDoNotWaitForAScrollThatReadsPayloads) {
  Filter filter;
  Range small;
  small.key = "n";
  small.lt = 70;
  filter.must = {small};
  HoldWhileWriting(8, Scrolling(filter));
}

TEST(ReadViewTest, PointsNamedByIdAreThoseOfTheMoment) {
  for (const size_t strangers : {size_t(0), size_t(10000)}) {  // few are looked up, many are found by going over the rows
    Filter filter;
    HasId named;
    for (uint64_t id = 90; id < 210; ++id) named.ids.push_back(PointId::Number(id));
    for (uint64_t id = 0; id < strangers; ++id) named.ids.push_back(PointId::Number(1000000 + id));
    filter.should = {named, MatchAny{"tag", {std::string("c")}}};
    HoldWhileWriting(8, Searching(8, true, filter));
  }
}

// Holds the building of a field index in its middle, and does everything else meanwhile.
void HoldWhileIndexing(uint32_t seal_rows) {
  SimEnv env;
  CollectionConfig config = SmallConfig(8);
  config.seal_rows = seal_rows;
  auto c = std::move(*OpenIn(&env, config));
  std::mt19937 random(9);
  for (uint64_t id = 0; id < 600; ++id) ASSERT_TRUE(c->Apply(Upsert({MakePoint(&random, id, 8)})).ok());
  std::atomic<std::thread::id> builder;
  std::promise<void> arrived, go_on;
  std::shared_future<void> released = go_on.get_future().share();
  std::atomic<bool> held = false;
  env.at_clock = [&] {
    if (std::this_thread::get_id() != builder.load() || !c->FieldIndexesInForce().contains("tag") || held.exchange(true)) return;
    arrived.set_value();
    released.wait();
  };
  auto built = std::async(std::launch::async, [&] {
    builder = std::this_thread::get_id();
    Operation op = Index(OpType::kCreateIndex, "tag");
    op.deadline_micros = kFarAway;
    return c->Apply(std::move(op));
  });
  ASSERT_EQ(arrived.get_future().wait_for(kLong), std::future_status::ready) << "the build never looked at the clock";
  const Read tagged = Scrolling(TagIs("b"));
  auto others = std::async(std::launch::async, [&] {
    const auto before = tagged(c.get());
    EXPECT_TRUE(before.ok() && !before->empty());
    for (uint64_t id = 500; id < 1200; ++id) EXPECT_TRUE(c->Apply(Upsert({MakePoint(&random, id, 8)})).ok());
    EXPECT_TRUE(c->Apply(Delete({1, 2, 3, 700})).ok());
    EXPECT_TRUE(c->Apply(SetPayload({4, 550, 900}, {{"tag", Value{std::string("b")}}})).ok());
    EXPECT_TRUE(c->Apply(FlushOp()).ok());  // what is being indexed is sealed, and may be merged away
    EXPECT_TRUE(Searching(8, false, TagIs("b"))(c.get()).ok());
    return tagged(c.get());
  });
  EXPECT_EQ(others.wait_for(kLong), std::future_status::ready) << "reads and writes wait for the index";
  EXPECT_NE(built.wait_for(std::chrono::seconds(0)), std::future_status::ready);
  go_on.set_value();
  const auto scanned = others.get();
  const auto number = built.get();
  ASSERT_TRUE(number.ok()) << number.status().ToString();
  SearchRequest request;
  request.query = std::vector<float>(8, 1.0f);
  request.limit = 2000;
  request.filter = TagIs("b");
  request.with_payload.enabled = true;
  Explain explain;
  ASSERT_TRUE(c->Search(request, &explain).ok());
  EXPECT_EQ(explain.scanned_conditions, 0u) << "some part has no index";
  EXPECT_EQ(explain.payloads_read, 0u);
  EXPECT_EQ(ById(*tagged(c.get())), ById(*scanned)) << "the index does not say what the payloads say";
}

TEST(ReadViewTest, ReadsAndWritesGoOnWhileSealedRowsAreIndexed) { HoldWhileIndexing(64); }
TEST(ReadViewTest, ReadsAndWritesGoOnWhileTheMemtableIsIndexed) { HoldWhileIndexing(100000); }

TEST(ReadViewTest, AnIndexThatIsNotThereAtItsDeadlineIsBuiltAllTheSame) {
  SimEnv env;
  { ASSERT_TRUE(OpenIn(&env, SmallConfig(4)).ok()); }
  const auto me = std::this_thread::get_id();
  std::atomic<Collection*> watched = nullptr;
  env.at_clock = [&] {  // the time is up as soon as the index is wanted
    Collection* const c = watched;
    if (c != nullptr && std::this_thread::get_id() == me && c->FieldIndexesInForce().contains("tag")) env.AdvanceClock(1ull << 41);
  };
  auto c = std::move(*OpenCollection(&env, "db/c", CollectionOptions()));
  std::mt19937 random(2);
  for (uint64_t id = 0; id < 300; ++id) ASSERT_TRUE(c->Apply(Upsert({MakePoint(&random, id, 4)})).ok());
  Operation op = Index(OpType::kCreateIndex, "tag");
  op.deadline_micros = 1ull << 40;
  watched = c.get();
  const auto late = c->Apply(std::move(op));
  EXPECT_EQ(late.status().code(), Code::kDeadlineExceeded);
  EXPECT_NE(late.status().message().find("still being built"), std::string::npos);
  watched = nullptr;
  ASSERT_TRUE(c->WaitForIndexes().ok());
  SearchRequest request;
  request.query = std::vector<float>(4, 1.0f);
  request.filter = TagIs("b");
  Explain explain;
  ASSERT_TRUE(c->Search(request, &explain).ok());
  EXPECT_EQ(explain.scanned_conditions, 0u);
}

// All points are written by one operation, each time with another number: no read may see two of them, or miss a point.
TEST(ReadViewTest, EveryReadSeesOneMomentWhileRowsAreSealedAndMerged) {
  constexpr uint64_t kPoints = 40;
  SimEnv env;
  { ASSERT_TRUE(OpenIn(&env, SmallConfig(4)).ok()); }
  CollectionOptions options;
  options.background = true;
  auto c = std::move(*OpenCollection(&env, "db/c", options));
  ASSERT_TRUE(c->Apply(Index(OpType::kCreateIndex, "tag")).ok());
  std::mt19937 random(3);
  const auto write = [&](int64_t number) {
    std::vector<Point> points;
    for (uint64_t id = 0; id < kPoints; ++id) {
      points.push_back(MakePoint(&random, id, 4));
      points.back().payload = {{"n", Value{number}}, {"tag", Value{std::string("same")}}};
    }
    ASSERT_TRUE(c->Apply(Upsert(points)).ok());
  };
  write(0);
  Filter filter = TagIs("same");
  HasId all;
  for (uint64_t id = 0; id < kPoints; ++id) all.ids.push_back(PointId::Number(id));
  filter.must.push_back(all);
  std::atomic<bool> stop = false;
  std::vector<std::thread> readers;
  for (const Read& read : {Searching(4, true, std::nullopt), Searching(4, false, filter), Scrolling(filter)}) {
    readers.emplace_back([&, read] {
      while (!stop) {
        const auto records = read(c.get());
        ASSERT_TRUE(records.ok()) << records.status().ToString();
        EXPECT_EQ(ById(*records).size(), kPoints);
        std::set<int64_t> numbers;
        for (const Record& r : *records) numbers.insert(std::get<int64_t>(r.payload.at("n").data));
        EXPECT_EQ(numbers.size(), 1u);
      }
    });
  }
  for (int64_t number = 1; number <= 150; ++number) write(number);
  stop = true;
  for (auto& t : readers) t.join();
}

}  // namespace
}  // namespace sidecar
