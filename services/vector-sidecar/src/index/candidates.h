// Keeps the best candidates of a scan by estimate, and the best results by exact score.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "sidecar/types.h"

namespace sidecar {

struct Candidate {
  float nearness;  // larger is nearer
  uint32_t part;
  uint32_t row;
  bool operator<(const Candidate& o) const {  // nearer first; ties by place, so that results do not depend on scan order
    if (nearness != o.nearness) return nearness > o.nearness;
    if (part != o.part) return part < o.part;
    return row < o.row;
  }
};

// The best `keep` of all offered. Offers below the current bar cost one comparison.
class CandidateHeap {
 public:
  explicit CandidateHeap(size_t keep) : keep_(keep) { buffer_.reserve(std::min(2 * keep, kRoomAtFirst)); }
  float bar() const { return bar_; }
  // The nearness of the last one kept; minus infinity while there are fewer.
  float SettledBar() {
    Shrink();
    return bar_;
  }
  void Offer(float nearness, uint32_t part, uint32_t row) {
    if (nearness < bar_ || keep_ == 0) return;
    buffer_.push_back({nearness, part, row});
    if (buffer_.size() >= 2 * keep_) Shrink();
  }
  // Nearest first; the heap is empty afterwards.
  std::vector<Candidate> Take() {
    Shrink();
    std::sort(buffer_.begin(), buffer_.end());
    return std::move(buffer_);
  }

 private:
  void Shrink() {
    if (buffer_.size() < keep_ || keep_ == 0) return;
    std::nth_element(buffer_.begin(), buffer_.begin() + long(keep_) - 1, buffer_.end());
    buffer_.resize(keep_);
    bar_ = buffer_.back().nearness;
    for (const Candidate& c : buffer_) bar_ = std::min(bar_, c.nearness);
  }

  static constexpr size_t kRoomAtFirst = 4096;
  const size_t keep_;
  float bar_ = -std::numeric_limits<float>::infinity();
  std::vector<Candidate> buffer_;
};

}  // namespace sidecar
