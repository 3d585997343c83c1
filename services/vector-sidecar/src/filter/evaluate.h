// Filters to sets of rows of one part.
#pragma once

#include <functional>
#include <unordered_map>

#include "sidecar/filter.h"
#include "src/filter/field_index.h"
#include "src/index/bitmap.h"
#include "src/segment/part.h"

namespace sidecar {

// How the answer came about; part of `explain`.
struct FilterCost {
  uint32_t indexed_conditions = 0;
  uint32_t scanned_conditions = 0;
  uint64_t payloads_read = 0;
};

// What field indexes said of conditions, taken while the indexes stood still.
using Answers = std::unordered_map<const Condition*, Bitmap>;

// The answers of `fields` over rows [0, size) to every condition of the filter that they can answer.
void TakeAnswers(const Filter& filter, const FieldIndexes& fields, uint32_t size, Answers* out);

// What the evaluator must know beyond the part itself.
struct FilterContext {
  const CollectionConfig* config;
  const FieldIndexes* fields;  // of the part; null where there are none, or where `answers` are all that may be asked
  const Answers* answers;      // may be null
  // The row of the part that holds this id, or none. Needed for has_id.
  std::function<std::optional<uint32_t>(const PointId& id)> locate;
  std::function<bool()> expired;  // looked at while payloads are read
};

// The rows of `candidates` that satisfy the filter, exactly. Conditions with an index are answered from it; the others are
// checked on the payloads of rows the indexed ones left over.
Result<Bitmap> Evaluate(const Filter& filter, const Part& part, const FilterContext& context, Bitmap candidates,
                        FilterCost* cost);

}  // namespace sidecar
