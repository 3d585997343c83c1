// Repeats a sample of live searches exactly, in the background, and reports how much of the exact answer they had found.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <thread>

#include "sidecar/collection.h"
#include "src/wire/metrics.h"

namespace sidecar {

// Thread-safe. Never holds a search up: when its short queue is full, the sample is dropped.
class Canary {
 public:
  Canary(Metrics* metrics, uint64_t every) : metrics_(metrics), every_(every), thread_([this] { Loop(); }) {}
  ~Canary();
  void Offer(const std::shared_ptr<Collection>& collection, const SearchRequest& request, const std::vector<Record>& found);

 private:
  struct Sample {
    std::shared_ptr<Collection> collection;
    SearchRequest request;
    std::set<PointId> found;
  };
  void Loop();

  Metrics* const metrics_;
  const uint64_t every_;  // one search in so many; 0 for none
  std::atomic<uint64_t> seen_ = 0;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Sample> queue_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace sidecar
