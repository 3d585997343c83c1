// A directory of plain files as a tar archive (POSIX ustar; sizes from 8 GiB in base 256, as GNU tar writes them).
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "sidecar/env.h"

namespace sidecar {

// Hands the archive to `take` in pieces of at most 1 MiB, the files in the order of their names under `folder`/. Ends with the first error
// of `take`.
Status WriteArchive(Env* env, const std::string& directory, const std::string& folder, const std::function<Status(std::string_view)>& take);

}  // namespace sidecar
