// Arbitrary bytes as a manifest, with its checksum put right.
#include "fuzz/fuzz.h"
#include "src/engine/manifest.h"
#include "src/env/sim_env.h"

using namespace sidecar;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string file = "SCARMAN1";
  file.append(reinterpret_cast<const char*>(data), size);
  file.append(4, '\0');
  if (file.size() > 12) std::memset(&file[8], 0, 4);  // plain text
  FixCrc(&file, 0, file.size() - 4, file.size() - 4, 0);
  SimEnv env({{"d", SimEnv::kDirectory}, {"d/MANIFEST", file}}, 1);
  const auto manifest = ReadManifest(&env, "d", nullptr);
  if (!manifest.ok()) return 0;
  FUZZ_CHECK(WriteManifest(&env, "d", *manifest, nullptr).ok());
  FUZZ_CHECK(ReadManifest(&env, "d", nullptr).ok());
  return 0;
}
