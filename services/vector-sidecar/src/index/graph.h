// A navigable small-world graph (Malkov and Yashunin, 2018) over int8 codes of one vector of one segment. Immutable once
// built; searching is thread-safe. The same codes give the same graph: levels come from row numbers, rows are inserted in a
// fixed scattered order, one thread builds.
#pragma once

#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "sidecar/types.h"
#include "src/index/bitmap.h"
#include "src/index/byte_code.h"
#include "src/index/go_on.h"
#include "src/index/packed_bits.h"

namespace sidecar {

struct GraphSpace {
  ByteBlock codes;  // outlives the graph
  uint32_t rows = 0;
  uint32_t dimension = 0;
  Distance distance = Distance::kCosine;

  float Nearness(uint32_t a, uint32_t b) const {
    return ByteNearness(distance, dimension, codes.codes + size_t(a) * dimension, codes.scale[a], codes.norm[a],
                        codes.codes + size_t(b) * dimension, codes.scale[b], codes.norm[b]);
  }
  float Nearness(const ByteQuery& q, uint32_t b) const {
    return ByteNearness(distance, dimension, q.code.data(), q.scale, q.norm, codes.codes + size_t(b) * dimension,
                        codes.scale[b], codes.norm[b]);
  }
};

struct Neighbour {
  float nearness;
  uint32_t row;
  bool operator<(const Neighbour& o) const { return nearness != o.nearness ? nearness < o.nearness : row > o.row; }
};

// How far a walk goes: until `width` rows are found and the next one is farther than they are. Rows farther than `floor`, the nearness
// that as many rows of other graphs have already, are no longer of use once `least` are found, which show that the walk has arrived.
struct Beam {
  uint32_t width;
  uint32_t least = 0;
  float floor = -std::numeric_limits<float>::infinity();
};

class Graph {
 public:
  struct Options {
    uint32_t links = 16;         // M; twice as many on the lowest level
    uint32_t build_width = 128;  // ef_construct
  };

  // Rows that are not `present` stay outside. Null when `go_on` said no.
  static std::shared_ptr<const Graph> Build(const GraphSpace& space, const Bitmap& present, const Options& options,
                                            const GoOn& go_on);
  // A graph over the rows of `old` that are not `dead`, renumbered to 0, 1, ... in their order, which is the order of
  // `space`. Links to dead rows are replaced by shortcuts through them. Costs a fraction of Build.
  static std::shared_ptr<const Graph> Heal(const Graph& old, const Bitmap& dead, const GraphSpace& space, const Bitmap& present,
                                           const Options& options);

  // Up to `beam.width` of the nearest rows that are allowed, in no order. `*steps` grows by the rows compared.
  std::vector<Neighbour> Search(const GraphSpace& space, const ByteQuery& query, const Beam& beam, const Bitmap& allowed,
                                uint64_t* steps) const;

  // Likewise by estimates from 1-bit codes: an eighth of the memory is touched, and the estimates want a wider walk.
  std::vector<Neighbour> Search(const PackedBits& bits, const BitQuery& query, const Beam& beam, const Bitmap& allowed,
                                uint64_t* steps) const;

  uint32_t rows() const { return uint32_t(level_.size()); }
  uint64_t memory_bytes() const { return level_.size() * 13 + (base_.size() + upper_.size()) * 4; }

  std::string Encode() const;
  static Result<std::shared_ptr<const Graph>> Decode(std::string_view data, uint32_t rows);

 private:
  friend class GraphBuilder;
  static constexpr uint8_t kOutside = 0xff;
  static constexpr uint32_t kNone = 0xffffffff;

  // A list of links: its length, then room for Capacity(level) rows.
  uint32_t Capacity(int level) const { return level == 0 ? 2 * links_ : links_; }
  const uint32_t* Links(uint32_t row, int level) const {
    return level == 0 ? &base_[size_t(row) * (2 * links_ + 1)] : &upper_[upper_at_[row] + size_t(level - 1) * (links_ + 1)];
  }
  // The nearest row a greedy walk over the upper levels ends at.
  template <typename Score>
  uint32_t Descend(const Score& score, uint64_t* steps) const;
  template <typename Score>
  std::vector<Neighbour> Walk(const Score& score, const Beam& beam, const Bitmap& allowed, uint64_t* steps) const;

  uint32_t links_ = 16;
  uint32_t entry_ = kNone;
  std::vector<uint8_t> level_;      // kOutside for rows without this vector
  std::vector<uint64_t> upper_at_;  // where a row's upper lists start
  std::vector<uint32_t> base_;
  std::vector<uint32_t> upper_;
};

}  // namespace sidecar
