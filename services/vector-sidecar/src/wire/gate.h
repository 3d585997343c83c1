// What every request passes: the token, the bounded queue, the deadline, the counters; and how a Status becomes gRPC's.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <string>

#include "sidecar/env.h"
#include "src/wire/metrics.h"

namespace sidecar {

struct GateOptions {
  std::string token;             // empty: none is asked for (Unix sockets only)
  int64_t max_in_flight = 256;   // requests beyond it are refused at once with RESOURCE_EXHAUSTED and retry-after
};

// Thread-safe.
class Gate {
 public:
  Gate(Env* env, Metrics* metrics, GateOptions options) : env_(env), metrics_(metrics), options_(std::move(options)) {}

  // Runs `work` unless the request is refused; counts it in either case. `*seconds` is filled before work's end is reported.
  grpc::Status Pass(grpc::ServerContext* context, const char* method, const std::function<Status()>& work, double* seconds);
  // The engine's deadline for this call: the client's, or the request's own timeout in seconds when that is sooner. 0 for none.
  uint64_t Deadline(const grpc::ServerContext& context, uint64_t timeout_seconds) const;
  void Drain() { draining_ = true; }

 private:
  bool Allowed(const grpc::ServerContext& context) const;

  Env* const env_;
  Metrics* const metrics_;
  const GateOptions options_;
  std::atomic<bool> draining_ = false;
};

grpc::Status ToGrpc(const Status& status);

}  // namespace sidecar
