// Every system call the engine makes goes through Env, so that a test can fail, drop or reorder any of them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sidecar/status.h"

namespace sidecar {

// One open file; owned by whoever opened it, closed on destruction. Positional calls only, so one File may be read from
// several threads; writes must come from one thread at a time.
class File {
 public:
  virtual ~File() = default;
  // Reads up to n bytes; a short count means end of file.
  virtual Result<size_t> Read(uint64_t offset, void* out, size_t n) = 0;
  virtual Status Write(uint64_t offset, std::string_view data) = 0;
  virtual Status Sync() = 0;  // data and size are on disk when this succeeds (fdatasync)
  virtual Result<uint64_t> Size() = 0;
  virtual Status Truncate(uint64_t size) = 0;
  // A read-only view of the whole file, valid as long as this File. Contents past a later write are unspecified.
  virtual Result<std::string_view> Map() = 0;
};

enum class OpenMode { kRead, kReadWrite, kCreate /* must not exist */ };

// Thread-safe. Paths are absolute or relative to the process.
class Env {
 public:
  virtual ~Env() = default;
  virtual Result<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) = 0;
  virtual bool Exists(const std::string& path) = 0;
  virtual Result<std::vector<std::string>> List(const std::string& directory) = 0;  // names, sorted
  virtual Status Rename(const std::string& from, const std::string& to) = 0;        // replaces `to`
  virtual Status Link(const std::string& from, const std::string& to) = 0;          // hard link
  virtual Status Remove(const std::string& path) = 0;
  virtual Status CreateDir(const std::string& path) = 0;
  virtual Status RemoveDir(const std::string& path) = 0;  // must be empty
  virtual Status SyncDir(const std::string& path) = 0;    // names in it are on disk when this succeeds
  // Holds an exclusive lock until the returned object dies; kUnavailable when another process has it.
  virtual Result<std::unique_ptr<File>> Lock(const std::string& path) = 0;
  virtual uint64_t NowMicros() = 0;  // monotonic
  virtual uint64_t Random() = 0;

  // Helpers built on the calls above.
  Result<std::string> ReadWhole(const std::string& path);
  // Writes through a temporary name, sync, rename and directory sync: afterwards the file is there whole or not at all.
  Status WriteWhole(const std::string& directory, const std::string& name, std::string_view data);
  Status RemoveTree(const std::string& directory);
};

Env* PosixEnv();  // lives for ever

}  // namespace sidecar
