// Reads that need no vector: by id, in id order, counting, and the digest of everything.
#include <sodium.h>

#include <algorithm>
#include <shared_mutex>
#include <unordered_set>

#include "src/engine/answer.h"
#include "src/engine/collection_impl.h"
#include "src/env/coding.h"

namespace sidecar {
namespace {

// Looking one up takes some 100 ns, and writers wait meanwhile; more are found by going over the pinned rows.
constexpr size_t kMaxIdsWhileLocked = 4096;

void CollectIds(const Filter& filter, std::vector<PointId>* ids) {
  for (const std::vector<Condition>* clause : {&filter.must, &filter.should, &filter.must_not, &filter.min_should}) {
    for (const Condition& c : *clause) {
      if (const auto* named = std::get_if<HasId>(&c)) ids->insert(ids->end(), named->ids.begin(), named->ids.end());
      if (const auto* sub = std::get_if<SubFilter>(&c)) CollectIds(*sub->filter, ids);
    }
  }
}

bool Under(const std::string& key, const std::string& path) {
  return key == path || path.starts_with(key + ".");
}

Payload Select(Payload payload, const PayloadSelector& selector) {
  if (!selector.include.empty()) {
    Payload kept;
    for (auto& [key, value] : payload) {
      for (const std::string& path : selector.include) {
        if (!Under(key, path)) continue;
        if (key == path) {
          kept[key] = value;
        } else if (auto* inner = std::get_if<Payload>(&value.data)) {
          PayloadSelector deeper{true, {path.substr(key.size() + 1)}, {}};
          MergePayload(Select(*inner, deeper), key, &kept);
        }
      }
    }
    payload = std::move(kept);
  }
  for (const std::string& path : selector.exclude) RemoveKey(path, &payload);
  return payload;
}

}  // namespace

Result<Record> CollectionImpl::MakeRecord(const Part& part, uint32_t row, const PayloadSelector& with_payload,
                                          const VectorSelector& with_vectors) const {
  Record record;
  record.id = part.Id(row);
  record.version = part.Lsn(row);
  if (with_payload.enabled) {
    SIDECAR_ASSIGN_OR_RETURN(Payload payload, part.GetPayload(row));
    record.payload = Select(std::move(payload), with_payload);
  }
  if (!with_vectors.enabled) return record;
  float scratch[kMaxDimension];
  for (size_t v = 0; v < config().vectors.size(); ++v) {
    const VectorParams& params = config().vectors[v];
    const auto& names = with_vectors.names;
    if (!part.Has(v, row) || (!names.empty() && std::find(names.begin(), names.end(), params.name) == names.end())) continue;
    SIDECAR_ASSIGN_OR_RETURN(const float* values, part.Vector(v, row, scratch));
    record.vectors[params.name].assign(values, values + params.dimension);
  }
  return record;
}

ReadView CollectionImpl::PinParts(bool live) const {
  ReadView view;
  view.points = state_->points();
  for (const PartPtr& part : state_->Parts()) {
    const bool grows = part.get() == &state_->active();
    PinnedPart& pinned = view.parts.emplace_back();
    pinned.rows = grows ? state_->active().AsOfNow() : part;
    pinned.origin = part.get();
    if (live) pinned.live = part->deletes.Live(part->rows());
    if (!grows) pinned.fields = part->fields;
  }
  return view;
}

ReadView CollectionImpl::Pin(const std::optional<Filter>& filter, std::optional<size_t> vector) const {
  std::vector<PointId> ids;
  if (filter) CollectIds(*filter, &ids);
  const bool few = ids.size() <= kMaxIdsWhileLocked;
  ReadView view;
  {
    std::shared_lock lock(state_lock_);
    view = PinParts(true);
    for (PinnedPart& p : view.parts) {
      if (!vector) break;
      p.graph = p.origin->graphs[*vector];
      p.packed = p.origin->packed[*vector];
      p.lists = p.origin->lists[*vector];
    }
    const Memtable& active = state_->active();
    if (filter) TakeAnswers(*filter, *active.fields, active.rows(), &view.answers);
    for (const PointId& id : ids) {
      if (!few) break;
      if (const auto at = state_->Find(id)) view.named.emplace(id, view.RowOf(*at));
    }
  }
  if (few) return view;
  const std::unordered_set<PointId, PointIdHash> wanted(ids.begin(), ids.end());
  for (uint32_t p = 0; p < view.parts.size(); ++p) {
    view.parts[p].live.ForEach([&](uint32_t row) {
      const PointId id = view.parts[p].rows->Id(row);
      if (wanted.contains(id)) view.named.emplace(id, PinnedRow{p, row});
    });
  }
  return view;
}

Result<Bitmap> CollectionImpl::Allowed(const ReadView& view, uint32_t number, const std::optional<Filter>& filter,
                                       uint64_t deadline_micros, FilterCost* cost) const {
  const PinnedPart& part = view.parts[number];
  if (!filter || filter->empty()) return part.live;
  const FilterContext context{&manifest_.config, part.fields.get(), number + 1 == view.parts.size() ? &view.answers : nullptr,
                              [&](const PointId& id) -> std::optional<uint32_t> {
                                const auto at = view.named.find(id);
                                if (at == view.named.end() || at->second.part != number) return std::nullopt;
                                return at->second.row;
                              },
                              [&] { return Late(deadline_micros); }};
  return Evaluate(*filter, *part.rows, context, part.live, cost);
}

Result<std::vector<Record>> CollectionImpl::Get(const std::vector<PointId>& ids, const PayloadSelector& with_payload,
                                                const VectorSelector& with_vectors) {
  ReadView view;
  std::vector<PinnedRow> found;
  {
    std::shared_lock lock(state_lock_);
    view = PinParts(false);
    for (const PointId& id : ids) {
      if (const auto at = state_->Find(id)) found.push_back(view.RowOf(*at));
    }
  }
  Answer answer;
  for (const PinnedRow& at : found) {
    SIDECAR_ASSIGN_OR_RETURN(Record record, MakeRecord(*view.parts[at.part].rows, at.row, with_payload, with_vectors));
    if (!answer.Add(std::move(record))) return AnswerTooLarge();
  }
  return answer.Take();
}

Result<ScrollPage> CollectionImpl::Scroll(const ScrollRequest& request) {
  if (request.limit == 0) return InvalidArgument("Wrong input: limit must be at least 1");
  if (request.filter) SIDECAR_RETURN_IF_ERROR(Validate(*request.filter));
  if (request.order_by) return ScrollInOrder(request, *request.order_by);
  const ReadView view = Pin(request.filter);
  // A heap of the smallest limit + 1 ids; the one too many is where the next page starts.
  struct Row {
    PointId id;
    const Part* part;
    uint32_t row;
    bool operator<(const Row& o) const { return id < o.id; }
  };
  std::vector<Row> heap;
  const size_t wanted = size_t(request.limit) + 1;
  for (uint32_t p = 0; p < view.parts.size(); ++p) {
    const Part* part = view.parts[p].rows.get();
    FilterCost cost;
    SIDECAR_ASSIGN_OR_RETURN(const Bitmap rows, Allowed(view, p, request.filter, request.deadline_micros, &cost));
    rows.ForEach([&](uint32_t row) {
      const PointId id = part->Id(row);
      if (request.offset && id < *request.offset) return;
      if (heap.size() == wanted && !(id < heap.front().id)) return;
      heap.push_back({id, part, row});
      std::push_heap(heap.begin(), heap.end());
      if (heap.size() > wanted) {
        std::pop_heap(heap.begin(), heap.end());
        heap.pop_back();
      }
    });
  }
  std::sort_heap(heap.begin(), heap.end());
  ScrollPage page;
  if (heap.size() == wanted) {
    page.next = heap.back().id;
    heap.pop_back();
  }
  Answer answer;
  for (const Row& r : heap) {
    SIDECAR_ASSIGN_OR_RETURN(Record record, MakeRecord(*r.part, r.row, request.with_payload, request.with_vectors));
    if (answer.Add(std::move(record))) continue;
    page.next = r.id;
    break;
  }
  page.records = answer.Take();
  return page;
}

Result<uint64_t> CollectionImpl::Count(const std::optional<Filter>& filter, uint64_t deadline_micros) {
  if (filter) SIDECAR_RETURN_IF_ERROR(Validate(*filter));
  const ReadView view = Pin(filter);
  uint64_t count = 0;
  for (uint32_t p = 0; p < view.parts.size(); ++p) {
    FilterCost cost;
    SIDECAR_ASSIGN_OR_RETURN(const Bitmap rows, Allowed(view, p, filter, deadline_micros, &cost));
    count += rows.Count();
  }
  return count;
}

std::map<std::string, FieldType> CollectionImpl::FieldIndexesInForce() {
  std::shared_lock lock(state_lock_);
  return state_->indexes();
}

Result<std::string> CollectionImpl::StateDigest() {
  const ReadView view = Pin(std::nullopt);
  std::map<PointId, PinnedRow> ordered;
  for (uint32_t p = 0; p < view.parts.size(); ++p) {
    view.parts[p].live.ForEach([&](uint32_t row) { ordered.emplace(view.parts[p].rows->Id(row), PinnedRow{p, row}); });
  }
  crypto_generichash_state hash;
  crypto_generichash_init(&hash, nullptr, 0, 32);
  for (const auto& [id, at] : ordered) {
    SIDECAR_ASSIGN_OR_RETURN(const Record record, MakeRecord(*view.parts[at.part].rows, at.row, {true, {}, {}}, {true, {}}));
    std::string bytes = id.ToString();
    PutFixed(&bytes, record.version);
    bytes += EncodePayload(record.payload);
    for (const auto& [name, vector] : record.vectors) {
      PutString(&bytes, name);
      bytes.append(reinterpret_cast<const char*>(vector.data()), vector.size() * sizeof(float));
    }
    crypto_generichash_update(&hash, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  }
  unsigned char digest[32];
  crypto_generichash_final(&hash, digest, sizeof(digest));
  char hex[2 * sizeof(digest) + 1];
  sodium_bin2hex(hex, sizeof(hex), digest, sizeof(digest));
  return std::string(hex);
}

CollectionStats CollectionImpl::Stats() {
  CollectionStats stats;
  {
    std::lock_guard lock(log_mutex_);
    if (log_ != nullptr) stats.log_bytes = log_->bytes_in_use();
  }
  {
    std::shared_lock lock(state_lock_);
    stats.points = state_->points();
    stats.segments = state_->segments().size();
    for (const PartPtr& part : state_->Parts()) {
      if (part->segment_number() == 0) {
        stats.memtable_rows += part->rows();
        continue;
      }
      stats.deleted_rows += part->deletes.count();
      stats.segment_bytes += static_cast<const Segment&>(*part).file().file_bytes();
      for (size_t v = 0; v < config().vectors.size(); ++v) {
        if (part->graphs[v] != nullptr || part->lists[v] != nullptr) stats.indexed_rows += part->rows();
      }
    }
    stats.memory_bytes = state_->memory_bytes();
    stats.last_lsn = state_->applied_lsn();
  }
  stats.checkpoint_lsn = checkpoint_lsn_;
  for (size_t b = 0; b < stats.sync_counts.size(); ++b) stats.syncs += stats.sync_counts[b] = sync_times_.counts[b];
  stats.sync_micros = sync_times_.micros;
  stats.background_errors = background_errors_;
  stats.graphs_healed = graphs_healed_;
  stats.indexes_rebuilt = indexes_rebuilt_;
  const Status writable = Writable();
  stats.read_only = writable.code() == Code::kReadOnly;
  stats.read_only_reason = writable.message();
  return stats;
}

}  // namespace sidecar
