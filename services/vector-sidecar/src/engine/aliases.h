// Other names of collections, in one file of the data directory. docs/format.md, section 10.
#pragma once

#include <map>
#include <set>
#include <string>

#include "sidecar/database.h"

namespace sidecar {

// Not thread-safe: the database guards it with its lock.
class Aliases {
 public:
  // Those of collections that do not exist (any more) are dropped for good.
  static Result<Aliases> Open(Env* env, const std::string& directory, const std::set<std::string>& collections);
  const std::map<std::string, std::string>& all() const { return names_; }  // alias -> collection
  // The collection that `name` stands for, or `name`.
  const std::string& Resolve(const std::string& name) const;
  // All changes or none; on disk when this succeeds.
  Status Change(const std::vector<AliasChange>& changes, const std::set<std::string>& collections);
  Status DropCollection(const std::string& collection);

 private:
  Aliases(Env* env, std::string directory) : env_(env), directory_(std::move(directory)) {}
  Status Replace(std::map<std::string, std::string> names);

  Env* env_;
  std::string directory_;
  std::map<std::string, std::string> names_;
};

// What may be the name of a collection, an alias or a snapshot, and with that of a file.
Status CheckName(const std::string& name);

}  // namespace sidecar
