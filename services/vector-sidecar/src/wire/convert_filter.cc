#include "src/wire/convert.h"

namespace sidecar {
namespace {

constexpr int kMaxDepth = 18;  // one more than the engine takes, so that its own message is given

Result<Filter> FromFilter(const qdrant::Filter& filter, int depth);

template <typename Out, typename In>
Out Bounds(const std::string& key, const In& in) {
  Out out;
  out.key = key;
  if (in.has_lt()) out.lt = in.lt();
  if (in.has_lte()) out.lte = in.lte();
  if (in.has_gt()) out.gt = in.gt();
  if (in.has_gte()) out.gte = in.gte();
  return out;
}

DatetimeRange Times(const std::string& key, const qdrant::DatetimeRange& in) {
  DatetimeRange out;
  out.key = key;
  if (in.has_lt()) out.lt = Micros(in.lt());
  if (in.has_lte()) out.lte = Micros(in.lte());
  if (in.has_gt()) out.gt = Micros(in.gt());
  if (in.has_gte()) out.gte = Micros(in.gte());
  return out;
}

std::vector<MatchValue> Values(const qdrant::RepeatedStrings& s) { return {s.strings().begin(), s.strings().end()}; }
std::vector<MatchValue> Values(const qdrant::RepeatedIntegers& s) {
  std::vector<MatchValue> out;
  for (const int64_t n : s.integers()) out.emplace_back(n);
  return out;
}

Result<Condition> FromMatch(const std::string& key, const qdrant::Match& match) {
  switch (match.match_value_case()) {
    case qdrant::Match::kKeyword: return Condition(MatchAny{key, {match.keyword()}});
    case qdrant::Match::kInteger: return Condition(MatchAny{key, {match.integer()}});
    case qdrant::Match::kBoolean: return Condition(MatchAny{key, {match.boolean()}});
    case qdrant::Match::kKeywords: return Condition(MatchAny{key, Values(match.keywords())});
    case qdrant::Match::kIntegers: return Condition(MatchAny{key, Values(match.integers())});
    case qdrant::Match::kExceptIntegers: return Condition(MatchExcept{key, Values(match.except_integers())});
    case qdrant::Match::kExceptKeywords: return Condition(MatchExcept{key, Values(match.except_keywords())});
    case qdrant::Match::kText:
    case qdrant::Match::kTextAny:
    case qdrant::Match::kPhrase:
    case qdrant::Match::kPrefix: return Unsupported("full-text, phrase and prefix matches (field `" + key + "`)");
    default: return InvalidArgument("Wrong input: a match on `" + key + "` has no value");
  }
}

Result<Condition> FromField(const qdrant::FieldCondition& field) {
  const std::string& key = field.key();
  if (field.has_geo_bounding_box() || field.has_geo_radius() || field.has_geo_polygon()) {
    return Unsupported("geo conditions (field `" + key + "`)");
  }
  if (field.has_values_count()) return Condition(Bounds<ValuesCount>(key, field.values_count()));
  const auto negated = [](Condition c) {
    auto filter = std::make_shared<Filter>();
    filter->must_not.push_back(std::move(c));
    return Condition(SubFilter{filter});
  };
  if (field.has_is_empty()) return field.is_empty() ? Condition(IsEmpty{key}) : negated(IsEmpty{key});
  if (field.has_is_null()) return field.is_null() ? Condition(IsNull{key}) : negated(IsNull{key});
  // Several that look at values hold when one of them does, as in Qdrant.
  std::vector<Condition> either;
  if (field.has_match()) {
    SIDECAR_ASSIGN_OR_RETURN(Condition match, FromMatch(key, field.match()));
    either.push_back(std::move(match));
  }
  if (field.has_range()) either.push_back(Bounds<Range>(key, field.range()));
  if (field.has_datetime_range()) either.push_back(Times(key, field.datetime_range()));
  if (either.empty()) return InvalidArgument("Wrong input: the condition on field `" + key + "` has no condition");
  if (either.size() == 1) return std::move(either[0]);
  auto filter = std::make_shared<Filter>();
  filter->should = std::move(either);
  return Condition(SubFilter{std::move(filter)});
}

Result<Condition> FromCondition(const qdrant::Condition& c, int depth) {
  switch (c.condition_one_of_case()) {
    case qdrant::Condition::kField: return FromField(c.field());
    case qdrant::Condition::kIsEmpty: return Condition(IsEmpty{c.is_empty().key()});
    case qdrant::Condition::kIsNull: return Condition(IsNull{c.is_null().key()});
    case qdrant::Condition::kHasId: {
      HasId out;
      for (const qdrant::PointId& id : c.has_id().has_id()) {
        SIDECAR_ASSIGN_OR_RETURN(const PointId point, FromWire(id));
        out.ids.push_back(point);
      }
      return Condition(std::move(out));
    }
    case qdrant::Condition::kHasVector: return Condition(HasVector{c.has_vector().has_vector()});
    case qdrant::Condition::kNested: {
      SIDECAR_ASSIGN_OR_RETURN(Filter inner, FromFilter(c.nested().filter(), depth + 1));
      std::string key = c.nested().key();
      if (key.ends_with("[]")) key.resize(key.size() - 2);
      return Condition(Nested{key, std::make_shared<const Filter>(std::move(inner))});
    }
    case qdrant::Condition::kFilter: {
      SIDECAR_ASSIGN_OR_RETURN(Filter inner, FromFilter(c.filter(), depth + 1));
      return Condition(SubFilter{std::make_shared<const Filter>(std::move(inner))});
    }
    case qdrant::Condition::kSlice: return Unsupported("slice conditions");
    default: return InvalidArgument("Wrong input: a filter holds an empty condition");
  }
}

Result<Filter> FromFilter(const qdrant::Filter& filter, int depth) {
  if (depth > kMaxDepth) return InvalidArgument("Wrong input: a filter nests too deep");
  Filter out;
  const auto convert = [&](const auto& from, std::vector<Condition>* to) -> Status {
    for (const qdrant::Condition& c : from) {
      SIDECAR_ASSIGN_OR_RETURN(Condition condition, FromCondition(c, depth));
      to->push_back(std::move(condition));
    }
    return {};
  };
  SIDECAR_RETURN_IF_ERROR(convert(filter.must(), &out.must));
  SIDECAR_RETURN_IF_ERROR(convert(filter.should(), &out.should));
  SIDECAR_RETURN_IF_ERROR(convert(filter.must_not(), &out.must_not));
  if (filter.has_min_should()) {
    SIDECAR_RETURN_IF_ERROR(convert(filter.min_should().conditions(), &out.min_should));
    out.min_count = filter.min_should().min_count();
    if (out.min_count == 0) return InvalidArgument("Wrong input: min_should needs a min_count of at least 1");
  }
  return out;
}

}  // namespace

Result<Filter> FromWire(const qdrant::Filter& filter) { return FromFilter(filter, 0); }

}  // namespace sidecar
