// Arbitrary bytes as a graph: what decodes can be walked without leaving its rows.
#include "fuzz/fuzz.h"
#include "src/index/graph.h"

using namespace sidecar;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr uint32_t kRows = 6;
  int8_t codes[kRows * 4] = {};
  float scale[kRows] = {}, norm[kRows] = {};
  const GraphSpace space{{codes, scale, norm}, kRows, 4, Distance::kDot};
  // The fixed part is given, so that the fuzzer works on levels and links.
  std::string bytes;
  PutFixed(&bytes, uint32_t(2));
  PutFixed(&bytes, uint32_t(size > 0 ? data[0] % kRows : 0));
  PutFixed(&bytes, kRows);
  const size_t fixed = kRows + kRows * 8 + kRows * 5 * 4;
  const size_t upper = size > fixed + 1 ? (size - fixed - 1) / 4 : 0;
  PutFixed(&bytes, uint64_t(upper));
  std::string rest(reinterpret_cast<const char*>(data) + (size > 0 ? 1 : 0), size > 0 ? size - 1 : 0);
  rest.resize(fixed + upper * 4, '\0');
  const auto graph = Graph::Decode(bytes + rest, kRows);
  if (!graph.ok()) return 0;
  uint64_t steps = 0;
  const float query[4] = {1, 2, 3, 4};
  const auto found = (*graph)->Search(space, PrepareBytes(query, 4), {.width = 4}, Bitmap(kRows, true), &steps);
  for (const Neighbour& n : found) FUZZ_CHECK(n.row < kRows);
  return 0;
}
