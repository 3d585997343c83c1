#include "src/segment/segment.h"

#include <cstdio>
#include <cstring>

#include "src/env/coding.h"

namespace sidecar {

constexpr size_t kIdBytes = 17;

std::string SegmentName(uint64_t number) {
  char name[32];
  std::snprintf(name, sizeof(name), "seg-%06llu", static_cast<unsigned long long>(number));
  return name;
}

Result<std::shared_ptr<Segment>> Segment::Open(Env* env, const std::string& directory, uint64_t number,
                                               const CollectionConfig* config, const KeyRing* keys) {
  std::shared_ptr<Segment> segment(new Segment);
  segment->number_ = number;
  segment->config_ = config;
  SIDECAR_ASSIGN_OR_RETURN(segment->file_,
                           BlockFile::Open(env, directory + "/" + SegmentName(number), kSegmentPurpose, number, keys));
  SIDECAR_RETURN_IF_ERROR(segment->Load());
  return segment;
}

Result<std::string_view> Segment::Hold(SectionKind kind, size_t vector, uint64_t expected_bytes) {
  const Section* section = file_->Find(kind, uint32_t(vector));
  if (section == nullptr || section->length != expected_bytes) {
    return Corruption(SegmentName(number_) + ": section " + std::to_string(kind) + " is missing or has a wrong size");
  }
  auto copy = std::make_unique<std::string>();
  SIDECAR_ASSIGN_OR_RETURN(const std::string_view view, file_->View(*section, 0, section->length, copy.get()));
  // The int8 codes of plain files stay in the map and are read where they are touched; the rest is read by every scan.
  if (kind != kByteCodes || file_->sealed()) memory_bytes_ += section->length;
  if (!copy->empty()) held_.push_back(std::move(copy));
  return view;
}

Status Segment::Load() {
  const uint64_t n = rows();
  SIDECAR_ASSIGN_OR_RETURN(ids_, Hold(kIds, 0, n * kIdBytes));
  SIDECAR_ASSIGN_OR_RETURN(lsns_, Hold(kLsns, 0, n * 8));
  SIDECAR_ASSIGN_OR_RETURN(payload_offsets_, Hold(kPayloadOffsets, 0, (n + 1) * 8));
  payloads_ = file_->Find(kPayloads, 0);
  if (payloads_ == nullptr) return Corruption(SegmentName(number_) + ": the payload section is missing");
  columns_.resize(config_->vectors.size());
  graphs.resize(columns_.size());
  packed.resize(columns_.size());
  lists.resize(columns_.size());
  for (size_t v = 0; v < columns_.size(); ++v) SIDECAR_RETURN_IF_ERROR(LoadColumn(v));
  return {};
}

template <typename T>
static const T* As(std::string_view bytes) {
  return reinterpret_cast<const T*>(bytes.data());
}

Status Segment::LoadColumn(size_t v) {
  const VectorParams& params = config_->vectors[v];
  const uint64_t n = rows(), d = params.dimension;
  Column& column = columns_[v];
  SIDECAR_ASSIGN_OR_RETURN(const auto present, Hold(kPresent, v, (n + 63) / 64 * 8));
  column.present.Resize(uint32_t(n));
  for (uint32_t row = 0; row < n; ++row) {
    if (As<uint64_t>(present)[row / 64] >> (row % 64) & 1) column.present.Set(row);
  }
  column.floats = file_->Find(kFloats, uint32_t(v));
  if (column.floats == nullptr || column.floats->length != n * d * sizeof(float)) {
    return Corruption(SegmentName(number_) + ": the vectors are missing or have a wrong size");
  }
  if (params.distance != Distance::kManhattan) {
    SIDECAR_ASSIGN_OR_RETURN(const auto codes, Hold(kByteCodes, v, n * d));
    SIDECAR_ASSIGN_OR_RETURN(const auto scale, Hold(kByteScale, v, n * 4));
    SIDECAR_ASSIGN_OR_RETURN(const auto norm, Hold(kByteNorm, v, n * 4));
    column.bytes = {As<int8_t>(codes), As<float>(scale), As<float>(norm)};
  }
  if (UsesBits(params)) {
    const uint64_t words = (d + 63) / 64;
    SIDECAR_ASSIGN_OR_RETURN(const auto codes, Hold(kBitCodes, v, n * words * 8));
    SIDECAR_ASSIGN_OR_RETURN(const auto scale, Hold(kBitScale, v, n * 4));
    SIDECAR_ASSIGN_OR_RETURN(const auto bias, Hold(kBitBias, v, n * 4));
    SIDECAR_ASSIGN_OR_RETURN(const auto ones, Hold(kBitOnes, v, n * 4));
    SIDECAR_ASSIGN_OR_RETURN(const auto centroid, Hold(kCentroid, v, words * 64 * 4));
    column.bits = {0, uint32_t(n), As<uint64_t>(codes), As<float>(scale), As<float>(bias), As<uint32_t>(ones)};
    column.centroid = As<float>(centroid);
  }
  return {};
}

PointId Segment::Id(uint32_t row) const {
  const char* bytes = ids_.data() + row * kIdBytes;
  return {bytes[0] != 0, LoadFixed<uint64_t>(bytes + 1), LoadFixed<uint64_t>(bytes + 9)};
}

uint64_t Segment::Lsn(uint32_t row) const { return LoadFixed<uint64_t>(lsns_.data() + 8 * size_t(row)); }

Result<std::string> Segment::EncodedPayload(uint32_t row) const {
  const uint64_t from = LoadFixed<uint64_t>(payload_offsets_.data() + 8 * size_t(row));
  const uint64_t to = LoadFixed<uint64_t>(payload_offsets_.data() + 8 * size_t(row) + 8);
  if (to < from) return Corruption(SegmentName(number_) + ": payload offsets run backwards");
  std::string scratch;
  SIDECAR_ASSIGN_OR_RETURN(const auto view, file_->View(*payloads_, from, to - from, &scratch));
  return std::string(view);
}

Result<const float*> Segment::Vector(size_t vector, uint32_t row, float* scratch) const {
  const uint64_t bytes = uint64_t(config_->vectors[vector].dimension) * sizeof(float);
  std::string opened;
  SIDECAR_ASSIGN_OR_RETURN(const auto view, file_->View(*columns_[vector].floats, row * bytes, bytes, &opened));
  if (!file_->sealed()) return As<float>(view);
  std::memcpy(scratch, view.data(), bytes);
  return static_cast<const float*>(scratch);
}

std::vector<BitBlock> Segment::BitBlocks(size_t vector) const {
  if (columns_[vector].bits.codes == nullptr) return {};
  return {columns_[vector].bits};
}

const float* Segment::RotatedCentroid(size_t vector) const { return columns_[vector].centroid; }

}  // namespace sidecar
