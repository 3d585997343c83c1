#include "src/env/sim_env.h"

#include <algorithm>
#include <set>

namespace sidecar {

constexpr uint64_t kSectorBytes = 512;

static void Overlay(std::string* data, uint64_t offset, std::string_view bytes) {
  if (data->size() < offset + bytes.size()) data->resize(offset + bytes.size(), '\0');
  data->replace(offset, bytes.size(), bytes);
}

class SimFile final : public File {
 public:
  SimFile(SimEnv* env, std::string path, std::shared_ptr<SimEnv::Inode> inode)
      : env_(env), path_(std::move(path)), inode_(std::move(inode)) {}

  Result<size_t> Read(uint64_t offset, void* out, size_t n) override {
    std::lock_guard lock(env_->mutex_);
    if (offset >= inode_->data.size()) return size_t(0);
    return inode_->data.copy(static_cast<char*>(out), n, offset);
  }
  Status Write(uint64_t offset, std::string_view data) override {
    return env_->Step("write", path_, [&] {
      Overlay(&inode_->data, offset, data);
      while (!data.empty()) {
        const uint64_t piece = std::min<uint64_t>(data.size(), kSectorBytes - offset % kSectorBytes);
        inode_->pending.push_back({offset, std::string(data.substr(0, piece))});
        data.remove_prefix(piece);
        offset += piece;
      }
      return Status();
    });
  }
  Status Sync() override {
    const Status status = env_->Step("sync", path_, [&] {
      inode_->durable = inode_->data;
      inode_->pending.clear();
      return Status();
    });
    if (!status.ok()) {
      std::lock_guard lock(env_->mutex_);
      inode_->data = inode_->durable;
      inode_->pending.clear();
    }
    return status;
  }
  Result<uint64_t> Size() override {
    std::lock_guard lock(env_->mutex_);
    return uint64_t(inode_->data.size());
  }
  Status Truncate(uint64_t size) override {
    return env_->Step("truncate", path_, [&] {
      inode_->data.resize(size);
      inode_->durable.resize(size);
      return Status();
    });
  }
  Result<std::string_view> Map() override {
    std::lock_guard lock(env_->mutex_);
    return std::string_view(inode_->data);
  }

 private:
  SimEnv* const env_;
  const std::string path_;
  const std::shared_ptr<SimEnv::Inode> inode_;
};

SimEnv::SimEnv(const Image& image, uint64_t seed) : random_state_(seed) {
  for (const auto& [path, content] : image) {
    auto inode = std::make_shared<Inode>();
    inode->directory = content == kDirectory;
    if (!inode->directory) inode->data = inode->durable = content;
    names_[path] = durable_[path] = inode;
  }
}

std::string SimEnv::Parent(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

Status SimEnv::Step(const char* call, const std::string& path, const std::function<Status()>& action) {
  if (before) {
    const Status injected = before(call, path);
    if (!injected.ok()) return injected;
  }
  Status status;
  {
    std::lock_guard lock(mutex_);
    status = action();
  }
  if (status.ok() && after) after();
  return status;
}

void SimEnv::Change(NameChange change) {
  for (const auto& [path, inode] : change.entries) {
    if (inode == nullptr) names_.erase(path);
    else names_[path] = inode;
  }
  pending_.push_back(std::move(change));
}

Result<std::unique_ptr<File>> SimEnv::Open(const std::string& path, OpenMode mode) {
  if (mode == OpenMode::kCreate) {
    SIDECAR_RETURN_IF_ERROR(Step("create", path, [&] {
      if (names_.contains(path)) return IoError("open " + path + ": File exists");
      Change({{{path, std::make_shared<Inode>()}}});
      return Status();
    }));
  }
  std::lock_guard lock(mutex_);
  const auto found = names_.find(path);
  if (found == names_.end() || found->second->directory) return NotFound("open " + path + ": No such file");
  return std::unique_ptr<File>(new SimFile(this, path, found->second));
}

bool SimEnv::Exists(const std::string& path) {
  std::lock_guard lock(mutex_);
  return names_.contains(path);
}

Result<std::vector<std::string>> SimEnv::List(const std::string& directory) {
  std::lock_guard lock(mutex_);
  const auto found = names_.find(directory);
  if (found == names_.end() || !found->second->directory) return NotFound("list " + directory + ": No such directory");
  std::vector<std::string> out;
  for (const auto& entry : names_) {
    if (entry.first != directory && Parent(entry.first) == directory) out.push_back(entry.first.substr(directory.size() + 1));
  }
  return out;
}

Status SimEnv::Rename(const std::string& from, const std::string& to) {
  return Step("rename", from, [&] {
    if (!names_.contains(from)) return NotFound("rename " + from + ": No such file");
    NameChange change;
    const std::string prefix = from + "/";
    for (const auto& [path, inode] : names_) {  // a directory takes what is in it along
      if (path != from && !path.starts_with(prefix)) continue;
      change.entries.push_back({path, nullptr});
    }
    for (size_t i = 0, n = change.entries.size(); i < n; ++i) {
      const std::string old = change.entries[i].first;
      change.entries.push_back({to + old.substr(from.size()), names_[old]});
    }
    Change(std::move(change));
    return Status();
  });
}

Status SimEnv::Link(const std::string& from, const std::string& to) {
  return Step("link", to, [&] {
    if (!names_.contains(from)) return NotFound("link " + from + ": No such file");
    if (names_.contains(to)) return IoError("link " + to + ": File exists");
    Change({{{to, names_[from]}}});
    return Status();
  });
}

Status SimEnv::Remove(const std::string& path) {
  return Step("remove", path, [&] {
    const auto found = names_.find(path);
    if (found == names_.end()) return NotFound("unlink " + path + ": No such file");
    if (found->second->directory) return IoError("unlink " + path + ": Is a directory");
    Change({{{path, nullptr}}});
    return Status();
  });
}

Status SimEnv::CreateDir(const std::string& path) {
  return Step("mkdir", path, [&] {
    if (names_.contains(path)) return IoError("mkdir " + path + ": File exists");
    auto inode = std::make_shared<Inode>();
    inode->directory = true;
    Change({{{path, inode}}});
    return Status();
  });
}

Status SimEnv::RemoveDir(const std::string& path) {
  return Step("rmdir", path, [&] {
    if (!names_.contains(path)) return NotFound("rmdir " + path + ": No such directory");
    for (const auto& entry : names_) {
      if (entry.first.starts_with(path + "/")) return IoError("rmdir " + path + ": Directory not empty");
    }
    Change({{{path, nullptr}}});
    return Status();
  });
}

Status SimEnv::SyncDir(const std::string& directory) {
  return Step("syncdir", directory, [&] {
    std::vector<NameChange> rest;
    for (NameChange& change : pending_) {
      const bool touches = std::any_of(change.entries.begin(), change.entries.end(),
                                       [&](const auto& entry) { return Parent(entry.first) == directory; });
      if (!touches) {
        rest.push_back(std::move(change));
        continue;
      }
      for (const auto& [path, inode] : change.entries) {
        if (inode == nullptr) durable_.erase(path);
        else durable_[path] = inode;
      }
    }
    pending_ = std::move(rest);
    return Status();
  });
}

Result<std::unique_ptr<File>> SimEnv::Lock(const std::string& path) {
  std::lock_guard lock(mutex_);
  return std::unique_ptr<File>(new SimFile(this, path, std::make_shared<Inode>()));
}

uint64_t SimEnv::NowMicros() {
  if (at_clock) at_clock();
  std::lock_guard lock(mutex_);
  return clock_ += 10;
}

void SimEnv::AdvanceClock(uint64_t micros) {
  std::lock_guard lock(mutex_);
  clock_ += micros;
}

uint64_t SimEnv::Random() {  // SplitMix64
  std::lock_guard lock(mutex_);
  uint64_t z = random_state_ += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

SimEnv::Image SimEnv::Flatten(const std::map<std::string, InodePtr>& names,
                              const std::map<const Inode*, std::string>& contents) {
  Image image;
  for (const auto& [path, inode] : names) {
    // A name under a directory that is not there itself cannot be reached.
    const std::string parent = Parent(path);
    if (!parent.empty() && !names.contains(parent)) continue;
    const auto changed = contents.find(inode.get());
    image[path] = inode->directory ? kDirectory : changed != contents.end() ? changed->second : inode->durable;
  }
  return image;
}

size_t SimEnv::PendingCount() const {
  size_t count = pending_.size();
  std::set<const Inode*> seen;
  for (const auto* names : {&names_, &durable_}) {
    for (const auto& entry : *names) {
      if (seen.insert(entry.second.get()).second) count += entry.second->pending.size();
    }
  }
  return count;
}

SimEnv::Image SimEnv::ImageFor(const std::vector<bool>& kept) const {
  size_t at = 0;
  std::map<std::string, InodePtr> names = durable_;
  for (const NameChange& change : pending_) {
    if (!kept[at++]) continue;
    for (const auto& [path, inode] : change.entries) {
      if (inode == nullptr) names.erase(path);
      else names[path] = inode;
    }
  }
  std::map<const Inode*, std::string> contents;
  std::set<const Inode*> seen;
  for (const auto* side : {&names_, &durable_}) {
    for (const auto& entry : *side) {
      const Inode* inode = entry.second.get();
      if (inode->pending.empty() || !seen.insert(inode).second) continue;
      std::string& data = contents[inode] = inode->durable;
      for (const Sector& sector : inode->pending) {
        if (kept[at++]) Overlay(&data, sector.offset, sector.bytes);
      }
    }
  }
  return Flatten(names, contents);
}

uint64_t SimEnv::ForEachImage(uint64_t limit, const std::function<void(const Image&)>& visit) const {
  std::vector<Image> images;
  {
    std::lock_guard lock(mutex_);
    const size_t pending = PendingCount();
    if (pending < 63 && (1ull << pending) <= limit) {
      for (uint64_t choice = 0; choice < 1ull << pending; ++choice) {
        std::vector<bool> kept(pending);
        for (size_t i = 0; i < pending; ++i) kept[i] = choice >> i & 1;
        images.push_back(ImageFor(kept));
      }
    } else {
      uint64_t state = pending;
      for (uint64_t n = 0; n < limit; ++n) {
        std::vector<bool> kept(pending);
        // All, none, a prefix, all but one, then random subsets.
        for (size_t i = 0; i < pending; ++i) {
          state = state * 6364136223846793005u + 1442695040888963407u;
          const uint64_t random = state >> 33;
          const uint64_t edge = n * pending / limit;
          if (n < 2) kept[i] = n == 0;
          else kept[i] = n % 3 == 0 ? i < edge : n % 3 == 1 ? i != edge : random & 1;
        }
        images.push_back(ImageFor(kept));
      }
    }
  }
  for (const Image& image : images) visit(image);
  return images.size();
}

SimEnv::Image SimEnv::DurableImage() const {
  std::lock_guard lock(mutex_);
  return ImageFor(std::vector<bool>(PendingCount(), false));
}

std::unique_ptr<SimEnv> SimEnv::Clone() const {
  std::lock_guard lock(mutex_);
  auto clone = std::make_unique<SimEnv>(random_state_ + 1);
  std::map<const Inode*, InodePtr> copies;
  const auto copy = [&](const InodePtr& inode) -> InodePtr {
    if (inode == nullptr) return nullptr;
    InodePtr& made = copies[inode.get()];
    if (made == nullptr) made = std::make_shared<Inode>(*inode);
    return made;
  };
  for (const auto& [path, inode] : names_) clone->names_[path] = copy(inode);
  for (const auto& [path, inode] : durable_) clone->durable_[path] = copy(inode);
  for (const NameChange& change : pending_) {
    NameChange& to = clone->pending_.emplace_back();
    for (const auto& [path, inode] : change.entries) to.entries.push_back({path, copy(inode)});
  }
  return clone;
}

SimEnv::Image SimEnv::CurrentImage() const {
  std::lock_guard lock(mutex_);
  Image image;
  for (const auto& [path, inode] : names_) image[path] = inode->directory ? kDirectory : inode->data;
  return image;
}

}  // namespace sidecar
