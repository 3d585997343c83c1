// The snapshots of all collections of one data directory: snapshots/COLLECTION/NAME.snapshot.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sidecar/database.h"

namespace sidecar {

// Thread-safe; keeps no state but the files. Names of collections are names, not aliases.
class SnapshotStore {
 public:
  SnapshotStore(Env* env, const std::string& directory) : env_(env), directory_(directory + "/snapshots") {}

  // Named after the collection and the second; a number is added when there is one of that second.
  Result<SnapshotInfo> Create(Collection* source, const std::string& collection, uint64_t now_seconds);
  Result<std::vector<SnapshotInfo>> List(const std::string& collection);
  Status Delete(const std::string& collection, const std::string& snapshot);
  // As a tar archive, piece by piece.
  Status Read(const std::string& collection, const std::string& snapshot, const std::function<Status(std::string_view)>& take);
  // Its directory; kNotFound when there is none.
  Result<std::string> PathOf(const std::string& collection, const std::string& snapshot);

 private:
  Result<SnapshotInfo> Describe(const std::string& collection, const std::string& name);

  Env* const env_;
  const std::string directory_;
};

}  // namespace sidecar
