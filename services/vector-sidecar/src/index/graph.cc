#include "src/index/graph.h"

#include <algorithm>
#include <queue>

#include "src/env/coding.h"
#include "src/index/visited.h"

namespace sidecar {

uint32_t Graph::Descend(const GraphSpace& space, const ByteQuery& query, int to_level, uint64_t* steps) const {
  uint32_t best = entry_;
  float nearness = space.Nearness(query, best);
  for (int level = level_[entry_]; level > to_level; --level) {
    for (bool moved = true; moved;) {
      moved = false;
      const uint32_t* list = Links(best, level);
      for (uint32_t i = 1; i <= list[0]; ++i) {
        const float n = space.Nearness(query, list[i]);
        ++*steps;
        if (n > nearness) {
          nearness = n;
          best = list[i];
          moved = true;
        }
      }
    }
  }
  return best;
}

std::vector<Neighbour> Graph::Search(const GraphSpace& space, const ByteQuery& query, uint32_t width, const Bitmap& allowed,
                                     uint64_t* steps) const {
  if (entry_ == kNone) return {};
  const uint32_t start = Descend(space, query, 0, steps);
  Visited& visited = Visited::ForThread(rows());
  const auto nearer = [](const Neighbour& a, const Neighbour& b) { return a < b; };
  std::priority_queue<Neighbour, std::vector<Neighbour>, decltype(nearer)> open(nearer);
  const auto farther = [](const Neighbour& a, const Neighbour& b) { return b < a; };
  std::priority_queue<Neighbour, std::vector<Neighbour>, decltype(farther)> found(farther);
  // Rows that are not allowed are walked through but not collected, so links across them keep the graph whole.
  const Neighbour first{space.Nearness(query, start), start};
  visited.Insert(start);
  open.push(first);
  if (allowed.Test(start)) found.push(first);
  while (!open.empty()) {
    const Neighbour at = open.top();
    if (found.size() >= width && at < found.top()) break;
    open.pop();
    const uint32_t* list = Links(at.row, 0);
    for (uint32_t i = 1; i <= list[0]; ++i) {
      __builtin_prefetch(space.codes.codes + size_t(list[i]) * space.dimension);
    }
    for (uint32_t i = 1; i <= list[0]; ++i) {
      if (!visited.Insert(list[i])) continue;
      const Neighbour next{space.Nearness(query, list[i]), list[i]};
      ++*steps;
      if (found.size() >= width && next < found.top()) continue;
      open.push(next);
      if (!allowed.Test(next.row)) continue;
      found.push(next);
      if (found.size() > width) found.pop();
    }
  }
  std::vector<Neighbour> out;
  for (; !found.empty(); found.pop()) out.push_back(found.top());
  return out;
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
