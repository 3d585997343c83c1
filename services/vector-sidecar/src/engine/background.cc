// Sealing, merging and index building.
#include <algorithm>
#include <new>

#include "src/engine/collection_impl.h"
#include "src/engine/compaction.h"
#include "src/filter/field_index.h"

namespace sidecar {

constexpr auto kRetryFullDisk = std::chrono::milliseconds(500);

void CollectionImpl::Enqueue(SealPlan plan) {
  if (options_.read_only) return;  // the frozen memtable simply stays
  {
    std::lock_guard lock(plan_mutex_);
    plans_.push_back(std::move(plan));
  }
  plan_changed_.notify_all();
  // What recovery finds to do waits for the thread that is started after it: nobody waits for graphs to read his data.
  if (options_.background) return;
  while (true) {
    SealPlan next;
    {
      std::lock_guard lock(plan_mutex_);
      if (plans_.empty()) return;
      next = std::move(plans_.front());
      plans_.pop_front();
    }
    bool nothing_changed = false;
    const Status done = RunPlan(next, &nothing_changed);
    if (!done.ok()) {
      ++background_errors_;
      (void)Stop(done);
      return;
    }
    if (!BuildFields(0, false).ok()) ++background_errors_;
    BuildIndexes();
  }
}

Status CollectionImpl::WaitForPlans(size_t at_most) {
  std::unique_lock lock(plan_mutex_);
  plan_changed_.wait(lock, [&] { return closing_ || !stalled_.ok() || plans_.size() + (working_ ? 1 : 0) <= at_most; });
  return plans_.size() + (working_ ? 1 : 0) <= at_most ? Status() : stalled_;
}

void CollectionImpl::BackgroundLoop() {
  std::unique_lock lock(plan_mutex_);
  while (true) {
    plan_changed_.wait(lock, [&] { return closing_ || !plans_.empty(); });
    if (closing_) return;
    working_ = true;
    SealPlan plan = std::move(plans_.front());
    plans_.pop_front();
    lock.unlock();
    Status done;
    bool nothing_changed = false;
    try {
      done = RunPlan(plan, &nothing_changed);
    } catch (const std::bad_alloc&) {
      done = IoError("out of memory while sealing or merging");
    }
    const bool again = done.code() == Code::kResourceExhausted && nothing_changed;
    if (!done.ok()) ++background_errors_;
    if (!done.ok() && !again) (void)Stop(done);
    lock.lock();
    working_ = false;
    indexes_pending_ = true;
    stalled_ = again ? Status(done.code(), "sealed rows wait for space: " + done.message()) : Status();
    if (again) plans_.push_front(std::move(plan));
    plan_changed_.notify_all();
    // The log has it all; the disk may have room again in a moment.
    if (again) plan_changed_.wait_for(lock, kRetryFullDisk, [&] { return closing_.load(); });
  }
}

Result<State::Replacement> CollectionImpl::WriteGroup(const std::vector<RowRef>& origin,
                                                      const std::map<std::string, FieldType>& indexes) {
  const uint64_t number = manifest_.next_segment++;
  SIDECAR_ASSIGN_OR_RETURN(const Digest digest,
                           WriteSegment(env_, directory_, number, config(), coders_, origin, options_.keys));
  SIDECAR_ASSIGN_OR_RETURN(auto segment, Segment::Open(env_, directory_, number, &manifest_.config, options_.keys));
  if (segment->file().digest() != digest) return Corruption(SegmentName(number) + " does not read back as written");
  auto fields = std::make_shared<FieldIndexes>();
  for (const auto& [key, type] : indexes) fields->Declare(key, type);
  if (!indexes.empty()) {
    for (uint32_t row = 0; row < segment->rows(); ++row) {
      SIDECAR_ASSIGN_OR_RETURN(const Payload payload, segment->GetPayload(row));
      fields->AddRow(row, payload);
    }
    fields->Seal();
  }
  segment->fields = std::move(fields);
  return State::Replacement{std::move(segment), origin};
}

Status CollectionImpl::BuildReplacements(const SealPlan& plan, std::vector<State::Replacement>* out,
                                         std::vector<std::shared_ptr<Segment>>* list) {
  std::vector<PartPtr> parts;
  std::vector<Bitmap> dead;
  std::vector<SegmentSize> sizes;
  {
    std::shared_lock lock(state_lock_);
    for (const auto& segment : state_->segments()) parts.push_back(segment);
    parts.push_back(plan.memtable);
    for (const PartPtr& part : parts) {
      dead.push_back(part->deletes.At(plan.lsn, part->rows()));
      const auto* segment = part->segment_number() == 0 ? nullptr : static_cast<const Segment*>(part.get());
      const bool old_key = segment != nullptr && options_.keys != nullptr && segment->file().key() != options_.keys->current;
      sizes.push_back({part->rows(), part->rows() - dead.back().Count(), old_key});
    }
  }
  for (const MergeGroup& group : ChooseMerges(sizes, config().seal_rows)) {
    if (!group.rewrite) {
      list->push_back(std::static_pointer_cast<Segment>(parts[group.first]));
      continue;
    }
    std::vector<RowRef> origin;
    for (uint32_t p = group.first; p < group.first + group.count; ++p) {
      for (uint32_t row = 0; row < parts[p]->rows(); ++row) {
        if (!dead[p].Test(row)) origin.push_back({parts[p].get(), row});
      }
    }
    if (origin.empty()) continue;
    SIDECAR_ASSIGN_OR_RETURN(State::Replacement replacement, WriteGroup(origin, plan.indexes));
    if (group.count == 1 && parts[group.first]->segment_number() != 0) {
      std::unique_lock lock(state_lock_);
      heirs_[replacement.segment->segment_number()] = {dead[group.first], parts[group.first]->graphs};
    }
    list->push_back(replacement.segment);
    out->push_back(std::move(replacement));
  }
  return {};
}

Status CollectionImpl::RunPlan(const SealPlan& plan, bool* nothing_changed) {
  const Foreground foreground(this);
  std::lock_guard work(work_mutex_);
  // After a failure the memtable of the failed plan is in no segment; a later plan's checkpoint would pass over it.
  SIDECAR_RETURN_IF_ERROR(Writable());
  std::vector<State::Replacement> replacements;
  std::vector<std::shared_ptr<Segment>> list;
  const Status written = BuildReplacements(plan, &replacements, &list);
  if (!written.ok()) {
    *nothing_changed = true;
    for (const State::Replacement& r : replacements) RemoveSegmentFiles(r.segment->segment_number());
    return written;
  }
  SIDECAR_RETURN_IF_ERROR(env_->SyncDir(directory_));
  if (config().durability == Durability::kAsync) {
    // The manifest must not speak of records the log could still lose.
    std::lock_guard lock(log_mutex_);
    if (log_ != nullptr) SIDECAR_RETURN_IF_ERROR(log_->Sync());  // during recovery it is on disk already
  }
  Manifest next = manifest_;
  ++next.generation;
  next.checkpoint_lsn = plan.lsn;
  next.indexes = plan.indexes;
  next.segments.clear();
  std::vector<std::shared_ptr<Segment>> old;
  {
    std::shared_lock lock(state_lock_);
    old = state_->segments();
    for (const auto& segment : list) {
      ManifestSegment entry{segment->segment_number(), segment->file().digest(), {}};
      for (const Deletes::Entry& e : segment->deletes.log()) {
        if (e.lsn <= plan.lsn) entry.deletes.push_back({e.lsn, e.row});
      }
      next.segments.push_back(std::move(entry));
    }
  }
  SIDECAR_RETURN_IF_ERROR(WriteManifest(env_, directory_, next, options_.keys));
  manifest_.generation = next.generation;
  manifest_.checkpoint_lsn = next.checkpoint_lsn;
  manifest_.indexes = std::move(next.indexes);
  manifest_.segments = std::move(next.segments);
  checkpoint_lsn_ = plan.lsn;
  if (options_.update_anchor) {
    SIDECAR_RETURN_IF_ERROR(options_.update_anchor({manifest_.uuid, manifest_.generation, plan.lsn}));
  }
  {
    std::unique_lock lock(state_lock_);
    SIDECAR_RETURN_IF_ERROR(state_->Install(plan, list, replacements));
    const auto in_force = [&](uint64_t number) {
      return std::any_of(list.begin(), list.end(), [&](const auto& s) { return s->segment_number() == number; });
    };
    if (building_ != 0 && !in_force(building_)) cancel_build_ = true;
    std::erase_if(heirs_, [&](const auto& heir) { return !in_force(heir.first); });
  }
  {
    std::lock_guard lock(log_mutex_);
    if (log_ != nullptr) SIDECAR_RETURN_IF_ERROR(log_->Retire(plan.lsn));
  }
  for (const auto& segment : old) {
    if (std::find(list.begin(), list.end(), segment) != list.end()) continue;
    RemoveSegmentFiles(segment->segment_number());
  }
  if (!DestroyOldKeys(list).ok()) ++background_errors_;  // the next compaction tries again
  return {};
}

Status CollectionImpl::DestroyOldKeys(const std::vector<std::shared_ptr<Segment>>& segments) {
  if (!options_.keep_keys) return {};
  std::set<uint32_t> needed = {options_.keys->current};
  for (const auto& segment : segments) needed.insert(segment->file().key());
  {
    std::lock_guard lock(log_mutex_);
    if (log_ == nullptr) return {};  // recovery: the log may still need any of them
    needed.merge(log_->KeysInUse());
  }
  if (needed == keys_kept_) return {};
  SIDECAR_RETURN_IF_ERROR(env_->SyncDir(directory_));  // the files of old keys must not come back
  SIDECAR_RETURN_IF_ERROR(options_.keep_keys(needed));
  keys_kept_ = std::move(needed);
  return {};
}

}  // namespace sidecar
