// Arbitrary bytes sealed as a key file or an anchor, or in place of the sealed text: what opens is written and opens again.
#include "fuzz/fuzz.h"
#include "src/engine/anchor.h"
#include "src/env/sim_env.h"

using namespace sidecar;

namespace {

std::string Sealed(std::string_view magic, const MasterKey& master, bool raw, std::string_view body) {
  return std::string(magic) + (raw ? std::string(body) : master.cipher().Seal(magic, body));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const MasterKey master = *MasterKey::FromBytes(std::string(32, 'k'));
  const bool raw = size > 0 && data[0] % 16 == 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + (size > 0), size - (size > 0));
  SimEnv env({{"d", SimEnv::kDirectory},
              {"d/KEYS", Sealed("SCARKEY1", master, raw, body)},
              {"d/ANCHOR", Sealed("SCARANC1", master, raw, body)}}, 1);
  const auto ring = ReadKeyFile(&env, "d", master);
  FUZZ_CHECK(ring.ok() || ring.status().code() == Code::kCorruption);
  if (ring.ok()) {
    FUZZ_CHECK(!raw && WriteKeyFile(&env, "d", *ring, master).ok());
    const auto again = ReadKeyFile(&env, "d", master);
    FUZZ_CHECK(again.ok() && again->raw == ring->raw && again->current == ring->current);
  }
  const auto anchor = Anchor::Open(&env, "d", &master);
  FUZZ_CHECK(anchor.ok() || anchor.status().code() == Code::kCorruption);
  if (anchor.ok()) {
    FUZZ_CHECK(!raw && (*anchor)->Update("c", {{1, 2}, 3, 4}).ok());
    const auto again = Anchor::Open(&env, "d", &master);
    FUZZ_CHECK(again.ok() && (*again)->Check("c", {{1, 2}, 3, 4}).ok() && !(*again)->Check("c", {{1, 2}, 2, 4}).ok());
  }
  return 0;
}
