#include <cstring>

#include "src/env/coding.h"
#include "src/kernels/kernels.h"
#include "src/segment/segment.h"

namespace sidecar {
namespace {

// Writes the sections of one segment in their fixed order; lives for one call of WriteSegment.
class SegmentBuilder {
 public:
  SegmentBuilder(BlockFileWriter* out, const CollectionConfig& config, const Coders& coders, const std::vector<RowRef>& rows)
      : out_(out), config_(config), coders_(coders), rows_(rows) {}

  Status WriteKeysAndPayloads() {
    out_->BeginSection(kIds, 0);
    for (const RowRef& r : rows_) {
      const PointId id = r.part->Id(r.row);
      std::string bytes(1, char(id.is_uuid));
      PutFixed(&bytes, id.high);
      PutFixed(&bytes, id.low);
      SIDECAR_RETURN_IF_ERROR(out_->Append(bytes.data(), bytes.size()));
    }
    out_->BeginSection(kLsns, 0);
    for (const RowRef& r : rows_) SIDECAR_RETURN_IF_ERROR(AppendValue(r.part->Lsn(r.row)));
    std::vector<uint64_t> offsets = {0};
    out_->BeginSection(kPayloads, 0);
    for (const RowRef& r : rows_) {
      SIDECAR_ASSIGN_OR_RETURN(const std::string payload, r.part->EncodedPayload(r.row));
      SIDECAR_RETURN_IF_ERROR(out_->Append(payload.data(), payload.size()));
      offsets.push_back(offsets.back() + payload.size());
    }
    out_->BeginSection(kPayloadOffsets, 0);
    return out_->Append(offsets.data(), offsets.size() * sizeof(uint64_t));
  }

  Status WriteColumn(uint32_t v) {
    const VectorParams& params = config_.vectors[v];
    Bitmap present{uint32_t(rows_.size())};
    for (uint32_t i = 0; i < rows_.size(); ++i) {
      if (rows_[i].part->Has(v, rows_[i].row)) present.Set(i);
    }
    out_->BeginSection(kPresent, v);
    SIDECAR_RETURN_IF_ERROR(out_->Append(present.words(), present.word_count() * 8));
    SIDECAR_RETURN_IF_ERROR(WriteFloats(v, present));
    if (params.distance != Distance::kManhattan) SIDECAR_RETURN_IF_ERROR(WriteBytes(v, present));
    if (coders_[v] != nullptr) SIDECAR_RETURN_IF_ERROR(WriteBits(v, present));
    return {};
  }

 private:
  template <typename T>
  Status AppendValue(T value) {
    return out_->Append(&value, sizeof(value));
  }

  Result<const float*> Row(uint32_t v, uint32_t i) {
    return rows_[i].part->Vector(v, rows_[i].row, scratch_);
  }

  // Rows without this vector are written as zeros, so that a row's place follows from its number.
  Status WriteFloats(uint32_t v, const Bitmap& present) {
    const uint32_t d = config_.vectors[v].dimension;
    const std::vector<float> zeros(d);
    mean_.assign(d, 0.0);
    out_->BeginSection(kFloats, v);
    for (uint32_t i = 0; i < rows_.size(); ++i) {
      const float* row = zeros.data();
      if (present.Test(i)) {
        SIDECAR_ASSIGN_OR_RETURN(row, Row(v, i));
        ActiveKernels().add_to(row, d, mean_.data());
      }
      SIDECAR_RETURN_IF_ERROR(out_->Append(row, d * sizeof(float)));
    }
    const uint32_t count = present.Count();
    for (double& m : mean_) m = count == 0 ? 0.0 : m / count;
    return {};
  }

  Status WriteBytes(uint32_t v, const Bitmap& present) {
    const uint32_t d = config_.vectors[v].dimension;
    std::vector<int8_t> code(d);
    std::vector<float> scales(rows_.size()), norms(rows_.size());
    out_->BeginSection(kByteCodes, v);
    for (uint32_t i = 0; i < rows_.size(); ++i) {
      if (present.Test(i)) {
        SIDECAR_ASSIGN_OR_RETURN(const float* row, Row(v, i));
        EncodeBytes(row, d, code.data(), &scales[i], &norms[i]);
      } else {
        std::fill(code.begin(), code.end(), int8_t(0));
      }
      SIDECAR_RETURN_IF_ERROR(out_->Append(code.data(), d));
    }
    out_->BeginSection(kByteScale, v);
    SIDECAR_RETURN_IF_ERROR(out_->Append(scales.data(), scales.size() * 4));
    out_->BeginSection(kByteNorm, v);
    return out_->Append(norms.data(), norms.size() * 4);
  }

  Status WriteBits(uint32_t v, const Bitmap& present) {
    const BitCoder& coder = *coders_[v];
    const Distance distance = config_.vectors[v].distance;
    std::vector<float> centroid(mean_.begin(), mean_.end());
    std::vector<float> rotated_centroid(coder.padded()), rotated(coder.padded());
    coder.Rotate(centroid.data(), rotated_centroid.data());
    std::vector<uint64_t> code(coder.words());
    std::vector<float> scales(rows_.size()), biases(rows_.size());
    std::vector<uint32_t> ones(rows_.size());
    out_->BeginSection(kBitCodes, v);
    for (uint32_t i = 0; i < rows_.size(); ++i) {
      std::fill(code.begin(), code.end(), 0);
      if (present.Test(i)) {
        SIDECAR_ASSIGN_OR_RETURN(const float* row, Row(v, i));
        coder.Rotate(row, rotated.data());
        coder.Encode(rotated.data(), rotated_centroid.data(), distance, code.data(), &scales[i], &biases[i], &ones[i]);
      }
      SIDECAR_RETURN_IF_ERROR(out_->Append(code.data(), code.size() * 8));
    }
    out_->BeginSection(kBitScale, v);
    SIDECAR_RETURN_IF_ERROR(out_->Append(scales.data(), scales.size() * 4));
    out_->BeginSection(kBitBias, v);
    SIDECAR_RETURN_IF_ERROR(out_->Append(biases.data(), biases.size() * 4));
    out_->BeginSection(kBitOnes, v);
    SIDECAR_RETURN_IF_ERROR(out_->Append(ones.data(), ones.size() * 4));
    out_->BeginSection(kCentroid, v);
    return out_->Append(rotated_centroid.data(), rotated_centroid.size() * 4);
  }

  BlockFileWriter* const out_;
  const CollectionConfig& config_;
  const Coders& coders_;
  const std::vector<RowRef>& rows_;
  std::vector<double> mean_;
  float scratch_[kMaxDimension];
};

}  // namespace

Result<Digest> WriteSegment(Env* env, const std::string& directory, uint64_t number, const CollectionConfig& config,
                            const Coders& coders, const std::vector<RowRef>& rows, const KeyRing* keys) {
  const std::string name = SegmentName(number);
  const std::string temporary = directory + "/" + name + ".tmp";
  SIDECAR_ASSIGN_OR_RETURN(
      const auto out, BlockFileWriter::Create(env, temporary, kSegmentPurpose, number, uint32_t(rows.size()), keys));
  SegmentBuilder builder(out.get(), config, coders, rows);
  Status status = builder.WriteKeysAndPayloads();
  for (uint32_t v = 0; status.ok() && v < config.vectors.size(); ++v) status = builder.WriteColumn(v);
  Result<Digest> digest = status.ok() ? out->Finish() : Result<Digest>(status);
  if (digest.ok()) {
    const Status renamed = env->Rename(temporary, directory + "/" + name);
    if (!renamed.ok()) return renamed;
  } else {
    (void)env->Remove(temporary);  // gives the space of a full disk back; leftovers go at the next open
  }
  return digest;
}

}  // namespace sidecar
