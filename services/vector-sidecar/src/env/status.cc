#include "sidecar/status.h"

namespace sidecar {

const char* CodeName(Code code) {
  switch (code) {
    case Code::kOk: return "ok";
    case Code::kInvalidArgument: return "invalid argument";
    case Code::kNotFound: return "not found";
    case Code::kAlreadyExists: return "already exists";
    case Code::kCorruption: return "corruption";
    case Code::kIoError: return "input/output error";
    case Code::kReadOnly: return "read-only";
    case Code::kResourceExhausted: return "resource exhausted";
    case Code::kDeadlineExceeded: return "deadline exceeded";
    case Code::kUnavailable: return "unavailable";
    case Code::kUnimplemented: return "not supported";
    case Code::kPermissionDenied: return "permission denied";
  }
  return "unknown";
}

}  // namespace sidecar
