// Authenticated encryption of log records, blocks and small files: XChaCha20-Poly1305 (libsodium), a random 24-byte nonce
// before each ciphertext, a 16-byte tag after it. The associated data names the place a text belongs to, so a text moved,
// swapped or replayed elsewhere does not open.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "sidecar/status.h"

namespace sidecar {

inline constexpr size_t kSealOverhead = 24 + 16;

// Immutable, thread-safe. The key is wiped on destruction.
class Cipher {
 public:
  using Key = std::array<uint8_t, 32>;
  explicit Cipher(const Key& key);
  ~Cipher();
  Cipher(const Cipher&) = delete;
  Cipher& operator=(const Cipher&) = delete;

  static Key RandomKey();
  std::string Seal(std::string_view associated, std::string_view plain) const;
  Result<std::string> Open(std::string_view associated, std::string_view sealed) const;

 private:
  Key key_;
};

// A collection's data keys by number; number 0 means plain text. Not thread-safe while keys are added.
struct KeyRing {
  std::map<uint32_t, std::shared_ptr<const Cipher>> keys;
  std::map<uint32_t, Cipher::Key> raw;  // kept only to write the key file again
  uint32_t current = 0;

  // Null for number 0; kCorruption when the number is unknown, and when plain text is found where a key is in force.
  Result<const Cipher*> Find(uint32_t number) const;
};

}  // namespace sidecar
