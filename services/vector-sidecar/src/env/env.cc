#include "sidecar/env.h"

namespace sidecar {

Result<std::string> Env::ReadWhole(const std::string& path) {
  SIDECAR_ASSIGN_OR_RETURN(auto file, Open(path, OpenMode::kRead));
  SIDECAR_ASSIGN_OR_RETURN(const uint64_t size, file->Size());
  std::string data(size, '\0');
  SIDECAR_ASSIGN_OR_RETURN(const size_t got, file->Read(0, data.data(), size));
  data.resize(got);
  return data;
}

Status Env::WriteWhole(const std::string& directory, const std::string& name, std::string_view data) {
  const std::string temporary = directory + "/" + name + ".tmp";
  if (Exists(temporary)) SIDECAR_RETURN_IF_ERROR(Remove(temporary));
  {
    SIDECAR_ASSIGN_OR_RETURN(auto file, Open(temporary, OpenMode::kCreate));
    SIDECAR_RETURN_IF_ERROR(file->Write(0, data));
    SIDECAR_RETURN_IF_ERROR(file->Sync());
  }
  SIDECAR_RETURN_IF_ERROR(Rename(temporary, directory + "/" + name));
  return SyncDir(directory);
}

Status Env::RemoveTree(const std::string& directory) {
  SIDECAR_ASSIGN_OR_RETURN(const auto names, List(directory));
  for (const std::string& name : names) {
    const std::string path = directory + "/" + name;
    if (!Remove(path).ok()) SIDECAR_RETURN_IF_ERROR(RemoveTree(path));
  }
  return RemoveDir(directory);
}

}  // namespace sidecar
