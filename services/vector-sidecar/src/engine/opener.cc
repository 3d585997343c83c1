#include "src/engine/opener.h"

#include "src/engine/manifest.h"
#include "src/engine/options.h"

namespace sidecar {

Result<OpenedCollection> Opener::Open(const std::string& path, const std::string& name) const {
  OpenedCollection opened;
  CollectionOptions options;
  options.background = options_.background;
  if (env_->Exists(path + "/" + kKeysName)) {
    if (options_.master_key == nullptr) return Corruption("collection `" + name + "` is encrypted, and the server has no master key");
    SIDECAR_ASSIGN_OR_RETURN(KeyRing keys, ReadKeyFile(env_, path, *options_.master_key));
    if (options_.rotate_keys) {
      AddKey(&keys);
      SIDECAR_RETURN_IF_ERROR(WriteKeyFile(env_, path, keys, *options_.master_key));
    }
    opened.keys = std::make_shared<KeyRing>(std::move(keys));
    options.keys = opened.keys.get();
    options.keep_keys = [this, path, ring = opened.keys.get()](const std::set<uint32_t>& needed) {
      KeyRing kept;
      kept.current = ring->current;
      for (const auto& [number, key] : ring->raw) {
        if (needed.contains(number)) kept.raw[number] = key;
      }
      return WriteKeyFile(env_, path, kept, *options_.master_key);
    };
    options.check_anchor = [this, name](const AnchorEntry& found) { return anchor_->Check(name, found); };
    options.update_anchor = [this, name](const AnchorEntry& now) { return anchor_->Update(name, now); };
  } else if (anchor_->Knows(name)) {
    return Corruption("collection `" + name + "` was swapped: an encrypted one is on record, and what is here is not encrypted");
  }
  SIDECAR_ASSIGN_OR_RETURN(auto collection, OpenCollection(env_, path, options));
  if (collection->config().encrypted != (options.keys != nullptr)) {
    return Corruption("collection `" + name + "`: the key file and the settings disagree about encryption");
  }
  // The ring must not die before the last holder of the collection does.
  opened.collection = std::shared_ptr<Collection>(collection.release(), [ring = opened.keys](Collection* c) { delete c; });
  return opened;
}

Status Opener::Try(const std::string& path) const {
  CollectionOptions options;
  options.background = false;
  options.read_only = true;
  KeyRing keys;
  if (env_->Exists(path + "/" + kKeysName)) {
    if (options_.master_key == nullptr) return InvalidArgument("Wrong input: the snapshot is encrypted, and the server has no master key");
    SIDECAR_ASSIGN_OR_RETURN(keys, ReadKeyFile(env_, path, *options_.master_key));
    options.keys = &keys;
  }
  return OpenCollection(env_, path, options).status();
}

Status Opener::WriteSettings(const std::string& path, const CollectionConfig& config, const KeyRing* keys) const {
  SIDECAR_ASSIGN_OR_RETURN(Manifest manifest, ReadManifest(env_, path, keys));
  manifest.config = config;
  ++manifest.generation;
  return WriteManifest(env_, path, manifest, keys);
}

}  // namespace sidecar
