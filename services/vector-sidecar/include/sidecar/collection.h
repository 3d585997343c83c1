// One collection: a log, a memtable, segments, and the reads over them.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "sidecar/env.h"
#include "sidecar/operation.h"
#include "sidecar/search.h"

namespace sidecar {

// How long syncs of the log took: counts by upper bound in microseconds, the last without one.
inline constexpr std::array<uint64_t, 10> kSyncBoundsMicros = {100, 250, 500, 1000, 2500, 5000, 10000, 25000, 100000, 1000000};

struct CollectionStats {
  uint64_t points = 0;
  uint64_t segments = 0;
  uint64_t memtable_rows = 0;
  uint64_t deleted_rows = 0;    // still in segments
  uint64_t indexed_rows = 0;    // under a graph or lists
  uint64_t graphs_healed = 0;   // rather than built
  uint64_t indexes_rebuilt = 0; // files that were missing or damaged at the start
  uint64_t log_bytes = 0;
  uint64_t segment_bytes = 0;
  uint64_t memory_bytes = 0;
  uint64_t last_lsn = 0;
  uint64_t checkpoint_lsn = 0;
  uint64_t syncs = 0;
  uint64_t sync_micros = 0;     // total
  std::array<uint64_t, kSyncBoundsMicros.size() + 1> sync_counts{};
  uint64_t background_errors = 0;
  bool read_only = false;
  std::string read_only_reason;
};

struct RecoveryReport {
  uint64_t checkpoint_lsn = 0;
  uint64_t last_lsn = 0;
  uint64_t records_replayed = 0;
  uint64_t bytes_dropped = 0;
  std::string dropped_reason;
  uint64_t segments = 0;
  uint64_t points = 0;
};

// Thread-safe. Writes are serialised and grouped; reads run beside each other and beside writes.
class Collection {
 public:
  virtual ~Collection() = default;
  virtual const CollectionConfig& config() const = 0;
  virtual const RecoveryReport& recovery() const = 0;

  // Returns the operation's log number once it is on disk (durability sync) or in the log (async) and visible to every read.
  // kInvalidArgument changes nothing; kResourceExhausted (memory limit, full disk) may be tried again; after kIoError or
  // kReadOnly it is unknown whether the operation will be there at the next start, and no later write is accepted. kCreateIndex
  // returns when the index is built; kDeadlineExceeded of it tells that it is being built still.
  virtual Result<uint64_t> Apply(Operation operation) = 0;

  virtual Result<std::vector<Record>> Search(const SearchRequest& request, Explain* explain = nullptr) = 0;
  virtual Result<std::vector<Record>> Get(const std::vector<PointId>& ids, const PayloadSelector& with_payload,
                                          const VectorSelector& with_vectors) = 0;
  virtual Result<ScrollPage> Scroll(const ScrollRequest& request) = 0;
  virtual Result<uint64_t> Count(const std::optional<Filter>& filter, uint64_t deadline_micros = 0) = 0;
  // The values of a field with the number of points that hold them: the most frequent first, equal counts by value.
  virtual Result<std::vector<FacetHit>> Facet(const FacetRequest& request) = 0;
  virtual std::map<std::string, FieldType> FieldIndexesInForce() = 0;
  virtual CollectionStats Stats() = 0;

  // Seals what is in memory and waits until the background work it causes is done.
  virtual Status Flush() = 0;
  // Waits until every segment that is to have a graph or lists has them.
  virtual Status WaitForIndexes() = 0;
  // A copy of the collection as of now in `directory` (which must not exist): hard links, a manifest, a list of checksums.
  virtual Status Snapshot(const std::string& directory) = 0;
  // SHA-like digest over ids, versions, payloads and vectors of all live points in id order: equal for equal logs.
  virtual Result<std::string> StateDigest() = 0;
  // Stops background work and marks the log as cleanly closed. Reads and writes after it are refused.
  virtual Status Close() = 0;
};

}  // namespace sidecar
