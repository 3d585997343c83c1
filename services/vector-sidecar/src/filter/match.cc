#include "src/filter/match.h"

#include <algorithm>
#include <charconv>

namespace sidecar {
namespace {

template <typename F>
bool AnyElement(const Payload& payload, const std::string& key, F f) {
  bool any = false;
  ForEachElement(payload, key, [&](const Value& v) { any = any || f(v); });
  return any;
}

bool IsNullValue(const Value& v) { return std::holds_alternative<std::monostate>(v.data); }

struct Evaluator {
  const RowFacts& row;

  bool operator()(const MatchAny& c) const {
    return AnyElement(*row.payload, c.key, [&](const Value& v) {
      return std::any_of(c.values.begin(), c.values.end(), [&](const MatchValue& w) { return Equal(v, w); });
    });
  }
  bool operator()(const MatchExcept& c) const {
    return AnyElement(*row.payload, c.key, [&](const Value& v) {
      return !IsNullValue(v) && std::none_of(c.values.begin(), c.values.end(), [&](const MatchValue& w) { return Equal(v, w); });
    });
  }
  bool operator()(const Range& c) const {
    return AnyElement(*row.payload, c.key, [&](const Value& v) {
      const auto number = AsNumber(v);
      return number && Within(c, *number);
    });
  }
  bool operator()(const DatetimeRange& c) const {
    return AnyElement(*row.payload, c.key, [&](const Value& v) {
      const auto time = AsDatetime(v);
      return time && Within(c, *time);
    });
  }
  bool operator()(const ValuesCount& c) const {
    const auto values = ValuesAt(*row.payload, c.key);
    if (values.empty()) return Within(c, uint64_t(0));
    return std::any_of(values.begin(), values.end(), [&](const Value* v) {
      const auto* list = std::get_if<List>(&v->data);
      return Within(c, list != nullptr ? uint64_t(list->size()) : IsNullValue(*v) ? 0 : 1);
    });
  }
  bool operator()(const IsEmpty& c) const {
    const auto values = ValuesAt(*row.payload, c.key);
    return std::all_of(values.begin(), values.end(), [](const Value* v) {
      const auto* list = std::get_if<List>(&v->data);
      return IsNullValue(*v) || (list != nullptr && list->empty());
    });
  }
  bool operator()(const IsNull& c) const { return AnyElement(*row.payload, c.key, IsNullValue); }
  bool operator()(const HasId& c) const { return std::find(c.ids.begin(), c.ids.end(), row.id) != c.ids.end(); }
  bool operator()(const HasVector& c) const { return row.has_vector && row.has_vector(c.name); }
  bool operator()(const Nested& c) const {
    return AnyElement(*row.payload, c.key, [&](const Value& v) {
      const auto* fields = std::get_if<Payload>(&v.data);
      return fields != nullptr && Matches(*c.filter, RowFacts{row.id, fields, row.has_vector});
    });
  }
  bool operator()(const SubFilter& c) const { return Matches(*c.filter, row); }
};

Status ValidateAt(const Filter& filter, int depth, size_t* values) {
  if (depth > 16) return InvalidArgument("a filter nests deeper than 16");
  for (const auto* list : {&filter.must, &filter.should, &filter.must_not, &filter.min_should}) {
    for (const Condition& condition : *list) {
      ++*values;
      if (const auto* c = std::get_if<MatchAny>(&condition)) *values += c->values.size();
      if (const auto* c = std::get_if<MatchExcept>(&condition)) *values += c->values.size();
      if (const auto* c = std::get_if<HasId>(&condition)) *values += c->ids.size();
      if (const auto* c = std::get_if<Nested>(&condition)) SIDECAR_RETURN_IF_ERROR(ValidateAt(*c->filter, depth + 1, values));
      if (const auto* c = std::get_if<SubFilter>(&condition)) SIDECAR_RETURN_IF_ERROR(ValidateAt(*c->filter, depth + 1, values));
    }
  }
  if (*values > 65536) return InvalidArgument("a filter holds more than 65536 values");
  if (!filter.min_should.empty() && filter.min_count == 0) return InvalidArgument("min_should needs a min_count of at least 1");
  return {};
}

}  // namespace

bool Equal(const Value& stored, const MatchValue& wanted) {
  if (const auto* b = std::get_if<bool>(&wanted)) {
    const auto* s = std::get_if<bool>(&stored.data);
    return s != nullptr && *s == *b;
  }
  if (const auto* n = std::get_if<int64_t>(&wanted)) {
    const auto* s = std::get_if<int64_t>(&stored.data);
    return s != nullptr && *s == *n;
  }
  const auto* s = std::get_if<std::string>(&stored.data);
  return s != nullptr && *s == std::get<std::string>(wanted);
}

std::optional<double> AsNumber(const Value& value) {
  if (const auto* n = std::get_if<int64_t>(&value.data)) return double(*n);
  if (const auto* d = std::get_if<double>(&value.data)) return *d;
  return std::nullopt;
}

std::optional<int64_t> AsDatetime(const Value& value) {
  const auto* text = std::get_if<std::string>(&value.data);
  return text == nullptr ? std::nullopt : ParseDatetime(*text);
}

bool Matches(const Condition& condition, const RowFacts& row) { return std::visit(Evaluator{row}, condition); }

bool Matches(const Filter& filter, const RowFacts& row) {
  const auto holds = [&](const Condition& c) { return Matches(c, row); };
  if (!std::all_of(filter.must.begin(), filter.must.end(), holds)) return false;
  if (std::any_of(filter.must_not.begin(), filter.must_not.end(), holds)) return false;
  if (!filter.should.empty() && std::none_of(filter.should.begin(), filter.should.end(), holds)) return false;
  return filter.min_count == 0 ||
         uint64_t(std::count_if(filter.min_should.begin(), filter.min_should.end(), holds)) >= filter.min_count;
}

Status Validate(const Filter& filter) {
  size_t values = 0;
  return ValidateAt(filter, 0, &values);
}

}  // namespace sidecar
