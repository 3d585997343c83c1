#include "src/engine/archive.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace sidecar {
namespace {

constexpr size_t kBlock = 512;
constexpr size_t kPiece = 1 << 20;
constexpr uint64_t kLargestOctal = (1ull << 33) - 1;

// Fields of the ustar header by offset: name 0, mode 100, uid 108, gid 116, size 124, mtime 136, checksum 148, type 156, magic 257,
// prefix 345. The folder stands in the prefix, so that long names of collections fit.
Result<std::string> Header(const std::string& folder, const std::string& name, uint64_t bytes) {
  if (name.size() > 100 || folder.size() > 155) return InvalidArgument("the name " + folder + "/" + name + " is too long for an archive");
  std::string h(kBlock, '\0');
  const auto put = [&](size_t at, std::string_view text) { std::memcpy(h.data() + at, text.data(), text.size()); };
  put(0, name);
  put(100, "0000600");
  put(108, "0000000");
  put(116, "0000000");
  if (bytes <= kLargestOctal) {
    char octal[13];
    std::snprintf(octal, sizeof(octal), "%011llo", (unsigned long long)bytes);
    put(124, octal);
  } else {
    h[124] = char(0x80);
    for (int i = 0; i < 8; ++i) h[135 - size_t(i)] = char(bytes >> (8 * i));
  }
  put(136, "00000000000");
  put(156, "0");
  put(257, std::string_view("ustar\00000", 8));
  put(345, folder);
  put(148, "        ");
  unsigned sum = 0;
  for (const char c : h) sum += static_cast<unsigned char>(c);
  char checksum[8];
  std::snprintf(checksum, sizeof(checksum), "%06o", sum);
  put(148, std::string_view(checksum, 7));
  return h;
}

}  // namespace

Status WriteArchive(Env* env, const std::string& directory, const std::string& folder, const std::function<Status(std::string_view)>& take) {
  SIDECAR_ASSIGN_OR_RETURN(const auto names, env->List(directory));
  std::string piece(kPiece, '\0');
  for (const std::string& name : names) {
    SIDECAR_ASSIGN_OR_RETURN(auto file, env->Open(directory + "/" + name, OpenMode::kRead));
    SIDECAR_ASSIGN_OR_RETURN(const uint64_t bytes, file->Size());
    SIDECAR_ASSIGN_OR_RETURN(const std::string header, Header(folder, name, bytes));
    SIDECAR_RETURN_IF_ERROR(take(header));
    for (uint64_t at = 0; at < bytes;) {
      SIDECAR_ASSIGN_OR_RETURN(const size_t got, file->Read(at, piece.data(), size_t(std::min<uint64_t>(kPiece, bytes - at))));
      if (got == 0) return Corruption(directory + "/" + name + " became shorter while it was read");
      SIDECAR_RETURN_IF_ERROR(take(std::string_view(piece).substr(0, got)));
      at += got;
    }
    SIDECAR_RETURN_IF_ERROR(take(std::string((kBlock - bytes % kBlock) % kBlock, '\0')));
  }
  return take(std::string(2 * kBlock, '\0'));
}

}  // namespace sidecar
