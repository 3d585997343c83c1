// Builds and heals graphs. Single-threaded; lives for one call of Graph::Build or Graph::Heal.
#pragma once

#include "src/index/graph.h"

namespace sidecar {

class GraphBuilder {
 public:
  GraphBuilder(const GraphSpace& space, const Graph::Options& options);

  std::shared_ptr<const Graph> Build(const Bitmap& present, const GoOn& go_on);
  std::shared_ptr<const Graph> Heal(const Graph& old, const Bitmap& dead, const Bitmap& present);

 private:
  void AssignLevels(const Bitmap& present);
  void Insert(uint32_t row);
  // The `width` nearest rows to `target` on one level, nearest first, starting at `start`.
  std::vector<Neighbour> Explore(uint32_t target, uint32_t start, int level, uint32_t width);
  // Neighbours that are not better reached through one another, nearest first.
  std::vector<Neighbour> Diverse(const std::vector<Neighbour>& sorted, uint32_t most) const;
  void Link(uint32_t row, int level, const std::vector<Neighbour>& neighbours);
  void AddLink(uint32_t from, uint32_t to, float nearness, int level);
  uint32_t* Links(uint32_t row, int level) { return const_cast<uint32_t*>(graph_->Links(row, level)); }

  const GraphSpace& space_;
  const Graph::Options options_;
  std::shared_ptr<Graph> graph_;
};

}  // namespace sidecar
