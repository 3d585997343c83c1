#include "src/log/log.h"

#include <algorithm>

namespace sidecar {
namespace {

constexpr uint64_t kZeroChunk = 1 << 20;
constexpr size_t kGatherBytes = 64 << 10;

}  // namespace

uint64_t Log::bytes_in_use() const {
  uint64_t total = header_.capacity;
  for (const OldFile& old : old_files_) total += old.capacity;
  return total;
}

std::set<uint32_t> Log::KeysInUse() const {
  std::set<uint32_t> keys = {header_.key};
  for (const OldFile& old : old_files_) keys.insert(old.key);
  return keys;
}

Status Log::Fail(Status status) {
  broken_ = Status(Code::kReadOnly, "the log stopped after: " + status.message());
  // A full disk may be tried again elsewhere; here bytes may have been written already, so no caller may think so.
  return status.code() == Code::kResourceExhausted ? IoError(status.message()) : status;
}

// A file of `capacity` bytes that all were written and synced, under a name recovery ignores. Overwriting such bytes needs
// no new block and no size change, which makes a later fdatasync about ten times cheaper than growing a file.
Result<std::string> Log::PreparedFile(uint64_t capacity, uint64_t number) {
  for (size_t i = 0; i < free_files_.size(); ++i) {
    const std::string path = directory_ + "/" + free_files_[i];
    SIDECAR_ASSIGN_OR_RETURN(auto file, env_->Open(path, OpenMode::kRead));
    SIDECAR_ASSIGN_OR_RETURN(const uint64_t size, file->Size());
    if (size != capacity) continue;
    free_files_.erase(free_files_.begin() + long(i));
    return path;
  }
  const std::string path = directory_ + "/new-" + std::to_string(number) + ".tmp";
  if (env_->Exists(path)) SIDECAR_RETURN_IF_ERROR(env_->Remove(path));
  SIDECAR_ASSIGN_OR_RETURN(auto file, env_->Open(path, OpenMode::kCreate));
  const std::string zeros(std::min(capacity, kZeroChunk), '\0');
  for (uint64_t at = 0; at < capacity; at += zeros.size()) {
    const Status written = file->Write(at, std::string_view(zeros).substr(0, capacity - at));
    if (!written.ok()) {
      file.reset();
      (void)env_->Remove(path);  // gives the space back; a leftover is removed at the next open
      return written;
    }
  }
  SIDECAR_RETURN_IF_ERROR(file->Sync());
  return path;
}

Status Log::StartFile(uint64_t needed_bytes) {
  LogHeader header;
  header.number = header_.number + 1;
  header.first_lsn = last_lsn_ + 1;
  header.capacity = std::max(options_.capacity, (needed_bytes + 4095) / 4096 * 4096);
  header.seed = uint32_t(env_->Random());
  header.file_id = env_->Random();
  header.key = options_.keys == nullptr ? 0 : options_.keys->current;
  header.previous_end = header_.number == 0 ? 0 : end_;
  header.previous_crc = header_.number == 0 ? 0 : chain_;
  SIDECAR_ASSIGN_OR_RETURN(const std::string prepared, PreparedFile(header.capacity, header.number));
  SIDECAR_ASSIGN_OR_RETURN(auto file, env_->Open(prepared, OpenMode::kReadWrite));
  SIDECAR_RETURN_IF_ERROR(file->Write(0, EncodeLogHeader(header)));
  SIDECAR_RETURN_IF_ERROR(file->Sync());
  // From here a failure leaves it open which files exist after a crash, so the log stops.
  Status status = file_ == nullptr ? Status() : file_->Sync();
  if (status.ok()) status = env_->Rename(prepared, directory_ + "/" + LogName(header.number));
  if (status.ok()) status = env_->SyncDir(directory_);
  if (!status.ok()) return Fail(status);
  if (file_ != nullptr) old_files_.push_back({header_.number, last_lsn_, header_.capacity, header_.key});
  SIDECAR_ASSIGN_OR_RETURN(cipher_, options_.keys == nullptr ? Result<const Cipher*>(static_cast<const Cipher*>(nullptr))
                                                             : options_.keys->Find(header.key));
  file_ = std::move(file);
  header_ = header;
  end_ = durable_ = kLogHeaderBytes;
  chain_ = header.seed;
  return {};
}

Status Log::CreateEmpty(Env* env, const std::string& directory, LogOptions options, uint64_t lsn) {
  Log log(env, directory, options);
  log.last_lsn_ = lsn;
  return log.StartFile(kMinLogBytes);
}

Status Log::Append(std::vector<LogRecord>* records) {
  if (!broken_.ok()) return broken_;
  uint64_t needed = 0;
  for (const LogRecord& r : *records) {
    needed += RecordSpace(r.body().size() + (options_.keys != nullptr ? kSealOverhead : 0));
    if (r.body().size() > kMaxRecordBytes) return InvalidArgument("one operation is larger than 64 MiB");
  }
  const bool key_is_old = options_.keys != nullptr && header_.key != options_.keys->current;
  if (file_ == nullptr || key_is_old || end_ + needed > header_.capacity) {
    SIDECAR_RETURN_IF_ERROR(StartFile(kLogHeaderBytes + needed));
  }
  uint64_t end = end_;
  uint32_t chain = chain_;
  const Status written = Put(records, &end, &chain);
  if (!written.ok()) return Fail(written);
  end_ = end;
  chain_ = chain;
  last_lsn_ = records->empty() ? last_lsn_ : records->back().lsn;
  return {};
}

// Small records are gathered into one write; a large one goes straight from where it lies.
Status Log::Put(std::vector<LogRecord>* records, uint64_t* end, uint32_t* chain) {
  std::string buffer;
  const auto flush = [&]() -> Status {
    if (buffer.empty()) return {};
    SIDECAR_RETURN_IF_ERROR(file_->Write(*end, buffer));
    *end += buffer.size();
    buffer.clear();
    return {};
  };
  for (LogRecord& r : *records) {
    RecordHeader header;
    header.previous = *chain;
    header.type = r.type;
    header.lsn = r.lsn;
    header.durable = durable_;
    const bool in_place = cipher_ == nullptr && r.room == kRecordHeaderBytes && r.payload.size() >= kGatherBytes;
    if (in_place) {
      SIDECAR_RETURN_IF_ERROR(flush());
      FinishRecord(&header, header_.seed, &r.payload);
      SIDECAR_RETURN_IF_ERROR(file_->Write(*end, r.payload));
      *end += r.payload.size();
    } else if (cipher_ != nullptr) {
      EncodeRecord(&header, header_.seed, cipher_->Seal(RecordPlace(header_, *end + buffer.size(), header), r.body()), &buffer);
    } else {
      EncodeRecord(&header, header_.seed, r.body(), &buffer);
    }
    *chain = header.crc;
    if (buffer.size() >= kGatherBytes) SIDECAR_RETURN_IF_ERROR(flush());
  }
  return flush();
}

Status Log::Sync() {
  if (!broken_.ok()) return broken_;
  if (file_ == nullptr || durable_ == end_) return {};
  // A failed fdatasync may have dropped the dirty pages: trying again could succeed without the data being on disk.
  const Status synced = file_->Sync();
  if (!synced.ok()) return Fail(synced);
  durable_ = end_;
  return {};
}

Status Log::Retire(uint64_t lsn) {
  if (!broken_.ok()) return broken_;
  bool freed = false;
  while (!old_files_.empty() && old_files_.front().last_lsn <= lsn) {
    const OldFile old = old_files_.front();
    const std::string path = directory_ + "/" + LogName(old.number);
    if (old.capacity == options_.capacity && free_files_.size() < 2) {
      const std::string free_name = "free-" + std::to_string(old.number);
      SIDECAR_RETURN_IF_ERROR(env_->Rename(path, directory_ + "/" + free_name));
      free_files_.push_back(free_name);
      freed = true;
    } else {
      SIDECAR_RETURN_IF_ERROR(env_->Remove(path));
    }
    old_files_.erase(old_files_.begin());
  }
  // Before the file gets another header: under its old name that header would be taken for damage.
  return freed ? env_->SyncDir(directory_) : Status();
}

Status Log::Close() {
  if (!broken_.ok()) return broken_;
  const Status closed = WriteClose();
  if (broken_.ok()) broken_ = Status(Code::kUnavailable, "the log was closed");  // nothing may follow the record of a clean close
  return closed;
}

Status Log::WriteClose() {
  if (file_ == nullptr || end_ == kLogHeaderBytes) return {};
  SIDECAR_RETURN_IF_ERROR(Sync());
  const bool key_is_old = options_.keys != nullptr && header_.key != options_.keys->current;
  if (key_is_old || end_ + RecordSpace(kSealOverhead) > header_.capacity) return {};  // not worth a new file
  std::vector<LogRecord> close = {LogRecord{kCloseRecord, last_lsn_, ""}};
  SIDECAR_RETURN_IF_ERROR(Append(&close));
  return Sync();
}

}  // namespace sidecar
