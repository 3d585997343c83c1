#include "src/filter/evaluate.h"

#include "src/filter/field_index.h"
#include "src/filter/match.h"

namespace sidecar {
namespace {

constexpr uint64_t kLookAtClock = 256;  // payloads between looks at the clock

std::optional<Bitmap> FromIndex(const Condition& condition, const FieldIndexes& fields, uint32_t size) {
  const std::string* key = std::visit(
      [](const auto& c) -> const std::string* {
        if constexpr (requires { c.key; } && !std::is_same_v<std::decay_t<decltype(c)>, Nested>) return &c.key;
        else return nullptr;
      },
      condition);
  if (key == nullptr) return std::nullopt;
  const auto found = fields.fields.find(*key);
  if (found == fields.fields.end()) return std::nullopt;
  return found->second->Answer(condition, size);
}

class Evaluation {
 public:
  Evaluation(const Part& part, const FilterContext& context, uint32_t size, FilterCost* cost)
      : part_(part), context_(context), size_(size), cost_(cost) {}

  Result<Bitmap> Run(const Filter& filter, Bitmap rows) {
    // Indexed conjuncts first: they are cheap and leave fewer payloads to read for the others.
    std::vector<const Condition*> later, later_not;
    for (const Condition& c : filter.must) {
      if (const auto answer = Indexed(c)) rows.And(*answer);
      else later.push_back(&c);
    }
    for (const Condition& c : filter.must_not) {
      if (const auto answer = Indexed(c)) rows.AndNot(*answer);
      else later_not.push_back(&c);
    }
    for (const Condition* c : later) {
      SIDECAR_ASSIGN_OR_RETURN(rows, Check(*c, rows));
    }
    for (const Condition* c : later_not) {
      SIDECAR_ASSIGN_OR_RETURN(const Bitmap hit, Check(*c, rows));
      rows.AndNot(hit);
    }
    if (!filter.should.empty()) {
      Bitmap any(size_);
      Bitmap rest = rows;
      for (const Condition& c : filter.should) {
        SIDECAR_ASSIGN_OR_RETURN(const Bitmap hit, Any(c, rest));
        any.Or(hit);
        rest.AndNot(hit);
      }
      rows = std::move(any);
    }
    if (filter.min_count > 0) {
      std::vector<uint32_t> counts(size_);
      for (const Condition& c : filter.min_should) {
        SIDECAR_ASSIGN_OR_RETURN(const Bitmap hit, Any(c, rows));
        hit.ForEach([&](uint32_t row) { ++counts[row]; });
      }
      Bitmap enough(size_);
      rows.ForEach([&](uint32_t row) {
        if (counts[row] >= filter.min_count) enough.Set(row);
      });
      rows = std::move(enough);
    }
    return rows;
  }

 private:
  std::optional<Bitmap> Indexed(const Condition& condition) {
    if (const auto* c = std::get_if<HasId>(&condition)) {
      ++cost_->indexed_conditions;
      Bitmap out(size_);
      for (const PointId& id : c->ids) {
        const auto row = context_.locate(id);
        if (row && *row < size_) out.Set(*row);
      }
      return out;
    }
    std::optional<Bitmap> answer;
    if (context_.answers != nullptr) {
      const auto taken = context_.answers->find(&condition);
      if (taken != context_.answers->end()) answer = taken->second;
    }
    if (!answer && context_.fields != nullptr) answer = FromIndex(condition, *context_.fields, size_);
    if (answer) ++cost_->indexed_conditions;
    return answer;
  }

  Result<Bitmap> Any(const Condition& condition, const Bitmap& rows) {
    if (auto answer = Indexed(condition)) {
      answer->And(rows);
      return std::move(*answer);
    }
    return Check(condition, rows);
  }

  // Row by row; a sub-filter is a set operation of its own.
  Result<Bitmap> Check(const Condition& condition, const Bitmap& rows) {
    if (const auto* c = std::get_if<SubFilter>(&condition)) return Run(*c->filter, rows);
    ++cost_->scanned_conditions;
    Bitmap out(size_);
    if (const auto* c = std::get_if<HasVector>(&condition)) {
      rows.ForEach([&](uint32_t row) {
        if (HasNamed(c->name, row)) out.Set(row);
      });
      return out;
    }
    Status status;
    rows.ForEach([&](uint32_t row) {
      if (!status.ok()) return;
      if (cost_->payloads_read++ % kLookAtClock == 0 && context_.expired && context_.expired()) {
        status = Status(Code::kDeadlineExceeded, "the filter was not evaluated before the deadline; an index on its fields would help");
        return;
      }
      const auto payload = part_.GetPayload(row);
      if (!payload.ok()) {
        status = payload.status();
        return;
      }
      const RowFacts facts{part_.Id(row), &*payload, [&](const std::string& name) { return HasNamed(name, row); }};
      if (Matches(condition, facts)) out.Set(row);
    });
    if (!status.ok()) return status;
    return out;
  }

  bool HasNamed(const std::string& name, uint32_t row) const {
    for (size_t v = 0; v < context_.config->vectors.size(); ++v) {
      if (context_.config->vectors[v].name == name) return part_.Has(v, row);
    }
    return false;
  }

  const Part& part_;
  const FilterContext& context_;
  const uint32_t size_;
  FilterCost* const cost_;
};

}  // namespace

void TakeAnswers(const Filter& filter, const FieldIndexes& fields, uint32_t size, Answers* out) {
  if (fields.fields.empty()) return;
  for (const std::vector<Condition>* clause : {&filter.must, &filter.should, &filter.must_not, &filter.min_should}) {
    for (const Condition& c : *clause) {
      if (const auto* sub = std::get_if<SubFilter>(&c)) TakeAnswers(*sub->filter, fields, size, out);
      else if (auto answer = FromIndex(c, fields, size)) out->emplace(&c, std::move(*answer));
    }
  }
}

Result<Bitmap> Evaluate(const Filter& filter, const Part& part, const FilterContext& context, Bitmap candidates,
                        FilterCost* cost) {
  const uint32_t size = candidates.size();
  return Evaluation(part, context, size, cost).Run(filter, std::move(candidates));
}

}  // namespace sidecar
