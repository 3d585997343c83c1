// Reads that need no vector: by id, in id order, counting, and the digest of everything.
#include <sodium.h>

#include <algorithm>
#include <shared_mutex>

#include "src/engine/collection_impl.h"
#include "src/env/coding.h"

namespace sidecar {
namespace {

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

Result<Bitmap> CollectionImpl::Allowed(const Part& part, const std::optional<Filter>& filter, uint64_t deadline_micros,
                                       FilterCost* cost) const {
  Bitmap live = part.deletes.Live(part.rows());
  if (!filter || filter->empty()) return live;
  const FilterContext context{&manifest_.config, [&](const PointId& id) -> std::optional<uint32_t> {
                                const auto at = state_->Find(id);
                                if (!at || at->part != &part) return std::nullopt;
                                return at->row;
                              },
                              [&] { return Late(deadline_micros); }};
  return Evaluate(*filter, part, context, std::move(live), cost);
}

Result<std::vector<Record>> CollectionImpl::Get(const std::vector<PointId>& ids, const PayloadSelector& with_payload,
                                                const VectorSelector& with_vectors) {
  std::shared_lock lock(state_lock_);
  std::vector<Record> records;
  for (const PointId& id : ids) {
    const auto at = state_->Find(id);
    if (!at) continue;
    SIDECAR_ASSIGN_OR_RETURN(Record record, MakeRecord(*at->part, at->row, with_payload, with_vectors));
    records.push_back(std::move(record));
  }
  return records;
}

Result<ScrollPage> CollectionImpl::Scroll(const ScrollRequest& request) {
  if (request.limit == 0) return InvalidArgument("Wrong input: limit must be at least 1");
  if (request.filter) SIDECAR_RETURN_IF_ERROR(Validate(*request.filter));
  std::shared_lock lock(state_lock_);
  // A heap of the smallest limit + 1 ids; the one too many is where the next page starts.
  struct Row {
    PointId id;
    const Part* part;
    uint32_t row;
    bool operator<(const Row& o) const { return id < o.id; }
  };
  std::vector<Row> heap;
  const size_t wanted = size_t(request.limit) + 1;
  for (const PartPtr& part : state_->Parts()) {
    FilterCost cost;
    SIDECAR_ASSIGN_OR_RETURN(const Bitmap rows, Allowed(*part, request.filter, request.deadline_micros, &cost));
    rows.ForEach([&](uint32_t row) {
      const PointId id = part->Id(row);
      if (request.offset && id < *request.offset) return;
      if (heap.size() == wanted && !(id < heap.front().id)) return;
      heap.push_back({id, part.get(), row});
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
  for (const Row& r : heap) {
    SIDECAR_ASSIGN_OR_RETURN(Record record, MakeRecord(*r.part, r.row, request.with_payload, request.with_vectors));
    page.records.push_back(std::move(record));
  }
  return page;
}

Result<uint64_t> CollectionImpl::Count(const std::optional<Filter>& filter, uint64_t deadline_micros) {
  if (filter) SIDECAR_RETURN_IF_ERROR(Validate(*filter));
  std::shared_lock lock(state_lock_);
  uint64_t count = 0;
  for (const PartPtr& part : state_->Parts()) {
    FilterCost cost;
    SIDECAR_ASSIGN_OR_RETURN(const Bitmap rows, Allowed(*part, filter, deadline_micros, &cost));
    count += rows.Count();
  }
  return count;
}

std::map<std::string, FieldType> CollectionImpl::FieldIndexesInForce() {
  std::shared_lock lock(state_lock_);
  return state_->indexes();
}

Result<std::string> CollectionImpl::StateDigest() {
  std::shared_lock lock(state_lock_);
  std::map<PointId, Location> ordered(state_->ids().begin(), state_->ids().end());
  crypto_generichash_state hash;
  crypto_generichash_init(&hash, nullptr, 0, 32);
  for (const auto& [id, at] : ordered) {
    SIDECAR_ASSIGN_OR_RETURN(const Record record, MakeRecord(*at.part, at.row, {true, {}, {}}, {true, {}}));
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
