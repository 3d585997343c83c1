// Graphs and lists over sealed segments: loaded, healed or built. A failure here never stops writes: scans serve meanwhile.
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <new>
#include <shared_mutex>

#include "src/engine/collection_impl.h"
#include "src/engine/index_files.h"

namespace sidecar {
namespace {

constexpr int kLowestPriority = 19;
constexpr auto kYieldStep = std::chrono::microseconds(200);
constexpr auto kYieldAtMost = std::chrono::milliseconds(4);  // then one row is worked on: some 0.1 to 0.3 ms

// Cores this process may use.
int Cores() {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
}

// Runs `work` on a thread of the lowest priority and waits for it. Locks that searches and writes need are taken outside `work`:
// whoever holds one must not be kept from the processor.
template <typename F>
void AtLowestPriority(F work) {
  std::exception_ptr failed;
  std::thread([&] {
    (void)setpriority(PRIO_PROCESS, id_t(gettid()), kLowestPriority);
    try {
      work();
    } catch (...) {
      failed = std::current_exception();
    }
  }).join();
  if (failed) std::rethrow_exception(failed);
}

}  // namespace

// While searches and writes could keep every core busy, an index is built at a twentieth of its speed.
bool CollectionImpl::GoOn() const {
  if (!options_.background) return true;
  static const int cores = Cores();
  auto waited = std::chrono::microseconds(0);
  for (; in_foreground_.load(std::memory_order_relaxed) >= cores && waited < kYieldAtMost; waited += kYieldStep) {
    if (cancel_build_.load(std::memory_order_relaxed)) return false;
    std::this_thread::sleep_for(kYieldStep);
  }
  return !cancel_build_.load(std::memory_order_relaxed);
}

bool CollectionImpl::WantsGraph(size_t vector) const {
  return config().tier == Tier::kHot && config().vectors[vector].distance != Distance::kManhattan;
}

bool CollectionImpl::WantsLists(size_t vector) const {
  return config().tier == Tier::kHistorical && coders_[vector] != nullptr;
}

std::shared_ptr<const Graph> CollectionImpl::MakeGraph(const Segment& segment, size_t vector) {
  auto loaded = LoadGraph(env_, directory_, segment, vector, options_.keys);
  if (loaded.ok()) return *loaded;
  if (loaded.status().code() == Code::kCorruption) ++indexes_rebuilt_;
  const GraphSpace space = SpaceOf(segment, config(), vector);
  const Graph::Options build{config().graph_links, config().graph_build_width};
  std::shared_ptr<const Graph> graph;
  Heir heir;
  {
    std::shared_lock lock(state_lock_);
    const auto found = heirs_.find(segment.segment_number());
    if (found != heirs_.end()) heir = found->second;
  }
  AtLowestPriority([&] {
    if (!heir.graphs.empty() && heir.graphs[vector] != nullptr) {
      graph = Graph::Heal(*heir.graphs[vector], heir.dead, space, segment.Present(vector), build);
      if (graph != nullptr) ++graphs_healed_;
    }
    if (graph == nullptr) graph = Graph::Build(space, segment.Present(vector), build, [this] { return GoOn(); });
  });
  if (graph == nullptr) return nullptr;  // cancelled
  const Status saved = SaveGraph(env_, directory_, segment, vector, *graph, options_.keys);
  if (!saved.ok()) ++background_errors_;  // it works from memory; the next start builds it again
  return graph;
}

std::shared_ptr<const ListIndex> CollectionImpl::MakeLists(const Segment& segment, size_t vector) {
  const BitCoder* coder = coders_[vector].get();
  auto loaded = LoadLists(env_, directory_, segment, vector, coder, options_.keys);
  if (loaded.ok()) return *loaded;
  if (loaded.status().code() == Code::kCorruption) ++indexes_rebuilt_;
  Result<bool> built = false;
  AtLowestPriority([&] {
    built = BuildLists(env_, directory_, segment, vector, config().vectors[vector].distance, coder, options_.keys, [this] { return GoOn(); });
  });
  if (built.ok() && *built) loaded = LoadLists(env_, directory_, segment, vector, coder, options_.keys);
  if (!built.ok() || (*built && !loaded.ok())) ++background_errors_;
  return loaded.ok() ? *loaded : nullptr;
}

void CollectionImpl::IndexLoop() {
  std::unique_lock lock(plan_mutex_);
  while (true) {
    plan_changed_.wait(lock, [&] { return closing_ || indexes_pending_; });
    if (closing_) return;
    indexes_pending_ = false;
    indexing_ = true;
    lock.unlock();
    try {
      if (!BuildFields(0).ok() && !closing_) ++background_errors_;
      BuildIndexes();
    } catch (const std::bad_alloc&) {
      ++background_errors_;  // scans go on serving
    }
    lock.lock();
    indexing_ = false;
    plan_changed_.notify_all();
  }
}

void CollectionImpl::IndexInBackground() {
  {
    std::lock_guard lock(plan_mutex_);
    indexes_pending_ = true;
  }
  plan_changed_.notify_all();
}

Status CollectionImpl::WaitForIndexes() {
  std::unique_lock lock(plan_mutex_);
  plan_changed_.wait(lock, [&] { return closing_ || (plans_.empty() && !working_ && !indexes_pending_ && !indexing_); });
  return {};
}

bool CollectionImpl::InForce(const std::shared_ptr<Segment>& segment) const {
  const auto& list = state_->segments();
  return std::find(list.begin(), list.end(), segment) != list.end();
}

void CollectionImpl::BuildIndexes() {
  std::vector<std::shared_ptr<Segment>> segments;
  {
    std::shared_lock lock(state_lock_);
    segments = state_->segments();
  }
  for (const auto& segment : segments) {
    if (segment->rows() < config().index_rows) continue;
    for (size_t v = 0; v < config().vectors.size(); ++v) {
      {
        std::shared_lock lock(state_lock_);
        if (closing_ || !InForce(segment)) break;
        building_ = segment->segment_number();
        cancel_build_ = false;
      }
      // Only this thread sets these, so looking without the lock is sound.
      std::shared_ptr<const Graph> graph = WantsGraph(v) && segment->graphs[v] == nullptr ? MakeGraph(*segment, v) : nullptr;
      std::shared_ptr<const ListIndex> lists = WantsLists(v) && segment->lists[v] == nullptr ? MakeLists(*segment, v) : nullptr;
      std::shared_ptr<const PackedBits> packed;
      if (graph != nullptr && coders_[v] != nullptr) packed = std::make_shared<const PackedBits>(*coders_[v], segment->BitBlocks(v).front());
      std::unique_lock lock(state_lock_);
      building_ = 0;
      if (packed != nullptr) segment->packed[v] = std::move(packed);
      if (graph != nullptr) segment->graphs[v] = std::move(graph);
      if (lists != nullptr) segment->lists[v] = std::move(lists);
      if (v + 1 == config().vectors.size()) heirs_.erase(segment->segment_number());
      const bool replaced = !InForce(segment);
      lock.unlock();
      // Merged away while it was indexed: the file came too late.
      if (replaced) RemoveSegmentFiles(segment->segment_number());
    }
  }
}

void CollectionImpl::RemoveSegmentFiles(uint64_t number) {
  // What cannot be removed now is an orphan, and goes at the next start.
  (void)env_->Remove(directory_ + "/" + SegmentName(number));
  for (size_t v = 0; v < config().vectors.size(); ++v) {
    const std::string path = directory_ + "/" + IndexName(number, v);
    if (env_->Exists(path)) (void)env_->Remove(path);
  }
}

}  // namespace sidecar
