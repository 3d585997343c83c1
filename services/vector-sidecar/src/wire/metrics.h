// Counters of the server, printed in Prometheus' text format. Thread-safe, without locks on the hot path.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "sidecar/database.h"

namespace sidecar {

// Latencies in seconds, in fixed buckets from 50 µs to 10 s.
class Histogram {
 public:
  static constexpr std::array<double, 16> kBounds = {0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
                                                     0.025,   0.05,   0.1,     0.25,   0.5,   1,      2.5,   10};
  void Observe(double seconds);
  void Print(const std::string& name, const std::string& labels, std::string* out) const;

 private:
  std::array<std::atomic<uint64_t>, kBounds.size() + 1> buckets_{};
  std::atomic<uint64_t> micros_ = 0;
};

class Metrics {
 public:
  // One method's requests; made at its first call, never removed.
  struct Method {
    Histogram latency;
    std::map<int, std::atomic<uint64_t>> by_status;
  };
  void Observe(const std::string& method, int grpc_status, double seconds);
  void Refused() { ++refused_; }
  void Canary(double recall) {
    ++canary_count_;
    canary_micro_recall_ += uint64_t(recall * 1e6);
  }
  std::atomic<int64_t> in_flight = 0;

  // With the sizes and states of every collection.
  std::string Print(Database* database) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Method> methods_;  // grows under mutex_; entries stay where they are
  std::atomic<uint64_t> refused_ = 0, canary_count_ = 0, canary_micro_recall_ = 0;
};

}  // namespace sidecar
