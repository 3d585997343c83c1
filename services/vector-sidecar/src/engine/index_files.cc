#include "src/engine/index_files.h"

#include <cstring>

namespace sidecar {
namespace {

constexpr uint32_t kOwnerSection = 30, kGraphSection = 31;

// The first section of an index file is the digest of its segment.
Status WriteOwner(const Segment& segment, uint32_t vector, BlockFileWriter* out) {
  out->BeginSection(kOwnerSection, vector);
  return out->Append(segment.file().digest().data(), segment.file().digest().size());
}

Result<std::unique_ptr<BlockFile>> OpenOwned(Env* env, const std::string& directory, const Segment& segment, size_t vector,
                                             uint32_t purpose, const KeyRing* keys) {
  const std::string path = directory + "/" + IndexName(segment.segment_number(), vector);
  SIDECAR_ASSIGN_OR_RETURN(auto file, BlockFile::Open(env, path, purpose, segment.segment_number(), keys));
  const Section* owner = file->Find(kOwnerSection, uint32_t(vector));
  std::string scratch;
  if (owner == nullptr) return Corruption(path + ": no owner");
  SIDECAR_ASSIGN_OR_RETURN(const auto digest, file->View(*owner, 0, owner->length, &scratch));
  const Digest& wanted = segment.file().digest();
  if (digest.size() != wanted.size() || std::memcmp(digest.data(), wanted.data(), wanted.size()) != 0) {
    return Corruption(path + ": made for another segment");
  }
  return file;
}

Status Publish(Env* env, const std::string& directory, const std::string& name) {
  SIDECAR_RETURN_IF_ERROR(env->Rename(directory + "/" + name + ".tmp", directory + "/" + name));
  return env->SyncDir(directory);
}

}  // namespace

std::string IndexName(uint64_t segment, size_t vector) {
  char name[48];
  std::snprintf(name, sizeof(name), "idx-%06llu-%zu", static_cast<unsigned long long>(segment), vector);
  return name;
}

GraphSpace SpaceOf(const Segment& segment, const CollectionConfig& config, size_t vector) {
  return {segment.Bytes(vector), segment.rows(), config.vectors[vector].dimension, config.vectors[vector].distance};
}

Result<std::shared_ptr<const Graph>> LoadGraph(Env* env, const std::string& directory, const Segment& segment, size_t vector,
                                               const KeyRing* keys) {
  SIDECAR_ASSIGN_OR_RETURN(const auto file, OpenOwned(env, directory, segment, vector, kGraphPurpose, keys));
  const Section* section = file->Find(kGraphSection, uint32_t(vector));
  if (section == nullptr) return Corruption("a graph file has no graph");
  std::string scratch;
  SIDECAR_ASSIGN_OR_RETURN(const auto data, file->View(*section, 0, section->length, &scratch));
  return Graph::Decode(data, segment.rows());
}

Status SaveGraph(Env* env, const std::string& directory, const Segment& segment, size_t vector, const Graph& graph,
                 const KeyRing* keys) {
  const std::string name = IndexName(segment.segment_number(), vector);
  SIDECAR_ASSIGN_OR_RETURN(const auto out, BlockFileWriter::Create(env, directory + "/" + name + ".tmp", kGraphPurpose,
                                                                   segment.segment_number(), segment.rows(), keys));
  SIDECAR_RETURN_IF_ERROR(WriteOwner(segment, uint32_t(vector), out.get()));
  const std::string data = graph.Encode();
  out->BeginSection(kGraphSection, uint32_t(vector));
  SIDECAR_RETURN_IF_ERROR(out->Append(data.data(), data.size()));
  SIDECAR_ASSIGN_OR_RETURN(const Digest digest, out->Finish());
  (void)digest;
  return Publish(env, directory, name);
}

Result<std::shared_ptr<const ListIndex>> LoadLists(Env* env, const std::string& directory, const Segment& segment,
                                                   size_t vector, const BitCoder* coder, const KeyRing* keys) {
  SIDECAR_ASSIGN_OR_RETURN(auto file, OpenOwned(env, directory, segment, vector, kListsPurpose, keys));
  return ListIndex::Open(std::move(file), uint32_t(vector), segment.rows(), coder);
}

Result<bool> BuildLists(Env* env, const std::string& directory, const Segment& segment, size_t vector, Distance distance,
                        const BitCoder* coder, const KeyRing* keys, const GoOn& go_on) {
  const std::string name = IndexName(segment.segment_number(), vector);
  SIDECAR_ASSIGN_OR_RETURN(const auto out, BlockFileWriter::Create(env, directory + "/" + name + ".tmp", kListsPurpose,
                                                                   segment.segment_number(), segment.rows(), keys));
  SIDECAR_RETURN_IF_ERROR(WriteOwner(segment, uint32_t(vector), out.get()));
  std::vector<float> scratch(kMaxDimension);
  const ListSource source{[&](uint32_t row) { return segment.Vector(vector, row, scratch.data()); }, &segment.Present(vector),
                          segment.rows(), distance, coder};
  SIDECAR_ASSIGN_OR_RETURN(const bool written, ListIndex::Write(source, uint32_t(vector), out.get(), go_on));
  if (!written) return false;
  SIDECAR_ASSIGN_OR_RETURN(const Digest digest, out->Finish());
  (void)digest;
  SIDECAR_RETURN_IF_ERROR(Publish(env, directory, name));
  return true;
}

}  // namespace sidecar
