#include "src/engine/state.h"

#include <algorithm>

#include "src/filter/field_index.h"
#include "src/index/graph.h"
#include "src/index/lists.h"

namespace sidecar {
namespace {

// Below this many removed rows no plan is made on their account alone.
constexpr uint64_t kMinRemovedForPlan = 1000;

std::shared_ptr<FieldIndexes> EmptyIndexes(const std::map<std::string, FieldType>& definitions) {
  auto out = std::make_shared<FieldIndexes>();
  for (const auto& [key, type] : definitions) out->Declare(key, type);
  return out;
}

// A reader may hold the indexes of a part, so they are replaced as a whole.
void ReplaceField(Part* part, const std::string& key, std::shared_ptr<FieldIndex> index) {
  auto fields = std::make_shared<FieldIndexes>(*part->fields);
  fields->fields.erase(key);
  if (index != nullptr) fields->fields.emplace(key, std::move(index));
  part->fields = std::move(fields);
}

}  // namespace

State::State(const CollectionConfig* config, const Coders* coders)
    : config_(config), coders_(coders), active_(std::make_shared<Memtable>(config, coders)) {
  active_->fields = EmptyIndexes(indexes_);
}

std::optional<Location> State::Find(const PointId& id) const {
  const auto found = ids_.find(id);
  if (found == ids_.end()) return std::nullopt;
  return found->second;
}

std::vector<PartPtr> State::Parts() const {
  std::vector<PartPtr> parts(segments_.begin(), segments_.end());
  parts.insert(parts.end(), frozen_.begin(), frozen_.end());
  parts.push_back(active_);
  return parts;
}

uint64_t State::memory_bytes() const {
  uint64_t bytes = ids_.size() * (sizeof(PointId) + sizeof(Location) + 3 * sizeof(void*)) + ids_.bucket_count() * sizeof(void*);
  for (const PartPtr& part : Parts()) {
    bytes += part->memory_bytes() + (part->fields == nullptr ? 0 : part->fields->memory_bytes());
    for (const auto& graph : part->graphs) bytes += graph == nullptr ? 0 : graph->memory_bytes();
    for (const auto& packed : part->packed) bytes += packed == nullptr ? 0 : packed->memory_bytes();
    for (const auto& lists : part->lists) bytes += lists == nullptr ? 0 : lists->memory_bytes();
  }
  return bytes;
}

bool State::Full() const {
  return active_->rows() >= config_->seal_rows || active_->memory_bytes() >= config_->seal_bytes ||
         removed_since_plan_ >= std::max<uint64_t>(kMinRemovedForPlan, ids_.size() / 5);
}

Result<std::optional<SealPlan>> State::Apply(const Operation& op, uint64_t lsn, PreparedRows rows) {
  applied_lsn_ = lsn;
  Status status;
  const auto rewrite_all = [&](auto change) {
    for (const PointId& id : op.ids) {
      if (status.ok()) status = Rewrite(id, lsn, change);
    }
  };
  switch (op.type) {
    case OpType::kUpsert:
      if (rows.payloads.empty()) rows = Prepare(*config_, *coders_, op.points);
      for (size_t i = 0; i < op.points.size(); ++i) {
        Remove(op.points[i].id, lsn);
        AddRow(op.points[i], lsn, &rows, i);
      }
      break;
    case OpType::kDelete:
      for (const PointId& id : op.ids) Remove(id, lsn);
      break;
    case OpType::kSetPayload:
      rewrite_all([&](Point* p) { MergePayload(op.payload, op.key, &p->payload); });
      break;
    case OpType::kOverwritePayload:
      rewrite_all([&](Point* p) { p->payload = op.payload; });
      break;
    case OpType::kDeletePayload:
      rewrite_all([&](Point* p) {
        for (const std::string& key : op.keys) RemoveKey(key, &p->payload);
      });
      break;
    case OpType::kClearPayload:
      rewrite_all([&](Point* p) { p->payload.clear(); });
      break;
    case OpType::kCreateIndex: CreateIndex(op.key, op.field_type); break;
    case OpType::kDeleteIndex:
      indexes_.erase(op.key);
      for (const PartPtr& part : Parts()) ReplaceField(part.get(), op.key, nullptr);
      break;
    case OpType::kUpdateVectors:
      for (const Point& point : op.points) {
        if (!status.ok()) break;
        status = Rewrite(point.id, lsn, [&](Point* p) {
          for (const auto& [name, vector] : point.vectors) p->vectors[name] = vector;
        });
      }
      break;
    case OpType::kDeleteVectors:
      rewrite_all([&](Point* p) {
        for (const std::string& name : op.keys) p->vectors.erase(name);
      });
      break;
    case OpType::kFlush: break;
  }
  if (!status.ok()) return status;
  if (!Full() && op.type != OpType::kFlush) return std::optional<SealPlan>();
  SealPlan plan{lsn, active_, indexes_};
  frozen_.push_back(active_);
  active_ = std::make_shared<Memtable>(config_, coders_);
  active_->fields = EmptyIndexes(indexes_);
  removed_since_plan_ = 0;
  return std::optional<SealPlan>(std::move(plan));
}

void State::Remove(const PointId& id, uint64_t lsn) {
  const auto found = ids_.find(id);
  if (found == ids_.end()) return;
  found->second.part->deletes.Mark(found->second.row, lsn);
  ids_.erase(found);
  ++removed_since_plan_;
}

void State::AddRow(const Point& point, uint64_t lsn, PreparedRows* rows, size_t number) {
  const uint32_t row = active_->rows();
  active_->Add(point, lsn, rows, number);
  active_->fields->AddRow(row, point.payload);
  ids_[point.id] = {active_.get(), row};
}

Result<Point> State::ReadPoint(const PointId& id, const Location& at) const {
  Point point;
  point.id = id;
  SIDECAR_ASSIGN_OR_RETURN(point.payload, at.part->GetPayload(at.row));
  float scratch[kMaxDimension];
  for (size_t v = 0; v < config_->vectors.size(); ++v) {
    if (!at.part->Has(v, at.row)) continue;
    SIDECAR_ASSIGN_OR_RETURN(const float* row, at.part->Vector(v, at.row, scratch));
    point.vectors[config_->vectors[v].name].assign(row, row + config_->vectors[v].dimension);
  }
  return point;
}

template <typename F>
Status State::Rewrite(const PointId& id, uint64_t lsn, F change) {
  const auto at = Find(id);
  if (!at) return {};
  std::vector<Point> point(1);
  SIDECAR_ASSIGN_OR_RETURN(point[0], ReadPoint(id, *at));
  change(&point[0]);
  PreparedRows rows = Prepare(*config_, *coders_, point);
  Remove(id, lsn);
  AddRow(point[0], lsn, &rows, 0);
  return {};
}

Status State::BuildIndexes(Part* part) const {
  auto fields = EmptyIndexes(indexes_);
  if (!indexes_.empty()) {
    for (uint32_t row = 0; row < part->rows(); ++row) {
      SIDECAR_ASSIGN_OR_RETURN(const Payload payload, part->GetPayload(row));
      fields->AddRow(row, payload);
    }
    fields->Seal();
  }
  part->fields = std::move(fields);
  return {};
}

// Only says that it is to be: going over all rows here would hold everything up.
void State::CreateIndex(const std::string& key, FieldType type) {
  const auto found = indexes_.find(key);
  if (found != indexes_.end() && found->second == type) return;
  indexes_[key] = type;
  for (const PartPtr& part : Parts()) ReplaceField(part.get(), key, nullptr);
  if (active_->rows() == 0) ReplaceField(active_.get(), key, std::make_shared<FieldIndex>(type));
}

std::optional<State::MissingField> State::FindMissingField() const {
  for (const PartPtr& part : Parts()) {
    for (const auto& [key, type] : indexes_) {
      if (!part->fields->fields.contains(key)) return MissingField{part, key, type};
    }
  }
  return std::nullopt;
}

std::shared_ptr<const Part> State::RowsOf(const PartPtr& part) const {
  if (part.get() == active_.get()) return active_->AsOfNow();
  return part;
}

Status State::PutFieldInForce(const MissingField& field, uint32_t done, std::shared_ptr<FieldIndex> index) {
  const auto wanted = indexes_.find(field.key);
  if (wanted == indexes_.end() || wanted->second != field.type || field.part->fields->fields.contains(field.key)) return {};
  for (uint32_t row = done; row < field.part->rows(); ++row) {
    SIDECAR_ASSIGN_OR_RETURN(const Payload payload, field.part->GetPayload(row));
    index->Add(row, payload, field.key);
  }
  ReplaceField(field.part.get(), field.key, std::move(index));
  return {};
}

Status State::Adopt(std::shared_ptr<Segment> segment) {
  for (uint32_t row = 0; row < segment->rows(); ++row) {
    if (segment->deletes.Test(row)) continue;
    const PointId id = segment->Id(row);
    if (!ids_.try_emplace(id, Location{segment.get(), row}).second) {
      return Corruption("point " + id.ToString() + " is in two segments");
    }
  }
  SIDECAR_RETURN_IF_ERROR(BuildIndexes(segment.get()));
  segments_.push_back(std::move(segment));
  return {};
}

Status State::Install(const SealPlan& plan, const std::vector<std::shared_ptr<Segment>>& list,
                      const std::vector<Replacement>& replacements) {
  for (const Replacement& r : replacements) {
    if (r.segment == nullptr) continue;
    // Indexes may have come or gone since the plan was made: those that came are built beside, as those of any part are.
    auto fields = std::make_shared<FieldIndexes>();
    for (const auto& [key, index] : r.segment->fields->fields) {
      const auto wanted = indexes_.find(key);
      if (wanted != indexes_.end() && wanted->second == index->type()) fields->fields.emplace(key, index);
    }
    r.segment->fields = std::move(fields);
    std::vector<Deletes::Entry> late;
    std::unordered_map<const Part*, std::unordered_map<uint32_t, uint64_t>> removed;
    for (const RowRef& ref : r.origin) removed.try_emplace(ref.part);
    for (auto& [part, rows] : removed) {
      for (const Deletes::Entry& e : part->deletes.log()) {
        if (e.lsn > plan.lsn) rows[e.row] = e.lsn;
      }
    }
    for (uint32_t row = 0; row < r.origin.size(); ++row) {
      const auto& gone = removed[r.origin[row].part];
      const auto hit = gone.find(r.origin[row].row);
      if (hit != gone.end()) late.push_back({hit->second, row});
      else ids_[r.segment->Id(row)] = {r.segment.get(), row};
    }
    std::sort(late.begin(), late.end(), [](const auto& a, const auto& b) { return a.lsn != b.lsn ? a.lsn < b.lsn : a.row < b.row; });
    for (const Deletes::Entry& e : late) r.segment->deletes.Mark(e.row, e.lsn);
  }
  segments_ = list;
  std::erase(frozen_, plan.memtable);
  return {};
}

}  // namespace sidecar
