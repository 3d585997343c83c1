// The write path: check, queue, group, log, sync, apply, acknowledge.
#include <cmath>

#include "src/engine/collection_impl.h"
#include "src/kernels/kernels.h"

namespace sidecar {
namespace {

constexpr size_t kMaxGroup = 256;
constexpr uint64_t kMaxGroupBytes = 16ull << 20;
constexpr size_t kMaxWaitingPlans = 2;  // sealed memtables that may wait in memory before writers do
constexpr int kMaxPayloadDepth = 32;

uint64_t SizeOf(const Operation& op) {
  uint64_t bytes = 64 + op.ids.size() * 17;
  for (const Point& p : op.points) {
    bytes += 64;
    for (const auto& [name, vector] : p.vectors) bytes += vector.size() * sizeof(float);
  }
  return bytes;
}

Status CheckDepth(const Value& value, int depth) {
  if (depth > kMaxPayloadDepth) return InvalidArgument("a payload nests deeper than 32");
  if (const auto* list = std::get_if<List>(&value.data)) {
    for (const Value& v : *list) SIDECAR_RETURN_IF_ERROR(CheckDepth(v, depth + 1));
  }
  if (const auto* fields = std::get_if<Payload>(&value.data)) {
    for (const auto& [key, v] : *fields) SIDECAR_RETURN_IF_ERROR(CheckDepth(v, depth + 1));
  }
  return {};
}

}  // namespace

Status CollectionImpl::NormaliseVector(const std::string& name, std::vector<float>* vector) const {
  const VectorParams* params = nullptr;
  for (const VectorParams& v : config().vectors) {
    if (v.name == name) params = &v;
  }
  if (params == nullptr) return InvalidArgument("Wrong input: Not existing vector name error: " + name);
  if (vector->size() != params->dimension) {
    return InvalidArgument("Wrong input: Vector dimension error: expected dim: " + std::to_string(params->dimension) +
                           ", got " + std::to_string(vector->size()));
  }
  double squared = 0;
  for (const float x : *vector) {
    if (!std::isfinite(x)) return InvalidArgument("Wrong input: vector `" + name + "` holds a value that is not finite");
    squared += double(x) * x;
  }
  if (squared > 1e37) return InvalidArgument("Wrong input: vector `" + name + "` is too long to be compared in 32 bits");
  if (params->distance == Distance::kCosine && squared > 0) {
    const float inverse = float(1.0 / std::sqrt(squared));
    for (float& x : *vector) x *= inverse;
  }
  return {};
}

Status CollectionImpl::Normalise(Operation* op) const {
  for (Point& point : op->points) {
    for (auto& [name, vector] : point.vectors) SIDECAR_RETURN_IF_ERROR(NormaliseVector(name, &vector));
    SIDECAR_RETURN_IF_ERROR(CheckDepth(Value{point.payload}, 0));
  }
  SIDECAR_RETURN_IF_ERROR(CheckDepth(Value{op->payload}, 0));
  if (op->filter) SIDECAR_RETURN_IF_ERROR(Validate(*op->filter));
  if (op->type == OpType::kDeleteVectors) {
    for (const std::string& name : op->keys) {
      bool known = false;
      for (const VectorParams& v : config().vectors) known = known || v.name == name;
      if (!known) return InvalidArgument("Wrong input: Not existing vector name error: " + name);
    }
  }
  const bool keyed = op->type == OpType::kCreateIndex || op->type == OpType::kDeleteIndex;
  if (keyed && op->key.empty()) return InvalidArgument("Wrong input: a field index needs a field name");
  return {};
}

Status CollectionImpl::Writable() const {
  std::lock_guard lock(stop_mutex_);
  return stopped_;
}

Status CollectionImpl::Stop(const Status& cause) {
  std::lock_guard lock(stop_mutex_);
  if (stopped_.ok()) {
    stopped_ = Status(Code::kReadOnly, "writes stopped after: " + cause.ToString() + "; restart to recover what is on disk");
  }
  return cause;
}

Status CollectionImpl::MakeRoom(const Operation& op) {
  if (options_.background) WaitForPlans(kMaxWaitingPlans);
  const bool adds = op.type == OpType::kUpsert || op.type == OpType::kUpdateVectors || op.type == OpType::kSetPayload ||
                    op.type == OpType::kOverwritePayload;
  const uint64_t limit = config().memory_limit_bytes;
  if (limit == 0 || !adds) return {};
  std::shared_lock lock(state_lock_);
  const uint64_t used = state_->memory_bytes();
  if (used + SizeOf(op) <= limit) return {};
  return Status(Code::kResourceExhausted, "the collection holds " + std::to_string(used) + " of " + std::to_string(limit) +
                                              " bytes of memory; delete points, flush, or raise memory_limit_bytes");
}

Status CollectionImpl::ResolveFilter(Operation* op) {
  if (!op->filter) return {};
  std::shared_lock lock(state_lock_);
  for (const PartPtr& part : state_->Parts()) {
    FilterCost cost;
    SIDECAR_ASSIGN_OR_RETURN(const Bitmap rows, Allowed(*part, op->filter, &cost));
    rows.ForEach([&](uint32_t row) { op->ids.push_back(part->Id(row)); });
  }
  op->filter.reset();
  return {};
}

Result<uint64_t> CollectionImpl::Apply(Operation op) {
  SIDECAR_RETURN_IF_ERROR(Writable());
  SIDECAR_RETURN_IF_ERROR(Normalise(&op));
  SIDECAR_RETURN_IF_ERROR(MakeRoom(op));
  Waiter self{&op, SizeOf(op), false, uint64_t(0), {}};
  std::unique_lock lock(queue_mutex_);
  queue_.push_back(&self);
  self.wake.wait(lock, [&] { return self.done || queue_.front() == &self; });
  if (self.done) return self.result;
  // The head of the queue commits for those behind it. What a filter selects depends on the operations before, so such an
  // operation goes alone.
  std::vector<Waiter*> group;
  uint64_t bytes = 0;
  for (Waiter* w : queue_) {
    if (!group.empty() && (w->operation->filter || bytes + w->bytes > kMaxGroupBytes || group.size() == kMaxGroup)) break;
    group.push_back(w);
    bytes += w->bytes;
    if (w->operation->filter) break;
  }
  lock.unlock();
  CommitGroup(group);
  lock.lock();
  for (Waiter* w : group) {
    queue_.pop_front();
    w->done = true;
    if (w != &self) w->wake.notify_one();
  }
  if (!queue_.empty()) queue_.front()->wake.notify_one();
  return self.result;
}

void CollectionImpl::CommitGroup(const std::vector<Waiter*>& group) {
  const auto fail = [&](const Status& status) {
    for (Waiter* w : group) w->result = status;
  };
  Status status = Writable();
  for (Waiter* w : group) {
    if (status.ok()) status = ResolveFilter(w->operation);
  }
  if (!status.ok()) return fail(status);
  std::vector<LogRecord> records;
  {
    std::lock_guard lock(log_mutex_);
    uint64_t lsn = log_->last_lsn();
    for (Waiter* w : group) records.push_back({uint8_t(w->operation->type), ++lsn, EncodeOperation(*w->operation)});
    status = log_->Append(records);
    // A full disk or an operation that is too large leaves the log sound; any other failure ends writing.
    if (status.code() == Code::kResourceExhausted || status.code() == Code::kInvalidArgument) return fail(status);
    if (status.ok() && config().durability == Durability::kSync) {
      const uint64_t start = env_->NowMicros();
      status = log_->Sync();
      sync_micros_ += env_->NowMicros() - start;
      ++syncs_;
    }
  }
  if (!status.ok()) return fail(Stop(status));
  for (size_t i = 0; i < group.size(); ++i) {
    status = ApplyLogged(*group[i]->operation, records[i].lsn);
    if (!status.ok()) return fail(Stop(status));
    group[i]->result = records[i].lsn;
  }
}

Status CollectionImpl::ApplyLogged(const Operation& op, uint64_t lsn) {
  std::optional<SealPlan> plan;
  {
    std::unique_lock lock(state_lock_);
    SIDECAR_ASSIGN_OR_RETURN(plan, state_->Apply(op, lsn));
  }
  if (plan) Enqueue(std::move(*plan));
  return {};
}

void CollectionImpl::AsyncSyncLoop() {
  std::unique_lock lock(plan_mutex_);
  while (!closing_) {
    plan_changed_.wait_for(lock, std::chrono::milliseconds(options_.async_sync_millis), [&] { return closing_.load(); });
    lock.unlock();
    {
      std::lock_guard log_lock(log_mutex_);
      const Status synced = log_->Sync();
      if (!synced.ok()) (void)Stop(synced);
      ++syncs_;
    }
    lock.lock();
  }
}

}  // namespace sidecar
