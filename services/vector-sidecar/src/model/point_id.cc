#include <cctype>

#include "sidecar/types.h"

namespace sidecar {

Result<PointId> PointId::Uuid(std::string_view text) {
  PointId id{true, 0, 0};
  size_t digits = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '-') {
      if (text.size() != 36 || (i != 8 && i != 13 && i != 18 && i != 23)) break;
      continue;
    }
    if (!std::isxdigit(static_cast<unsigned char>(c)) || digits == 32) {
      digits = 33;
      break;
    }
    const uint64_t nibble = c <= '9' ? uint64_t(c - '0') : uint64_t((c | 0x20) - 'a' + 10);
    uint64_t& half = digits < 16 ? id.high : id.low;
    half = half << 4 | nibble;
    ++digits;
  }
  if (digits != 32 || (text.size() != 32 && text.size() != 36)) {
    return InvalidArgument("Unable to parse UUID: " + std::string(text));
  }
  return id;
}

std::string PointId::ToString() const {
  if (!is_uuid) return std::to_string(low);
  static const char kHex[] = "0123456789abcdef";
  std::string text;
  for (int nibble = 0; nibble < 32; ++nibble) {
    if (nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20) text += '-';
    const uint64_t half = nibble < 16 ? high : low;
    text += kHex[half >> (60 - 4 * (nibble % 16)) & 15];
  }
  return text;
}

}  // namespace sidecar
