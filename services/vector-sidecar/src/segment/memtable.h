// Rows that are in the log but not yet in a segment. Grows in chunks, so a row never moves, and a reader may hold the rows there
// were (AsOfNow) while more are added.
#pragma once

#include <array>

#include "src/segment/part.h"

namespace sidecar {

// Dimensions below this are scanned exactly (memtable) or by int8 (segments): one bit per component is too little there.
inline constexpr uint32_t kBitCodeMinDimension = 256;

inline bool UsesBits(const VectorParams& params) {
  return params.dimension >= kBitCodeMinDimension && params.distance != Distance::kManhattan;
}

// The coders for a collection's vectors, made once; null where bits are not used.
using Coders = std::vector<std::shared_ptr<const BitCoder>>;
Coders MakeCoders(const CollectionConfig& config);

// What can be worked out of points before their place is known, so that it needs no lock: payloads as stored and 1-bit codes.
struct PreparedRows {
  struct Column {
    std::vector<uint64_t> codes;
    std::vector<float> scale, bias;
    std::vector<uint32_t> ones;
  };
  std::vector<std::string> payloads;
  std::vector<Column> columns;  // by vector; empty where it has no coder
};
PreparedRows Prepare(const CollectionConfig& config, const Coders& coders, const std::vector<Point>& points);

class Memtable final : public Part {
 public:
  // Both outlive the memtable.
  Memtable(const CollectionConfig* config, const Coders* coders);

  // The rows there are now, safe to read while this one grows. Shares their storage: costs a few pointers for each thousand rows
  // and a bit for each. Field indexes and deletions are left out.
  std::shared_ptr<const Part> AsOfNow() const;

  // Adds a row: that of points[number] out of which `rows` was made. Must not run beside a reader.
  void Add(const Point& point, uint64_t lsn, PreparedRows* rows, size_t number);

  uint32_t rows() const override { return rows_; }
  PointId Id(uint32_t row) const override { return heads_[row / kChunkRows]->ids[row % kChunkRows]; }
  uint64_t Lsn(uint32_t row) const override { return heads_[row / kChunkRows]->lsns[row % kChunkRows]; }
  Result<std::string> EncodedPayload(uint32_t row) const override { return heads_[row / kChunkRows]->payloads[row % kChunkRows]; }
  const Bitmap& Present(size_t vector) const override { return columns_[vector].present; }
  Result<const float*> Vector(size_t vector, uint32_t row, float* scratch) const override;
  std::vector<BitBlock> BitBlocks(size_t vector) const override;
  const float* RotatedCentroid(size_t vector) const override { return columns_[vector].zeros->data(); }
  ByteBlock Bytes(size_t) const override { return {}; }
  uint64_t memory_bytes() const override { return bytes_; }
  // What `more` rows with every vector would add at most, payloads aside.
  uint64_t GrowthBytes(uint64_t more) const;

 private:
  explicit Memtable(const Memtable* rows);  // shares the chunks

  static constexpr uint32_t kChunkRows = 1024;
  struct Head {  // what a chunk of rows has beside vectors
    std::array<PointId, kChunkRows> ids;
    std::array<uint64_t, kChunkRows> lsns;
    std::array<std::string, kChunkRows> payloads;
  };
  struct Chunk {
    std::unique_ptr<float[]> floats;
    std::unique_ptr<uint64_t[]> codes;
    std::unique_ptr<float[]> scale, bias;
    std::unique_ptr<uint32_t[]> ones;
  };
  struct Column {  // of one vector
    std::vector<std::shared_ptr<Chunk>> chunks;
    Bitmap present;
    std::shared_ptr<const std::vector<float>> zeros;  // the centroid: data that is still arriving has none yet
  };

  void AddVector(size_t vector, uint32_t row, const std::vector<float>& values, const PreparedRows::Column& prepared, size_t number);

  const CollectionConfig* const config_;
  const Coders* const coders_;
  uint32_t rows_ = 0;
  std::vector<std::shared_ptr<Head>> heads_;
  std::vector<Column> columns_;
  uint64_t bytes_ = 0;
};

}  // namespace sidecar
