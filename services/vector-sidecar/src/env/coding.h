// Little-endian encoding to and from byte strings. Readers never run past the end: they turn bad and stay bad.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace sidecar {

static_assert(std::endian::native == std::endian::little, "files are little-endian and read in place");

template <typename T>
void PutFixed(std::string* out, T value) {
  static_assert(std::is_arithmetic_v<T>);
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  out->append(bytes, sizeof(T));
}

inline void PutVarint(std::string* out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out->push_back(char(value | 0x80));
  out->push_back(char(value));
}

inline void PutString(std::string* out, std::string_view value) {
  PutVarint(out, value.size());
  out->append(value);
}

template <typename T>
T LoadFixed(const void* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

class Decoder {
 public:
  explicit Decoder(std::string_view data) : rest_(data) {}
  bool ok() const { return ok_; }
  bool done() const { return ok_ && rest_.empty(); }
  size_t remaining() const { return rest_.size(); }
  void Fail() { ok_ = false; }

  template <typename T>
  T Fixed() {
    const std::string_view bytes = Bytes(sizeof(T));
    return ok_ ? LoadFixed<T>(bytes.data()) : T{};
  }

  uint64_t Varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const uint8_t byte = Fixed<uint8_t>();
      if (!ok_) return 0;
      value |= uint64_t(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    ok_ = false;
    return 0;
  }

  std::string_view Bytes(uint64_t n) {
    if (!ok_ || n > rest_.size()) {
      ok_ = false;
      return {};
    }
    const std::string_view bytes = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return bytes;
  }

  std::string_view String() { return Bytes(Varint()); }

  // A count whose items take at least `item_bytes` each; refuses counts the rest cannot hold, so that no damaged length
  // makes the reader allocate more than the input's own size.
  uint64_t Count(uint64_t item_bytes) {
    const uint64_t count = Varint();
    if (count > rest_.size() / (item_bytes == 0 ? 1 : item_bytes)) ok_ = false;
    return ok_ ? count : 0;
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace sidecar
