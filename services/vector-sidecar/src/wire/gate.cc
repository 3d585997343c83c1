#include "src/wire/gate.h"

#include <sodium.h>

namespace sidecar {
namespace {

bool SameSecret(grpc::string_ref given, const std::string& wanted) {
  return given.size() == wanted.size() && sodium_memcmp(given.data(), wanted.data(), wanted.size()) == 0;
}

}  // namespace

grpc::Status ToGrpc(const Status& status) {
  const auto code = [&] {
    switch (status.code()) {
      case Code::kOk: return grpc::StatusCode::OK;
      case Code::kInvalidArgument: return grpc::StatusCode::INVALID_ARGUMENT;
      case Code::kNotFound: return grpc::StatusCode::NOT_FOUND;
      case Code::kAlreadyExists: return grpc::StatusCode::ALREADY_EXISTS;
      case Code::kCorruption: return grpc::StatusCode::DATA_LOSS;
      case Code::kIoError: return grpc::StatusCode::INTERNAL;
      case Code::kReadOnly: return grpc::StatusCode::FAILED_PRECONDITION;
      case Code::kResourceExhausted: return grpc::StatusCode::RESOURCE_EXHAUSTED;
      case Code::kDeadlineExceeded: return grpc::StatusCode::DEADLINE_EXCEEDED;
      case Code::kUnavailable: return grpc::StatusCode::UNAVAILABLE;
      case Code::kUnimplemented: return grpc::StatusCode::UNIMPLEMENTED;
      case Code::kPermissionDenied: return grpc::StatusCode::UNAUTHENTICATED;
    }
    return grpc::StatusCode::UNKNOWN;
  };
  return status.ok() ? grpc::Status::OK : grpc::Status(code(), status.message());
}

bool Gate::Allowed(const grpc::ServerContext& context) const {
  if (options_.token.empty()) return true;
  const auto& metadata = context.client_metadata();
  const auto key = metadata.find("api-key");
  if (key != metadata.end() && SameSecret(key->second, options_.token)) return true;
  const auto bearer = metadata.find("authorization");
  constexpr size_t kPrefix = sizeof("Bearer ") - 1;
  return bearer != metadata.end() && bearer->second.starts_with("Bearer ") &&
         SameSecret(bearer->second.substr(kPrefix), options_.token);
}

uint64_t Gate::Deadline(const grpc::ServerContext& context, uint64_t timeout_seconds) const {
  const auto left = context.deadline() - std::chrono::system_clock::now();
  const uint64_t now = env_->NowMicros();
  uint64_t deadline = 0;
  // gRPC gives the end of time when the client set none.
  if (left < std::chrono::hours(24)) {
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(left).count();
    deadline = now + uint64_t(std::max<int64_t>(1, micros));
  }
  if (timeout_seconds > 0 && timeout_seconds < 86400) {
    const uint64_t own = now + timeout_seconds * 1000000;
    deadline = deadline == 0 ? own : std::min(deadline, own);
  }
  return deadline;
}

grpc::Status Gate::Pass(grpc::ServerContext* context, const char* method, const std::function<Status()>& work,
                        double* seconds) {
  const uint64_t start = env_->NowMicros();
  Status status;
  if (!Allowed(*context)) {
    status = Status(Code::kPermissionDenied, "Must provide an API key or an Authorization bearer token");
  } else if (draining_) {
    status = Status(Code::kUnavailable, "the server is shutting down");
  } else if (metrics_->in_flight.fetch_add(1) >= options_.max_in_flight) {
    --metrics_->in_flight;
    metrics_->Refused();
    status = Status(Code::kResourceExhausted, "too many requests are being answered; try again in a second");
  } else {
    status = context->IsCancelled() ? Status(Code::kDeadlineExceeded, "the caller gave up while the request waited") : work();
    --metrics_->in_flight;
  }
  if (status.code() == Code::kResourceExhausted) context->AddTrailingMetadata("retry-after", "1");
  *seconds = double(env_->NowMicros() - start) / 1e6;
  const grpc::Status reply = ToGrpc(status);
  metrics_->Observe(method, reply.error_code(), *seconds);
  return reply;
}

}  // namespace sidecar
