// Arbitrary filters over arbitrary payloads: field indexes, sealed or growing, answer what the plain evaluation of each row does.
#include "fuzz/fuzz.h"
#include "src/filter/evaluate.h"
#include "src/filter/field_index.h"
#include "src/filter/match.h"
#include "src/segment/memtable.h"

using namespace sidecar;

namespace {

constexpr const char* kKeys[] = {"k", "i", "f", "b", "t", "u"};  // one per type of index, in the order of FieldType

class Reader {
 public:
  Reader(const uint8_t* data, size_t size) : data_(data), size_(size) {}
  bool done() const { return at_ >= size_; }
  uint8_t Byte() { return done() ? 0 : data_[at_++]; }
  uint32_t Below(uint32_t n) { return Byte() % n; }

  double Number() {
    switch (Below(8)) {
      case 0: return __builtin_nan("");
      case 1: return __builtin_inf();
      case 2: return -__builtin_inf();
      case 3: return 9.2e18;
      default: return double(int8_t(Byte())) / 4;
    }
  }
  std::string Word() {
    static const char* const kWords[] = {"", "a", "b", "2024-01-01", "2023-06-01T00:00:00Z", "f47ac10b-58cc-4372-a567-0e02b2c3d479"};
    return kWords[Below(6)];
  }
  Value Any(int depth) {
    switch (Below(depth > 0 ? 7 : 5)) {
      case 0: return {};
      case 1: return Value{Below(2) == 0};
      case 2: return Value{int64_t(int8_t(Byte()))};
      case 3: return Value{Number()};
      case 4: return Value{Word()};
      case 5: {
        List list;
        for (uint32_t n = Below(4); n > 0; --n) list.push_back(Any(depth - 1));
        return Value{std::move(list)};
      }
      default: return Value{Payload{{"k", Any(depth - 1)}, {"i", Any(depth - 1)}}};
    }
  }
  MatchValue Match() {
    switch (Below(3)) {
      case 0: return Below(2) == 0;
      case 1: return int64_t(int8_t(Byte()));
      default: return Word();
    }
  }
  template <typename T>
  std::optional<T> Maybe(T value) {
    return Below(2) == 0 ? std::optional<T>(value) : std::nullopt;
  }
  Condition One(int depth) {
    const std::string key = kKeys[Below(6)];
    std::vector<MatchValue> values;
    switch (Below(depth > 0 ? 10 : 8)) {
      case 0:
        for (uint32_t n = Below(4); n > 0; --n) values.push_back(Match());
        return MatchAny{key, values};
      case 1:
        for (uint32_t n = Below(4); n > 0; --n) values.push_back(Match());
        return MatchExcept{key, values};
      case 2: return Range{key, Maybe(Number()), Maybe(Number()), Maybe(Number()), Maybe(Number())};
      case 3: {
        const auto time = [&] { return Maybe(ParseDatetime(Below(2) == 0 ? "2024-01-01" : "2023-06-01").value()); };
        return DatetimeRange{key, time(), time(), time(), time()};
      }
      case 4: return ValuesCount{key, Maybe<uint64_t>(Below(4)), {}, Maybe<uint64_t>(Below(4)), {}};
      case 5: return IsEmpty{key};
      case 6: return IsNull{key};
      case 7: return HasId{{PointId::Number(Below(8)), PointId::Number(Below(8))}};
      case 8: return Nested{key, std::make_shared<Filter>(Whole(depth - 1))};
      default: return SubFilter{std::make_shared<Filter>(Whole(depth - 1))};
    }
  }
  Filter Whole(int depth) {
    Filter f;
    for (auto* list : {&f.must, &f.should, &f.must_not}) {
      for (uint32_t n = Below(3); n > 0; --n) list->push_back(One(depth));
    }
    f.min_count = Below(3);
    for (uint64_t n = f.min_count; n > 0; --n) f.min_should.push_back(One(depth));
    return f;
  }

 private:
  const uint8_t* data_;
  size_t size_, at_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const CollectionConfig config = [] {
    CollectionConfig c;
    c.vectors = {{"", 2, Distance::kDot}};
    return c;
  }();
  static const Coders coders = MakeCoders(config);
  Reader in(data, size);
  const Filter filter = in.Whole(2);
  Memtable table(&config, &coders);
  auto fields = std::make_shared<FieldIndexes>();
  for (int type = 1; type <= 6; ++type) fields->Declare(kKeys[type - 1], FieldType(type));
  const uint32_t rows = 1 + in.Below(8), sealed_at = in.Below(10);
  for (uint32_t row = 0; row < rows; ++row) {
    if (row == sealed_at) fields->Seal();
    Payload payload;
    for (const char* key : kKeys) {
      if (in.Below(4) != 0) payload[key] = in.Any(2);
    }
    const std::vector<Point> point = {{PointId::Number(row), {{"", {1, 2}}}, payload}};
    PreparedRows prepared = Prepare(config, coders, point);
    table.Add(point[0], row + 1, &prepared, 0);
    fields->AddRow(row, payload);
  }
  // As for a part that stands still, and as for a memtable that goes on growing.
  Answers answers;
  const bool taken = in.Below(2) == 0;
  if (taken) TakeAnswers(filter, *fields, rows, &answers);
  const FilterContext context{&config, taken ? nullptr : fields.get(), taken ? &answers : nullptr,
                              [&](const PointId& id) { return id.low < rows ? std::optional<uint32_t>(uint32_t(id.low)) : std::nullopt; }, {}};
  FilterCost cost;
  const auto found = Evaluate(filter, table, context, Bitmap(rows, true), &cost);
  FUZZ_CHECK(found.ok());
  for (uint32_t row = 0; row < rows; ++row) {
    const Payload payload = *table.GetPayload(row);
    FUZZ_CHECK(found->Test(row) == Matches(filter, RowFacts{PointId::Number(row), &payload, [](const std::string& name) { return name.empty(); }}));
  }
  return 0;
}
