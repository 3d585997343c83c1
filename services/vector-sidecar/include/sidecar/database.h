// All collections of one data directory.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sidecar/collection.h"

namespace sidecar {

class MasterKey;

struct DatabaseOptions {
  const MasterKey* master_key = nullptr;  // outlives the database; with it, new collections are encrypted
  bool rotate_keys = false;               // give every encrypted collection a new data key at this start
  bool background = true;
};

struct SnapshotInfo {
  std::string name;
  uint64_t bytes = 0;
  uint64_t created_seconds = 0;  // since 1970, from the name
};

// Thread-safe.
class Database {
 public:
  virtual ~Database() = default;
  // One collection that cannot be opened does not stop the others: Get tells its reason.
  static Result<std::unique_ptr<Database>> Open(Env* env, const std::string& directory, const DatabaseOptions& options);

  virtual std::vector<std::string> List() = 0;
  virtual bool Exists(const std::string& name) = 0;
  // The collection stays usable by its holders after a Drop, though nothing is kept.
  virtual Result<std::shared_ptr<Collection>> Get(const std::string& name) = 0;
  virtual Status Create(const std::string& name, CollectionConfig config) = 0;
  // False when there was none.
  virtual Result<bool> Drop(const std::string& name) = 0;

  virtual Result<SnapshotInfo> CreateSnapshot(const std::string& collection, uint64_t now_seconds) = 0;
  virtual Result<std::vector<SnapshotInfo>> ListSnapshots(const std::string& collection) = 0;
  virtual Status DeleteSnapshot(const std::string& collection, const std::string& snapshot) = 0;
  virtual Status Close() = 0;
};

}  // namespace sidecar
