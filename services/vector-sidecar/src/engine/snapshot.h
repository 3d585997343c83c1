// Snapshots: a directory that is itself a collection, plus the list SNAPSHOT of its files with sizes and digests.
#pragma once

#include <string>
#include <vector>

#include "sidecar/env.h"
#include "src/crypto/cipher.h"

namespace sidecar {

inline constexpr const char* kSnapshotListName = "SNAPSHOT";

struct SnapshotEntry {
  std::string name;
  uint64_t bytes = 0;
  std::string digest;  // BLAKE2b-256 of the content, hex
};

// Digests every file of `directory` and writes the list.
Status WriteSnapshotList(Env* env, const std::string& directory);
// Compares every file with the list; kCorruption names the first that differs, is missing or is too many.
Status VerifySnapshot(Env* env, const std::string& directory);
// Verifies, then makes `target` (which must not exist) from the snapshot; complete or not there at all.
Status RestoreSnapshot(Env* env, const std::string& snapshot, const std::string& target);
// A hard link, or a synced copy where links are not possible.
Status LinkOrCopy(Env* env, const std::string& from, const std::string& to);

}  // namespace sidecar
