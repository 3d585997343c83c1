#include "src/engine/folders.h"

#include "src/engine/manifest.h"

namespace sidecar {

Status Folders::Make() {
  for (const char* name : {"/collections", "/snapshots", "/restoring"}) {
    if (!env_->Exists(directory_ + name)) SIDECAR_RETURN_IF_ERROR(env_->CreateDir(directory_ + name));
  }
  return env_->SyncDir(directory_);
}

Result<std::vector<std::string>> Folders::Tidy(Anchor* anchor) {
  // A name that ends in .tmp here must not come back as a collection after its files are gone.
  SIDECAR_RETURN_IF_ERROR(Sync());
  SIDECAR_RETURN_IF_ERROR(FinishRecoveries(anchor));
  SIDECAR_ASSIGN_OR_RETURN(auto names, env_->List(directory_ + "/collections"));
  std::vector<std::string> whole;
  for (std::string& name : names) {
    // Half made or half dropped: never acknowledged, or acknowledged as gone.
    if (name.ends_with(".tmp") || !env_->Exists(PathOf(name) + "/" + kManifestName)) SIDECAR_RETURN_IF_ERROR(env_->RemoveTree(PathOf(name)));
    else whole.push_back(std::move(name));
  }
  return whole;
}

// A recovery is cut short between the two renames at worst: then the collection is nowhere but here, and whole.
Status Folders::FinishRecoveries(Anchor* anchor) {
  SIDECAR_ASSIGN_OR_RETURN(const auto names, env_->List(directory_ + "/restoring"));
  for (const std::string& name : names) {
    if (name.ends_with(".tmp") || env_->Exists(PathOf(name))) SIDECAR_RETURN_IF_ERROR(env_->RemoveTree(Prepared(name)));
    else SIDECAR_RETURN_IF_ERROR(MoveIn(name, anchor));
  }
  return {};
}

Result<std::string> Folders::Bury(const std::string& name) {
  // The rename is the moment it is gone; files go afterwards and need not all go before a crash.
  const std::string grave = PathOf(name) + "." + std::to_string(env_->Random()) + ".tmp";
  SIDECAR_RETURN_IF_ERROR(env_->Rename(PathOf(name), grave));
  return grave;
}

Status Folders::MoveIn(const std::string& name, Anchor* anchor) {
  // What is on record of the collection before is no measure for what is put in its place on purpose.
  SIDECAR_RETURN_IF_ERROR(anchor->Forget(name));
  SIDECAR_RETURN_IF_ERROR(env_->Rename(Prepared(name), PathOf(name)));
  SIDECAR_RETURN_IF_ERROR(Sync());
  return env_->SyncDir(directory_ + "/restoring");
}

}  // namespace sidecar
