#include "src/engine/snapshot_store.h"

#include <cstdlib>

#include "src/engine/aliases.h"
#include "src/engine/archive.h"

namespace sidecar {

Result<SnapshotInfo> SnapshotStore::Create(Collection* source, const std::string& collection, uint64_t now_seconds) {
  const std::string parent = directory_ + "/" + collection;
  if (!env_->Exists(parent)) {
    SIDECAR_RETURN_IF_ERROR(env_->CreateDir(parent));
    SIDECAR_RETURN_IF_ERROR(env_->SyncDir(directory_));
  }
  std::string name = collection + "-" + std::to_string(now_seconds) + ".snapshot";
  for (int n = 1; env_->Exists(parent + "/" + name); ++n) {
    name = collection + "-" + std::to_string(now_seconds) + "." + std::to_string(n) + ".snapshot";
  }
  SIDECAR_RETURN_IF_ERROR(source->Snapshot(parent + "/" + name));
  return Describe(collection, name);
}

Result<std::vector<SnapshotInfo>> SnapshotStore::List(const std::string& collection) {
  std::vector<SnapshotInfo> out;
  const std::string parent = directory_ + "/" + collection;
  if (!env_->Exists(parent)) return out;
  SIDECAR_ASSIGN_OR_RETURN(const auto names, env_->List(parent));
  for (const std::string& name : names) {
    if (!name.ends_with(".snapshot")) continue;
    SIDECAR_ASSIGN_OR_RETURN(SnapshotInfo info, Describe(collection, name));
    out.push_back(std::move(info));
  }
  return out;
}

Status SnapshotStore::Delete(const std::string& collection, const std::string& snapshot) {
  SIDECAR_ASSIGN_OR_RETURN(const std::string path, PathOf(collection, snapshot));
  const std::string grave = path + ".tmp";
  SIDECAR_RETURN_IF_ERROR(env_->Rename(path, grave));
  SIDECAR_RETURN_IF_ERROR(env_->SyncDir(path.substr(0, path.rfind('/'))));
  return env_->RemoveTree(grave);
}

Status SnapshotStore::Read(const std::string& collection, const std::string& snapshot,
                           const std::function<Status(std::string_view)>& take) {
  SIDECAR_ASSIGN_OR_RETURN(const std::string path, PathOf(collection, snapshot));
  return WriteArchive(env_, path, snapshot.substr(0, 155), take);
}

Result<std::string> SnapshotStore::PathOf(const std::string& collection, const std::string& snapshot) {
  SIDECAR_RETURN_IF_ERROR(CheckName(snapshot));
  SIDECAR_RETURN_IF_ERROR(CheckName(collection));
  const std::string path = directory_ + "/" + collection + "/" + snapshot;
  if (!snapshot.ends_with(".snapshot") || !env_->Exists(path)) return NotFound("Not found: Snapshot `" + snapshot + "` doesn't exist!");
  return path;
}

Result<SnapshotInfo> SnapshotStore::Describe(const std::string& collection, const std::string& name) {
  SnapshotInfo info{name, 0, 0};
  const std::string path = directory_ + "/" + collection + "/" + name;
  SIDECAR_ASSIGN_OR_RETURN(const auto files, env_->List(path));
  for (const std::string& file : files) {
    SIDECAR_ASSIGN_OR_RETURN(auto opened, env_->Open(path + "/" + file, OpenMode::kRead));
    SIDECAR_ASSIGN_OR_RETURN(const uint64_t bytes, opened->Size());
    info.bytes += bytes;
  }
  info.created_seconds = std::strtoull(name.c_str() + collection.size() + 1, nullptr, 10);
  return info;
}

}  // namespace sidecar
