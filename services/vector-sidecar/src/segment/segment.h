// A sealed, immutable segment: what a memtable or a merge of segments is written to. See docs/format.md, section 4.
#pragma once

#include "src/segment/block_file.h"
#include "src/segment/memtable.h"

namespace sidecar {

inline constexpr uint32_t kSegmentPurpose = 1;

// Kinds of sections. Values are part of the format.
enum SectionKind : uint32_t {
  kIds = 1,             // 17 bytes per row: 1 when UUID, upper half, lower half
  kLsns = 2,            // 8 bytes per row
  kPayloadOffsets = 3,  // rows + 1 offsets into kPayloads
  kPayloads = 4,
  kPresent = 10,        // bit per row
  kFloats = 11,
  kByteCodes = 12,
  kByteScale = 13,
  kByteNorm = 14,
  kBitCodes = 15,
  kBitScale = 16,
  kBitBias = 17,
  kBitOnes = 18,
  kCentroid = 19,       // rotated
};

struct RowRef {
  const Part* part;
  uint32_t row;
};

// Writes the rows, in the given order, as segment `number` in `directory`: temporary name, sync, rename. The caller syncs
// the directory. The same rows give the same bytes unless the collection is encrypted.
Result<Digest> WriteSegment(Env* env, const std::string& directory, uint64_t number, const CollectionConfig& config,
                            const Coders& coders, const std::vector<RowRef>& rows, const KeyRing* keys);

std::string SegmentName(uint64_t number);  // "seg-000007"

class Segment final : public Part {
 public:
  static Result<std::shared_ptr<Segment>> Open(Env* env, const std::string& directory, uint64_t number,
                                               const CollectionConfig* config, const KeyRing* keys);

  uint32_t rows() const override { return file_->rows(); }
  PointId Id(uint32_t row) const override;
  uint64_t Lsn(uint32_t row) const override;
  Result<std::string> EncodedPayload(uint32_t row) const override;
  const Bitmap& Present(size_t vector) const override { return columns_[vector].present; }
  Result<const float*> Vector(size_t vector, uint32_t row, float* scratch) const override;
  std::vector<BitBlock> BitBlocks(size_t vector) const override;
  const float* RotatedCentroid(size_t vector) const override;
  ByteBlock Bytes(size_t vector) const override { return columns_[vector].bytes; }
  uint64_t memory_bytes() const override { return memory_bytes_; }
  uint64_t segment_number() const override { return number_; }

  const BlockFile& file() const { return *file_; }

 private:
  struct Column {
    Bitmap present;
    const Section* floats = nullptr;
    ByteBlock bytes;
    BitBlock bits;
    const float* centroid = nullptr;
  };
  Segment() = default;
  Status Load();
  // The whole section, as long as the segment lives.
  Result<std::string_view> Hold(SectionKind kind, size_t vector, uint64_t expected_bytes);
  Status LoadColumn(size_t vector);

  uint64_t number_ = 0;
  const CollectionConfig* config_ = nullptr;
  std::unique_ptr<BlockFile> file_;
  std::vector<std::unique_ptr<std::string>> held_;  // opened copies of sealed sections
  std::string_view ids_, lsns_, payload_offsets_;
  const Section* payloads_ = nullptr;
  std::vector<Column> columns_;
  uint64_t memory_bytes_ = 0;
};

}  // namespace sidecar
