#include "src/engine/manifest.h"

#include "src/env/coding.h"
#include "src/kernels/kernels.h"

namespace sidecar {
namespace {

constexpr std::string_view kMagic = "SCARMAN1";
constexpr size_t kFixedBytes = 8 + 4 + 16 + 8;  // magic, key, uuid, generation

std::string EncodeBody(const Manifest& m) {
  std::string body;
  PutFixed(&body, m.checkpoint_lsn);
  PutFixed(&body, m.next_segment);
  std::string config;
  EncodeConfig(m.config, &config);
  PutString(&body, config);
  PutVarint(&body, m.indexes.size());
  for (const auto& [key, type] : m.indexes) {
    PutString(&body, key);
    PutFixed(&body, uint8_t(type));
  }
  PutVarint(&body, m.segments.size());
  for (const ManifestSegment& s : m.segments) {
    PutFixed(&body, s.number);
    body.append(reinterpret_cast<const char*>(s.digest.data()), s.digest.size());
    PutVarint(&body, s.deletes.size());
    uint64_t last = 0;
    for (const auto& d : s.deletes) {
      PutVarint(&body, d.lsn - last);
      PutVarint(&body, d.row);
      last = d.lsn;
    }
  }
  return body;
}

Status DecodeBody(std::string_view body, Manifest* m) {
  Decoder in(body);
  m->checkpoint_lsn = in.Fixed<uint64_t>();
  m->next_segment = in.Fixed<uint64_t>();
  SIDECAR_ASSIGN_OR_RETURN(m->config, DecodeConfig(in.String()));
  const uint64_t indexes = in.Count(2);
  for (uint64_t i = 0; i < indexes && in.ok(); ++i) {
    std::string key(in.String());
    m->indexes[std::move(key)] = FieldType(in.Fixed<uint8_t>());
  }
  const uint64_t segments = in.Count(41);
  for (uint64_t i = 0; i < segments && in.ok(); ++i) {
    ManifestSegment s;
    s.number = in.Fixed<uint64_t>();
    const std::string_view digest = in.Bytes(s.digest.size());
    if (in.ok()) std::memcpy(s.digest.data(), digest.data(), digest.size());
    const uint64_t deletes = in.Count(2);
    uint64_t lsn = 0;
    for (uint64_t k = 0; k < deletes && in.ok(); ++k) {
      lsn += in.Varint();
      s.deletes.push_back({lsn, uint32_t(in.Varint())});
    }
    m->segments.push_back(std::move(s));
  }
  return in.done() ? Status() : Corruption("the manifest is not well formed");
}

}  // namespace

Status WriteManifest(Env* env, const std::string& directory, const Manifest& manifest, const KeyRing* keys) {
  std::string data(kMagic);
  PutFixed(&data, keys == nullptr ? uint32_t(0) : keys->current);
  PutFixed(&data, manifest.uuid[0]);
  PutFixed(&data, manifest.uuid[1]);
  PutFixed(&data, manifest.generation);
  if (keys != nullptr && keys->current != 0) {
    SIDECAR_ASSIGN_OR_RETURN(const Cipher* cipher, keys->Find(keys->current));
    data += cipher->Seal("manifest" + data, EncodeBody(manifest));
  } else {
    data += EncodeBody(manifest);
  }
  PutFixed(&data, ActiveKernels().crc32c(0, data.data(), data.size()));
  return env->WriteWhole(directory, kManifestName, data);
}

Result<Manifest> ReadManifest(Env* env, const std::string& directory, const KeyRing* keys) {
  const std::string path = directory + "/" + kManifestName;
  SIDECAR_ASSIGN_OR_RETURN(const std::string data, env->ReadWhole(path));
  if (data.size() < kFixedBytes + 4 || !std::string_view(data).starts_with(kMagic)) {
    return Corruption(path + ": not a manifest");
  }
  const std::string_view covered = std::string_view(data).substr(0, data.size() - 4);
  if (ActiveKernels().crc32c(0, covered.data(), covered.size()) != LoadFixed<uint32_t>(&data[covered.size()])) {
    return Corruption(path + ": the checksum does not match");
  }
  Decoder in(covered.substr(kMagic.size()));
  Manifest m;
  const uint32_t key = in.Fixed<uint32_t>();
  m.uuid = {in.Fixed<uint64_t>(), in.Fixed<uint64_t>()};
  m.generation = in.Fixed<uint64_t>();
  const std::string_view stored = covered.substr(kFixedBytes);
  if (key == 0 && (keys == nullptr || keys->current == 0)) {
    SIDECAR_RETURN_IF_ERROR(DecodeBody(stored, &m));
    return m;
  }
  if (keys == nullptr) return Corruption(path + " is encrypted, and no key was given");
  SIDECAR_ASSIGN_OR_RETURN(const Cipher* cipher, keys->Find(key));
  auto body = cipher->Open("manifest" + std::string(covered.substr(0, kFixedBytes)), stored);
  if (!body.ok()) return Corruption(path + ": " + body.status().message());
  SIDECAR_RETURN_IF_ERROR(DecodeBody(*body, &m));
  return m;
}

}  // namespace sidecar
