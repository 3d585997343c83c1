#include "src/engine/snapshot.h"

#include <sodium.h>

#include <algorithm>
#include <shared_mutex>
#include <sstream>

#include "src/engine/collection_impl.h"

namespace sidecar {
namespace {

Result<SnapshotEntry> Describe(Env* env, const std::string& directory, const std::string& name) {
  SIDECAR_ASSIGN_OR_RETURN(auto file, env->Open(directory + "/" + name, OpenMode::kRead));
  crypto_generichash_state hash;
  crypto_generichash_init(&hash, nullptr, 0, 32);
  std::string chunk(1 << 20, '\0');
  SnapshotEntry entry{name, 0, ""};
  while (true) {
    SIDECAR_ASSIGN_OR_RETURN(const size_t got, file->Read(entry.bytes, chunk.data(), chunk.size()));
    if (got == 0) break;
    crypto_generichash_update(&hash, reinterpret_cast<const unsigned char*>(chunk.data()), got);
    entry.bytes += got;
  }
  unsigned char digest[32];
  crypto_generichash_final(&hash, digest, sizeof(digest));
  char hex[65];
  sodium_bin2hex(hex, sizeof(hex), digest, sizeof(digest));
  entry.digest = hex;
  return entry;
}

}  // namespace

Status LinkOrCopy(Env* env, const std::string& from, const std::string& to) {
  if (env->Link(from, to).ok()) return {};
  SIDECAR_ASSIGN_OR_RETURN(auto source, env->Open(from, OpenMode::kRead));
  SIDECAR_ASSIGN_OR_RETURN(auto target, env->Open(to, OpenMode::kCreate));
  std::string chunk(1 << 20, '\0');
  for (uint64_t at = 0;;) {
    SIDECAR_ASSIGN_OR_RETURN(const size_t got, source->Read(at, chunk.data(), chunk.size()));
    if (got == 0) break;
    SIDECAR_RETURN_IF_ERROR(target->Write(at, std::string_view(chunk).substr(0, got)));
    at += got;
  }
  return target->Sync();
}

Status WriteSnapshotList(Env* env, const std::string& directory) {
  SIDECAR_ASSIGN_OR_RETURN(const auto names, env->List(directory));
  std::string list;
  for (const std::string& name : names) {
    SIDECAR_ASSIGN_OR_RETURN(const SnapshotEntry e, Describe(env, directory, name));
    list += e.digest + " " + std::to_string(e.bytes) + " " + e.name + "\n";
  }
  return env->WriteWhole(directory, kSnapshotListName, list);
}

Status VerifySnapshot(Env* env, const std::string& directory) {
  SIDECAR_ASSIGN_OR_RETURN(const std::string list, env->ReadWhole(directory + "/" + kSnapshotListName));
  std::istringstream lines(list);
  std::vector<std::string> listed = {kSnapshotListName};
  SnapshotEntry wanted;
  while (lines >> wanted.digest >> wanted.bytes >> wanted.name) {
    SIDECAR_ASSIGN_OR_RETURN(const SnapshotEntry found, Describe(env, directory, wanted.name));
    if (found.bytes != wanted.bytes || found.digest != wanted.digest) {
      return Corruption(directory + "/" + wanted.name + " is not what the snapshot's list says");
    }
    listed.push_back(wanted.name);
  }
  SIDECAR_ASSIGN_OR_RETURN(const auto names, env->List(directory));
  for (const std::string& name : names) {
    if (std::find(listed.begin(), listed.end(), name) == listed.end()) {
      return Corruption(directory + "/" + name + " is not in the snapshot's list");
    }
  }
  return listed.size() > 1 ? Status() : Corruption(directory + ": the snapshot's list is empty");
}

Status RestoreSnapshot(Env* env, const std::string& snapshot, const std::string& target) {
  SIDECAR_RETURN_IF_ERROR(VerifySnapshot(env, snapshot));
  if (env->Exists(target)) return Status(Code::kAlreadyExists, target + " exists; a snapshot is restored to a new place only");
  const std::string temporary = target + ".tmp";
  if (env->Exists(temporary)) SIDECAR_RETURN_IF_ERROR(env->RemoveTree(temporary));
  SIDECAR_RETURN_IF_ERROR(env->CreateDir(temporary));
  SIDECAR_ASSIGN_OR_RETURN(const auto names, env->List(snapshot));
  for (const std::string& name : names) {
    if (name == kSnapshotListName) continue;
    const std::string from = snapshot + "/" + name, to = temporary + "/" + name;
    // Only segments never change; a log that shared its bytes with the snapshot would write into it.
    if (name.starts_with("seg-")) {
      SIDECAR_RETURN_IF_ERROR(LinkOrCopy(env, from, to));
    } else {
      SIDECAR_ASSIGN_OR_RETURN(const std::string data, env->ReadWhole(from));
      SIDECAR_RETURN_IF_ERROR(env->WriteWhole(temporary, name, data));
    }
  }
  SIDECAR_RETURN_IF_ERROR(env->SyncDir(temporary));
  SIDECAR_RETURN_IF_ERROR(env->Rename(temporary, target));
  const size_t slash = target.rfind('/');
  return env->SyncDir(slash == std::string::npos ? "" : target.substr(0, slash));
}

Status CollectionImpl::Snapshot(const std::string& directory) {
  SIDECAR_RETURN_IF_ERROR(Flush());
  std::lock_guard work(work_mutex_);  // the set of segments stands still
  if (env_->Exists(directory)) return Status(Code::kAlreadyExists, "snapshot " + directory + " exists");
  const std::string temporary = directory + ".tmp";
  if (env_->Exists(temporary)) SIDECAR_RETURN_IF_ERROR(env_->RemoveTree(temporary));
  SIDECAR_RETURN_IF_ERROR(env_->CreateDir(temporary));
  for (const ManifestSegment& s : manifest_.segments) {
    const std::string name = "/" + SegmentName(s.number);
    SIDECAR_RETURN_IF_ERROR(LinkOrCopy(env_, directory_ + name, temporary + name));
  }
  for (const char* name : {kManifestName, kKeysName}) {
    if (!env_->Exists(directory_ + "/" + name)) continue;
    SIDECAR_ASSIGN_OR_RETURN(const std::string data, env_->ReadWhole(directory_ + "/" + name));
    SIDECAR_RETURN_IF_ERROR(env_->WriteWhole(temporary, name, data));
  }
  SIDECAR_RETURN_IF_ERROR(Log::CreateEmpty(env_, temporary, {kMinLogBytes, options_.keys, false}, manifest_.checkpoint_lsn));
  SIDECAR_RETURN_IF_ERROR(WriteSnapshotList(env_, temporary));
  SIDECAR_RETURN_IF_ERROR(VerifySnapshot(env_, temporary));
  SIDECAR_RETURN_IF_ERROR(env_->Rename(temporary, directory));
  const size_t slash = directory.rfind('/');
  return env_->SyncDir(slash == std::string::npos ? "" : directory.substr(0, slash));
}

}  // namespace sidecar
