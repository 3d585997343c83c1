// A very small HTTP/1.1 endpoint for machines that watch the server: GET /metrics, /healthz and /readyz, nothing else.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "sidecar/status.h"

namespace sidecar {

class HttpEndpoint {
 public:
  // Listens on 127.0.0.1 only; port 0 takes a free one. One connection at a time, two seconds each.
  static Result<std::unique_ptr<HttpEndpoint>> Start(uint16_t port, std::function<std::string()> metrics,
                                                     std::function<bool()> ready);
  ~HttpEndpoint();
  uint16_t port() const { return port_; }

 private:
  HttpEndpoint() = default;
  void Loop();
  std::string Answer(const std::string& request) const;

  int socket_ = -1;
  uint16_t port_ = 0;
  std::function<std::string()> metrics_;
  std::function<bool()> ready_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace sidecar
