// The write-ahead log of one collection: numbered files of fixed, pre-written size, used again when what they hold has
// reached segments. See docs/format.md, section 2.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "sidecar/env.h"
#include "src/crypto/cipher.h"
#include "src/log/log_format.h"

namespace sidecar {

struct LogRecord {
  uint8_t type = 0;
  uint64_t lsn = 0;
  std::string payload;
  size_t room = 0;  // bytes at the front of `payload` that are no payload: kRecordHeaderBytes spare a large one a copy, or 0

  std::string_view body() const { return std::string_view(payload).substr(room); }
};

// What recovery found; printed by vectorctl and kept for the metrics.
struct LogReport {
  uint64_t last_lsn = 0;
  uint64_t files = 0;
  uint64_t records_replayed = 0;
  uint64_t records_skipped = 0;  // at or below the checkpoint
  uint64_t bytes_dropped = 0;    // torn tail
  std::string dropped_reason;
};

inline constexpr uint64_t kMinLogBytes = 8192;  // of one file

struct LogOptions {
  uint64_t capacity = 64ull << 20;
  const KeyRing* keys = nullptr;  // outlives the log; null or current 0 for plain text
  bool read_only = false;         // replay only: nothing is written, synced, created or renamed
};

using ReplayFunction = std::function<Status(const LogRecord&)>;

// Append, Sync, Retire and Close must be called by one thread at a time; SyncedOffset-like readers go through the caller.
// After an error of Append or Sync nothing more is written: the state of the file on disk is unknown.
class Log {
 public:
  // Replays every record with lsn > checkpoint, in order, then stands ready to append. Refuses (kCorruption, naming file
  // and offset) when a record that was on disk is damaged or missing; cuts a tail that never was acknowledged.
  static Result<std::unique_ptr<Log>> Open(Env* env, std::string directory, LogOptions options, uint64_t checkpoint,
                                           const ReplayFunction& replay, LogReport* report);

  // Makes a log in `directory` that holds nothing and goes on after record `lsn`.
  static Status CreateEmpty(Env* env, const std::string& directory, LogOptions options, uint64_t lsn);

  uint64_t last_lsn() const { return last_lsn_; }
  uint64_t file_number() const { return header_.number; }
  std::set<uint32_t> KeysInUse() const;  // data keys of those files
  uint64_t bytes_in_use() const;  // of the files that still count

  // Writes the records (lsn ascending from last_lsn() + 1) to the file without syncing. kResourceExhausted when a new file
  // was needed and the disk is full: then nothing was written and the log is still sound. What is in the records' room changes.
  Status Append(std::vector<LogRecord>* records);
  Status Sync();
  // Everything up to lsn is kept elsewhere: files that hold nothing newer may be used again.
  Status Retire(uint64_t lsn);
  // Marks a clean end, so that damage to the last records is told from a torn tail.
  Status Close();

 private:
  struct OldFile {
    uint64_t number;
    uint64_t last_lsn;
    uint64_t capacity;
    uint32_t key;
  };

  Log(Env* env, std::string directory, LogOptions options)
      : env_(env), directory_(std::move(directory)), options_(options) {}
  Status Recover(uint64_t checkpoint, const ReplayFunction& replay, LogReport* report);
  Status ReplayFile(const LogHeader& header, const LogHeader* next, uint64_t checkpoint, const ReplayFunction& replay,
                    LogReport* report);
  Status StartFile(uint64_t needed_bytes);
  Result<std::string> PreparedFile(uint64_t capacity, uint64_t number);
  Status Fail(Status status);
  Status WriteClose();
  Status Put(std::vector<LogRecord>* records, uint64_t* end, uint32_t* chain);

  Env* const env_;
  const std::string directory_;
  const LogOptions options_;
  std::unique_ptr<File> file_;
  LogHeader header_;
  const Cipher* cipher_ = nullptr;  // of the current file
  uint64_t end_ = 0;                // where the next record goes
  uint64_t durable_ = 0;
  uint32_t chain_ = 0;              // CRC of the last record
  uint64_t last_lsn_ = 0;
  std::vector<OldFile> old_files_;
  std::vector<std::string> free_files_;
  Status broken_;
};

}  // namespace sidecar
