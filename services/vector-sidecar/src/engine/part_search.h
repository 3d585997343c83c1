// One search over several parts: collects candidates from each by its own strategy, then scores the best exactly.
#pragma once

#include <functional>
#include <optional>

#include "sidecar/search.h"
#include "src/engine/planner.h"
#include "src/engine/read_view.h"
#include "src/index/candidates.h"
#include "src/index/graph.h"
#include "src/segment/memtable.h"

namespace sidecar {

// Single-threaded; lives for one search, while its view does.
class PartSearch {
 public:
  PartSearch(const std::vector<float>& query, size_t vector, const VectorParams& params, const BitCoder* coder,
             const SearchShape& shape, const ScanCosts& costs, uint32_t probes, std::function<bool()> expired);

  Result<PartPlan> Run(const PinnedPart& part, uint32_t part_number, const Bitmap& allowed);
  // The nearest shape.limit rows with exact scores, nearest first.
  Result<std::vector<Candidate>> Finish(const std::vector<PinnedPart>& parts, Explain* explain);

 private:
  Status RunExact(const PinnedPart& part, uint32_t number, const Bitmap& allowed);
  Status RunBits(const PinnedPart& part, uint32_t number, const Bitmap& allowed);
  Status RunBytes(const PinnedPart& part, uint32_t number, const Bitmap& allowed);
  Status RunGraph(const PinnedPart& part, uint32_t number, const Bitmap& allowed);
  Status RunGraphByBits(const PinnedPart& part, uint32_t number, const Bitmap& allowed);
  Status RunLists(const PinnedPart& part, uint32_t number, const Bitmap& allowed);
  Beam BeamOver(CandidateHeap* walked, uint32_t width) const;
  Status CheckDeadline() const;
  float Exact(const float* row) const;
  // Standard deviation of the difference between a candidate's nearness by bytes and its exact one.
  float RoundingDeviation(const PinnedPart& part, const Candidate& c);
  const ByteQuery& Bytes();
  const std::vector<float>& Rotated();

  const std::vector<float>& query_;
  const size_t vector_;
  const VectorParams& params_;
  const BitCoder* const coder_;
  const SearchShape shape_;
  const ScanCosts& costs_;
  const uint32_t probes_;
  const std::function<bool()> expired_;
  std::optional<ByteQuery> bytes_;
  std::vector<float> rotated_;
  CandidateHeap exact_;      // scored in full already
  CandidateHeap by_bits_;    // one budget over all parts: estimates are comparable
  CandidateHeap by_bytes_;
  // What walks found, all graphs together: one that cannot add to it ends early.
  CandidateHeap walked_by_bits_, walked_by_bytes_;
  uint64_t scored_ = 0;
};

}  // namespace sidecar
