#include "src/engine/planner.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

#include "src/kernels/kernels.h"

namespace sidecar {
namespace {

// Below this share of allowed rows a graph walk finds too few of them on its way; scans are used instead.
constexpr double kGraphMinShare = 0.35;
constexpr double kGraphRowsPerStep = 16;  // rows compared per step of a walk: about the links of a node not seen yet

double NanosecondsPerCall(size_t calls, const auto& work) {
  double best = 1e300;
  for (int round = 0; round < 5; ++round) {
    const auto start = std::chrono::steady_clock::now();
    for (size_t i = 0; i < calls; ++i) work(i);
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    best = std::min(best, took.count() / double(calls));
  }
  return best;
}

// Rows are read in an order the hardware cannot foresee, over more memory than the inner caches hold.
ScanCosts Measure() {
  constexpr size_t kDimension = 768, kRows = 4096, kCalls = 2048;
  const Kernels& k = ActiveKernels();
  std::vector<float> floats(kRows * kDimension, 0.5f), query(kDimension, 0.5f);
  std::vector<int8_t> bytes(kRows * kDimension, 3), byte_query(kDimension, 3);
  std::vector<uint64_t> codes(kRows * kDimension / 64, 0x5555), planes(kQueryPlanes * kDimension / 64, 0x3333);
  std::vector<uint32_t> dots(kRows);
  const auto place = [](size_t i) { return i * 2654435761u % kRows; };
  volatile float sink = 0;
  ScanCosts costs;
  costs.exact_per_component =
      NanosecondsPerCall(kCalls, [&](size_t i) { sink = k.dot_f32(&floats[place(i) * kDimension], query.data(), kDimension); }) /
      kDimension;
  costs.graph_hop_per_component =
      NanosecondsPerCall(kCalls, [&](size_t i) { sink = float(k.dot_i8(&bytes[place(i) * kDimension], byte_query.data(), kDimension)); }) /
      kDimension;
  costs.bytes_per_component =
      NanosecondsPerCall(kCalls, [&](size_t i) { sink = float(k.dot_i8(&bytes[i % kRows * kDimension], byte_query.data(), kDimension)); }) /
      kDimension;
  costs.bits_per_component =
      NanosecondsPerCall(1, [&](size_t) { k.plane_dot(planes.data(), codes.data(), kDimension / 64, kRows, dots.data()); }) /
      (kRows * kDimension);
  return costs;
}

}  // namespace

const char* StrategyName(Strategy strategy) {
  switch (strategy) {
    case Strategy::kNone: return "none";
    case Strategy::kExact: return "exact";
    case Strategy::kBits: return "bits";
    case Strategy::kBytes: return "bytes";
    case Strategy::kGraph: return "graph";
    case Strategy::kLists: return "lists";
  }
  return "unknown";
}

const ScanCosts& MeasuredCosts() {
  static const ScanCosts costs = Measure();
  return costs;
}

Strategy ChooseStrategy(const PartFacts& part, const SearchShape& shape, const ScanCosts& costs) {
  if (part.allowed == 0) return Strategy::kNone;
  if (shape.exact || shape.distance == Distance::kManhattan) return Strategy::kExact;
  const double d = shape.dimension;
  double best_cost = costs.exact_per_component * d * part.allowed;
  Strategy best = Strategy::kExact;
  const auto consider = [&](bool possible, Strategy strategy, double cost) {
    if (possible && cost < best_cost) {
      best = strategy;
      best_cost = cost;
    }
  };
  const double rerank = costs.exact_per_component * d * shape.rerank;
  consider(part.lists, Strategy::kLists, costs.bits_per_component * d * part.rows * 0.1 + rerank);
  consider(part.bits, Strategy::kBits, costs.bits_per_component * d * part.allowed * 1.2 + rerank);
  consider(part.bytes && !part.bits, Strategy::kBytes, costs.bytes_per_component * d * part.allowed + 0.4 * rerank);
  const double share = double(part.allowed) / part.rows;
  const double steps = double(std::max(shape.ef, shape.limit)) / std::max(share, 0.01);
  consider(part.graph && share >= kGraphMinShare, Strategy::kGraph,
           steps * kGraphRowsPerStep * costs.graph_hop_per_component * d + 0.4 * rerank);
  return best;
}

}  // namespace sidecar
