#include "src/engine/compaction.h"

#include <algorithm>

namespace sidecar {
namespace {

uint32_t SizeClass(uint64_t rows, uint32_t seal_rows) {
  uint32_t size_class = 0;
  for (uint64_t limit = seal_rows; rows > limit; limit *= kMergeFanIn) ++size_class;
  return size_class;
}

struct Candidate {
  MergeGroup group;
  uint64_t live;
};

// Merges the first run of neighbours of one class that is long enough; false when there is none.
bool MergeOneRun(std::vector<Candidate>* list, uint32_t seal_rows) {
  for (size_t start = 0; start < list->size(); ++start) {
    const uint32_t size_class = SizeClass((*list)[start].live, seal_rows);
    size_t end = start;
    uint64_t live = 0;
    while (end < list->size() && SizeClass((*list)[end].live, seal_rows) == size_class &&
           live + (*list)[end].live <= kMaxSegmentRows) {
      live += (*list)[end++].live;
    }
    if (end - start < kMergeFanIn) continue;
    uint32_t count = 0;
    for (size_t i = start; i < end; ++i) count += (*list)[i].group.count;
    (*list)[start] = {{(*list)[start].group.first, count, true}, live};
    list->erase(list->begin() + long(start) + 1, list->begin() + long(end));
    return true;
  }
  return false;
}

}  // namespace

std::vector<MergeGroup> ChooseMerges(const std::vector<SegmentSize>& sizes, uint32_t seal_rows) {
  std::vector<Candidate> list;
  for (uint32_t i = 0; i < sizes.size(); ++i) {
    const double dead = double(sizes[i].rows - sizes[i].live);
    const bool rewrite = i + 1 == sizes.size() || sizes[i].old_key || dead > kDeadShareForRewrite * sizes[i].rows;
    list.push_back({{i, 1, rewrite}, sizes[i].live});
  }
  while (MergeOneRun(&list, seal_rows)) {
  }
  std::vector<MergeGroup> groups;
  for (const Candidate& c : list) groups.push_back(c.group);
  return groups;
}

}  // namespace sidecar
