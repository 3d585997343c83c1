// Filters over ids, payloads and the presence of vectors, with Qdrant's meaning.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sidecar/types.h"

namespace sidecar {

struct Filter;

using MatchValue = std::variant<bool, int64_t, std::string>;

// Any element of an array may satisfy a condition on a field; a field that is not there satisfies only is_empty.
struct MatchAny {
  std::string key;
  std::vector<MatchValue> values;  // empty: nothing matches
};
struct MatchExcept {
  std::string key;
  std::vector<MatchValue> values;  // a value that is none of these; null never matches
};
struct Range {
  std::string key;
  std::optional<double> lt, lte, gt, gte;
};
struct DatetimeRange {  // microseconds since 1970, UTC
  std::string key;
  std::optional<int64_t> lt, lte, gt, gte;
};
struct ValuesCount {
  std::string key;
  std::optional<uint64_t> lt, lte, gt, gte;
};
struct IsEmpty {
  std::string key;  // absent, null or []
};
struct IsNull {
  std::string key;
};
struct HasId {
  std::vector<PointId> ids;
};
struct HasVector {
  std::string name;
};
struct Nested {  // some single element of the array at `key` satisfies the whole filter
  std::string key;
  std::shared_ptr<const Filter> filter;
};
struct SubFilter {
  std::shared_ptr<const Filter> filter;
};

using Condition = std::variant<MatchAny, MatchExcept, Range, DatetimeRange, ValuesCount, IsEmpty, IsNull, HasId, HasVector,
                               Nested, SubFilter>;

// All of must, none of must_not, at least one of should (when there are any), and at least min_count of min_should.
struct Filter {
  std::vector<Condition> must, should, must_not, min_should;
  uint64_t min_count = 0;  // of min_should; 0 when that clause is absent

  bool empty() const { return must.empty() && should.empty() && must_not.empty() && min_count == 0; }
};

// kInvalidArgument when a filter nests deeper than 16 or holds more than 65,536 values.
Status Validate(const Filter& filter);

// RFC 3339, also without time or with a blank for the T; no zone means UTC.
std::optional<int64_t> ParseDatetime(std::string_view text);

}  // namespace sidecar
