// The one mutable file of a collection: which segments make it up, as of which record. Replaced whole, by rename.
// docs/format.md, section 5.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "sidecar/env.h"
#include "sidecar/types.h"
#include "src/crypto/cipher.h"
#include "src/segment/block_file.h"

namespace sidecar {

struct ManifestSegment {
  uint64_t number = 0;
  Digest digest{};
  struct Delete {
    uint64_t lsn;
    uint32_t row;
  };
  std::vector<Delete> deletes;  // by rising lsn
};

struct Manifest {
  std::array<uint64_t, 2> uuid{};  // of the collection
  uint64_t generation = 0;         // rises by one with each manifest
  uint64_t checkpoint_lsn = 0;     // everything up to it is in the segments
  uint64_t next_segment = 1;
  CollectionConfig config;
  std::map<std::string, FieldType> indexes;
  std::vector<ManifestSegment> segments;
};

inline constexpr const char* kManifestName = "MANIFEST";
inline constexpr const char* kKeysName = "KEYS";  // wrapped data keys, see src/crypto/key_file.h

Status WriteManifest(Env* env, const std::string& directory, const Manifest& manifest, const KeyRing* keys);
Result<Manifest> ReadManifest(Env* env, const std::string& directory, const KeyRing* keys);

}  // namespace sidecar
