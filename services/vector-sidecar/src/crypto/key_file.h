// The keys of a collection: data keys, each sealed under the master key, in the file KEYS. docs/format.md, section 6.
#pragma once

#include <memory>
#include <string>

#include "sidecar/env.h"
#include "src/crypto/cipher.h"

namespace sidecar {

// The key that seals all others. It never touches the data directory.
class MasterKey {
 public:
  // 32 bytes, raw or as 64 hex digits.
  static Result<MasterKey> FromFile(Env* env, const std::string& path);
  // The standard output of a command (for example a key management client), in the same two forms.
  static Result<MasterKey> FromCommand(const std::string& command);
  static Result<MasterKey> FromBytes(std::string_view text);

  const Cipher& cipher() const { return *cipher_; }

 private:
  std::shared_ptr<const Cipher> cipher_;
};

// A new ring with one data key.
KeyRing NewKeyRing();
// Adds a data key and makes it the current one.
void AddKey(KeyRing* ring);

Status WriteKeyFile(Env* env, const std::string& directory, const KeyRing& ring, const MasterKey& master);
Result<KeyRing> ReadKeyFile(Env* env, const std::string& directory, const MasterKey& master);

}  // namespace sidecar
