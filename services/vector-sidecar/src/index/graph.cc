#include "src/index/graph.h"

#include <algorithm>

#include "src/env/coding.h"
#include "src/index/visited.h"

namespace sidecar {

namespace {

// Nearness by int8 codes.
struct ByByteCodes {
  const GraphSpace& space;
  const ByteQuery& query;
  void Prefetch(uint32_t row) const {
    const int8_t* at = space.codes.codes + size_t(row) * space.dimension;
    for (uint32_t i = 0; i < space.dimension && i < 256; i += 64) __builtin_prefetch(at + i);
  }
  void operator()(const uint32_t* rows, size_t n, float* out) const {
    for (size_t i = 0; i < n; ++i) out[i] = space.Nearness(query, rows[i]);
  }
};

// Estimated nearness by 1-bit codes.
struct ByBitCodes {
  const PackedBits& bits;
  const BitQuery& query;
  void Prefetch(uint32_t row) const { bits.Prefetch(row); }
  void operator()(const uint32_t* rows, size_t n, float* out) const { bits.Estimate(query, rows, n, out); }
};

struct Nearer {
  bool operator()(const Neighbour& a, const Neighbour& b) const { return a < b; }
};
struct Farther {
  bool operator()(const Neighbour& a, const Neighbour& b) const { return b < a; }
};

// A priority queue whose room is kept from walk to walk of a thread.
template <typename Order>
class Queue {
 public:
  explicit Queue(std::vector<Neighbour>* room) : items_(*room) { items_.clear(); }
  bool empty() const { return items_.empty(); }
  size_t size() const { return items_.size(); }
  const Neighbour& top() const { return items_.front(); }
  void push(const Neighbour& n) {
    items_.push_back(n);
    std::push_heap(items_.begin(), items_.end(), Order());
  }
  void pop() {
    std::pop_heap(items_.begin(), items_.end(), Order());
    items_.pop_back();
  }
  const std::vector<Neighbour>& items() const { return items_; }

 private:
  std::vector<Neighbour>& items_;
};

constexpr size_t kMaxLinks = 2 * 64;

}  // namespace

template <typename Score>
uint32_t Graph::Descend(const Score& score, uint64_t* steps) const {
  float near[kMaxLinks];
  uint32_t best = entry_;
  float nearness;
  score(&best, 1, &nearness);
  for (int level = level_[entry_]; level > 0; --level) {
    for (bool moved = true; moved;) {
      moved = false;
      const uint32_t* list = Links(best, level);
      score(list + 1, list[0], near);
      *steps += list[0];
      for (uint32_t i = 0; i < list[0]; ++i) {
        if (near[i] <= nearness) continue;
        nearness = near[i];
        best = list[i + 1];
        moved = true;
      }
    }
  }
  return best;
}

template <typename Score>
std::vector<Neighbour> Graph::Walk(const Score& score, const Beam& beam, const Bitmap& allowed, uint64_t* steps) const {
  if (entry_ == kNone) return {};
  const uint32_t start = Descend(score, steps);
  Visited& visited = Visited::ForThread(rows());
  thread_local std::vector<Neighbour> open_room, found_room;
  Queue<Nearer> open(&open_room);
  Queue<Farther> found(&found_room);
  // Rows that are not allowed are walked through but not collected, so links across them keep the graph whole.
  Neighbour first{0, start};
  score(&start, 1, &first.nearness);
  visited.Insert(start);
  open.push(first);
  if (allowed.Test(start)) found.push(first);
  // What is farther than the bar is of no use.
  const Neighbour floor{beam.floor, kNone};
  const size_t least = std::max(beam.least, 1u);
  const auto is_useless = [&](const Neighbour& n) {
    if (found.size() >= beam.width) return n < found.top();
    return found.size() >= least && n < floor && n < found.top();
  };
  uint32_t fresh[kMaxLinks];
  float near[kMaxLinks];
  while (!open.empty()) {
    const Neighbour at = open.top();
    if (is_useless(at)) break;
    open.pop();
    const uint32_t* list = Links(at.row, 0);
    size_t n = 0;
    for (uint32_t i = 1; i <= list[0]; ++i) {
      if (!visited.Insert(list[i])) continue;
      score.Prefetch(list[i]);
      fresh[n++] = list[i];
    }
    score(fresh, n, near);
    *steps += n;
    for (size_t i = 0; i < n; ++i) {
      const Neighbour next{near[i], fresh[i]};
      if (is_useless(next)) continue;
      open.push(next);
      // The next row to be opened is likely among these: its links will be wanted soon.
      __builtin_prefetch(Links(next.row, 0));
      if (!allowed.Test(next.row)) continue;
      found.push(next);
      while (found.size() > beam.width || (found.size() > least && found.top() < floor)) found.pop();
    }
  }
  return found.items();
}

std::vector<Neighbour> Graph::Search(const GraphSpace& space, const ByteQuery& query, const Beam& beam, const Bitmap& allowed,
                                     uint64_t* steps) const {
  return Walk(ByByteCodes{space, query}, beam, allowed, steps);
}

std::vector<Neighbour> Graph::Search(const PackedBits& bits, const BitQuery& query, const Beam& beam, const Bitmap& allowed,
                                     uint64_t* steps) const {
  return Walk(ByBitCodes{bits, query}, beam, allowed, steps);
}

std::string Graph::Encode() const {
  std::string out;
  PutFixed(&out, links_);
  PutFixed(&out, entry_);
  PutFixed(&out, uint32_t(level_.size()));
  PutFixed(&out, uint64_t(upper_.size()));
  out.append(reinterpret_cast<const char*>(level_.data()), level_.size());
  out.append(reinterpret_cast<const char*>(upper_at_.data()), upper_at_.size() * sizeof(uint64_t));
  out.append(reinterpret_cast<const char*>(base_.data()), base_.size() * sizeof(uint32_t));
  out.append(reinterpret_cast<const char*>(upper_.data()), upper_.size() * sizeof(uint32_t));
  return out;
}

template <typename T>
static void ReadArray(Decoder* in, uint64_t n, std::vector<T>* out) {
  if (n > in->remaining() / sizeof(T)) in->Fail();
  const std::string_view bytes = in->Bytes(n * sizeof(T));
  if (!in->ok()) return;
  out->resize(n);
  if (n > 0) std::memcpy(out->data(), bytes.data(), bytes.size());
}

Result<std::shared_ptr<const Graph>> Graph::Decode(std::string_view data, uint32_t rows) {
  auto graph = std::make_shared<Graph>();
  Decoder in(data);
  graph->links_ = in.Fixed<uint32_t>();
  graph->entry_ = in.Fixed<uint32_t>();
  const uint32_t n = in.Fixed<uint32_t>();
  const uint64_t upper = in.Fixed<uint64_t>();
  const auto bad = Corruption("a graph is not well formed");
  if (!in.ok() || n != rows || graph->links_ < 2 || graph->links_ > 64) return bad;
  ReadArray(&in, n, &graph->level_);
  ReadArray(&in, n, &graph->upper_at_);
  ReadArray(&in, uint64_t(n) * (2 * graph->links_ + 1), &graph->base_);
  ReadArray(&in, upper, &graph->upper_);
  if (!in.done() || (graph->entry_ != kNone && (graph->entry_ >= n || graph->level_[graph->entry_] == kOutside))) return bad;
  for (uint32_t row = 0; row < n; ++row) {
    if (graph->level_[row] == kOutside) continue;
    const uint64_t end = graph->upper_at_[row] + uint64_t(graph->level_[row]) * (graph->links_ + 1);
    if (graph->upper_at_[row] > upper || end > upper) return bad;
    for (int level = 0; level <= graph->level_[row]; ++level) {
      const uint32_t* list = graph->Links(row, level);
      if (list[0] > graph->Capacity(level)) return bad;
      for (uint32_t i = 1; i <= list[0]; ++i) {
        if (list[i] >= n || graph->level_[list[i]] == kOutside || graph->level_[list[i]] < level) return bad;
      }
    }
  }
  return std::shared_ptr<const Graph>(std::move(graph));
}

}  // namespace sidecar
