// Evaluation of conditions on single values and payloads: the meaning of filters, used for rows no index answers for and as
// the reference the indexes are tested against.
#pragma once

#include <functional>

#include "sidecar/filter.h"

namespace sidecar {

struct RowFacts {
  PointId id;
  const Payload* payload = nullptr;
  std::function<bool(const std::string& name)> has_vector;
};

bool Matches(const Filter& filter, const RowFacts& row);
bool Matches(const Condition& condition, const RowFacts& row);

// Calls f with every value at `key`, an array standing for its elements.
template <typename F>
void ForEachElement(const Payload& payload, std::string_view key, F f) {
  for (const Value* value : ValuesAt(payload, key)) {
    if (const auto* list = std::get_if<List>(&value->data)) {
      for (const Value& element : *list) f(element);
    } else {
      f(*value);
    }
  }
}

bool Equal(const Value& stored, const MatchValue& wanted);
std::optional<double> AsNumber(const Value& value);
std::optional<int64_t> AsDatetime(const Value& value);

template <typename Bounds, typename T>
bool Within(const Bounds& b, T x) {
  return (!b.lt || x < *b.lt) && (!b.lte || x <= *b.lte) && (!b.gt || x > *b.gt) && (!b.gte || x >= *b.gte);
}

}  // namespace sidecar
