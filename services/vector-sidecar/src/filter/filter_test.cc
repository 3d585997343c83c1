// Filters: their meaning by example, and every index against the plain evaluator on random filters and payloads.
#include <gtest/gtest.h>

#include <random>

#include "src/engine/testing.h"
#include "src/filter/field_index.h"
#include "src/filter/match.h"

namespace sidecar {
namespace {

Value S(const char* s) { return Value{std::string(s)}; }
Value I(int64_t n) { return Value{n}; }

bool Holds(const Condition& c, const Payload& payload) {
  return Matches(c, RowFacts{PointId::Number(1), &payload, [](const std::string& name) { return name == "v"; }});
}

TEST(FilterTest, MeaningOfConditions) {
  const Payload p = {{"city", S("Oslo")},
                     {"sizes", Value{List{I(1), I(5)}}},
                     {"none", Value{}},
                     {"empty", Value{List{}}},
                     {"price", Value{2.5}},
                     {"when", S("2024-02-29T12:00:00Z")},
                     {"a", Value{Payload{{"b", Value{List{Value{Payload{{"c", I(3)}}}}}}}}},
                     {"legs", Value{List{Value{Payload{{"to", S("Rome")}, {"km", I(10)}}}, Value{Payload{{"to", S("Bonn")}, {"km", I(99)}}}}}}};
  EXPECT_TRUE(Holds(MatchAny{"city", {std::string("Oslo")}}, p));
  EXPECT_FALSE(Holds(MatchAny{"city", {}}, p));
  EXPECT_TRUE(Holds(MatchExcept{"city", {}}, p));
  EXPECT_FALSE(Holds(MatchExcept{"city", {std::string("Oslo")}}, p));
  EXPECT_FALSE(Holds(MatchExcept{"absent", {std::string("Oslo")}}, p));
  EXPECT_FALSE(Holds(MatchExcept{"none", {}}, p));
  EXPECT_TRUE(Holds(MatchExcept{"sizes", {int64_t(1)}}, p));  // 5 is none of them
  EXPECT_TRUE(Holds(Range{"sizes", {}, {}, {}, 5.0}, p));
  EXPECT_FALSE(Holds(Range{"sizes", {}, {}, 5.0, {}}, p));
  EXPECT_TRUE(Holds(Range{"price", 3.0, {}, 2.0, {}}, p));
  EXPECT_FALSE(Holds(Range{"city", 3.0, {}, {}, {}}, p));
  EXPECT_TRUE(Holds(DatetimeRange{"when", {}, {}, ParseDatetime("2024-02-29T13:30:00+02:00"), {}}, p));
  EXPECT_TRUE(Holds(IsEmpty{"none"}, p) && Holds(IsEmpty{"empty"}, p) && Holds(IsEmpty{"absent"}, p));
  EXPECT_FALSE(Holds(IsEmpty{"price"}, p));
  EXPECT_TRUE(Holds(IsNull{"none"}, p));
  EXPECT_FALSE(Holds(IsNull{"absent"}, p) || Holds(IsNull{"empty"}, p));
  EXPECT_TRUE(Holds(MatchAny{"a.b[].c", {int64_t(3)}}, p) && Holds(MatchAny{"a.b.c", {int64_t(3)}}, p));
  EXPECT_TRUE(Holds(HasId{{PointId::Number(1)}}, p));
  EXPECT_FALSE(Holds(HasId{{PointId::Number(2)}}, p));
  EXPECT_TRUE(Holds(HasVector{"v"}, p));
  EXPECT_TRUE(Holds(ValuesCount{"sizes", {}, 2, {}, 2}, p));
  // Nested: both conditions on the same element.
  const auto leg = [](const char* to, double km) {
    auto filter = std::make_shared<Filter>();
    filter->must = {MatchAny{"to", {std::string(to)}}, Range{"km", {}, {}, {}, km}};
    return Nested{"legs", filter};
  };
  EXPECT_TRUE(Holds(leg("Bonn", 50), p));
  EXPECT_FALSE(Holds(leg("Rome", 50), p));
}

TEST(FilterTest, Datetimes) {
  EXPECT_EQ(ParseDatetime("1970-01-01"), 0);
  EXPECT_EQ(ParseDatetime("1970-01-02T00:00:00.5Z"), 86400500000);
  EXPECT_EQ(ParseDatetime("2000-01-01 00:00:00"), 946684800000000);
  EXPECT_EQ(ParseDatetime("2000-01-01T01:00:00+01:00"), 946684800000000);
  EXPECT_EQ(ParseDatetime("2000-02-29"), 951782400000000);
  for (const char* bad : {"", "x", "2000-13-01", "2000-01-01T25:00:00Z", "2000-01-01T00:00:00Zz", "2000-1-1", "2000-04-31",
                          "1900-02-29"}) {
    EXPECT_FALSE(ParseDatetime(bad).has_value()) << bad;
  }
}

class RandomFilters {
 public:
  explicit RandomFilters(unsigned seed) : random_(seed) {}
  uint32_t Pick(uint32_t n) { return random_() % n; }

  Value RandomValue(int depth) {
    switch (Pick(depth > 0 ? 8 : 6)) {
      case 0: return {};
      case 1: return Value{Pick(2) == 0};
      case 2: return I(int64_t(Pick(6)));
      case 3: return Value{Pick(12) == 0 ? std::nan("") : double(Pick(12)) / 2};
      case 4: return S(kWords[Pick(4)]);
      case 5: return S(kTimes[Pick(3)]);
      default: {
        List list;
        for (uint32_t i = 0; i < Pick(4); ++i) list.push_back(RandomValue(depth - 1));
        return Value{std::move(list)};
      }
    }
  }
  Payload RandomPayload() {
    Payload p;
    for (const char* key : kKeys) {
      if (Pick(4) != 0) p[key] = RandomValue(2);
    }
    if (Pick(2) == 0) p["nest"] = Value{List{Value{Payload{{"k", RandomValue(0)}, {"w", RandomValue(0)}}}, Value{Payload{{"k", RandomValue(0)}}}}};
    return p;
  }
  MatchValue RandomMatch() {
    switch (Pick(3)) {
      case 0: return Pick(2) == 0;
      case 1: return int64_t(Pick(6));
      default: return std::string(kWords[Pick(4)]);
    }
  }
  Condition RandomCondition(int depth) {
    const std::string key = kKeys[Pick(6)];
    const auto number = [&]() -> std::optional<double> { return Pick(2) == 0 ? std::optional<double>(double(Pick(6))) : std::nullopt; };
    const auto time = [&]() -> std::optional<int64_t> { return Pick(2) == 0 ? ParseDatetime(kTimes[Pick(3)]) : std::nullopt; };
    std::vector<MatchValue> values;
    for (uint32_t i = 0; i < Pick(4); ++i) values.push_back(RandomMatch());
    switch (Pick(depth > 0 ? 10 : 8)) {
      case 0: case 1: return MatchAny{key, values};
      case 2: return MatchExcept{key, values};
      case 3: return Range{key, number(), number(), number(), number()};
      case 4: return DatetimeRange{key, time(), time(), time(), time()};
      case 5:
        if (Pick(2) == 0) return ValuesCount{key, {}, uint64_t(Pick(4)), {}, uint64_t(Pick(2))};
        return IsEmpty{key};
      case 6: return IsNull{key};
      case 7: {
        HasId ids;
        for (int i = 0; i < 40; ++i) ids.ids.push_back(PointId::Number(Pick(400)));
        return ids;
      }
      case 8: {
        auto inner = std::make_shared<Filter>();
        inner->must.push_back(MatchAny{"k", {RandomMatch(), RandomMatch()}});
        if (Pick(2) == 0) inner->must_not.push_back(IsEmpty{"w"});
        return Nested{"nest", inner};
      }
      default: return SubFilter{std::make_shared<Filter>(RandomFilter(depth - 1))};
    }
  }
  Filter RandomFilter(int depth) {
    Filter f;
    for (uint32_t i = 0; i < Pick(3); ++i) f.must.push_back(RandomCondition(depth));
    for (uint32_t i = 0; i < Pick(3); ++i) f.should.push_back(RandomCondition(depth));
    for (uint32_t i = 0; i < Pick(2); ++i) f.must_not.push_back(RandomCondition(depth));
    if (Pick(4) == 0) {
      for (uint32_t i = 0; i < 3; ++i) f.min_should.push_back(RandomCondition(depth));
      f.min_count = 1 + Pick(3);
    }
    return f;
  }
  static constexpr const char* kKeys[] = {"kw", "int", "float", "bool", "date", "uuid"};
  static constexpr const char* kWords[] = {"red", "blue", "f47ac10b-58cc-4372-a567-0e02b2c3d479", "2024-01-01"};
  static constexpr const char* kTimes[] = {"2024-01-01T00:00:00Z", "2025-06-01", "2023-03-03T03:03:03.3+03:00"};

 private:
  std::mt19937 random_;
};

// Enough rows for prefixes; with rows of two values, which have none.
TEST(FilterTest, WideRangesAgreeWithEveryEntry) {
  for (const bool twice : {false, true}) {
    constexpr uint32_t kRows = 20000;
    std::mt19937 random(7);
    FieldIndex index(FieldType::kFloat);
    std::vector<std::vector<double>> held(kRows);
    for (uint32_t row = 0; row < kRows; ++row) {
      if (random() % 10 == 0) continue;  // rows without a number
      const auto number = [&] { return double(random() % 5000) / 10; };
      held[row] = {number()};
      if (twice && row % 1000 == 0) held[row].push_back(number());
      List values;
      for (const double n : held[row]) values.emplace_back().data = n;
      index.Add(row, {{"n", Value{std::move(values)}}}, "n");
    }
    index.Seal();
    for (int i = 0; i < 300; ++i) {
      const double low = double(random() % 5200) / 10 - 10, high = low + double(random() % 5200) / 10;
      const Range range = i % 2 == 0 ? Range{"n", high, {}, {}, low} : Range{"n", {}, high, low, {}};
      const auto answer = index.Answer(i == 0 ? Range{"n", {}, {}, {}, -1e9} : range, kRows);
      ASSERT_TRUE(answer.has_value());
      ASSERT_EQ(answer->size(), kRows);
      for (uint32_t row = 0; row < kRows; ++row) {
        const bool wanted = std::any_of(held[row].begin(), held[row].end(), [&](double n) { return i == 0 || Within(range, n); });
        ASSERT_EQ(answer->Test(row), wanted) << "row " << row << " range " << i;
      }
    }
  }
}

// The same filters before and after indexing, in memtable and segments, counted, scrolled and searched.
TEST(FilterTest, IndexesAgreeWithPlainEvaluation) {
  for (unsigned seed = 1; seed <= 4; ++seed) {
    RandomFilters make(seed);
    SimEnv env;
    CollectionConfig config = SmallConfig(4);
    config.seal_rows = 150;  // two segments and a memtable
    auto c = std::move(*OpenIn(&env, config));
    std::mt19937 random(seed);
    std::vector<Point> points;
    for (uint64_t id = 0; id < 400; ++id) {
      points.push_back(MakePoint(&random, id, 4));
      points.back().payload = make.RandomPayload();
      ASSERT_TRUE(c->Apply(Upsert({points.back()})).ok());
    }
    for (const bool indexed : {false, true}) {
      for (int t = 0; indexed && t < 6; ++t) {
        Operation op;
        op.type = OpType::kCreateIndex;
        op.key = RandomFilters::kKeys[t];
        op.field_type = FieldType(t + 1);
        ASSERT_TRUE(c->Apply(op).ok());
      }
      for (int i = 0; i < 250; ++i) {
        const Filter filter = make.RandomFilter(2);
        std::set<uint64_t> expected;
        for (const Point& p : points) {
          if (Matches(filter, RowFacts{p.id, &p.payload, {}})) expected.insert(p.id.low);
        }
        ASSERT_EQ(*c->Count(filter), expected.size()) << "seed " << seed << " filter " << i << " indexed " << indexed;
        SearchRequest request;
        request.query = {1, 2, 3, 4};
        request.filter = filter;
        request.limit = 400;
        Explain explain;
        const auto found = c->Search(request, &explain);
        ASSERT_TRUE(found.ok());
        ASSERT_EQ(found->size(), expected.size());
        for (const Record& r : *found) ASSERT_TRUE(expected.contains(r.id.low));
      }
    }
  }
}

TEST(FilterTest, OperationsByFilterChangeExactlyWhatItSelects) {
  SimEnv env;
  auto c = std::move(*OpenIn(&env, SmallConfig(4)));
  std::mt19937 random(1);
  for (uint64_t id = 0; id < 200; ++id) ASSERT_TRUE(c->Apply(Upsert({MakePoint(&random, id, 4)})).ok());
  Filter low;
  low.must = {Range{"n", 50.0, {}, {}, {}}};
  const uint64_t selected = *c->Count(low);
  ASSERT_GT(selected, 50u);
  Operation op;
  op.type = OpType::kSetPayload;
  op.filter = low;
  op.payload = {{"low", Value{true}}};
  ASSERT_TRUE(c->Apply(op).ok());
  Filter marked;
  marked.must = {MatchAny{"low", {true}}};
  EXPECT_EQ(*c->Count(marked), selected);
  op = {};
  op.type = OpType::kDelete;
  op.filter = marked;
  ASSERT_TRUE(c->Apply(op).ok());
  EXPECT_EQ(*c->Count({}), 200 - selected);
  const Model before = Contents(c.get());
  c.reset();
  EXPECT_EQ(Contents(OpenIn(&env, SmallConfig(4))->get()), before);
}

TEST(FilterTest, TooDeepOrTooLargeFiltersAreRefused) {
  Filter deep;
  for (int i = 0; i < 20; ++i) {
    Filter outer;
    outer.must.push_back(SubFilter{std::make_shared<Filter>(deep)});
    deep = outer;
  }
  EXPECT_EQ(Validate(deep).code(), Code::kInvalidArgument);
  Filter wide;
  wide.must.push_back(HasId{std::vector<PointId>(70000)});
  EXPECT_EQ(Validate(wide).code(), Code::kInvalidArgument);
}

}  // namespace
}  // namespace sidecar
