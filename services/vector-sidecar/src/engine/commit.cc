// The write path: check, prepare, queue, group, log, sync, apply, acknowledge. Checking and preparing run in each caller's own
// thread; one group at a time is logged and one applied, in the same order, the next being logged while the last is applied.
#include <cmath>
#include <new>

#include "src/engine/collection_impl.h"
#include "src/kernels/kernels.h"

namespace sidecar {
namespace {

constexpr size_t kMaxGroup = 256;
constexpr uint64_t kMaxGroupBytes = 16ull << 20;
constexpr size_t kMaxWaitingPlans = 2;  // sealed memtables that may wait in memory before writers do
constexpr int kMaxPayloadDepth = 32;
constexpr float kMaxSquaredLength = 1e37f;
constexpr uint64_t kIdBytes = 80;            // of one entry of the id table
constexpr uint64_t kSealShareAtLimit = 8;    // at the memory limit, a memtable of this share or more of it is sealed

uint64_t ValueBytes(const Value& value) {
  uint64_t bytes = 16;
  if (const auto* text = std::get_if<std::string>(&value.data)) bytes += text->size();
  if (const auto* list = std::get_if<List>(&value.data)) {
    for (const Value& v : *list) bytes += ValueBytes(v);
  }
  if (const auto* fields = std::get_if<Payload>(&value.data)) {
    for (const auto& [key, v] : *fields) bytes += key.size() + ValueBytes(v);
  }
  return bytes;
}

uint64_t PayloadBytes(const Operation& op) {
  uint64_t bytes = op.ids.size() * ValueBytes(Value{op.payload});
  for (const Point& p : op.points) bytes += ValueBytes(Value{p.payload});
  return bytes;
}

// Of the operation's record, nearly.
uint64_t SizeOf(const Operation& op) {
  uint64_t bytes = 64 + op.ids.size() * 17 + PayloadBytes(op);
  for (const Point& p : op.points) {
    bytes += 64;
    for (const auto& [name, vector] : p.vectors) bytes += vector.size() * sizeof(float);
  }
  return bytes;
}

Status NoMemory() { return {Code::kResourceExhausted, "not enough memory for this write; nothing was written"}; }

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
  // A value that is not finite makes the sum so; which of the two it was is looked at only then.
  const float squared = ActiveKernels().dot_f32(vector->data(), vector->data(), vector->size());
  if (!(squared <= kMaxSquaredLength)) {
    const bool finite = std::all_of(vector->begin(), vector->end(), [](float x) { return std::isfinite(x); });
    return InvalidArgument("Wrong input: vector `" + name + (finite ? "` is too long to be compared in 32 bits" : "` holds a value that is not finite"));
  }
  if (params->distance == Distance::kCosine && squared > 0) {
    const float inverse = float(1.0 / std::sqrt(double(squared)));
    ActiveKernels().scale(vector->data(), inverse, vector->size());
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
    const bool closed = cause.code() == Code::kUnavailable;  // no fault: whoever asks for it again gets the one that is open now
    stopped_ = closed ? cause : Status(Code::kReadOnly, "writes stopped after: " + cause.ToString() + "; restart to recover what is on disk");
  }
  return cause;
}

bool CollectionImpl::OverLimit(const Operation& op, uint64_t pending_bytes, uint64_t* used) const {
  const bool adds = op.type == OpType::kUpsert || op.type == OpType::kUpdateVectors || op.type == OpType::kSetPayload ||
                    op.type == OpType::kOverwritePayload || op.type == OpType::kDeletePayload || op.type == OpType::kClearPayload ||
                    op.type == OpType::kDeleteVectors;
  const uint64_t limit = config().memory_limit_bytes;
  if (limit == 0 || !adds) return false;
  std::shared_lock lock(state_lock_);
  *used = state_->memory_bytes() + pending_bytes;
  const uint64_t rows = op.points.size() + op.ids.size();
  return *used + state_->active().GrowthBytes(rows) + rows * kIdBytes + PayloadBytes(op) > limit;
}

// Waits where waiting helps: for background work that is behind, and, at the memory limit, for the memtable to become a segment,
// whose vectors live in a file.
Status CollectionImpl::MakeRoom(const Operation& op) {
  if (options_.background) SIDECAR_RETURN_IF_ERROR(WaitForPlans(kMaxWaitingPlans));
  uint64_t used = 0;
  if (!OverLimit(op, 0, &used)) return {};
  uint64_t in_memtable = 0;
  {
    std::shared_lock lock(state_lock_);
    in_memtable = state_->active().memory_bytes();
  }
  // A small memtable is not worth a segment of its own.
  if (in_memtable < config().memory_limit_bytes / kSealShareAtLimit) return {};
  return Flush();
}

Status CollectionImpl::Admit(Waiter* waiter, uint64_t* pending_bytes) {
  Operation* op = waiter->operation;
  if (Late(op->deadline_micros)) return Status(Code::kDeadlineExceeded, "the write was still waiting at its deadline; nothing was written");
  SIDECAR_RETURN_IF_ERROR(ResolveFilter(op));
  uint64_t used = 0;
  if (OverLimit(*op, *pending_bytes, &used)) {
    return Status(Code::kResourceExhausted, "the collection holds " + std::to_string(used) + " of " +
                                                std::to_string(config().memory_limit_bytes) +
                                                " bytes of memory; delete points or raise memory_limit_bytes");
  }
  *pending_bytes += waiter->bytes;
  if (waiter->encoded.empty()) waiter->encoded = EncodeOperation(*op, kRecordHeaderBytes);
  return {};
}

Status CollectionImpl::ResolveFilter(Operation* op) {
  if (!op->filter) return {};
  // The leader alone changes what is read here, and its turn is now: the view is the state.
  const ReadView view = Pin(op->filter);
  for (uint32_t p = 0; p < view.parts.size(); ++p) {
    FilterCost cost;
    SIDECAR_ASSIGN_OR_RETURN(const Bitmap rows, Allowed(view, p, op->filter, op->deadline_micros, &cost));
    rows.ForEach([&](uint32_t row) { op->ids.push_back(view.parts[p].rows->Id(row)); });
  }
  op->filter.reset();
  return {};
}

Result<uint64_t> CollectionImpl::Apply(Operation op) {
  const Foreground foreground(this);
  SIDECAR_RETURN_IF_ERROR(Writable());
  SIDECAR_RETURN_IF_ERROR(Normalise(&op));
  SIDECAR_RETURN_IF_ERROR(MakeRoom(op));
  Waiter self;
  self.operation = &op;
  self.bytes = SizeOf(op);
  try {
    if (!op.filter) self.encoded = EncodeOperation(op, kRecordHeaderBytes);
    if (op.type == OpType::kUpsert) self.rows = Prepare(config(), coders_, op.points);
  } catch (const std::bad_alloc&) {
    return NoMemory();
  }
  std::unique_lock lock(queue_mutex_);
  queue_.push_back(&self);
  self.wake.wait(lock, [&] { return self.done || (!self.taken && !logging_ && queue_.front() == &self); });
  if (!self.done) Lead(&lock);
  lock.unlock();
  if (!self.result.ok() || op.type != OpType::kCreateIndex) return self.result;
  const Status built = BuildFields(op.deadline_micros);
  if (built.ok()) return self.result;
  IndexInBackground();
  return built;
}

// The head of the queue commits for those behind it.
void CollectionImpl::Lead(std::unique_lock<std::mutex>* lock) {
  // What a filter selects depends on the operations before, so such an operation goes alone, and when they have been applied.
  // So does what is left of a memory limit.
  const bool needs_state = queue_.front()->operation->filter.has_value() || config().memory_limit_bytes != 0;
  std::vector<Waiter*> group;
  uint64_t bytes = 0;
  while (!queue_.empty()) {
    Waiter* const w = queue_.front();
    const bool filtered = w->operation->filter.has_value();
    if (!group.empty() && (filtered || bytes + w->bytes > kMaxGroupBytes || group.size() == kMaxGroup)) break;
    w->taken = true;
    group.push_back(w);
    queue_.pop_front();
    bytes += w->bytes;
    if (filtered) break;
  }
  logging_ = true;
  if (needs_state) turn_changed_.wait(*lock, [&] { return applied_turns_ == logged_turns_; });
  lock->unlock();
  std::vector<LogRecord> records;
  const std::vector<Waiter*> logged = LogGroup(group, &records);
  lock->lock();
  logging_ = false;
  const uint64_t turn = logged_turns_++;
  if (!queue_.empty()) queue_.front()->wake.notify_one();
  turn_changed_.wait(*lock, [&] { return applied_turns_ == turn; });
  lock->unlock();
  ApplyGroup(logged, records);
  lock->lock();
  ++applied_turns_;
  turn_changed_.notify_all();
  for (Waiter* w : group) {
    w->done = true;
    w->wake.notify_one();
  }
}

// Those whose operations are in the log and, unless the collection is asynchronous, on disk; the others have their result.
std::vector<CollectionImpl::Waiter*> CollectionImpl::LogGroup(const std::vector<Waiter*>& group, std::vector<LogRecord>* records) {
  std::vector<Waiter*> admitted;
  try {
    uint64_t pending_bytes = 0;
    const Status writable = Writable();
    for (Waiter* w : group) {
      const Status status = writable.ok() ? Admit(w, &pending_bytes) : writable;
      if (!status.ok()) {
        w->result = status;
        continue;
      }
      admitted.push_back(w);
      records->push_back({uint8_t(w->operation->type), 0, std::move(w->encoded), kRecordHeaderBytes});
    }
  } catch (const std::bad_alloc&) {
    for (Waiter* w : group) w->result = NoMemory();
    return {};
  }
  if (admitted.empty()) return {};
  Status logged;
  try {
    logged = WriteLog(records);
  } catch (const std::bad_alloc&) {
    logged = IoError("out of memory while writing the log");  // how much of it is in the file only recovery can tell
  }
  if (logged.ok()) return admitted;
  // A full disk or an operation that is too large leaves the log sound; any other failure ends writing.
  if (logged.code() != Code::kResourceExhausted && logged.code() != Code::kInvalidArgument) (void)Stop(logged);
  for (Waiter* w : admitted) w->result = logged;
  return {};
}

void CollectionImpl::ApplyGroup(const std::vector<Waiter*>& group, const std::vector<LogRecord>& records) {
  for (size_t i = 0; i < group.size(); ++i) {
    // What is in the log may be half applied: only recovery knows how to go on, so nothing is applied on top of it.
    if (unapplied_.ok()) {
      try {
        unapplied_ = ApplyLogged(*group[i]->operation, records[i].lsn, std::move(group[i]->rows));
      } catch (const std::bad_alloc&) {
        unapplied_ = IoError("out of memory between log and memtable");
      }
      if (!unapplied_.ok()) (void)Stop(unapplied_);
    }
    if (unapplied_.ok()) group[i]->result = records[i].lsn;
    else group[i]->result = unapplied_;
  }
}

Status CollectionImpl::WriteLog(std::vector<LogRecord>* records) {
  std::lock_guard lock(log_mutex_);
  uint64_t lsn = log_->last_lsn();
  for (LogRecord& r : *records) r.lsn = ++lsn;
  SIDECAR_RETURN_IF_ERROR(log_->Append(records));
  return config().durability == Durability::kSync ? SyncLog() : Status();
}

Status CollectionImpl::SyncLog() {
  const uint64_t start = env_->NowMicros();
  const Status synced = log_->Sync();
  sync_times_.Add(env_->NowMicros() - start);
  return synced;
}

Status CollectionImpl::ApplyLogged(const Operation& op, uint64_t lsn, PreparedRows rows) {
  std::optional<SealPlan> plan;
  {
    std::unique_lock lock(state_lock_);
    SIDECAR_ASSIGN_OR_RETURN(plan, state_->Apply(op, lsn, std::move(rows)));
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
      const Status synced = SyncLog();
      if (!synced.ok()) (void)Stop(synced);
    }
    lock.lock();
  }
}

}  // namespace sidecar
