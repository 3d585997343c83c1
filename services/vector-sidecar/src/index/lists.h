// Inverted lists of 1-bit codes for the historical tier: rows grouped by nearest centroid, the codes of a list side by side in
// a file, so that a search reads a few stretches of disk in sequence and keeps only the centroids in memory.
#pragma once

#include <functional>
#include <memory>

#include "src/index/bit_code.h"
#include "src/index/bitmap.h"
#include "src/index/go_on.h"
#include "src/segment/block_file.h"

namespace sidecar {

inline constexpr uint32_t kListsPurpose = 3;

// Reads a row of the segment; the pointer stays valid until the next call.
using RowReader = std::function<Result<const float*>(uint32_t row)>;

struct ListSource {
  RowReader row;
  const Bitmap* present = nullptr;
  uint32_t rows = 0;
  Distance distance = Distance::kCosine;
  const BitCoder* coder = nullptr;
};

// Immutable, thread-safe.
class ListIndex {
 public:
  // Clusters the rows (seeded k-means, same rows give same lists) and writes the file's sections. False when cancelled.
  static Result<bool> Write(const ListSource& source, uint32_t vector, BlockFileWriter* out, const GoOn& go_on);
  static Result<std::shared_ptr<const ListIndex>> Open(std::unique_ptr<BlockFile> file, uint32_t vector, uint32_t rows,
                                                       const BitCoder* coder);

  uint32_t lists() const { return lists_; }
  uint64_t memory_bytes() const { return centroids_.size() * 4 + starts_.size() * 8; }

  // Offers the estimate of every allowed row of the `probes` nearest lists. probes 0: a sixteenth, at least 8.
  Status Search(const float* rotated_query, Distance distance, uint32_t probes, const Bitmap& allowed,
                const std::function<void(float estimate, uint32_t row)>& offer, uint64_t* scored) const;

 private:
  ListIndex() = default;

  std::unique_ptr<BlockFile> file_;
  const BitCoder* coder_ = nullptr;
  uint32_t lists_ = 0;
  std::vector<float> centroids_;   // rotated, lists x padded
  std::vector<uint64_t> starts_;   // lists + 1, in rows
  const Section* data_ = nullptr;
};

}  // namespace sidecar
