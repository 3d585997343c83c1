// How a collection is run; nothing here changes what is stored.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "sidecar/collection.h"
#include "src/crypto/cipher.h"
#include "src/engine/anchor.h"
#include "src/engine/planner.h"

namespace sidecar {

struct CollectionOptions {
  // False: sealing, merging and index building happen inside the write that causes them. Tests use it for exact replays.
  bool background = true;
  bool read_only = false;            // vectorctl: look, change nothing
  const KeyRing* keys = nullptr;     // of this collection; outlives it
  // Kept outside the collection's directory, to notice one that was put back from an older copy; may be empty.
  std::function<Status(const AnchorEntry&)> check_anchor, update_anchor;
  // Told after each compaction which data keys some file still needs: the others may be destroyed.
  std::function<Status(const std::set<uint32_t>& needed)> keep_keys;
  const ScanCosts* costs = nullptr;  // what the planner reckons with; null: measured on this machine
  uint32_t async_sync_millis = 1000; // async durability: largest time between write and sync
};

// Makes a new, empty collection in `directory` (which must not exist): complete or not there at all.
// With keys, they are written first, sealed under `master`, when that is given.
Status CreateCollection(Env* env, const std::string& directory, const CollectionConfig& config, const KeyRing* keys,
                        const MasterKey* master = nullptr);
Result<std::unique_ptr<Collection>> OpenCollection(Env* env, const std::string& directory, const CollectionOptions& options);

}  // namespace sidecar
