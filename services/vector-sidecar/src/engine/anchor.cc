#include "src/engine/anchor.h"

#include "src/env/coding.h"

namespace sidecar {

static constexpr std::string_view kMagic = "SCARANC1";

Result<std::unique_ptr<Anchor>> Anchor::Open(Env* env, const std::string& directory, const MasterKey* master) {
  std::unique_ptr<Anchor> anchor(new Anchor(env, directory, master));
  const std::string path = directory + "/" + kAnchorName;
  if (master == nullptr || !env->Exists(path)) return anchor;
  SIDECAR_ASSIGN_OR_RETURN(const std::string data, env->ReadWhole(path));
  if (!std::string_view(data).starts_with(kMagic)) return Corruption(path + ": not an anchor file");
  auto body = master->cipher().Open(kMagic, std::string_view(data).substr(kMagic.size()));
  if (!body.ok()) return Corruption(path + ": " + body.status().message());
  Decoder in(*body);
  const uint64_t count = in.Count(33);
  for (uint64_t i = 0; i < count && in.ok(); ++i) {
    AnchorEntry& entry = anchor->entries_[std::string(in.String())];
    entry.uuid = {in.Fixed<uint64_t>(), in.Fixed<uint64_t>()};
    entry.generation = in.Fixed<uint64_t>();
    entry.last_lsn = in.Fixed<uint64_t>();
  }
  if (!in.done()) return Corruption(path + ": not well formed");
  return anchor;
}

Status Anchor::Check(const std::string& collection, const AnchorEntry& found) const {
  std::lock_guard lock(mutex_);
  const auto known = entries_.find(collection);
  if (known == entries_.end()) return {};
  if (known->second.uuid != found.uuid) return Corruption(collection + " was swapped: its id is not the one on record");
  if (found.generation < known->second.generation) {
    return Corruption(collection + " was rolled back: its manifest has generation " + std::to_string(found.generation) +
                      ", on record is " + std::to_string(known->second.generation));
  }
  if (found.last_lsn < known->second.last_lsn) {
    return Corruption(collection + " was rolled back: its log ends at record " + std::to_string(found.last_lsn) +
                      ", on record is " + std::to_string(known->second.last_lsn));
  }
  return {};
}

bool Anchor::Knows(const std::string& collection) const {
  std::lock_guard lock(mutex_);
  return entries_.contains(collection);
}

Status Anchor::Update(const std::string& collection, const AnchorEntry& entry) {
  if (master_ == nullptr) return {};
  std::lock_guard lock(mutex_);
  entries_[collection] = entry;
  return Write();
}

Status Anchor::Forget(const std::string& collection) {
  if (master_ == nullptr) return {};
  std::lock_guard lock(mutex_);
  return entries_.erase(collection) == 0 ? Status() : Write();
}

Status Anchor::Write() {
  std::string body;
  PutVarint(&body, entries_.size());
  for (const auto& [name, entry] : entries_) {
    PutString(&body, name);
    PutFixed(&body, entry.uuid[0]);
    PutFixed(&body, entry.uuid[1]);
    PutFixed(&body, entry.generation);
    PutFixed(&body, entry.last_lsn);
  }
  return env_->WriteWhole(directory_, kAnchorName, std::string(kMagic) + master_->cipher().Seal(kMagic, body));
}

}  // namespace sidecar
