#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <mutex>

#include "sidecar/env.h"

namespace sidecar {
namespace {

Status Failed(const char* call, const std::string& path, int error) {
  const std::string message = std::string(call) + " " + path + ": " + std::strerror(error);
  if (error == ENOENT) return NotFound(message);
  if (error == ENOSPC || error == EDQUOT) return {Code::kResourceExhausted, message};
  return IoError(message);
}

class PosixFile final : public File {
 public:
  PosixFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  ~PosixFile() override {
    if (mapped_ != nullptr) ::munmap(mapped_, mapped_size_);
    ::close(descriptor_);
  }

  Result<size_t> Read(uint64_t offset, void* out, size_t n) override {
    size_t done = 0;
    while (done < n) {
      const ssize_t got = ::pread(descriptor_, static_cast<char*>(out) + done, n - done, off_t(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return Failed("read", path_, errno);
      if (got == 0) break;
      done += size_t(got);
    }
    return done;
  }

  Status Write(uint64_t offset, std::string_view data) override {
    while (!data.empty()) {
      const ssize_t put = ::pwrite(descriptor_, data.data(), data.size(), off_t(offset));
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return Failed("write", path_, errno);
      data.remove_prefix(size_t(put));
      offset += uint64_t(put);
    }
    return {};
  }

  Status Sync() override { return ::fdatasync(descriptor_) == 0 ? Status() : Failed("fdatasync", path_, errno); }

  Result<uint64_t> Size() override {
    struct stat info;
    if (::fstat(descriptor_, &info) != 0) return Failed("stat", path_, errno);
    return uint64_t(info.st_size);
  }

  Status Truncate(uint64_t size) override {
    return ::ftruncate(descriptor_, off_t(size)) == 0 ? Status() : Failed("truncate", path_, errno);
  }

  Result<std::string_view> Map() override {
    std::lock_guard lock(map_mutex_);
    if (mapped_ == nullptr) {
      SIDECAR_ASSIGN_OR_RETURN(const uint64_t size, Size());
      if (size == 0) return std::string_view();
      void* address = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor_, 0);
      if (address == MAP_FAILED) return Failed("mmap", path_, errno);
      mapped_ = address;
      mapped_size_ = size;
    }
    return std::string_view(static_cast<const char*>(mapped_), mapped_size_);
  }

 private:
  const std::string path_;
  const int descriptor_;
  std::mutex map_mutex_;
  void* mapped_ = nullptr;
  size_t mapped_size_ = 0;
};

class PosixEnvironment final : public Env {
 public:
  Result<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) override {
    int flags = O_CLOEXEC | (mode == OpenMode::kRead ? O_RDONLY : O_RDWR);
    if (mode == OpenMode::kCreate) flags |= O_CREAT | O_EXCL;
    const int descriptor = ::open(path.c_str(), flags, 0600);
    if (descriptor < 0) return Failed("open", path, errno);
    return std::unique_ptr<File>(new PosixFile(path, descriptor));
  }

  bool Exists(const std::string& path) override { return ::access(path.c_str(), F_OK) == 0; }

  Result<std::vector<std::string>> List(const std::string& directory) override {
    DIR* handle = ::opendir(directory.c_str());
    if (handle == nullptr) return Failed("list", directory, errno);
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(handle)) {
      const std::string name = entry->d_name;
      if (name != "." && name != "..") names.push_back(name);
    }
    ::closedir(handle);
    std::sort(names.begin(), names.end());
    return names;
  }

  Status Rename(const std::string& from, const std::string& to) override {
    return ::rename(from.c_str(), to.c_str()) == 0 ? Status() : Failed("rename", from, errno);
  }
  Status Link(const std::string& from, const std::string& to) override {
    return ::link(from.c_str(), to.c_str()) == 0 ? Status() : Failed("link", from, errno);
  }
  Status Remove(const std::string& path) override {
    return ::unlink(path.c_str()) == 0 ? Status() : Failed("unlink", path, errno);
  }
  Status CreateDir(const std::string& path) override {
    return ::mkdir(path.c_str(), 0700) == 0 ? Status() : Failed("mkdir", path, errno);
  }
  Status RemoveDir(const std::string& path) override {
    return ::rmdir(path.c_str()) == 0 ? Status() : Failed("rmdir", path, errno);
  }

  Status SyncDir(const std::string& path) override {
    // A path without a slash lies in the working directory, which is "" to those who cut it off.
    const int descriptor = ::open(path.empty() ? "." : path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return Failed("open", path, errno);
    const Status status = ::fsync(descriptor) == 0 ? Status() : Failed("fsync", path, errno);
    ::close(descriptor);
    return status;
  }

  Result<std::unique_ptr<File>> Lock(const std::string& path) override {
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) return Failed("open", path, errno);
    auto file = std::make_unique<PosixFile>(path, descriptor);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
      return Status(Code::kUnavailable, path + " is locked: another process has this data directory open");
    }
    return std::unique_ptr<File>(std::move(file));
  }

  uint64_t NowMicros() override {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return uint64_t(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
  }

  uint64_t Random() override {
    uint64_t value = 0;
    // Only EINTR is possible for eight bytes, and only before the pool is ready.
    while (::getrandom(&value, sizeof(value), 0) != ssize_t(sizeof(value))) {
    }
    return value;
  }
};

}  // namespace

Env* PosixEnv() {
  static PosixEnvironment* const env = new PosixEnvironment;
  return env;
}

}  // namespace sidecar
