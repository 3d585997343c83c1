// All collections of one data directory.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
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

struct AliasChange {
  enum Kind { kCreate, kRename, kDelete } kind = kCreate;
  std::string alias;       // created, renamed or deleted
  std::string collection;  // kCreate: what it stands for from now on
  std::string new_alias;   // kRename
};

// Thread-safe. Wherever a collection is named that exists, one of its aliases will do, but for Create and Drop.
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
  // False when there was none. Its aliases go with it.
  virtual Result<bool> Drop(const std::string& name) = 0;
  // Opens it anew with other settings; meanwhile it is kUnavailable. Vectors and encryption stay as they are.
  virtual Status Reconfigure(const std::string& name, const std::function<Status(CollectionConfig*)>& change) = 0;

  // All of the changes, in order, or none.
  virtual Status ChangeAliases(const std::vector<AliasChange>& changes) = 0;
  virtual std::map<std::string, std::string> ListAliases() = 0;  // alias -> collection

  virtual Result<SnapshotInfo> CreateSnapshot(const std::string& collection, uint64_t now_seconds) = 0;
  virtual Result<std::vector<SnapshotInfo>> ListSnapshots(const std::string& collection) = 0;
  virtual Status DeleteSnapshot(const std::string& collection, const std::string& snapshot) = 0;
  // The snapshot as a tar archive, piece by piece.
  virtual Status ReadSnapshot(const std::string& collection, const std::string& snapshot,
                              const std::function<Status(std::string_view)>& take) = 0;
  // Puts what a snapshot of `from` holds in place of `collection`, or makes it so. Whenever it fails, or the power does, the collection is
  // as before or as in the snapshot.
  virtual Status RecoverSnapshot(const std::string& collection, const std::string& from, const std::string& snapshot) = 0;
  virtual Status Close() = 0;
};

}  // namespace sidecar
