// The directories of collections, each moved in, out or into place by one rename. docs/format.md, section 1.
#pragma once

#include <string>
#include <vector>

#include "sidecar/env.h"
#include "src/engine/anchor.h"

namespace sidecar {

// Keeps no state but the files.
class Folders {
 public:
  Folders(Env* env, const std::string& directory) : env_(env), directory_(directory) {}

  // collections/, snapshots/ and restoring/ are there and on disk.
  Status Make();
  // The collections that are there, whole. Removes what was half made or half dropped, and ends recoveries that were cut short.
  Result<std::vector<std::string>> Tidy(Anchor* anchor);

  std::string PathOf(const std::string& name) const { return directory_ + "/collections/" + name; }
  // Where a recovery prepares it.
  std::string Prepared(const std::string& name) const { return directory_ + "/restoring/" + name; }

  // Takes a collection out; on disk after Sync. Its files are at the returned place until they are removed.
  Result<std::string> Bury(const std::string& name);
  Status Sync() { return env_->SyncDir(directory_ + "/collections"); }
  // What was prepared becomes the collection.
  Status MoveIn(const std::string& name, Anchor* anchor);

 private:
  Status FinishRecoveries(Anchor* anchor);

  Env* const env_;
  const std::string directory_;
};

}  // namespace sidecar
