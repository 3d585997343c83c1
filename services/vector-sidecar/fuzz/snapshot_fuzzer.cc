// A snapshot whose list or whose file is written over: it is refused unless everything is as it was. What is no snapshot is never restored.
#include "fuzz/fuzz.h"
#include "src/engine/snapshot.h"
#include "src/env/sim_env.h"

using namespace sidecar;

namespace {

SimEnv::Image Whole() {
  SimEnv env;
  FUZZ_CHECK(env.CreateDir("s").ok());
  FUZZ_CHECK(env.WriteWhole("s", "MANIFEST", "what it holds").ok() && env.WriteWhole("s", "seg-000001", std::string(700, 'x')).ok());
  FUZZ_CHECK(WriteSnapshotList(&env, "s").ok());
  return env.CurrentImage();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const SimEnv::Image whole = Whole();
  if (size == 0) return 0;
  SimEnv::Image image = whole;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::string& file = image[data[0] % 3 == 0 ? "s/MANIFEST" : "s/SNAPSHOT"];
  if (data[0] % 3 == 2) {
    file = rest;
  } else {
    for (size_t i = 0; i + 2 <= rest.size(); i += 2) file[uint8_t(rest[i]) % file.size()] = rest[i + 1];
  }
  SimEnv env(image, 1);
  const bool intact = VerifySnapshot(&env, "s").ok();
  FUZZ_CHECK(!intact || image.at("s/MANIFEST") == whole.at("s/MANIFEST"));
  FUZZ_CHECK(intact || image != whole);
  FUZZ_CHECK(RestoreSnapshot(&env, "s", "t").ok() == intact && env.Exists("t") == intact);
  return 0;
}
