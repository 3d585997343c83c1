// Reading the log back: which files count, where the last one ends, and whether what is missing may be missing.
#include <algorithm>

#include "src/env/coding.h"
#include "src/log/log.h"

namespace sidecar {
namespace {

std::string At(uint64_t number, uint64_t offset) { return LogName(number) + ", offset " + std::to_string(offset); }

bool Plausible(const RecordHeader& h, uint64_t offset, uint64_t limit) {
  return h.type <= kMaxRecordType && h.durable >= kLogHeaderBytes && h.durable <= offset &&
         h.length <= limit - offset - kRecordHeaderBytes;
}

// The first intact record after `from` whose writer knew the bytes at `from` to be on disk; 0 when there is none. Sets
// `*tail_end` to the end of the last intact record of any kind.
uint64_t FindProof(const LogHeader& file, std::string_view data, uint64_t from, uint64_t last_lsn, uint64_t* tail_end) {
  *tail_end = from;
  for (uint64_t at = from; at + kRecordHeaderBytes <= data.size(); at += kRecordAlignment) {
    const RecordHeader h = DecodeRecordHeader(data.data() + at);
    // Records of the file's earlier life have lower numbers (and another seed).
    if (h.lsn < last_lsn || h.lsn > last_lsn + (1ull << 32) || !Plausible(h, at, data.size())) continue;
    if (!RecordIntact(file.seed, h, data.substr(at))) continue;
    *tail_end = at + RecordSpace(h.length);
    if (h.durable > from) return at;
  }
  return 0;
}

}  // namespace

Result<std::unique_ptr<Log>> Log::Open(Env* env, std::string directory, LogOptions options, uint64_t checkpoint,
                                       const ReplayFunction& replay, LogReport* report) {
  std::unique_ptr<Log> log(new Log(env, std::move(directory), options));
  SIDECAR_RETURN_IF_ERROR(log->Recover(checkpoint, replay, report));
  return log;
}

Status Log::Recover(uint64_t checkpoint, const ReplayFunction& replay, LogReport* report) {
  SIDECAR_ASSIGN_OR_RETURN(const auto names, env_->List(directory_));
  std::vector<LogHeader> files;
  for (const std::string& name : names) {
    uint64_t number = 0;
    if (ParseNumberedName(name, "free-", &number)) free_files_.push_back(name);
    if (name.starts_with("new-") && !options_.read_only) SIDECAR_RETURN_IF_ERROR(env_->Remove(directory_ + "/" + name));
    if (!ParseNumberedName(name, "log-", &number)) continue;
    SIDECAR_ASSIGN_OR_RETURN(auto file, env_->Open(directory_ + "/" + name, OpenMode::kRead));
    std::string bytes(kLogHeaderUsed, '\0');
    SIDECAR_ASSIGN_OR_RETURN(const size_t got, file->Read(0, bytes.data(), bytes.size()));
    auto header = DecodeLogHeader(std::string_view(bytes).substr(0, got));
    if (!header.ok()) return Corruption(name + ": " + header.status().message());
    if (header->number != number) return Corruption(name + ": the header belongs to " + LogName(header->number));
    files.push_back(*header);
  }
  std::sort(files.begin(), files.end(), [](const LogHeader& a, const LogHeader& b) { return a.number < b.number; });
  // Older files may be left over from a crash while they were retired; what counts is the unbroken run at the end.
  size_t first = files.size();
  while (first > 0 && (first == files.size() || files[first - 1].number + 1 == files[first].number)) --first;
  while (first + 1 < files.size() && files[first + 1].first_lsn <= checkpoint + 1) ++first;
  if (files.empty() && checkpoint > 0) return Corruption("the log is gone, though a manifest says there was one");
  if (!files.empty() && files[first].first_lsn > checkpoint + 1) {
    return Corruption("records " + std::to_string(checkpoint + 1) + " to " + std::to_string(files[first].first_lsn - 1) +
                      " are missing: " + LogName(files[first].number) + " starts after them");
  }
  for (size_t i = 0; i < first && !options_.read_only; ++i) {
    SIDECAR_RETURN_IF_ERROR(env_->Remove(directory_ + "/" + LogName(files[i].number)));
  }
  last_lsn_ = checkpoint;
  for (size_t i = first; i < files.size(); ++i) {
    const LogHeader* next = i + 1 < files.size() ? &files[i + 1] : nullptr;
    SIDECAR_RETURN_IF_ERROR(ReplayFile(files[i], next, checkpoint, replay, report));
    if (next != nullptr) old_files_.push_back({files[i].number, last_lsn_, files[i].capacity, files[i].key});
    ++report->files;
  }
  if (last_lsn_ < checkpoint) {
    return Corruption("the log ends at record " + std::to_string(last_lsn_) + ", the manifest was written after record " +
                      std::to_string(checkpoint));
  }
  report->last_lsn = last_lsn_;
  durable_ = end_;
  return {};
}

Status Log::ReplayFile(const LogHeader& header, const LogHeader* next, uint64_t checkpoint, const ReplayFunction& replay,
                       LogReport* report) {
  const std::string path = directory_ + "/" + LogName(header.number);
  SIDECAR_ASSIGN_OR_RETURN(file_, env_->Open(path, options_.read_only ? OpenMode::kRead : OpenMode::kReadWrite));
  // After a mere process crash the tail may be in the page cache only. What is replayed may end up in a segment and a
  // checkpoint at once, so it must not vanish afterwards.
  if (next == nullptr && !options_.read_only) SIDECAR_RETURN_IF_ERROR(file_->Sync());
  SIDECAR_ASSIGN_OR_RETURN(std::string_view data, file_->Map());
  data = data.substr(0, header.capacity);
  if (options_.keys != nullptr) {
    SIDECAR_ASSIGN_OR_RETURN(cipher_, options_.keys->Find(header.key));
  } else if (header.key != 0) {
    return Corruption(LogName(header.number) + " is encrypted, and no key was given");
  }
  header_ = header;
  chain_ = header.seed;
  uint64_t lsn = header.first_lsn - 1;
  uint64_t at = kLogHeaderBytes;
  const uint64_t stop = next == nullptr ? data.size() : std::min<uint64_t>(next->previous_end, data.size());
  while (at + kRecordHeaderBytes <= stop) {
    const RecordHeader h = DecodeRecordHeader(data.data() + at);
    const bool expected = h.previous == chain_ && h.lsn == (h.type == kCloseRecord ? lsn : lsn + 1);
    if (!expected || !Plausible(h, at, stop) || !RecordIntact(header.seed, h, data.substr(at))) break;
    LogRecord record{h.type, h.lsn, std::string(data.substr(at + kRecordHeaderBytes, h.length))};
    if (cipher_ != nullptr) {
      auto plain = cipher_->Open(RecordPlace(header, at, h), record.payload);
      if (!plain.ok()) return Corruption(At(header.number, at) + ": " + plain.status().message());
      record.payload = std::move(*plain);
    }
    lsn = h.lsn;
    chain_ = h.crc;
    at += RecordSpace(h.length);
    if (h.type == kCloseRecord) continue;
    if (h.lsn <= checkpoint) {
      ++report->records_skipped;
      continue;
    }
    ++report->records_replayed;
    const Status applied = replay(record);
    if (!applied.ok()) return Status(applied.code(), At(header.number, at) + ": " + applied.message());
  }
  end_ = at;
  last_lsn_ = lsn;
  if (next != nullptr) {
    if (at == next->previous_end && chain_ == next->previous_crc && lsn + 1 == next->first_lsn) return {};
    return Corruption(At(header.number, at) + ": a record is damaged or missing, though " + LogName(next->number) +
                      " was begun after it");
  }
  uint64_t tail_end = at;
  const uint64_t proof = FindProof(header, data, at, lsn, &tail_end);
  if (proof != 0) {
    return Corruption(At(header.number, at) + ": a record is damaged, though the record at offset " +
                      std::to_string(proof) + " was written after it was on disk");
  }
  report->bytes_dropped = tail_end - at;
  if (at + kRecordHeaderBytes <= data.size() && LoadFixed<uint64_t>(data.data() + at) != 0 && tail_end == at) {
    // Either the first bytes of a torn record or what the file held in its earlier life: nothing tells them apart.
    report->dropped_reason = "bytes after the last intact record belong to no record of this file";
  } else if (tail_end != at) {
    report->dropped_reason = "a torn group of records that was never acknowledged";
  }
  return {};
}

}  // namespace sidecar
