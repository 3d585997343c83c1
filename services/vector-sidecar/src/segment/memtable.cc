#include "src/segment/memtable.h"

#include <algorithm>
#include <cstring>

namespace sidecar {

Part::~Part() = default;

Coders MakeCoders(const CollectionConfig& config) {
  Coders coders;
  for (const VectorParams& v : config.vectors) {
    coders.push_back(UsesBits(v) ? std::make_shared<const BitCoder>(v.dimension) : nullptr);
  }
  return coders;
}

Memtable::Memtable(const CollectionConfig* config, const Coders* coders)
    : config_(config), coders_(coders), columns_(config->vectors.size()) {
  graphs.resize(columns_.size());
  packed.resize(columns_.size());
  lists.resize(columns_.size());
  for (size_t v = 0; v < columns_.size(); ++v) {
    if ((*coders_)[v] != nullptr) columns_[v].zeros = std::make_shared<const std::vector<float>>((*coders_)[v]->padded(), 0.0f);
  }
}

Memtable::Memtable(const Memtable* rows)
    : config_(rows->config_), coders_(rows->coders_), rows_(rows->rows_), heads_(rows->heads_), columns_(rows->columns_), bytes_(rows->bytes_) {}

std::shared_ptr<const Part> Memtable::AsOfNow() const { return std::shared_ptr<const Part>(new Memtable(this)); }

PreparedRows Prepare(const CollectionConfig& config, const Coders& coders, const std::vector<Point>& points) {
  static constexpr float kZeros[kMaxDimension] = {};  // the centroid: data that is still arriving has none yet
  PreparedRows rows;
  rows.columns.resize(config.vectors.size());
  for (const Point& point : points) rows.payloads.push_back(EncodePayload(point.payload));
  for (size_t v = 0; v < config.vectors.size(); ++v) {
    const BitCoder* coder = coders[v].get();
    if (coder == nullptr) continue;
    PreparedRows::Column& column = rows.columns[v];
    column.codes.resize(points.size() * coder->words());
    column.scale.resize(points.size());
    column.bias.resize(points.size());
    column.ones.resize(points.size());
    float rotated[kMaxDimension];
    for (size_t i = 0; i < points.size(); ++i) {
      const auto found = points[i].vectors.find(config.vectors[v].name);
      if (found == points[i].vectors.end()) continue;
      coder->Rotate(found->second.data(), rotated);
      coder->Encode(rotated, kZeros, config.vectors[v].distance, &column.codes[i * coder->words()], &column.scale[i],
                    &column.bias[i], &column.ones[i]);
    }
  }
  return rows;
}

void Memtable::Add(const Point& point, uint64_t lsn, PreparedRows* prepared, size_t number) {
  const uint32_t row = rows_++;
  if (row % kChunkRows == 0) {
    heads_.push_back(std::make_shared<Head>());
    bytes_ += sizeof(Head);
  }
  Head& head = *heads_.back();
  const uint32_t at = row % kChunkRows;
  head.ids[at] = point.id;
  head.lsns[at] = lsn;
  bytes_ += prepared->payloads[number].size();
  head.payloads[at] = std::move(prepared->payloads[number]);
  for (size_t v = 0; v < columns_.size(); ++v) {
    columns_[v].present.Resize(row + 1);
    const auto found = point.vectors.find(config_->vectors[v].name);
    if (found != point.vectors.end()) AddVector(v, row, found->second, prepared->columns[v], number);
  }
}

void Memtable::AddVector(size_t vector, uint32_t row, const std::vector<float>& values, const PreparedRows::Column& prepared,
                         size_t number) {
  Column& column = columns_[vector];
  const VectorParams& params = config_->vectors[vector];
  const BitCoder* coder = (*coders_)[vector].get();
  // A chunk that holds no row of this vector (sparse channels) costs nothing.
  if (column.chunks.size() <= row / kChunkRows) column.chunks.resize(row / kChunkRows + 1);
  std::shared_ptr<Chunk>& slot = column.chunks[row / kChunkRows];
  if (slot == nullptr) {
    slot = std::make_shared<Chunk>();
    Chunk& chunk = *slot;
    // Not cleared: a row is written before it is read, and touching every page twice costs more than writing it.
    chunk.floats = std::make_unique_for_overwrite<float[]>(size_t(kChunkRows) * params.dimension);
    bytes_ += size_t(kChunkRows) * params.dimension * sizeof(float);
    if (coder != nullptr) {
      chunk.codes = std::make_unique<uint64_t[]>(kChunkRows * coder->words());
      chunk.scale = std::make_unique<float[]>(kChunkRows);
      chunk.bias = std::make_unique<float[]>(kChunkRows);
      chunk.ones = std::make_unique<uint32_t[]>(kChunkRows);
      bytes_ += kChunkRows * (coder->words() * 8 + 12);
    }
  }
  Chunk& chunk = *slot;
  const size_t at = row % kChunkRows;
  std::memcpy(&chunk.floats[at * params.dimension], values.data(), params.dimension * sizeof(float));
  column.present.Set(row);
  if (coder == nullptr) return;
  std::copy_n(&prepared.codes[number * coder->words()], coder->words(), &chunk.codes[at * coder->words()]);
  chunk.scale[at] = prepared.scale[number];
  chunk.bias[at] = prepared.bias[number];
  chunk.ones[at] = prepared.ones[number];
}

uint64_t Memtable::GrowthBytes(uint64_t more) const {
  const uint64_t chunks = (rows() + more + kChunkRows - 1) / kChunkRows;
  uint64_t bytes = (chunks - heads_.size()) * sizeof(Head);
  for (size_t v = 0; v < columns_.size(); ++v) {
    const BitCoder* coder = (*coders_)[v].get();
    const uint64_t per_row = config_->vectors[v].dimension * sizeof(float) + (coder == nullptr ? 0 : coder->words() * 8 + 12);
    const uint64_t have = columns_[v].chunks.size();
    if (chunks > have) bytes += (chunks - have) * kChunkRows * per_row;
  }
  return bytes;
}

Result<const float*> Memtable::Vector(size_t vector, uint32_t row, float*) const {
  const Chunk& chunk = *columns_[vector].chunks[row / kChunkRows];
  return static_cast<const float*>(&chunk.floats[size_t(row % kChunkRows) * config_->vectors[vector].dimension]);
}

std::vector<BitBlock> Memtable::BitBlocks(size_t vector) const {
  std::vector<BitBlock> blocks;
  if ((*coders_)[vector] == nullptr) return blocks;
  const Column& column = columns_[vector];
  for (uint32_t c = 0; c < column.chunks.size(); ++c) {
    if (column.chunks[c] == nullptr) continue;
    const Chunk& chunk = *column.chunks[c];
    const uint32_t first = c * kChunkRows;
    blocks.push_back({first, std::min(kChunkRows, rows() - first), chunk.codes.get(), chunk.scale.get(), chunk.bias.get(),
                      chunk.ones.get()});
  }
  return blocks;
}

}  // namespace sidecar
