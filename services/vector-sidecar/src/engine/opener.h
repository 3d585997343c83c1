// From a directory to an open collection: its keys, its anchor, its settings.
#pragma once

#include <memory>
#include <string>

#include "sidecar/database.h"
#include "src/crypto/key_file.h"
#include "src/engine/anchor.h"

namespace sidecar {

struct OpenedCollection {
  std::shared_ptr<KeyRing> keys;  // null in plain collections
  std::shared_ptr<Collection> collection;
};

// Keeps no state; thread-safe for different collections. Outlives what it opened.
class Opener {
 public:
  Opener(Env* env, const DatabaseOptions& options, Anchor* anchor) : env_(env), options_(options), anchor_(anchor) {}

  // With background work as the database was told; a new data key when it is to rotate them.
  Result<OpenedCollection> Open(const std::string& path, const std::string& name) const;
  // Whether `path` can be opened, without changing it.
  Status Try(const std::string& path) const;
  // A new manifest that differs by its settings. The collection must not be open.
  Status WriteSettings(const std::string& path, const CollectionConfig& config, const KeyRing* keys) const;

 private:
  Env* const env_;
  const DatabaseOptions options_;
  Anchor* const anchor_;
};

}  // namespace sidecar
