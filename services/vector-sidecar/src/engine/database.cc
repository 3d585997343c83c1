#include "sidecar/database.h"

#include <mutex>

#include "src/engine/aliases.h"
#include "src/engine/anchor.h"
#include "src/engine/archive.h"
#include "src/engine/manifest.h"
#include "src/engine/options.h"
#include "src/engine/snapshot.h"

namespace sidecar {
namespace {

class DatabaseImpl final : public Database {
 public:
  DatabaseImpl(Env* env, std::string directory, const DatabaseOptions& options)
      : env_(env), directory_(std::move(directory)), options_(options) {}
  ~DatabaseImpl() override { (void)Close(); }

  Status Start() {
    const bool fresh = !env_->Exists(directory_);
    if (fresh) SIDECAR_RETURN_IF_ERROR(env_->CreateDir(directory_));
    // The data directory itself must be on disk before anything in it is acknowledged. One that was there may have been made by a process
    // that died before this; but the folder above it may be one that this process cannot read, and then it was not made by it.
    const size_t slash = directory_.rfind('/');
    const Status above = env_->SyncDir(slash == std::string::npos ? "" : slash == 0 ? "/" : directory_.substr(0, slash));
    if (fresh) SIDECAR_RETURN_IF_ERROR(above);
    SIDECAR_ASSIGN_OR_RETURN(lock_, env_->Lock(directory_ + "/LOCK"));
    for (const char* name : {"/collections", "/snapshots", "/restoring"}) {
      if (!env_->Exists(directory_ + name)) SIDECAR_RETURN_IF_ERROR(env_->CreateDir(directory_ + name));
    }
    SIDECAR_RETURN_IF_ERROR(env_->SyncDir(directory_));
    SIDECAR_ASSIGN_OR_RETURN(anchor_, Anchor::Open(env_, directory_, options_.master_key));
    // A name that ends in .tmp here must not come back as a collection after its files are gone.
    SIDECAR_RETURN_IF_ERROR(env_->SyncDir(directory_ + "/collections"));
    SIDECAR_RETURN_IF_ERROR(FinishRecoveries());
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
    SIDECAR_ASSIGN_OR_RETURN(aliases_, Aliases::Open(env_, directory_, Names()));
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
    return entries_.contains(Resolve(name));
  }

  Result<std::shared_ptr<Collection>> Get(const std::string& name) override {
    std::lock_guard lock(mutex_);
    const auto found = entries_.find(Resolve(name));
    if (found == entries_.end()) return NoCollection(name);
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
    if (aliases_->all().contains(name)) {
      return InvalidArgument("Wrong input: Can't create collection with name " + name + ". Alias with the same name already exists");
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
      if (found->second.changing) return found->second.refused;
      entry = std::move(found->second);
      // The rename is the moment it is gone; files go afterwards and need not all go before a crash.
      if (entry.collection != nullptr) SIDECAR_RETURN_IF_ERROR(entry.collection->Close());
      const std::string grave = PathOf(name) + "." + std::to_string(env_->Random()) + ".tmp";
      SIDECAR_RETURN_IF_ERROR(env_->Rename(PathOf(name), grave));
      entries_.erase(found);
      SIDECAR_RETURN_IF_ERROR(env_->SyncDir(directory_ + "/collections"));
      SIDECAR_RETURN_IF_ERROR(aliases_->DropCollection(name));
      SIDECAR_RETURN_IF_ERROR(anchor_->Forget(name));
      entry.grave = grave;
    }
    SIDECAR_RETURN_IF_ERROR(env_->RemoveTree(entry.grave));
    return true;
  }

  Status Reconfigure(const std::string& alias, const std::function<Status(CollectionConfig*)>& change) override {
    Entry old;
    std::string name;
    SIDECAR_RETURN_IF_ERROR(TakeAside(alias, &name, &old));
    const CollectionConfig now = old.collection->config();
    CollectionConfig config = now;
    const Status valid = NewSettings(now, change, &config);
    if (!valid.ok() || config == now) {
      PutBack(name, std::move(old));
      return valid;
    }
    Status done = old.collection->Close();
    if (done.ok()) done = WriteSettings(name, config, old.keys.get());
    return OpenAgain(name, done);
  }

  Status ChangeAliases(const std::vector<AliasChange>& changes) override {
    std::lock_guard lock(mutex_);
    return aliases_->Change(changes, Names());
  }

  std::map<std::string, std::string> ListAliases() override {
    std::lock_guard lock(mutex_);
    return aliases_->all();
  }

  Result<SnapshotInfo> CreateSnapshot(const std::string& alias, uint64_t now_seconds) override {
    SIDECAR_ASSIGN_OR_RETURN(const auto c, Get(alias));
    const std::string collection = NameOf(alias);
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

  Result<std::vector<SnapshotInfo>> ListSnapshots(const std::string& alias) override {
    SIDECAR_ASSIGN_OR_RETURN(const auto c, Get(alias));
    const std::string collection = NameOf(alias);
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
    SIDECAR_ASSIGN_OR_RETURN(const std::string path, SnapshotPath(collection, snapshot));
    const std::string grave = path + ".tmp";
    SIDECAR_RETURN_IF_ERROR(env_->Rename(path, grave));
    SIDECAR_RETURN_IF_ERROR(env_->SyncDir(path.substr(0, path.rfind('/'))));
    return env_->RemoveTree(grave);
  }

  Status ReadSnapshot(const std::string& collection, const std::string& snapshot,
                      const std::function<Status(std::string_view)>& take) override {
    SIDECAR_ASSIGN_OR_RETURN(const std::string path, SnapshotPath(collection, snapshot));
    return WriteArchive(env_, path, snapshot.substr(0, 155), take);
  }

  Status RecoverSnapshot(const std::string& collection, const std::string& from, const std::string& snapshot) override {
    SIDECAR_ASSIGN_OR_RETURN(const std::string path, SnapshotPath(from, snapshot));
    SIDECAR_RETURN_IF_ERROR(CheckName(collection));
    const std::string name = NameOf(collection);
    std::unique_lock recovering(recover_mutex_, std::try_to_lock);
    if (!recovering.owns_lock()) return Status(Code::kUnavailable, "another snapshot is being recovered; try again when it is done");
    const std::string prepared = directory_ + "/restoring/" + name;
    if (env_->Exists(prepared)) SIDECAR_RETURN_IF_ERROR(env_->RemoveTree(prepared));
    SIDECAR_RETURN_IF_ERROR(RestoreSnapshot(env_, path, prepared));
    const Status sound = TryOpen(prepared);
    if (!sound.ok()) {
      (void)env_->RemoveTree(prepared);
      return sound;
    }
    Entry old;
    std::string grave;
    SIDECAR_RETURN_IF_ERROR(TakePlace(name, &old));
    const Status swapped = Swap(name, prepared, old, &grave);
    const Status opened = OpenAgain(name, swapped);
    if (opened.ok() && !grave.empty()) return env_->RemoveTree(grave);
    return opened;
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
    std::shared_ptr<KeyRing> keys;  // outlives the collection
    std::shared_ptr<Collection> collection;
    Status refused;
    bool changing = false;  // closed for a moment, by one call
    std::string grave;
  };

  Result<std::string> SnapshotPath(const std::string& alias, const std::string& snapshot) {
    SIDECAR_RETURN_IF_ERROR(CheckName(snapshot));
    SIDECAR_RETURN_IF_ERROR(CheckName(alias));
    const std::string path = directory_ + "/snapshots/" + NameOf(alias) + "/" + snapshot;
    if (!snapshot.ends_with(".snapshot") || !env_->Exists(path)) return NotFound("Not found: Snapshot `" + snapshot + "` doesn't exist!");
    return path;
  }

  // A recovery is cut short between the two renames at worst: then the collection is nowhere but here, and whole.
  Status FinishRecoveries() {
    SIDECAR_ASSIGN_OR_RETURN(const auto names, env_->List(directory_ + "/restoring"));
    for (const std::string& name : names) {
      const std::string prepared = directory_ + "/restoring/" + name;
      if (name.ends_with(".tmp") || env_->Exists(PathOf(name))) SIDECAR_RETURN_IF_ERROR(env_->RemoveTree(prepared));
      else SIDECAR_RETURN_IF_ERROR(MoveIn(name, prepared));
    }
    return {};
  }

  Status MoveIn(const std::string& name, const std::string& prepared) {
    // What is on record of the collection before is no measure for what is put in its place on purpose.
    SIDECAR_RETURN_IF_ERROR(anchor_->Forget(name));
    SIDECAR_RETURN_IF_ERROR(env_->Rename(prepared, PathOf(name)));
    SIDECAR_RETURN_IF_ERROR(env_->SyncDir(directory_ + "/collections"));
    return env_->SyncDir(directory_ + "/restoring");
  }

  Status Swap(const std::string& name, const std::string& prepared, const Entry& old, std::string* grave) {
    if (old.collection != nullptr) (void)old.collection->Close();  // whatever state it is in, it is given up
    if (env_->Exists(PathOf(name))) {
      *grave = PathOf(name) + "." + std::to_string(env_->Random()) + ".tmp";
      SIDECAR_RETURN_IF_ERROR(env_->Rename(PathOf(name), *grave));
      SIDECAR_RETURN_IF_ERROR(env_->SyncDir(directory_ + "/collections"));
    }
    return MoveIn(name, prepared);
  }

  Status TryOpen(const std::string& directory) {
    CollectionOptions options;
    options.background = false;
    options.read_only = true;
    KeyRing keys;
    if (env_->Exists(directory + "/" + kKeysName)) {
      if (options_.master_key == nullptr) return InvalidArgument("Wrong input: the snapshot is encrypted, and the server has no master key");
      SIDECAR_ASSIGN_OR_RETURN(keys, ReadKeyFile(env_, directory, *options_.master_key));
      options.keys = &keys;
    }
    return OpenCollection(env_, directory, options).status();
  }

  // As TakeAside, also where there is nothing yet, or something that does not open.
  Status TakePlace(const std::string& name, Entry* out) {
    std::lock_guard lock(mutex_);
    const auto found = entries_.find(name);
    if (found != entries_.end() && found->second.changing) return found->second.refused;
    if (found != entries_.end()) *out = std::move(found->second);
    entries_[name] = Changing(name);
    return {};
  }

  static Entry Changing(const std::string& name) {
    Entry entry;
    entry.refused = Status(Code::kUnavailable, "collection `" + name + "` is being changed; try again in a moment");
    entry.changing = true;
    return entry;
  }

  static Status NoCollection(const std::string& name) { return NotFound("Not found: Collection `" + name + "` doesn't exist!"); }
  const std::string& Resolve(const std::string& name) const { return aliases_->Resolve(name); }  // mutex_ held

  std::string NameOf(const std::string& alias) {
    std::lock_guard lock(mutex_);
    return Resolve(alias);
  }

  std::set<std::string> Names() const {  // mutex_ held
    std::set<std::string> names;
    for (const auto& [name, entry] : entries_) names.insert(name);
    return names;
  }

  // Closes a collection and leaves a note in its place, so that others need not wait while it is opened anew.
  Status TakeAside(const std::string& alias, std::string* name, Entry* out) {
    std::lock_guard lock(mutex_);
    *name = Resolve(alias);
    const auto found = entries_.find(*name);
    if (found == entries_.end()) return NoCollection(alias);
    if (!found->second.refused.ok()) return found->second.refused;
    *out = std::move(found->second);
    found->second = Changing(*name);
    return {};
  }

  void PutBack(const std::string& name, Entry entry) {
    std::lock_guard lock(mutex_);
    entries_[name] = std::move(entry);
  }

  Status OpenAgain(const std::string& name, const Status& so_far) {
    Entry entry;
    const Status opened = OpenEntry(name, &entry);
    if (!opened.ok()) entry.refused = opened;
    PutBack(name, std::move(entry));
    return so_far.ok() ? opened : so_far;
  }

  static Status NewSettings(const CollectionConfig& now, const std::function<Status(CollectionConfig*)>& change, CollectionConfig* config) {
    SIDECAR_RETURN_IF_ERROR(change(config));
    if (config->vectors != now.vectors || config->encrypted != now.encrypted) {
      return InvalidArgument("Wrong input: vectors and encryption of a collection cannot be changed");
    }
    const Status valid = Validate(*config);
    return valid.ok() ? valid : InvalidArgument("Wrong input: " + valid.message());
  }

  Status WriteSettings(const std::string& name, const CollectionConfig& config, const KeyRing* keys) {
    SIDECAR_ASSIGN_OR_RETURN(Manifest manifest, ReadManifest(env_, PathOf(name), keys));
    manifest.config = config;
    ++manifest.generation;
    return WriteManifest(env_, PathOf(name), manifest, keys);
  }

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
      entry->keys = std::make_shared<KeyRing>(std::move(keys));
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
    } else if (anchor_->Knows(name)) {
      return Corruption("collection `" + name + "` was swapped: an encrypted one is on record, and what is here is not encrypted");
    }
    SIDECAR_ASSIGN_OR_RETURN(auto collection, OpenCollection(env_, PathOf(name), options));
    if (collection->config().encrypted != (options.keys != nullptr)) {
      return Corruption("collection `" + name + "`: the key file and the settings disagree about encryption");
    }
    // The ring must not die before the last holder of the collection does.
    entry->collection = std::shared_ptr<Collection>(collection.release(), [ring = entry->keys](Collection* c) { delete c; });
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
  std::mutex recover_mutex_;  // taken before mutex_
  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
  std::optional<Aliases> aliases_;
};

}  // namespace

Result<std::unique_ptr<Database>> Database::Open(Env* env, const std::string& directory, const DatabaseOptions& options) {
  auto database = std::make_unique<DatabaseImpl>(env, directory, options);
  SIDECAR_RETURN_IF_ERROR(database->Start());
  return std::unique_ptr<Database>(std::move(database));
}

}  // namespace sidecar
