// Outcome of an operation, and a value or the reason there is none. No exception crosses a module edge.
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace sidecar {

enum class Code {
  kOk,
  kInvalidArgument,
  kNotFound,
  kAlreadyExists,
  kCorruption,         // stored bytes are not what was written; never repaired silently
  kIoError,            // a system call failed; the message names it
  kReadOnly,           // an earlier write or sync failed, so no later one can be promised
  kResourceExhausted,  // memory limit, full disk or full queue; may be tried again
  kDeadlineExceeded,
  kUnavailable,
  kUnimplemented,
  kPermissionDenied,
};

const char* CodeName(Code code);

class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Code code, std::string message) : code_(code), message_(std::move(message)) {}
  bool ok() const { return code_ == Code::kOk; }
  Code code() const { return code_; }
  const std::string& message() const { return message_; }
  std::string ToString() const { return ok() ? "ok" : std::string(CodeName(code_)) + ": " + message_; }

 private:
  Code code_ = Code::kOk;
  std::string message_;
};

inline Status InvalidArgument(std::string m) { return {Code::kInvalidArgument, std::move(m)}; }
inline Status NotFound(std::string m) { return {Code::kNotFound, std::move(m)}; }
inline Status Corruption(std::string m) { return {Code::kCorruption, std::move(m)}; }
inline Status IoError(std::string m) { return {Code::kIoError, std::move(m)}; }

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}             // NOLINT: implicit by design
  Result(Status status) : state_(std::move(status)) {       // NOLINT: implicit by design
    assert(!std::get<Status>(state_).ok());
  }
  bool ok() const { return std::holds_alternative<T>(state_); }
  Status status() const { return ok() ? Status() : std::get<Status>(state_); }
  T& value() { return std::get<T>(state_); }
  const T& value() const { return std::get<T>(state_); }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  std::variant<Status, T> state_;
};

#define SIDECAR_RETURN_IF_ERROR(expression)            \
  do {                                                 \
    ::sidecar::Status status_ = (expression);          \
    if (!status_.ok()) return status_;                 \
  } while (false)

#define SIDECAR_CONCAT_(a, b) a##b
#define SIDECAR_CONCAT(a, b) SIDECAR_CONCAT_(a, b)
#define SIDECAR_ASSIGN_OR_RETURN_(temporary, target, expression) \
  auto temporary = (expression);                                 \
  if (!temporary.ok()) return temporary.status();                \
  target = std::move(temporary.value())
#define SIDECAR_ASSIGN_OR_RETURN(target, expression) \
  SIDECAR_ASSIGN_OR_RETURN_(SIDECAR_CONCAT(result_, __LINE__), target, expression)

}  // namespace sidecar
