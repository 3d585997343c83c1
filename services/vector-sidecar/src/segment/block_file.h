// Immutable files of 64 KiB blocks, each with a checksum or sealed on its own, and a directory of sections over them.
// Segments and index files are block files. See docs/format.md, section 3.
#pragma once

#include <array>
#include <atomic>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "sidecar/env.h"
#include "src/crypto/cipher.h"

namespace sidecar {

inline constexpr uint64_t kBlockBytes = 64 * 1024;
inline constexpr uint64_t kBlockFileHeaderBytes = 4096;
inline constexpr uint64_t kSectionAlignment = 64;

struct Section {
  uint32_t kind = 0;
  uint32_t vector = 0;
  uint64_t offset = 0;  // in the data, that is after the header
  uint64_t length = 0;
};

using Digest = std::array<uint8_t, 32>;

// Writes one file: sections in turn, then Finish. Single-threaded. The caller owns naming and renaming.
class BlockFileWriter {
 public:
  // `purpose` tells kinds of files apart; `number` and `rows` are kept in the header for the reader to check.
  static Result<std::unique_ptr<BlockFileWriter>> Create(Env* env, const std::string& path, uint32_t purpose,
                                                         uint64_t number, uint32_t rows, const KeyRing* keys);
  void BeginSection(uint32_t kind, uint32_t vector);
  Status Append(const void* data, size_t n);
  // Writes what is left and the header, and syncs. Returns the digest that vouches for every byte.
  Result<Digest> Finish();

 private:
  BlockFileWriter() = default;
  Status WriteBlock();

  std::unique_ptr<File> file_;
  const Cipher* cipher_ = nullptr;
  uint32_t purpose_ = 0, key_ = 0, rows_ = 0;
  uint64_t number_ = 0, file_id_ = 0;
  std::vector<Section> sections_;
  std::string block_;
  std::string table_;
  uint64_t blocks_ = 0;
};

// Reads such a file. Thread-safe. Plain files are mapped and each block is verified when it is first touched; sealed ones
// are opened block by block into a bounded cache.
class BlockFile {
 public:
  static Result<std::unique_ptr<BlockFile>> Open(Env* env, const std::string& path, uint32_t purpose, uint64_t number,
                                                 const KeyRing* keys);
  uint32_t rows() const { return rows_; }
  uint32_t key() const { return key_; }
  const Digest& digest() const { return digest_; }
  uint64_t file_bytes() const { return kBlockFileHeaderBytes + blocks_ * kBlockBytes + table_.size(); }
  const std::vector<Section>& sections() const { return sections_; }
  // Null when there is no such section.
  const Section* Find(uint32_t kind, uint32_t vector) const;

  // `n` bytes at `offset` of a section: a view into the map, or into `scratch` when the file is sealed.
  Result<std::string_view> View(const Section& section, uint64_t offset, uint64_t n, std::string* scratch) const;
  bool sealed() const { return cipher_ != nullptr; }
  // Verifies or opens every block.
  Status CheckAll() const;

 private:
  BlockFile() = default;
  Status VerifyBlock(uint64_t block) const;
  Result<std::shared_ptr<const std::string>> OpenBlock(uint64_t block) const;

  static constexpr size_t kCachedBlocks = 64;

  std::string path_;
  std::unique_ptr<File> file_;
  std::string_view map_;
  const Cipher* cipher_ = nullptr;
  uint32_t key_ = 0, rows_ = 0, purpose_ = 0;
  uint64_t number_ = 0, file_id_ = 0, blocks_ = 0;
  Digest digest_{};
  std::vector<Section> sections_;
  std::string table_;
  mutable std::vector<std::atomic<uint8_t>> verified_;
  mutable std::mutex cache_mutex_;
  mutable std::list<std::pair<uint64_t, std::shared_ptr<const std::string>>> cache_;  // most recent first
};

}  // namespace sidecar
