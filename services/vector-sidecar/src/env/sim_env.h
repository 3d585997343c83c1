// A disk in memory that knows what a power failure may leave of it. For tests.
//
// Model: bytes written are on disk after Sync of their file; names are on disk after SyncDir of their directory. Before
// that, each 512-byte sector of a write and each change of a directory is on disk or not, independently of all others. A
// rename is atomic. A failed Sync drops the unsynced bytes, as Linux may.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "sidecar/env.h"

namespace sidecar {

class SimEnv final : public Env {
 public:
  using Image = std::map<std::string, std::string>;  // path -> content; a directory's content is kDirectory
  static constexpr const char* kDirectory = "\x01directory";

  explicit SimEnv(uint64_t seed = 1) : random_state_(seed) {}
  SimEnv(const Image& image, uint64_t seed);

  // Called before each call that changes the disk (call name, path); an error is returned instead of doing it.
  std::function<Status(const std::string& call, const std::string& path)> before;
  // Called after each such call that was done, without any lock held.
  std::function<void()> after;
  // Called when the clock is read, without any lock held.
  std::function<void()> at_clock;

  // Calls `visit` with every image a power failure now could leave, or with a seeded sample when they are more than
  // `limit`. Returns their number.
  uint64_t ForEachImage(uint64_t limit, const std::function<void(const Image&)>& visit) const;
  // The image with nothing that was not synced.
  Image DurableImage() const;
  Image CurrentImage() const;
  // The same disk and page cache for another process: what a kill leaves behind, with nothing more or less synced.
  std::unique_ptr<SimEnv> Clone() const;

  Result<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) override;
  bool Exists(const std::string& path) override;
  Result<std::vector<std::string>> List(const std::string& directory) override;
  Status Rename(const std::string& from, const std::string& to) override;
  Status Link(const std::string& from, const std::string& to) override;
  Status Remove(const std::string& path) override;
  Status CreateDir(const std::string& path) override;
  Status RemoveDir(const std::string& path) override;
  Status SyncDir(const std::string& path) override;
  Result<std::unique_ptr<File>> Lock(const std::string& path) override;
  uint64_t NowMicros() override;
  void AdvanceClock(uint64_t micros);
  uint64_t Random() override;

 private:
  friend class SimFile;
  struct Sector {
    uint64_t offset;
    std::string bytes;
  };
  struct Inode {
    bool directory = false;
    std::string data;
    std::string durable;
    std::vector<Sector> pending;
  };
  using InodePtr = std::shared_ptr<Inode>;
  // One change of names, atomic: each entry becomes the inode or, when null, goes away.
  struct NameChange {
    std::vector<std::pair<std::string, InodePtr>> entries;
  };

  Status Step(const char* call, const std::string& path, const std::function<Status()>& action);
  void Change(NameChange change);
  static std::string Parent(const std::string& path);
  static Image Flatten(const std::map<std::string, InodePtr>& names, const std::map<const Inode*, std::string>& contents);
  Image ImageFor(const std::vector<bool>& kept) const;
  size_t PendingCount() const;

  mutable std::mutex mutex_;
  std::map<std::string, InodePtr> names_;    // as the process sees them
  std::map<std::string, InodePtr> durable_;  // as on disk
  std::vector<NameChange> pending_;
  uint64_t random_state_;
  uint64_t clock_ = 0;
};

}  // namespace sidecar
