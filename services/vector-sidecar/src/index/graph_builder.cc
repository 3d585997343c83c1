#include "src/index/graph_builder.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <queue>

#include "src/index/visited.h"

namespace sidecar {
namespace {

constexpr int kMaxLevel = 16;

uint64_t Mix(uint64_t z) {
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

// Geometric with parameter 1/links, drawn from the row's number.
int LevelOf(uint32_t row, uint32_t links) {
  const double uniform = double(Mix(row + 0x9e3779b97f4a7c15u) >> 11) * 0x1.0p-53;
  return std::min(kMaxLevel, int(-std::log(1.0 - uniform) / std::log(double(links))));
}

// A step coprime to n near the golden section: visiting i * step mod n scatters neighbours in the log, whose clusters would
// otherwise be built one after another and end up poorly connected.
uint32_t ScatterStep(uint32_t n) {
  uint32_t step = std::max(1u, uint32_t(double(n) * 0.6180339887));
  while (std::gcd(step, n) != 1) ++step;
  return step;
}

}  // namespace

GraphBuilder::GraphBuilder(const GraphSpace& space, const Graph::Options& options)
    : space_(space), options_(options), graph_(std::make_shared<Graph>()) {
  graph_->links_ = options.links;
}

void GraphBuilder::AssignLevels(const Bitmap& present) {
  graph_->level_.assign(space_.rows, Graph::kOutside);
  graph_->upper_at_.assign(space_.rows, 0);
  graph_->base_.assign(size_t(space_.rows) * (2 * options_.links + 1), 0);
  uint64_t upper = 0;
  for (uint32_t row = 0; row < space_.rows; ++row) {
    graph_->upper_at_[row] = upper;
    if (!present.Test(row)) continue;
    const int level = LevelOf(row, options_.links);
    graph_->level_[row] = uint8_t(level);
    upper += uint64_t(level) * (options_.links + 1);
  }
  graph_->upper_.assign(upper, 0);
}

std::shared_ptr<const Graph> GraphBuilder::Build(const Bitmap& present, const GoOn& go_on) {
  AssignLevels(present);
  const uint32_t n = space_.rows;
  const uint32_t step = n == 0 ? 1 : ScatterStep(n);
  for (uint32_t i = 0, row = 0; i < n; ++i, row = uint32_t((uint64_t(row) + step) % n)) {
    if (go_on && !go_on()) return nullptr;
    if (present.Test(row)) Insert(row);
  }
  return graph_;
}

void GraphBuilder::Insert(uint32_t row) {
  const int level = graph_->level_[row];
  if (graph_->entry_ == Graph::kNone) {
    graph_->entry_ = row;
    return;
  }
  const int top = graph_->level_[graph_->entry_];
  uint32_t at = graph_->entry_;
  for (int l = top; l > level; --l) {
    const auto nearest = Explore(row, at, l, 1);
    if (!nearest.empty()) at = nearest.front().row;
  }
  for (int l = std::min(level, top); l >= 0; --l) {
    auto near = Explore(row, at, l, options_.build_width);
    std::erase_if(near, [&](const Neighbour& n) { return n.row == row; });
    if (near.empty()) continue;
    at = near.front().row;
    Link(row, l, Diverse(near, options_.links));
  }
  if (level > top) graph_->entry_ = row;
}

std::vector<Neighbour> GraphBuilder::Explore(uint32_t target, uint32_t start, int level, uint32_t width) {
  Visited& visited = Visited::ForThread(space_.rows);
  const auto nearer = [](const Neighbour& a, const Neighbour& b) { return a < b; };
  std::priority_queue<Neighbour, std::vector<Neighbour>, decltype(nearer)> open(nearer);
  const auto farther = [](const Neighbour& a, const Neighbour& b) { return b < a; };
  std::priority_queue<Neighbour, std::vector<Neighbour>, decltype(farther)> found(farther);
  const Neighbour first{space_.Nearness(target, start), start};
  visited.Insert(start);
  open.push(first);
  found.push(first);
  while (!open.empty()) {
    const Neighbour at = open.top();
    if (found.size() >= width && at < found.top()) break;
    open.pop();
    const uint32_t* list = Links(at.row, level);
    for (uint32_t i = 1; i <= list[0]; ++i) {
      __builtin_prefetch(space_.codes.codes + size_t(list[i]) * space_.dimension);
    }
    for (uint32_t i = 1; i <= list[0]; ++i) {
      if (!visited.Insert(list[i])) continue;
      const Neighbour next{space_.Nearness(target, list[i]), list[i]};
      if (found.size() >= width && next < found.top()) continue;
      open.push(next);
      found.push(next);
      if (found.size() > width) found.pop();
    }
  }
  std::vector<Neighbour> out;
  for (; !found.empty(); found.pop()) out.push_back(found.top());
  std::reverse(out.begin(), out.end());
  return out;
}

std::vector<Neighbour> GraphBuilder::Diverse(const std::vector<Neighbour>& sorted, uint32_t most) const {
  std::vector<Neighbour> chosen;
  for (const Neighbour& candidate : sorted) {
    if (chosen.size() == most) break;
    const bool reached = std::any_of(chosen.begin(), chosen.end(), [&](const Neighbour& c) {
      return space_.Nearness(candidate.row, c.row) > candidate.nearness;
    });
    if (!reached) chosen.push_back(candidate);
  }
  return chosen;
}

void GraphBuilder::Link(uint32_t row, int level, const std::vector<Neighbour>& neighbours) {
  uint32_t* list = Links(row, level);
  list[0] = uint32_t(neighbours.size());
  for (uint32_t i = 0; i < neighbours.size(); ++i) list[i + 1] = neighbours[i].row;
  for (const Neighbour& n : neighbours) AddLink(n.row, row, n.nearness, level);
}

void GraphBuilder::AddLink(uint32_t from, uint32_t to, float nearness, int level) {
  uint32_t* list = Links(from, level);
  const uint32_t capacity = graph_->Capacity(level);
  if (std::find(list + 1, list + 1 + list[0], to) != list + 1 + list[0]) return;
  if (list[0] < capacity) {
    list[++list[0]] = to;
    return;
  }
  std::vector<Neighbour> all = {{nearness, to}};
  for (uint32_t i = 1; i <= list[0]; ++i) all.push_back({space_.Nearness(from, list[i]), list[i]});
  std::sort(all.begin(), all.end(), [](const Neighbour& a, const Neighbour& b) { return b < a; });
  const auto kept = Diverse(all, capacity);
  list[0] = uint32_t(kept.size());
  for (uint32_t i = 0; i < kept.size(); ++i) list[i + 1] = kept[i].row;
}

std::shared_ptr<const Graph> GraphBuilder::Heal(const Graph& old, const Bitmap& dead, const Bitmap& present) {
  // Levels stay with their rows, so the shape of the hierarchy does.
  std::vector<uint32_t> renumbered(old.rows(), Graph::kNone);
  uint32_t next = 0;
  for (uint32_t row = 0; row < old.rows(); ++row) {
    if (!dead.Test(row)) renumbered[row] = next++;
  }
  if (next != space_.rows) return nullptr;
  AssignLevels(present);
  uint64_t upper = 0;
  for (uint32_t row = 0; row < old.rows(); ++row) {
    const uint32_t to = renumbered[row];
    if (to == Graph::kNone) continue;
    graph_->level_[to] = old.level_[row];
    graph_->upper_at_[to] = upper;
    if (old.level_[row] == Graph::kOutside) continue;
    upper += uint64_t(old.level_[row]) * (options_.links + 1);
    if (graph_->entry_ == Graph::kNone || old.level_[row] > graph_->level_[graph_->entry_]) graph_->entry_ = to;
  }
  graph_->upper_.assign(upper, 0);
  std::vector<uint32_t> orphans;
  for (uint32_t row = 0; row < old.rows(); ++row) {
    const uint32_t to = renumbered[row];
    if (to == Graph::kNone || old.level_[row] == Graph::kOutside) continue;
    for (int level = 0; level <= old.level_[row]; ++level) {
      std::vector<Neighbour> near;
      Visited& seen = Visited::ForThread(old.rows());
      seen.Insert(row);
      bool lost = false;
      std::vector<uint32_t> through = {row};
      // Dead rows are walked through, a few deep, to the live ones behind them.
      for (int depth = 0; depth < 3 && !through.empty(); ++depth) {
        std::vector<uint32_t> deeper;
        for (const uint32_t via : through) {
          const uint32_t* list = old.Links(via, level);
          for (uint32_t i = 1; i <= list[0]; ++i) {
            if (!seen.Insert(list[i])) continue;
            const uint32_t live = renumbered[list[i]];
            if (live != Graph::kNone) near.push_back({space_.Nearness(to, live), live});
            else deeper.push_back(list[i]);
          }
        }
        lost = lost || !deeper.empty();
        through = std::move(deeper);
      }
      std::sort(near.begin(), near.end(), [](const Neighbour& a, const Neighbour& b) { return b < a; });
      const uint32_t capacity = graph_->Capacity(level);
      if (lost || near.size() > capacity) near = Diverse(near, capacity);
      uint32_t* list = Links(to, level);
      list[0] = uint32_t(near.size());
      for (uint32_t i = 0; i < near.size(); ++i) list[i + 1] = near[i].row;
      if (level == 0 && near.empty()) orphans.push_back(to);
    }
  }
  // Links back, so that a row whose every reader died can still be reached.
  for (uint32_t row = 0; row < space_.rows; ++row) {
    if (graph_->level_[row] == Graph::kOutside) continue;
    const uint32_t* list = Links(row, 0);
    const std::vector<uint32_t> targets(list + 1, list + 1 + list[0]);
    for (const uint32_t to : targets) AddLink(to, row, space_.Nearness(to, row), 0);
  }
  for (const uint32_t row : orphans) {
    if (row != graph_->entry_) Insert(row);
  }
  return graph_;
}

std::shared_ptr<const Graph> Graph::Build(const GraphSpace& space, const Bitmap& present, const Options& options,
                                          const GoOn& go_on) {
  return GraphBuilder(space, options).Build(present, go_on);
}

std::shared_ptr<const Graph> Graph::Heal(const Graph& old, const Bitmap& dead, const GraphSpace& space, const Bitmap& present,
                                         const Options& options) {
  return GraphBuilder(space, options).Heal(old, dead, present);
}

}  // namespace sidecar
