// Arbitrary bytes as an operation or a payload: decoding never crashes, and what decodes encodes to something that decodes
// to the same.
#include "fuzz/fuzz.h"
#include "sidecar/operation.h"

using namespace sidecar;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto operation = DecodeOperation(data[0] % 13, rest);
  if (operation.ok()) {
    const std::string again = EncodeOperation(*operation);
    const auto twice = DecodeOperation(data[0] % 13, again);
    FUZZ_CHECK(twice.ok() && EncodeOperation(*twice) == again);
  }
  const auto payload = DecodePayload(rest);
  if (payload.ok()) {
    FUZZ_CHECK(DecodePayload(EncodePayload(*payload)).ok());
    (void)ToJson(*payload);
    (void)ValuesAt(*payload, "a.b[].c[0]");
  }
  return 0;
}
