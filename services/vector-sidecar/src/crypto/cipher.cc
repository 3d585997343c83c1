#include "src/crypto/cipher.h"

#include <sodium.h>

#include <cstdlib>

namespace sidecar {
namespace {

void Initialise() {
  // Without a random source no key or nonce can be made; there is nothing safe to fall back on.
  static const int ready = sodium_init();
  if (ready < 0) std::abort();
}

const unsigned char* Bytes(std::string_view s) { return reinterpret_cast<const unsigned char*>(s.data()); }

}  // namespace

Cipher::Cipher(const Key& key) : key_(key) { Initialise(); }
Cipher::~Cipher() { sodium_memzero(key_.data(), key_.size()); }

Cipher::Key Cipher::RandomKey() {
  Initialise();
  Key key;
  randombytes_buf(key.data(), key.size());
  return key;
}

std::string Cipher::Seal(std::string_view associated, std::string_view plain) const {
  constexpr size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
  std::string out(kSealOverhead + plain.size(), '\0');
  auto* bytes = reinterpret_cast<unsigned char*>(out.data());
  randombytes_buf(bytes, kNonce);
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes + kNonce, nullptr, Bytes(plain), plain.size(), Bytes(associated),
                                             associated.size(), nullptr, bytes, key_.data());
  return out;
}

Result<std::string> Cipher::Open(std::string_view associated, std::string_view sealed) const {
  constexpr size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
  if (sealed.size() < kSealOverhead) return Corruption("a sealed text is too short");
  std::string out(sealed.size() - kSealOverhead, '\0');
  const int opened = crypto_aead_xchacha20poly1305_ietf_decrypt(
      reinterpret_cast<unsigned char*>(out.data()), nullptr, nullptr, Bytes(sealed) + kNonce, sealed.size() - kNonce,
      Bytes(associated), associated.size(), Bytes(sealed), key_.data());
  if (opened != 0) return Corruption("a sealed text does not open: wrong key, or changed or moved since it was written");
  return out;
}

Result<const Cipher*> KeyRing::Find(uint32_t number) const {
  if (number == 0 && current != 0) return Corruption("plain text found in an encrypted collection");
  if (number == 0) return static_cast<const Cipher*>(nullptr);
  const auto found = keys.find(number);
  if (found == keys.end()) return Corruption("data key " + std::to_string(number) + " is not in the key file");
  return found->second.get();
}

}  // namespace sidecar
