// Which segments to write anew when a memtable is sealed. A pure function of sizes, so that the same log leads to the same
// segments whenever the work happens to be done.
#pragma once

#include <cstdint>
#include <vector>

namespace sidecar {

struct SegmentSize {
  uint32_t rows = 0;
  uint32_t live = 0;
  bool old_key = false;  // sealed under a data key that is no longer the current one
};

// Groups of neighbours, oldest first, that become one segment each. A group of one with `rewrite` false stays as it is; a
// group with no live rows disappears. The last entry of `sizes` is the memtable: it is always rewritten.
struct MergeGroup {
  uint32_t first = 0;
  uint32_t count = 1;
  bool rewrite = false;
};

inline constexpr uint32_t kMergeFanIn = 4;              // neighbours of one size class before they merge
inline constexpr double kDeadShareForRewrite = 0.2;     // a segment with more dead rows is written anew
inline constexpr uint32_t kMaxSegmentRows = 1u << 20;

std::vector<MergeGroup> ChooseMerges(const std::vector<SegmentSize>& sizes, uint32_t seal_rows);

}  // namespace sidecar
