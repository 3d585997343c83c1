// What a collection holds in memory, and how an operation changes it. No input or output beyond reading rows; given the same
// operations in the same order it goes through the same states, which is what makes replay exact.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "sidecar/operation.h"
#include "src/segment/memtable.h"
#include "src/segment/segment.h"

namespace sidecar {

class FieldIndex;

// Work to be done because record `lsn` was applied: seal the memtable, then merge by policy, all as of that record.
struct SealPlan {
  uint64_t lsn = 0;
  std::shared_ptr<Memtable> memtable;
  std::map<std::string, FieldType> indexes;
};

struct Location {
  Part* part = nullptr;
  uint32_t row = 0;
};

// Not thread-safe: the collection guards it with its lock.
class State {
 public:
  State(const CollectionConfig* config, const Coders* coders);

  // Applies a valid operation; `rows` was made of its points (or of none, then it is made here). Returns a plan when this
  // operation filled the memtable. Fails only when a stored row that must be read back is damaged.
  Result<std::optional<SealPlan>> Apply(const Operation& operation, uint64_t lsn, PreparedRows rows = {});

  std::optional<Location> Find(const PointId& id) const;
  size_t points() const { return ids_.size(); }
  uint64_t applied_lsn() const { return applied_lsn_; }
  const std::map<std::string, FieldType>& indexes() const { return indexes_; }
  const Memtable& active() const { return *active_; }
  std::vector<PartPtr> Parts() const;  // oldest first
  const std::vector<std::shared_ptr<Segment>>& segments() const { return segments_; }
  size_t frozen() const { return frozen_.size(); }
  uint64_t memory_bytes() const;

  // Recovery: takes a segment of the manifest over, with its deletes already marked.
  Status Adopt(std::shared_ptr<Segment> segment);
  void SetIndexes(std::map<std::string, FieldType> indexes) { indexes_ = std::move(indexes); }
  void SetAppliedLsn(uint64_t lsn) { applied_lsn_ = lsn; }

  // One new segment of a finished plan: row i of `segment` is what was origin[i]; null when nothing was left to keep.
  struct Replacement {
    std::shared_ptr<Segment> segment;
    std::vector<RowRef> origin;
  };
  // Puts `list` (old segments that stay and new ones, in order) in place of all segments and of the plan's memtable.
  // Deletions after the plan's record are carried over.
  Status Install(const SealPlan& plan, const std::vector<std::shared_ptr<Segment>>& list,
                 const std::vector<Replacement>& replacements);

  // A field of a part that is to be indexed and is not yet: filters read its payloads meanwhile. Rows are added beside all else;
  // the last few, and those that came since, when the index is put in force.
  struct MissingField {
    PartPtr part;
    std::string key;
    FieldType type;
  };
  std::optional<MissingField> FindMissingField() const;
  // The rows of a part as of now, safe to read while it grows.
  std::shared_ptr<const Part> RowsOf(const PartPtr& part) const;
  // `index` holds the first `done` rows. Nothing happens when the field is not to be indexed any more.
  Status PutFieldInForce(const MissingField& field, uint32_t done, std::shared_ptr<FieldIndex> index);

 private:
  // Writes a changed copy of an existing point; `change` edits what was read back.
  template <typename F>
  Status Rewrite(const PointId& id, uint64_t lsn, F change);
  Result<Point> ReadPoint(const PointId& id, const Location& at) const;
  void Remove(const PointId& id, uint64_t lsn);
  void AddRow(const Point& point, uint64_t lsn, PreparedRows* rows, size_t number);
  void CreateIndex(const std::string& key, FieldType type);
  Status BuildIndexes(Part* part) const;
  bool Full() const;

  const CollectionConfig* const config_;
  const Coders* const coders_;
  std::unordered_map<PointId, Location, PointIdHash> ids_;
  std::shared_ptr<Memtable> active_;
  std::vector<std::shared_ptr<Memtable>> frozen_;
  std::vector<std::shared_ptr<Segment>> segments_;
  std::map<std::string, FieldType> indexes_;
  uint64_t applied_lsn_ = 0;
  uint64_t removed_since_plan_ = 0;
};

// The payload after `changes` were merged in at `key` ("" for the root).
void MergePayload(const Payload& changes, const std::string& key, Payload* payload);
// Removes what `path` names; nested keys are given as "a.b".
void RemoveKey(std::string_view path, Payload* payload);

}  // namespace sidecar
