#include "src/index/lists.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace sidecar {
namespace {

constexpr uint32_t kMetaSection = 40, kCentroidSection = 41, kStartSection = 42, kDataSection = 43;
constexpr int kIterations = 6;
constexpr uint32_t kSamplePerList = 64;
constexpr uint32_t kMaxLists = 4096;

// One row's entry in a list: u32 row, f32 scale, f32 bias, u32 ones, then the code.
size_t EntryBytes(const BitCoder& coder) { return 16 + coder.words() * 8; }

struct Clustering {
  uint32_t lists = 1;
  std::vector<float> centroids;  // rotated
};

uint32_t Nearest(const Clustering& c, const BitCoder& coder, const float* rotated) {
  uint32_t best = 0;
  float best_distance = INFINITY;
  for (uint32_t l = 0; l < c.lists; ++l) {
    const float distance = ActiveKernels().l2_f32(rotated, &c.centroids[size_t(l) * coder.padded()], coder.padded());
    if (distance < best_distance) {
      best_distance = distance;
      best = l;
    }
  }
  return best;
}

Result<bool> Cluster(const ListSource& source, const std::vector<uint32_t>& rows, Clustering* out, const GoOn& go_on) {
  const BitCoder& coder = *source.coder;
  const size_t padded = coder.padded();
  out->lists = std::clamp(uint32_t(2 * std::sqrt(double(rows.size()))), 1u, kMaxLists);
  const size_t sample_size = std::min<size_t>(rows.size(), size_t(out->lists) * kSamplePerList);
  std::vector<float> sample(sample_size * padded);
  for (size_t i = 0; i < sample_size; ++i) {
    SIDECAR_ASSIGN_OR_RETURN(const float* row, source.row(rows[i * rows.size() / sample_size]));
    coder.Rotate(row, &sample[i * padded]);
  }
  out->centroids.resize(out->lists * padded);
  for (uint32_t l = 0; l < out->lists; ++l) {
    std::memcpy(&out->centroids[l * padded], &sample[(l * sample_size / out->lists) * padded], padded * sizeof(float));
  }
  for (int iteration = 0; iteration < kIterations; ++iteration) {
    std::vector<double> sums(out->lists * padded);
    std::vector<uint32_t> counts(out->lists);
    for (size_t i = 0; i < sample_size; ++i) {
      if (go_on && !go_on()) return false;
      const uint32_t l = Nearest(*out, coder, &sample[i * padded]);
      ++counts[l];
      for (size_t k = 0; k < padded; ++k) sums[l * padded + k] += sample[i * padded + k];
    }
    for (uint32_t l = 0; l < out->lists; ++l) {
      if (counts[l] == 0) continue;  // an empty list keeps its centroid; it may fill from rows outside the sample
      for (size_t k = 0; k < padded; ++k) out->centroids[l * padded + k] = float(sums[l * padded + k] / counts[l]);
    }
  }
  return true;
}

}  // namespace

Result<bool> ListIndex::Write(const ListSource& source, uint32_t vector, BlockFileWriter* out, const GoOn& go_on) {
  const BitCoder& coder = *source.coder;
  std::vector<uint32_t> rows;
  source.present->ForEach([&](uint32_t row) { rows.push_back(row); });
  Clustering clustering;
  SIDECAR_ASSIGN_OR_RETURN(const bool clustered, Cluster(source, rows, &clustering, go_on));
  if (!clustered) return false;
  std::vector<std::vector<uint32_t>> members(clustering.lists);
  std::vector<float> rotated(coder.padded());
  for (const uint32_t row : rows) {
    if (go_on && !go_on()) return false;
    SIDECAR_ASSIGN_OR_RETURN(const float* values, source.row(row));
    coder.Rotate(values, rotated.data());
    members[Nearest(clustering, coder, rotated.data())].push_back(row);
  }
  const uint32_t meta[2] = {clustering.lists, source.rows};
  out->BeginSection(kMetaSection, vector);
  SIDECAR_RETURN_IF_ERROR(out->Append(meta, sizeof(meta)));
  out->BeginSection(kCentroidSection, vector);
  SIDECAR_RETURN_IF_ERROR(out->Append(clustering.centroids.data(), clustering.centroids.size() * sizeof(float)));
  std::vector<uint64_t> starts = {0};
  for (const auto& m : members) starts.push_back(starts.back() + m.size());
  out->BeginSection(kStartSection, vector);
  SIDECAR_RETURN_IF_ERROR(out->Append(starts.data(), starts.size() * sizeof(uint64_t)));
  out->BeginSection(kDataSection, vector);
  std::vector<uint64_t> code(coder.words());
  for (uint32_t l = 0; l < clustering.lists; ++l) {
    for (const uint32_t row : members[l]) {
      SIDECAR_ASSIGN_OR_RETURN(const float* values, source.row(row));
      coder.Rotate(values, rotated.data());
      float factors[2];
      uint32_t ones;
      coder.Encode(rotated.data(), &clustering.centroids[size_t(l) * coder.padded()], source.distance, code.data(), &factors[0],
                   &factors[1], &ones);
      SIDECAR_RETURN_IF_ERROR(out->Append(&row, 4));
      SIDECAR_RETURN_IF_ERROR(out->Append(factors, 8));
      SIDECAR_RETURN_IF_ERROR(out->Append(&ones, 4));
      SIDECAR_RETURN_IF_ERROR(out->Append(code.data(), code.size() * 8));
    }
  }
  return true;
}

Result<std::shared_ptr<const ListIndex>> ListIndex::Open(std::unique_ptr<BlockFile> file, uint32_t vector, uint32_t rows,
                                                         const BitCoder* coder) {
  std::shared_ptr<ListIndex> index(new ListIndex);
  index->coder_ = coder;
  const Status bad = Corruption("lists are not well formed");
  const auto read = [&](uint32_t kind, void* out, uint64_t bytes) -> Status {
    const Section* section = file->Find(kind, vector);
    if (section == nullptr || section->length != bytes) return bad;
    std::string scratch;
    SIDECAR_ASSIGN_OR_RETURN(const auto view, file->View(*section, 0, bytes, &scratch));
    std::memcpy(out, view.data(), bytes);
    return {};
  };
  uint32_t meta[2];
  SIDECAR_RETURN_IF_ERROR(read(kMetaSection, meta, sizeof(meta)));
  if (meta[0] == 0 || meta[0] > kMaxLists || meta[1] != rows) return bad;
  index->lists_ = meta[0];
  index->centroids_.resize(size_t(meta[0]) * coder->padded());
  SIDECAR_RETURN_IF_ERROR(read(kCentroidSection, index->centroids_.data(), index->centroids_.size() * sizeof(float)));
  index->starts_.resize(meta[0] + 1);
  SIDECAR_RETURN_IF_ERROR(read(kStartSection, index->starts_.data(), index->starts_.size() * sizeof(uint64_t)));
  index->data_ = file->Find(kDataSection, vector);
  const bool ordered = std::is_sorted(index->starts_.begin(), index->starts_.end()) && index->starts_.front() == 0;
  if (!ordered || index->data_ == nullptr || index->data_->length != index->starts_.back() * EntryBytes(*coder)) return bad;
  index->file_ = std::move(file);
  return std::shared_ptr<const ListIndex>(std::move(index));
}

Status ListIndex::Search(const float* rotated_query, Distance distance, uint32_t probes, const Bitmap& allowed,
                         const std::function<void(float, uint32_t)>& offer, uint64_t* scored) const {
  probes = std::min(lists_, probes == 0 ? std::max(8u, lists_ / 16) : probes);
  std::vector<std::pair<float, uint32_t>> order(lists_);
  for (uint32_t l = 0; l < lists_; ++l) {
    const float* centroid = &centroids_[size_t(l) * coder_->padded()];
    const float far = LargerIsBetter(distance) ? -ActiveKernels().dot_f32(rotated_query, centroid, coder_->padded())
                                               : ActiveKernels().l2_f32(rotated_query, centroid, coder_->padded());
    order[l] = {far, l};
  }
  std::partial_sort(order.begin(), order.begin() + probes, order.end());
  const size_t entry = EntryBytes(*coder_);
  std::string scratch;
  for (uint32_t p = 0; p < probes; ++p) {
    const uint32_t l = order[p].second;
    const uint64_t count = starts_[l + 1] - starts_[l];
    if (count == 0) continue;
    SIDECAR_ASSIGN_OR_RETURN(const auto view, file_->View(*data_, starts_[l] * entry, count * entry, &scratch));
    const BitQuery query = coder_->Prepare(rotated_query, &centroids_[size_t(l) * coder_->padded()], distance);
    for (uint64_t i = 0; i < count; ++i) {
      const char* at = view.data() + i * entry;
      uint32_t row, ones;
      float scale, bias, estimate;
      std::memcpy(&row, at, 4);
      std::memcpy(&scale, at + 4, 4);
      std::memcpy(&bias, at + 8, 4);
      std::memcpy(&ones, at + 12, 4);
      if (!allowed.Test(row)) continue;
      EstimateBlock(*coder_, query, {row, 1, reinterpret_cast<const uint64_t*>(at + 16), &scale, &bias, &ones}, &estimate);
      offer(estimate, row);
    }
    *scored += count;
  }
  return {};
}

}  // namespace sidecar
