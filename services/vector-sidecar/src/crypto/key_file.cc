#include "src/crypto/key_file.h"

#include <sodium.h>
#include <sys/wait.h>

#include <cstdio>

#include "src/env/coding.h"

namespace sidecar {
namespace {

constexpr std::string_view kMagic = "SCARKEY1";
constexpr const char* kName = "KEYS";

}  // namespace

Result<MasterKey> MasterKey::FromBytes(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r') && text.size() != 32) text.remove_suffix(1);
  Cipher::Key key;
  if (text.size() == key.size()) {
    std::memcpy(key.data(), text.data(), key.size());
  } else {
    size_t got = 0;
    if (text.size() != 64 || sodium_hex2bin(key.data(), key.size(), text.data(), text.size(), nullptr, &got, nullptr) != 0 ||
        got != key.size()) {
      return InvalidArgument("a master key is 32 bytes, raw or as 64 hex digits");
    }
  }
  MasterKey master;
  master.cipher_ = std::make_shared<const Cipher>(key);
  sodium_memzero(key.data(), key.size());
  return master;
}

Result<MasterKey> MasterKey::FromFile(Env* env, const std::string& path) {
  SIDECAR_ASSIGN_OR_RETURN(const std::string text, env->ReadWhole(path));
  return FromBytes(text);
}

Result<MasterKey> MasterKey::FromCommand(const std::string& command) {
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return IoError("the command for the master key could not be started");
  std::string text(256, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), pipe));
  const int status = ::pclose(pipe);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return IoError("the command for the master key failed");
  return FromBytes(text);
}

void AddKey(KeyRing* ring) {
  const uint32_t number = ring->current + 1;
  Cipher::Key key = Cipher::RandomKey();
  ring->raw[number] = key;
  ring->keys[number] = std::make_shared<const Cipher>(key);
  ring->current = number;
}

KeyRing NewKeyRing() {
  KeyRing ring;
  AddKey(&ring);
  return ring;
}

Status WriteKeyFile(Env* env, const std::string& directory, const KeyRing& ring, const MasterKey& master) {
  std::string body;
  PutFixed(&body, ring.current);
  PutVarint(&body, ring.raw.size());
  for (const auto& [number, key] : ring.raw) {
    PutFixed(&body, number);
    body.append(reinterpret_cast<const char*>(key.data()), key.size());
  }
  std::string data(kMagic);
  data += master.cipher().Seal(kMagic, body);
  sodium_memzero(body.data(), body.size());
  return env->WriteWhole(directory, kName, data);
}

Result<KeyRing> ReadKeyFile(Env* env, const std::string& directory, const MasterKey& master) {
  const std::string path = directory + "/" + kName;
  SIDECAR_ASSIGN_OR_RETURN(const std::string data, env->ReadWhole(path));
  if (!std::string_view(data).starts_with(kMagic)) return Corruption(path + ": not a key file");
  auto body = master.cipher().Open(kMagic, std::string_view(data).substr(kMagic.size()));
  if (!body.ok()) return Corruption(path + ": " + body.status().message());
  Decoder in(*body);
  KeyRing ring;
  ring.current = in.Fixed<uint32_t>();
  const uint64_t count = in.Count(36);
  for (uint64_t i = 0; i < count && in.ok(); ++i) {
    const uint32_t number = in.Fixed<uint32_t>();
    Cipher::Key key{};
    const std::string_view bytes = in.Bytes(key.size());
    if (in.ok()) std::memcpy(key.data(), bytes.data(), key.size());
    ring.raw[number] = key;
    ring.keys[number] = std::make_shared<const Cipher>(key);
  }
  if (!in.done() || !ring.keys.contains(ring.current)) return Corruption(path + ": not well formed");
  return ring;
}

}  // namespace sidecar
