// Field indexes over rows that are already there.
#include <new>
#include <shared_mutex>

#include "src/engine/collection_impl.h"
#include "src/filter/field_index.h"

namespace sidecar {
namespace {

constexpr uint32_t kRowsBetweenLooks = 256;
constexpr uint32_t kRowsWhileLocked = 256;  // some 0.5 ms

}  // namespace

Status CollectionImpl::BuildFields(uint64_t deadline_micros, bool wait) {
  std::unique_lock building(fields_mutex_, std::defer_lock);
  if (wait) building.lock();
  else if (!building.try_lock()) return {};  // whoever builds goes on until nothing is lacking
  while (true) {
    std::optional<State::MissingField> next;
    {
      std::shared_lock lock(state_lock_);
      next = state_->FindMissingField();
    }
    if (!next) return {};
    try {
      SIDECAR_RETURN_IF_ERROR(BuildField(*next, deadline_micros));
    } catch (const std::bad_alloc&) {
      return Status(Code::kResourceExhausted, "not enough memory for the index on `" + next->key + "`; filters on it read payloads instead");
    }
  }
}

Status CollectionImpl::BuildField(const State::MissingField& field, uint64_t deadline_micros) {
  auto index = std::make_shared<FieldIndex>(field.type);
  uint32_t done = 0;
  while (true) {
    std::shared_ptr<const Part> rows;
    {
      std::shared_lock lock(state_lock_);
      rows = state_->RowsOf(field.part);
    }
    // The last few, with those that come meanwhile, are added under the lock; a part that grows is never caught up with otherwise.
    if (done > 0 && rows->rows() - done <= kRowsWhileLocked) break;
    for (; done < rows->rows(); ++done) {
      if (done % kRowsBetweenLooks == 0) {
        if (closing_) return Status(Code::kUnavailable, "the collection was closed");
        if (Late(deadline_micros)) {
          return Status(Code::kDeadlineExceeded, "the index on `" + field.key + "` is still being built; until it is there, filters read payloads");
        }
      }
      SIDECAR_ASSIGN_OR_RETURN(const Payload payload, rows->GetPayload(done));
      index->Add(done, payload, field.key);
    }
    if (done == 0) break;
  }
  if (field.part->segment_number() != 0) index->Seal();
  std::unique_lock lock(state_lock_);
  return state_->PutFieldInForce(field, done, std::move(index));
}

}  // namespace sidecar
