// Arbitrary bytes as the file of aliases, with its checksum put right: what opens names collections that are there, can be changed and
// opens again.
#include "fuzz/fuzz.h"
#include "src/engine/aliases.h"
#include "src/env/sim_env.h"

using namespace sidecar;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string file = "SCARALI1";
  file.append(reinterpret_cast<const char*>(data), size);
  file.append(4, '\0');
  FixCrc(&file, 0, file.size() - 4, file.size() - 4, 0);
  SimEnv env({{"d", SimEnv::kDirectory}, {"d/ALIASES", file}}, 1);
  const std::set<std::string> collections = {"", "a", "b"};
  auto aliases = Aliases::Open(&env, "d", collections);
  if (!aliases.ok()) {
    FUZZ_CHECK(aliases.status().code() == Code::kCorruption);
    return 0;
  }
  for (const auto& [alias, collection] : aliases->all()) {
    FUZZ_CHECK(collections.contains(collection) && !collections.contains(alias) && aliases->Resolve(alias) == collection);
  }
  FUZZ_CHECK(aliases->Change({{AliasChange::kCreate, "new", "a", ""}}, collections).ok());
  FUZZ_CHECK(aliases->DropCollection("b").ok());
  const auto again = Aliases::Open(&env, "d", collections);
  FUZZ_CHECK(again.ok() && again->all() == aliases->all() && again->Resolve("new") == "a");
  return 0;
}
