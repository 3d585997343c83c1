#include "src/wire/canary.h"

namespace sidecar {

constexpr size_t kQueue = 4;

Canary::~Canary() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Canary::Offer(const std::shared_ptr<Collection>& collection, const SearchRequest& request, const std::vector<Record>& found) {
  if (every_ == 0 || request.exact || request.indexed_only || found.empty() || seen_++ % every_ != 0) return;
  Sample sample{collection, request, {}};
  sample.request.exact = true;
  sample.request.with_payload = {};
  sample.request.with_vectors = {};
  sample.request.deadline_micros = 0;
  for (const Record& r : found) sample.found.insert(r.id);
  std::lock_guard lock(mutex_);
  if (queue_.size() >= kQueue) return;
  queue_.push_back(std::move(sample));
  wake_.notify_one();
}

void Canary::Loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [&] { return stop_ || !queue_.empty(); });
    if (stop_) return;
    const Sample sample = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    const auto exact = sample.collection->Search(sample.request);
    if (exact.ok() && !exact->empty()) {
      size_t hits = 0;
      for (const Record& r : *exact) hits += sample.found.contains(r.id);
      metrics_->Canary(double(hits) / double(exact->size()));
    }
    lock.lock();
  }
}

}  // namespace sidecar
