// What one read sees: the collection as of one record, pinned under the lock in a moment and read without it, so that no writer ever
// waits for a search. Sealed parts are shared; of the memtable, which grows meanwhile, the rows there were.
#pragma once

#include <unordered_map>
#include <vector>

#include "src/engine/state.h"
#include "src/filter/evaluate.h"

namespace sidecar {

struct PinnedPart {
  std::shared_ptr<const Part> rows;
  const Part* origin;                          // names the part; not to be read
  Bitmap live;
  std::shared_ptr<const FieldIndexes> fields;  // null for the memtable, whose indexes go on changing
  // Of the vector that is searched, where there are any.
  std::shared_ptr<const Graph> graph;
  std::shared_ptr<const PackedBits> packed;
  std::shared_ptr<const ListIndex> lists;
};

struct PinnedRow {
  uint32_t part;
  uint32_t row;
};

struct ReadView {
  std::vector<PinnedPart> parts;  // oldest first, the memtable last
  uint64_t points = 0;
  Answers answers;                // of the memtable's indexes to the filter
  std::unordered_map<PointId, PinnedRow, PointIdHash> named;  // points the filter names by id

  PinnedRow RowOf(const Location& at) const {
    uint32_t part = 0;
    while (parts[part].origin != at.part) ++part;
    return {part, at.row};
  }
};

}  // namespace sidecar
