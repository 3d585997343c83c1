// What is known of each encrypted collection outside its own directory, sealed under the master key: a directory or file that
// was put back from an older copy, or swapped with another's, does not match it. docs/format.md, section 9.
#pragma once

#include <array>
#include <map>
#include <mutex>
#include <string>

#include "sidecar/env.h"
#include "src/crypto/key_file.h"

namespace sidecar {

struct AnchorEntry {
  std::array<uint64_t, 2> uuid{};
  uint64_t generation = 0;  // least generation of the manifest
  uint64_t last_lsn = 0;    // least last record of the log, as of the last clean close
};

inline constexpr const char* kAnchorName = "ANCHOR";

// Thread-safe.
class Anchor {
 public:
  // Without a master key there is nothing to seal with: every call then does nothing.
  static Result<std::unique_ptr<Anchor>> Open(Env* env, const std::string& directory, const MasterKey* master);
  // kCorruption when `found` is older than, or another than, what is on record.
  Status Check(const std::string& collection, const AnchorEntry& found) const;
  bool Knows(const std::string& collection) const;
  Status Update(const std::string& collection, const AnchorEntry& entry);
  Status Forget(const std::string& collection);

 private:
  Anchor(Env* env, std::string directory, const MasterKey* master)
      : env_(env), directory_(std::move(directory)), master_(master) {}
  Status Write();

  Env* const env_;
  const std::string directory_;
  const MasterKey* const master_;
  mutable std::mutex mutex_;
  std::map<std::string, AnchorEntry> entries_;
};

}  // namespace sidecar
