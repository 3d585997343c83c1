#include "src/engine/aliases.h"

#include <algorithm>

#include "src/env/coding.h"
#include "src/kernels/kernels.h"

namespace sidecar {
namespace {

constexpr const char* kAliasesName = "ALIASES";
constexpr std::string_view kMagic = "SCARALI1";

Status NoCollection(const std::string& name) { return NotFound("Not found: Collection `" + name + "` doesn't exist!"); }

Status Taken(const std::string& name, const std::set<std::string>& collections) {
  if (!collections.contains(name)) return {};
  return {Code::kAlreadyExists, "Wrong input: Collection `" + name + "` already exists!"};
}

Status Apply(const AliasChange& change, const std::set<std::string>& collections, std::map<std::string, std::string>* names) {
  if (change.kind == AliasChange::kDelete) {
    names->erase(change.alias);
    return {};
  }
  const std::string& added = change.kind == AliasChange::kCreate ? change.alias : change.new_alias;
  SIDECAR_RETURN_IF_ERROR(CheckName(added));
  SIDECAR_RETURN_IF_ERROR(Taken(added, collections));
  if (change.kind == AliasChange::kCreate) {
    if (!collections.contains(change.collection)) return NoCollection(change.collection);
    (*names)[added] = change.collection;
    return {};
  }
  const auto old = names->find(change.alias);
  if (old == names->end()) return NotFound("Not found: Alias " + change.alias + " does not exists!");
  const std::string collection = old->second;
  names->erase(old);
  (*names)[added] = collection;
  return {};
}

}  // namespace

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

Result<Aliases> Aliases::Open(Env* env, const std::string& directory, const std::set<std::string>& collections) {
  Aliases aliases(env, directory);
  const std::string path = directory + "/" + kAliasesName;
  if (!env->Exists(path)) return aliases;
  SIDECAR_ASSIGN_OR_RETURN(const std::string data, env->ReadWhole(path));
  if (!data.starts_with(kMagic)) return Corruption(path + ": not a file of aliases");
  if (data.size() < kMagic.size() + 5) return Corruption(path + ": cut off");
  const std::string_view covered = std::string_view(data).substr(0, data.size() - 4);
  if (ActiveKernels().crc32c(0, covered.data(), covered.size()) != LoadFixed<uint32_t>(&data[covered.size()])) return Corruption(path + ": damaged, its checksum does not match");
  Decoder in(covered.substr(kMagic.size()));
  const uint64_t count = in.Count(2);
  bool dangling = false;
  std::map<std::string, std::string> names;
  for (uint64_t i = 0; i < count && in.ok(); ++i) {
    std::string alias(in.String()), collection(in.String());
    if (collections.contains(collection) && !collections.contains(alias)) names[std::move(alias)] = std::move(collection);
    else dangling = true;
  }
  if (!in.done()) return Corruption(path + ": not well formed");
  aliases.names_ = names;
  if (dangling) SIDECAR_RETURN_IF_ERROR(aliases.Replace(std::move(names)));
  return aliases;
}

const std::string& Aliases::Resolve(const std::string& name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? name : found->second;
}

Status Aliases::Change(const std::vector<AliasChange>& changes, const std::set<std::string>& collections) {
  auto names = names_;
  for (const AliasChange& change : changes) SIDECAR_RETURN_IF_ERROR(Apply(change, collections, &names));
  return names == names_ ? Status() : Replace(std::move(names));
}

Status Aliases::DropCollection(const std::string& collection) {
  auto names = names_;
  std::erase_if(names, [&](const auto& each) { return each.second == collection; });
  return names == names_ ? Status() : Replace(std::move(names));
}

Status Aliases::Replace(std::map<std::string, std::string> names) {
  std::string data(kMagic);
  PutVarint(&data, names.size());
  for (const auto& [alias, collection] : names) {
    PutString(&data, alias);
    PutString(&data, collection);
  }
  PutFixed(&data, ActiveKernels().crc32c(0, data.data(), data.size()));
  SIDECAR_RETURN_IF_ERROR(env_->WriteWhole(directory_, kAliasesName, data));
  names_ = std::move(names);
  return {};
}

}  // namespace sidecar
