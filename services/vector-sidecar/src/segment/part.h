// A set of rows that is searched as one: the memtable (growing or frozen) or a sealed segment. Rows never change; they only
// become deleted. Methods are safe to call concurrently, except on a memtable that grows; the members at the end are guarded by the
// collection's lock.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sidecar/types.h"
#include "src/index/bit_code.h"
#include "src/index/bitmap.h"
#include "src/index/byte_code.h"

namespace sidecar {

class FieldIndexes;
class Graph;
class ListIndex;
class PackedBits;

// Which rows are deleted, and since which record: a background job that works on the state as of record X must not see
// deletions that came later. Guarded by the collection's lock.
class Deletes {
 public:
  void Mark(uint32_t row, uint64_t lsn) {
    if (dead_.size() <= row) dead_.Resize(std::max(row + 1, dead_.size() * 2));
    if (dead_.Test(row)) return;
    dead_.Set(row);
    log_.push_back({lsn, row});
  }
  bool Test(uint32_t row) const { return dead_.Test(row); }
  uint32_t count() const { return uint32_t(log_.size()); }
  // As of record `lsn`, over `rows` rows.
  Bitmap At(uint64_t lsn, uint32_t rows) const {
    Bitmap dead(rows);
    for (const Entry& e : log_) {
      if (e.lsn <= lsn && e.row < rows) dead.Set(e.row);
    }
    return dead;
  }
  Bitmap Live(uint32_t rows) const {
    Bitmap live = dead_;
    live.Resize(rows);
    live.Not();
    return live;
  }
  struct Entry {
    uint64_t lsn;
    uint32_t row;
  };
  const std::vector<Entry>& log() const { return log_; }  // by rising lsn

 private:
  Bitmap dead_;
  std::vector<Entry> log_;
};

class Part {
 public:
  virtual ~Part();
  virtual uint32_t rows() const = 0;
  virtual PointId Id(uint32_t row) const = 0;
  virtual uint64_t Lsn(uint32_t row) const = 0;
  virtual Result<std::string> EncodedPayload(uint32_t row) const = 0;
  // The rows that have this vector; as large as rows().
  virtual const Bitmap& Present(size_t vector) const = 0;
  bool Has(size_t vector, uint32_t row) const { return Present(vector).Test(row); }
  // The row itself, or a copy in `scratch` (room for the dimension); undefined where Has is false.
  virtual Result<const float*> Vector(size_t vector, uint32_t row, float* scratch) const = 0;
  // 1-bit codes in row order with the rotated centroid they belong to; empty when there are none in memory.
  virtual std::vector<BitBlock> BitBlocks(size_t vector) const = 0;
  virtual const float* RotatedCentroid(size_t vector) const = 0;
  // int8 codes of all rows; codes is null when there are none.
  virtual ByteBlock Bytes(size_t vector) const = 0;
  virtual uint64_t memory_bytes() const = 0;
  virtual uint64_t segment_number() const { return 0; }  // 0 for a memtable

  Result<Payload> GetPayload(uint32_t row) const {
    SIDECAR_ASSIGN_OR_RETURN(const std::string encoded, EncodedPayload(row));
    return DecodePayload(encoded);
  }

  Deletes deletes;
  std::shared_ptr<FieldIndexes> fields;                   // replaced, never changed, once the part has stopped growing
  std::vector<std::shared_ptr<const Graph>> graphs;       // per vector, null until built
  std::vector<std::shared_ptr<const PackedBits>> packed;  // beside a graph where vectors have 1-bit codes
  std::vector<std::shared_ptr<const ListIndex>> lists;
};

using PartPtr = std::shared_ptr<Part>;

}  // namespace sidecar
