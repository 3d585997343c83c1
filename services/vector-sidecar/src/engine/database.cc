#include "sidecar/database.h"

#include <algorithm>
#include <mutex>

#include "src/engine/anchor.h"
#include "src/engine/manifest.h"
#include "src/engine/options.h"

namespace sidecar {
namespace {

Status CheckName(const std::string& name) {
  const bool bad_character = std::any_of(name.begin(), name.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || std::string_view("<>:\"/\\|?*").find(c) != std::string_view::npos;
  });
  if (name.empty() || name.size() > 200 || bad_character || name.front() == '.' || name.ends_with(".tmp")) {
    return InvalidArgument("Wrong input: `" + name + "` cannot be a name: 1 to 200 characters, none of <>:\"/\\|?*, " +
                           "no leading dot, no .tmp at the end");
  }
  return {};
}

class DatabaseImpl final : public Database {
 public:
  DatabaseImpl(Env* env, std::string directory, const DatabaseOptions& options)
      : env_(env), directory_(std::move(directory)), options_(options) {}
  ~DatabaseImpl() override { (void)Close(); }

  Status Start() {
    if (!env_->Exists(directory_)) SIDECAR_RETURN_IF_ERROR(env_->CreateDir(directory_));
    SIDECAR_ASSIGN_OR_RETURN(lock_, env_->Lock(directory_ + "/LOCK"));
    for (const char* name : {"/collections", "/snapshots"}) {
      if (!env_->Exists(directory_ + name)) SIDECAR_RETURN_IF_ERROR(env_->CreateDir(directory_ + name));
    }
    SIDECAR_RETURN_IF_ERROR(env_->SyncDir(directory_));
    SIDECAR_ASSIGN_OR_RETURN(anchor_, Anchor::Open(env_, directory_, options_.master_key));
    // A name that ends in .tmp here must not come back as a collection after its files are gone.
    SIDECAR_RETURN_IF_ERROR(env_->SyncDir(directory_ + "/collections"));
    SIDECAR_ASSIGN_OR_RETURN(const auto names, env_->List(directory_ + "/collections"));
    for (const std::string& name : names) {
      // Half made or half dropped: never acknowledged, or acknowledged as gone.
      if (name.ends_with(".tmp") || !env_->Exists(PathOf(name) + "/" + kManifestName)) {
        SIDECAR_RETURN_IF_ERROR(env_->RemoveTree(PathOf(name)));
        continue;
      }
      Entry& entry = entries_[name];
      const Status opened = OpenEntry(name, &entry);
      if (!opened.ok()) entry.refused = opened;
    }
    return {};
  }

  std::vector<std::string> List() override {
    std::lock_guard lock(mutex_);
    std::vector<std::string> names;
    for (const auto& [name, entry] : entries_) names.push_back(name);
    return names;
  }

  bool Exists(const std::string& name) override {
    std::lock_guard lock(mutex_);
    return entries_.contains(name);
  }

  Result<std::shared_ptr<Collection>> Get(const std::string& name) override {
    std::lock_guard lock(mutex_);
    const auto found = entries_.find(name);
    if (found == entries_.end()) return NotFound("Not found: Collection `" + name + "` doesn't exist!");
    if (!found->second.refused.ok()) return found->second.refused;
    return found->second.collection;
  }

  Status Create(const std::string& name, CollectionConfig config) override {
    SIDECAR_RETURN_IF_ERROR(CheckName(name));
    if (config.encrypted && options_.master_key == nullptr) {
      return InvalidArgument("Wrong input: an encrypted collection needs a server that was started with a master key");
    }
    std::lock_guard lock(mutex_);
    if (entries_.contains(name)) {
      return Status(Code::kAlreadyExists, "Wrong input: Collection `" + name + "` already exists!");
    }
    if (env_->Exists(PathOf(name))) SIDECAR_RETURN_IF_ERROR(env_->RemoveTree(PathOf(name)));
    KeyRing keys;
    if (config.encrypted) keys = NewKeyRing();
    const Status made = CreateCollection(env_, PathOf(name), config, config.encrypted ? &keys : nullptr, options_.master_key);
    if (!made.ok()) return made;
    Entry entry;
    SIDECAR_RETURN_IF_ERROR(OpenEntry(name, &entry));
    entries_[name] = std::move(entry);
    return {};
  }

  Result<bool> Drop(const std::string& name) override {
    Entry entry;
    {
      std::lock_guard lock(mutex_);
      const auto found = entries_.find(name);
      if (found == entries_.end()) return false;
      entry = std::move(found->second);
      // The rename is the moment it is gone; files go afterwards and need not all go before a crash.
      if (entry.collection != nullptr) SIDECAR_RETURN_IF_ERROR(entry.collection->Close());
      const std::string grave = PathOf(name) + "." + std::to_string(env_->Random()) + ".tmp";
      SIDECAR_RETURN_IF_ERROR(env_->Rename(PathOf(name), grave));
      entries_.erase(found);
      SIDECAR_RETURN_IF_ERROR(env_->SyncDir(directory_ + "/collections"));
      SIDECAR_RETURN_IF_ERROR(anchor_->Forget(name));
      entry.grave = grave;
    }
    SIDECAR_RETURN_IF_ERROR(env_->RemoveTree(entry.grave));
    return true;
  }

  Result<SnapshotInfo> CreateSnapshot(const std::string& collection, uint64_t now_seconds) override {
    SIDECAR_ASSIGN_OR_RETURN(const auto c, Get(collection));
    const std::string parent = directory_ + "/snapshots/" + collection;
    if (!env_->Exists(parent)) {
      SIDECAR_RETURN_IF_ERROR(env_->CreateDir(parent));
      SIDECAR_RETURN_IF_ERROR(env_->SyncDir(directory_ + "/snapshots"));
    }
    std::string name = collection + "-" + std::to_string(now_seconds) + ".snapshot";
    for (int n = 1; env_->Exists(parent + "/" + name); ++n) {
      name = collection + "-" + std::to_string(now_seconds) + "." + std::to_string(n) + ".snapshot";
    }
    SIDECAR_RETURN_IF_ERROR(c->Snapshot(parent + "/" + name));
    return Describe(collection, name);
  }

  Result<std::vector<SnapshotInfo>> ListSnapshots(const std::string& collection) override {
    SIDECAR_ASSIGN_OR_RETURN(const auto c, Get(collection));
    std::vector<SnapshotInfo> out;
    const std::string parent = directory_ + "/snapshots/" + collection;
    if (!env_->Exists(parent)) return out;
    SIDECAR_ASSIGN_OR_RETURN(const auto names, env_->List(parent));
    for (const std::string& name : names) {
      if (!name.ends_with(".snapshot")) continue;
      SIDECAR_ASSIGN_OR_RETURN(SnapshotInfo info, Describe(collection, name));
      out.push_back(std::move(info));
    }
    return out;
  }

  Status DeleteSnapshot(const std::string& collection, const std::string& snapshot) override {
    SIDECAR_RETURN_IF_ERROR(CheckName(snapshot));
    SIDECAR_RETURN_IF_ERROR(CheckName(collection));
    const std::string parent = directory_ + "/snapshots/" + collection;
    const std::string path = parent + "/" + snapshot;
    if (!snapshot.ends_with(".snapshot") || !env_->Exists(path)) {
      return NotFound("Not found: Snapshot `" + snapshot + "` doesn't exist!");
    }
    const std::string grave = path + ".tmp";
    SIDECAR_RETURN_IF_ERROR(env_->Rename(path, grave));
    SIDECAR_RETURN_IF_ERROR(env_->SyncDir(parent));
    return env_->RemoveTree(grave);
  }

  Status Close() override {
    std::lock_guard lock(mutex_);
    Status first;
    for (auto& [name, entry] : entries_) {
      if (entry.collection == nullptr) continue;
      const Status closed = entry.collection->Close();
      if (first.ok()) first = closed;
    }
    entries_.clear();
    return first;
  }

 private:
  struct Entry {
    std::unique_ptr<KeyRing> keys;  // outlives the collection
    std::shared_ptr<Collection> collection;
    Status refused;
    std::string grave;
  };

  std::string PathOf(const std::string& name) const { return directory_ + "/collections/" + name; }

  Status OpenEntry(const std::string& name, Entry* entry) {
    CollectionOptions options;
    options.background = options_.background;
    if (env_->Exists(PathOf(name) + "/" + kKeysName)) {
      if (options_.master_key == nullptr) return Corruption("collection `" + name + "` is encrypted, and the server has no master key");
      SIDECAR_ASSIGN_OR_RETURN(KeyRing keys, ReadKeyFile(env_, PathOf(name), *options_.master_key));
      if (options_.rotate_keys) {
        AddKey(&keys);
        SIDECAR_RETURN_IF_ERROR(WriteKeyFile(env_, PathOf(name), keys, *options_.master_key));
      }
      entry->keys = std::make_unique<KeyRing>(std::move(keys));
      options.keys = entry->keys.get();
      options.keep_keys = [this, name, ring = entry->keys.get()](const std::set<uint32_t>& needed) {
        KeyRing kept;
        kept.current = ring->current;
        for (const auto& [number, key] : ring->raw) {
          if (needed.contains(number)) kept.raw[number] = key;
        }
        return WriteKeyFile(env_, PathOf(name), kept, *options_.master_key);
      };
      options.check_anchor = [this, name](const AnchorEntry& found) { return anchor_->Check(name, found); };
      options.update_anchor = [this, name](const AnchorEntry& now) { return anchor_->Update(name, now); };
    }
    SIDECAR_ASSIGN_OR_RETURN(auto collection, OpenCollection(env_, PathOf(name), options));
    if (collection->config().encrypted != (options.keys != nullptr)) {
      return Corruption("collection `" + name + "`: the key file and the settings disagree about encryption");
    }
    // The ring must not die before the last holder of the collection does.
    std::shared_ptr<KeyRing> ring(entry->keys.release());
    entry->collection = std::shared_ptr<Collection>(collection.release(), [ring](Collection* c) { delete c; });
    return {};
  }

  Result<SnapshotInfo> Describe(const std::string& collection, const std::string& name) {
    SnapshotInfo info{name, 0, 0};
    const std::string path = directory_ + "/snapshots/" + collection + "/" + name;
    SIDECAR_ASSIGN_OR_RETURN(const auto files, env_->List(path));
    for (const std::string& file : files) {
      SIDECAR_ASSIGN_OR_RETURN(auto opened, env_->Open(path + "/" + file, OpenMode::kRead));
      SIDECAR_ASSIGN_OR_RETURN(const uint64_t bytes, opened->Size());
      info.bytes += bytes;
    }
    info.created_seconds = std::strtoull(name.c_str() + collection.size() + 1, nullptr, 10);
    return info;
  }

  Env* const env_;
  const std::string directory_;
  const DatabaseOptions options_;
  std::unique_ptr<File> lock_;
  std::unique_ptr<Anchor> anchor_;
  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

}  // namespace

Result<std::unique_ptr<Database>> Database::Open(Env* env, const std::string& directory, const DatabaseOptions& options) {
  auto database = std::make_unique<DatabaseImpl>(env, directory, options);
  SIDECAR_RETURN_IF_ERROR(database->Start());
  return std::unique_ptr<Database>(std::move(database));
}

}  // namespace sidecar
