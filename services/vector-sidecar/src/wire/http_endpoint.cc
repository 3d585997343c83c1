#include "src/wire/http_endpoint.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace sidecar {

Result<std::unique_ptr<HttpEndpoint>> HttpEndpoint::Start(uint16_t port, std::function<std::string()> metrics,
                                                          std::function<bool()> ready) {
  std::unique_ptr<HttpEndpoint> endpoint(new HttpEndpoint);
  endpoint->metrics_ = std::move(metrics);
  endpoint->ready_ = std::move(ready);
  endpoint->socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (endpoint->socket_ < 0) return IoError(std::string("socket: ") + std::strerror(errno));
  const int on = 1;
  (void)::setsockopt(endpoint->socket_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  if (::bind(endpoint->socket_, reinterpret_cast<sockaddr*>(&address), length) != 0 || ::listen(endpoint->socket_, 16) != 0 ||
      ::getsockname(endpoint->socket_, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    return IoError("metrics port " + std::to_string(port) + ": " + std::strerror(errno));
  }
  endpoint->port_ = ntohs(address.sin_port);
  endpoint->thread_ = std::thread([e = endpoint.get()] { e->Loop(); });
  return endpoint;
}

HttpEndpoint::~HttpEndpoint() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
  if (socket_ >= 0) ::close(socket_);
}

void HttpEndpoint::Loop() {
  while (!stop_) {
    pollfd waiting{socket_, POLLIN, 0};
    if (::poll(&waiting, 1, 200) <= 0) continue;
    const int connection = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    const timeval patience{2, 0};
    (void)::setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    (void)::setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    std::string request(4096, '\0');
    const ssize_t got = ::recv(connection, request.data(), request.size(), 0);
    request.resize(got < 0 ? 0 : size_t(got));
    const std::string answer = Answer(request);
    for (size_t sent = 0; sent < answer.size();) {
      const ssize_t n = ::send(connection, answer.data() + sent, answer.size() - sent, MSG_NOSIGNAL);
      if (n <= 0) break;
      sent += size_t(n);
    }
    ::close(connection);
  }
}

std::string HttpEndpoint::Answer(const std::string& request) const {
  const auto reply = [](const char* status, const std::string& body) {
    return std::string("HTTP/1.1 ") + status + "\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: " +
           std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
  };
  if (request.starts_with("GET /metrics ")) return reply("200 OK", metrics_());
  if (request.starts_with("GET /healthz ") || request.starts_with("GET /livez ")) return reply("200 OK", "healthz check passed");
  if (request.starts_with("GET /readyz ")) {
    return ready_() ? reply("200 OK", "all shards are ready") : reply("503 Service Unavailable", "shutting down");
  }
  return reply("404 Not Found", "served here: /metrics, /healthz, /livez, /readyz\n");
}

}  // namespace sidecar
