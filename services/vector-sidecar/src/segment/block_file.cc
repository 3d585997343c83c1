#include "src/segment/block_file.h"

#include <sodium.h>

#include <algorithm>

#include "src/env/coding.h"
#include "src/kernels/kernels.h"

namespace sidecar {
namespace {

constexpr std::string_view kMagic = "SCARBLK1";
constexpr uint64_t kMaxBlocks = 1ull << 32;

uint64_t EntryBytes(bool sealed) { return sealed ? kSealOverhead : sizeof(uint32_t); }

std::string BlockPlace(uint32_t purpose, uint64_t number, uint64_t file_id, uint64_t block) {
  std::string place = "block";
  PutFixed(&place, purpose);
  PutFixed(&place, number);
  PutFixed(&place, file_id);
  PutFixed(&place, block);
  return place;
}

Digest DigestOf(std::string_view header, std::string_view table) {
  Digest digest;
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, digest.size());
  for (const std::string_view part : {header, table}) {
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(part.data()), part.size());
  }
  crypto_generichash_final(&state, digest.data(), digest.size());
  return digest;
}

}  // namespace

Result<std::unique_ptr<BlockFileWriter>> BlockFileWriter::Create(Env* env, const std::string& path, uint32_t purpose,
                                                                 uint64_t number, uint32_t rows, const KeyRing* keys) {
  std::unique_ptr<BlockFileWriter> writer(new BlockFileWriter);
  writer->purpose_ = purpose;
  writer->number_ = number;
  writer->rows_ = rows;
  if (keys != nullptr) {
    writer->key_ = keys->current;
    SIDECAR_ASSIGN_OR_RETURN(writer->cipher_, keys->Find(keys->current));
  }
  // Only sealed files need an id of their own: plain ones must come out the same from the same log.
  writer->file_id_ = writer->cipher_ != nullptr ? env->Random() : 0;
  if (env->Exists(path)) SIDECAR_RETURN_IF_ERROR(env->Remove(path));
  SIDECAR_ASSIGN_OR_RETURN(writer->file_, env->Open(path, OpenMode::kCreate));
  return writer;
}

void BlockFileWriter::BeginSection(uint32_t kind, uint32_t vector) {
  const uint64_t end = blocks_ * kBlockBytes + block_.size();
  const uint64_t padding = (kSectionAlignment - end % kSectionAlignment) % kSectionAlignment;
  block_.append(padding, '\0');  // a block is a multiple of the alignment, so this never crosses one
  sections_.push_back({kind, vector, end + padding, 0});
}

Status BlockFileWriter::Append(const void* data, size_t n) {
  const char* bytes = static_cast<const char*>(data);
  sections_.back().length += n;
  while (n > 0) {
    if (block_.size() == kBlockBytes) SIDECAR_RETURN_IF_ERROR(WriteBlock());
    const size_t piece = std::min<size_t>(n, kBlockBytes - block_.size());
    block_.append(bytes, piece);
    bytes += piece;
    n -= piece;
  }
  return {};
}

Status BlockFileWriter::WriteBlock() {
  block_.resize(kBlockBytes, '\0');
  const uint64_t offset = kBlockFileHeaderBytes + blocks_ * kBlockBytes;
  Status written;
  if (cipher_ != nullptr) {
    const std::string sealed = cipher_->Seal(BlockPlace(purpose_, number_, file_id_, blocks_), block_);
    table_.append(sealed, 0, 24);
    table_.append(sealed, 24 + kBlockBytes, 16);
    written = file_->Write(offset, std::string_view(sealed).substr(24, kBlockBytes));
  } else {
    PutFixed(&table_, ActiveKernels().crc32c(uint32_t(blocks_), block_.data(), block_.size()));
    written = file_->Write(offset, block_);
  }
  block_.clear();
  ++blocks_;
  return written;
}

Result<Digest> BlockFileWriter::Finish() {
  if (!block_.empty()) SIDECAR_RETURN_IF_ERROR(WriteBlock());
  SIDECAR_RETURN_IF_ERROR(file_->Write(kBlockFileHeaderBytes + blocks_ * kBlockBytes, table_));
  std::string header(kMagic);
  PutFixed(&header, purpose_);
  PutFixed(&header, key_);
  PutFixed(&header, number_);
  PutFixed(&header, file_id_);
  PutFixed(&header, blocks_);
  PutFixed(&header, rows_);
  PutFixed(&header, uint32_t(sections_.size()));
  PutFixed(&header, ActiveKernels().crc32c(0, table_.data(), table_.size()));
  for (const Section& s : sections_) {
    PutFixed(&header, s.kind);
    PutFixed(&header, s.vector);
    PutFixed(&header, s.offset);
    PutFixed(&header, s.length);
  }
  if (header.size() + 4 > kBlockFileHeaderBytes) return InvalidArgument("too many sections for one file");
  header.resize(kBlockFileHeaderBytes - 4, '\0');
  PutFixed(&header, ActiveKernels().crc32c(0, header.data(), header.size()));
  SIDECAR_RETURN_IF_ERROR(file_->Write(0, header));
  SIDECAR_RETURN_IF_ERROR(file_->Sync());
  return DigestOf(header, table_);
}

Result<std::unique_ptr<BlockFile>> BlockFile::Open(Env* env, const std::string& path, uint32_t purpose, uint64_t number,
                                                   const KeyRing* keys) {
  std::unique_ptr<BlockFile> f(new BlockFile);
  f->path_ = path;
  SIDECAR_ASSIGN_OR_RETURN(f->file_, env->Open(path, OpenMode::kRead));
  std::string header(kBlockFileHeaderBytes, '\0');
  SIDECAR_ASSIGN_OR_RETURN(const size_t got, f->file_->Read(0, header.data(), header.size()));
  if (got < header.size() || !std::string_view(header).starts_with(kMagic) ||
      ActiveKernels().crc32c(0, header.data(), header.size() - 4) != LoadFixed<uint32_t>(&header[header.size() - 4])) {
    return Corruption(path + ": the header is damaged");
  }
  Decoder in(std::string_view(header).substr(kMagic.size(), kBlockFileHeaderBytes - 4 - kMagic.size()));
  f->purpose_ = in.Fixed<uint32_t>();
  f->key_ = in.Fixed<uint32_t>();
  f->number_ = in.Fixed<uint64_t>();
  f->file_id_ = in.Fixed<uint64_t>();
  f->blocks_ = in.Fixed<uint64_t>();
  f->rows_ = in.Fixed<uint32_t>();
  const uint32_t section_count = in.Fixed<uint32_t>();
  const uint32_t table_crc = in.Fixed<uint32_t>();
  if (f->purpose_ != purpose || f->number_ != number) return Corruption(path + ": the header belongs to another file");
  if (f->blocks_ > kMaxBlocks || section_count > in.remaining() / 24) return Corruption(path + ": impossible sizes");
  for (uint32_t i = 0; i < section_count; ++i) {
    Section s;
    s.kind = in.Fixed<uint32_t>();
    s.vector = in.Fixed<uint32_t>();
    s.offset = in.Fixed<uint64_t>();
    s.length = in.Fixed<uint64_t>();
    const uint64_t data = f->blocks_ * kBlockBytes;
    if (s.offset > data || s.length > data - s.offset) return Corruption(path + ": a section lies outside the file");
    // Numbers are read where they lie.
    if (s.offset % kSectionAlignment != 0) return Corruption(path + ": a section does not begin at a multiple of 64");
    f->sections_.push_back(s);
  }
  if (keys != nullptr) {
    SIDECAR_ASSIGN_OR_RETURN(f->cipher_, keys->Find(f->key_));
  } else if (f->key_ != 0) {
    return Corruption(path + " is encrypted, and no key was given");
  }
  SIDECAR_ASSIGN_OR_RETURN(const uint64_t size, f->file_->Size());
  // Before room is made for as many blocks as the header says.
  const uint64_t table_bytes = f->blocks_ * EntryBytes(f->sealed());
  if (size != kBlockFileHeaderBytes + f->blocks_ * kBlockBytes + table_bytes) {
    return Corruption(path + ": the file's size does not match its header");
  }
  f->table_.resize(table_bytes);
  SIDECAR_ASSIGN_OR_RETURN(const size_t table_got,
                           f->file_->Read(kBlockFileHeaderBytes + f->blocks_ * kBlockBytes, f->table_.data(), f->table_.size()));
  if (table_got != f->table_.size() || ActiveKernels().crc32c(0, f->table_.data(), f->table_.size()) != table_crc) {
    return Corruption(path + ": the table of blocks is damaged");
  }
  f->digest_ = DigestOf(header, f->table_);
  f->verified_ = std::vector<std::atomic<uint8_t>>(f->blocks_);
  if (!f->sealed()) {
    SIDECAR_ASSIGN_OR_RETURN(f->map_, f->file_->Map());
  }
  return f;
}

const Section* BlockFile::Find(uint32_t kind, uint32_t vector) const {
  for (const Section& s : sections_) {
    if (s.kind == kind && s.vector == vector) return &s;
  }
  return nullptr;
}

Status BlockFile::VerifyBlock(uint64_t block) const {
  if (verified_[block].load(std::memory_order_acquire) != 0) return {};
  const std::string_view bytes = map_.substr(kBlockFileHeaderBytes + block * kBlockBytes, kBlockBytes);
  const uint32_t stored = LoadFixed<uint32_t>(&table_[block * sizeof(uint32_t)]);
  if (ActiveKernels().crc32c(uint32_t(block), bytes.data(), bytes.size()) != stored) {
    return Corruption(path_ + ": block " + std::to_string(block) + " is damaged");
  }
  verified_[block].store(1, std::memory_order_release);
  return {};
}

Result<std::shared_ptr<const std::string>> BlockFile::OpenBlock(uint64_t block) const {
  {
    std::lock_guard lock(cache_mutex_);
    const auto found = std::find_if(cache_.begin(), cache_.end(), [&](const auto& e) { return e.first == block; });
    if (found != cache_.end()) {
      cache_.splice(cache_.begin(), cache_, found);
      return found->second;
    }
  }
  const char* entry = &table_[block * kSealOverhead];
  std::string sealed(entry, 24);
  sealed.resize(24 + kBlockBytes);
  SIDECAR_ASSIGN_OR_RETURN(const size_t got,
                           file_->Read(kBlockFileHeaderBytes + block * kBlockBytes, &sealed[24], kBlockBytes));
  sealed.append(entry + 24, 16);
  auto plain = got == kBlockBytes ? cipher_->Open(BlockPlace(purpose_, number_, file_id_, block), sealed)
                                  : Result<std::string>(Corruption("short read"));
  if (!plain.ok()) return Corruption(path_ + ": block " + std::to_string(block) + ": " + plain.status().message());
  auto shared = std::make_shared<const std::string>(std::move(*plain));
  std::lock_guard lock(cache_mutex_);
  cache_.emplace_front(block, shared);
  if (cache_.size() > kCachedBlocks) cache_.pop_back();
  return shared;
}

Result<std::string_view> BlockFile::View(const Section& section, uint64_t offset, uint64_t n, std::string* scratch) const {
  if (offset > section.length || n > section.length - offset) return Corruption(path_ + ": a read past a section's end");
  if (n == 0) return std::string_view();
  const uint64_t start = section.offset + offset;
  const uint64_t first = start / kBlockBytes, last = (start + n - 1) / kBlockBytes;
  if (!sealed()) {
    for (uint64_t b = first; b <= last; ++b) SIDECAR_RETURN_IF_ERROR(VerifyBlock(b));
    return map_.substr(kBlockFileHeaderBytes + start, n);
  }
  scratch->clear();
  scratch->reserve(n);
  for (uint64_t b = first; b <= last; ++b) {
    SIDECAR_ASSIGN_OR_RETURN(const auto block, OpenBlock(b));
    const uint64_t from = b == first ? start % kBlockBytes : 0;
    scratch->append(*block, from, std::min(kBlockBytes - from, n - scratch->size()));
  }
  return std::string_view(*scratch);
}

Status BlockFile::CheckAll() const {
  for (uint64_t b = 0; b < blocks_; ++b) {
    if (sealed()) {
      SIDECAR_ASSIGN_OR_RETURN(const auto block, OpenBlock(b));
    } else {
      SIDECAR_RETURN_IF_ERROR(VerifyBlock(b));
    }
  }
  return {};
}

}  // namespace sidecar
