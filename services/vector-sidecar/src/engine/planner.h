// How to search one part: chosen from exact numbers of allowed rows and from costs measured on this machine.
#pragma once

#include <cstdint>

#include "sidecar/types.h"

namespace sidecar {

enum class Strategy : uint8_t { kNone, kExact, kBits, kBytes, kGraph, kLists };
const char* StrategyName(Strategy strategy);

// Nanoseconds per row, measured once per process by MeasureCosts (about 50 ms) or set by a test.
struct ScanCosts {
  double exact_per_component = 0.25;  // full-precision rows read at random
  double bits_per_component = 0.012;
  double bytes_per_component = 0.05;
  double graph_hop_per_component = 0.12;  // int8 rows read at random
};
const ScanCosts& MeasuredCosts();

struct PartFacts {
  uint32_t rows = 0;
  uint32_t allowed = 0;
  bool bits = false, bytes = false, graph = false, lists = false;
};

struct SearchShape {
  uint32_t dimension = 0;
  Distance distance = Distance::kCosine;
  uint32_t limit = 10;
  uint32_t ef = 64;
  uint32_t rerank = 100;  // rows a bit scan reranks
  bool exact = false;
};

// The cheapest strategy that keeps its recall at this selectivity. Pure.
Strategy ChooseStrategy(const PartFacts& part, const SearchShape& shape, const ScanCosts& costs);

}  // namespace sidecar
