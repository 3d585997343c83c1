// Index files beside segments: graphs and lists. They are derived: a missing or damaged one is built again.
#pragma once

#include <memory>

#include "src/index/graph.h"
#include "src/index/lists.h"
#include "src/segment/segment.h"

namespace sidecar {

inline constexpr uint32_t kGraphPurpose = 2;

std::string IndexName(uint64_t segment, size_t vector);  // "idx-000007-0"

GraphSpace SpaceOf(const Segment& segment, const CollectionConfig& config, size_t vector);

// kNotFound when there is no file, kCorruption when it is not this segment's or not intact.
Result<std::shared_ptr<const Graph>> LoadGraph(Env* env, const std::string& directory, const Segment& segment, size_t vector,
                                               const KeyRing* keys);
Status SaveGraph(Env* env, const std::string& directory, const Segment& segment, size_t vector, const Graph& graph,
                 const KeyRing* keys);
Result<std::shared_ptr<const ListIndex>> LoadLists(Env* env, const std::string& directory, const Segment& segment,
                                                   size_t vector, const BitCoder* coder, const KeyRing* keys);
// False when cancelled.
Result<bool> BuildLists(Env* env, const std::string& directory, const Segment& segment, size_t vector, Distance distance,
                        const BitCoder* coder, const KeyRing* keys, const GoOn& go_on);

}  // namespace sidecar
