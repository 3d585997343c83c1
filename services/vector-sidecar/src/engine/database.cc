#include "sidecar/database.h"

#include <mutex>
#include <optional>

#include "src/engine/aliases.h"
#include "src/engine/folders.h"
#include "src/engine/opener.h"
#include "src/engine/options.h"
#include "src/engine/snapshot.h"
#include "src/engine/snapshot_store.h"

namespace sidecar {
namespace {

class DatabaseImpl final : public Database {
 public:
  DatabaseImpl(Env* env, std::string directory, const DatabaseOptions& options)
      : env_(env), directory_(std::move(directory)), options_(options), folders_(env, directory_), snapshots_(env, directory_) {}
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
    SIDECAR_RETURN_IF_ERROR(folders_.Make());
    SIDECAR_ASSIGN_OR_RETURN(anchor_, Anchor::Open(env_, directory_, options_.master_key));
    opener_.emplace(env_, options_, anchor_.get());
    SIDECAR_ASSIGN_OR_RETURN(const auto names, folders_.Tidy(anchor_.get()));
    for (const std::string& name : names) {
      auto opened = opener_->Open(folders_.PathOf(name), name);
      if (opened.ok()) entries_[name].opened = std::move(*opened);
      else entries_[name].refused = opened.status();
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
    return found->second.opened.collection;
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
    const std::string path = folders_.PathOf(name);
    if (env_->Exists(path)) SIDECAR_RETURN_IF_ERROR(env_->RemoveTree(path));
    KeyRing keys;
    if (config.encrypted) keys = NewKeyRing();
    SIDECAR_RETURN_IF_ERROR(CreateCollection(env_, path, config, config.encrypted ? &keys : nullptr, options_.master_key));
    SIDECAR_ASSIGN_OR_RETURN(OpenedCollection opened, opener_->Open(path, name));
    entries_[name].opened = std::move(opened);
    return {};
  }

  Result<bool> Drop(const std::string& name) override {
    OpenedCollection old;
    std::string grave;
    {
      std::lock_guard lock(mutex_);
      const auto found = entries_.find(name);
      if (found == entries_.end()) return false;
      if (found->second.changing) return found->second.refused;
      old = std::move(found->second.opened);
      if (old.collection != nullptr) (void)old.collection->Close();  // whatever state it is in, it is given up
      auto buried = folders_.Bury(name);
      if (!buried.ok()) {
        found->second.refused = buried.status();
        return buried.status();
      }
      grave = std::move(*buried);
      entries_.erase(found);
      SIDECAR_RETURN_IF_ERROR(folders_.Sync());
      SIDECAR_RETURN_IF_ERROR(aliases_->DropCollection(name));
      SIDECAR_RETURN_IF_ERROR(anchor_->Forget(name));
    }
    SIDECAR_RETURN_IF_ERROR(env_->RemoveTree(grave));
    return true;
  }

  Status Reconfigure(const std::string& alias, const std::function<Status(CollectionConfig*)>& change) override {
    Entry old;
    std::string name;
    SIDECAR_RETURN_IF_ERROR(TakeAside(alias, &name, &old));
    const CollectionConfig now = old.opened.collection->config();
    CollectionConfig config = now;
    const Status valid = NewSettings(now, change, &config);
    if (!valid.ok() || config == now) {
      PutBack(name, std::move(old));
      return valid;
    }
    Status done = old.opened.collection->Close();
    if (done.ok()) done = opener_->WriteSettings(folders_.PathOf(name), config, old.opened.keys.get());
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
    return snapshots_.Create(c.get(), NameOf(alias), now_seconds);
  }

  Result<std::vector<SnapshotInfo>> ListSnapshots(const std::string& alias) override {
    SIDECAR_RETURN_IF_ERROR(Get(alias).status());
    return snapshots_.List(NameOf(alias));
  }

  Status DeleteSnapshot(const std::string& alias, const std::string& snapshot) override {
    return snapshots_.Delete(NameOf(alias), snapshot);
  }

  Status ReadSnapshot(const std::string& alias, const std::string& snapshot,
                      const std::function<Status(std::string_view)>& take) override {
    return snapshots_.Read(NameOf(alias), snapshot, take);
  }

  Status RecoverSnapshot(const std::string& collection, const std::string& from, const std::string& snapshot) override {
    SIDECAR_ASSIGN_OR_RETURN(const std::string path, snapshots_.PathOf(NameOf(from), snapshot));
    SIDECAR_RETURN_IF_ERROR(CheckName(collection));
    const std::string name = NameOf(collection);
    std::unique_lock recovering(recover_mutex_, std::try_to_lock);
    if (!recovering.owns_lock()) return Status(Code::kUnavailable, "another snapshot is being recovered; try again when it is done");
    const std::string prepared = folders_.Prepared(name);
    if (env_->Exists(prepared)) SIDECAR_RETURN_IF_ERROR(env_->RemoveTree(prepared));
    SIDECAR_RETURN_IF_ERROR(RestoreSnapshot(env_, path, prepared));
    const Status sound = opener_->Try(prepared);
    if (!sound.ok()) {
      (void)env_->RemoveTree(prepared);
      return sound;
    }
    Entry old;
    std::string grave;
    SIDECAR_RETURN_IF_ERROR(TakePlace(name, &old));
    const Status swapped = Swap(name, old, &grave);
    const Status opened = OpenAgain(name, swapped);
    if (opened.ok() && !grave.empty()) return env_->RemoveTree(grave);
    return opened;
  }

  Status Close() override {
    std::lock_guard lock(mutex_);
    Status first;
    for (auto& [name, entry] : entries_) {
      if (entry.opened.collection == nullptr) continue;
      const Status closed = entry.opened.collection->Close();
      if (first.ok()) first = closed;
    }
    entries_.clear();
    return first;
  }

 private:
  struct Entry {
    OpenedCollection opened;
    Status refused;
    bool changing = false;  // closed for a moment, by one call
  };

  Status Swap(const std::string& name, const Entry& old, std::string* grave) {
    if (old.opened.collection != nullptr) (void)old.opened.collection->Close();  // whatever state it is in, it is given up
    if (env_->Exists(folders_.PathOf(name))) {
      SIDECAR_ASSIGN_OR_RETURN(*grave, folders_.Bury(name));
      SIDECAR_RETURN_IF_ERROR(folders_.Sync());
    }
    return folders_.MoveIn(name, anchor_.get());
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
    auto opened = opener_->Open(folders_.PathOf(name), name);
    Entry entry;
    if (opened.ok()) entry.opened = std::move(*opened);
    else entry.refused = opened.status();
    PutBack(name, std::move(entry));
    return so_far.ok() ? opened.status() : so_far;
  }

  static Status NewSettings(const CollectionConfig& now, const std::function<Status(CollectionConfig*)>& change, CollectionConfig* config) {
    SIDECAR_RETURN_IF_ERROR(change(config));
    if (config->vectors != now.vectors || config->encrypted != now.encrypted) {
      return InvalidArgument("Wrong input: vectors and encryption of a collection cannot be changed");
    }
    const Status valid = Validate(*config);
    return valid.ok() ? valid : InvalidArgument("Wrong input: " + valid.message());
  }

  Env* const env_;
  const std::string directory_;
  const DatabaseOptions options_;
  Folders folders_;
  SnapshotStore snapshots_;
  std::unique_ptr<File> lock_;
  std::unique_ptr<Anchor> anchor_;
  std::optional<Opener> opener_;  // once there is an anchor
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
