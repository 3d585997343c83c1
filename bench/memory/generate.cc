// Writes one data set with its true neighbours (see files.h).
//   generate --out DIR [--set A] [--rows 100000] [--dimension 768] [--queries 500] [--seed 1] [--text FOLDER]
#include <filesystem>
#include <thread>

#include "bench/memory/files.h"
#include "bench/memory/text_set.h"
#include "src/kernels/kernels.h"

namespace bench {
namespace {

constexpr uint32_t kForShape = 100;  // neighbours that local dimension is estimated from

struct Near {
  float score;
  uint32_t row;
  bool operator<(const Near& o) const { return score != o.score ? score > o.score : row < o.row; }
};

// The `keep` best rows of each query that pass, best first.
template <typename Passes>
std::vector<std::vector<Near>> Nearest(const DataSet& set, uint32_t keep, Passes passes) {
  std::vector<std::vector<Near>> best(set.queries.size());
  const auto dot = sidecar::ActiveKernels().dot_f32;
  constexpr size_t kBlock = 32;  // queries that stay in the cache while the base streams by
  const auto work = [&](size_t first, size_t step) {
    for (size_t block = first * kBlock; block < set.queries.size(); block += step * kBlock) {
      for (uint32_t row = 0; row < set.base.size(); ++row) {
        if (!passes(row)) continue;
        for (size_t q = block; q < std::min(block + kBlock, set.queries.size()); ++q) {
          auto& heap = best[q];
          const Near next{dot(set.queries[q].data(), set.base[row].data(), set.dimension), row};
          if (heap.size() == keep && !(next < heap.front())) continue;
          heap.push_back(next);
          std::push_heap(heap.begin(), heap.end());
          if (heap.size() <= keep) continue;
          std::pop_heap(heap.begin(), heap.end());
          heap.pop_back();
        }
      }
    }
  };
  std::thread other([&] { work(1, 2); });
  work(0, 2);
  other.join();
  for (auto& heap : best) std::sort_heap(heap.begin(), heap.end());
  return best;
}

std::vector<uint32_t> HalfSpaceOrder(const DataSet& set, uint64_t seed) {
  std::mt19937_64 random(seed + 77);
  std::normal_distribution<float> normal;
  std::vector<float> direction(set.dimension);
  for (float& x : direction) x = normal(random);
  std::vector<Near> order;
  for (uint32_t row = 0; row < set.base.size(); ++row) {
    order.push_back({sidecar::ActiveKernels().dot_f32(direction.data(), set.base[row].data(), set.dimension), row});
  }
  std::sort(order.begin(), order.end());
  std::vector<uint32_t> half(order.size());
  for (size_t i = 0; i < order.size(); ++i) half[order[i].row] = uint32_t(i * 10000 / order.size());
  return half;
}

// Local intrinsic dimension by maximum likelihood (Levina and Bickel, 2005) over distances to the nearest 100, averaged.
double LocalDimension(const std::vector<std::vector<Near>>& near) {
  double total = 0;
  size_t counted = 0;
  for (const auto& list : near) {
    const auto distance = [&](size_t i) { return std::sqrt(std::max(1e-9, 2.0 - 2.0 * double(list[i].score))); };
    if (list.size() < 2) continue;
    double sum = 0;
    for (size_t i = 0; i + 1 < list.size(); ++i) sum += std::log(distance(list.size() - 1) / distance(i));
    if (sum <= 0) continue;
    total += double(list.size() - 1) / sum;
    ++counted;
  }
  return counted == 0 ? 0 : total / double(counted);
}

// The largest number of queries one row is among the nearest 10 of, over the mean.
double Hubness(const std::vector<std::vector<Near>>& near) {
  std::map<uint32_t, double> seen;
  double total = 0, most = 0;
  for (const auto& list : near) {
    for (size_t i = 0; i < std::min<size_t>(kNeighbours, list.size()); ++i) {
      most = std::max(most, seen[list[i].row] += 1);
      total += 1;
    }
  }
  return seen.empty() ? 0 : most / (total / double(seen.size()));
}

[[noreturn]] void Refuse(const char* why, size_t wrong, size_t of) {
  std::fprintf(stderr, "generate: %s: %zu of %zu\n", why, wrong, of);
  std::exit(1);
}

// Recall must not depend on what an engine ranks by, nor on the order in which it returns rows that are equally near.
void CheckFair(const DataSet& set, const std::vector<std::vector<Near>>& near) {
  const auto dot = sidecar::ActiveKernels().dot_f32;
  size_t stretched = 0, tied = 0;
  for (const auto& row : set.base) stretched += std::abs(dot(row.data(), row.data(), set.dimension) - 1) > 1e-5f;
  if (stretched > 0) Refuse("rows are not of unit length", stretched, set.base.size());
  for (const auto& list : near) tied += list.size() > kNeighbours && list[kNeighbours - 1].score - list[kNeighbours].score < 1e-6f;
  if (tied * 100 > near.size()) Refuse("queries have more rows equally near than are asked for", tied, near.size());
}

template <typename T>
void Write(const std::string& path, const std::vector<T>& values) {
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(values.data()), std::streamsize(values.size() * sizeof(T)));
}

void WriteRows(const std::string& path, const std::vector<std::vector<float>>& rows) {
  std::ofstream out(path, std::ios::binary);
  for (const auto& r : rows) out.write(reinterpret_cast<const char*>(r.data()), std::streamsize(r.size() * sizeof(float)));
}

void Main(std::map<std::string, std::string> flags) {
  const auto number = [&](const char* name, uint32_t otherwise) { return flags.contains(name) ? uint32_t(std::stoul(flags[name])) : otherwise; };
  const char kind = flags.contains("set") ? flags["set"][0] : 'A';
  const uint32_t seed = number("seed", 1), rows = number("rows", 100000), queries = number("queries", 500), d = number("dimension", 768);
  const DataSet set = kind == 'G' ? TextSet(flags["text"], d, rows, queries, seed) : Generator(kind, d, seed).Make(rows, queries);
  Files files;
  files.half = HalfSpaceOrder(set, seed);
  const std::string out = flags.at("out");
  std::filesystem::create_directories(out);
  std::vector<std::vector<Near>> shape;
  for (const FilterKind& filter : kFilters) {
    const bool all = filter.percent == 100;
    auto near = Nearest(set, all ? kForShape : kNeighbours, [&](uint32_t row) { return all || files.Passes(filter, row); });
    std::vector<uint32_t> truth;
    for (const auto& list : near) {
      for (size_t i = 0; i < kNeighbours; ++i) truth.push_back(i < list.size() ? list[i].row : kNobody);
    }
    Write(out + "/truth-" + filter.name + ".u32", truth);
    if (all) CheckFair(set, near);
    if (all) shape = std::move(near);
  }
  WriteRows(out + "/base.f32", set.base);
  WriteRows(out + "/queries.f32", set.queries);
  Write(out + "/half.u32", files.half);
  std::ofstream(out + "/meta") << "set " << kind << "\nrows " << set.base.size() << "\nqueries " << set.queries.size() << "\ndimension " << d
                               << "\nseed " << seed << "\nlocal_dimension " << LocalDimension(shape) << "\nhubness " << Hubness(shape) << "\n";
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  std::map<std::string, std::string> flags;
  for (int i = 1; i + 1 < argc; i += 2) flags[std::string(argv[i]).substr(2)] = argv[i + 1];
  bench::Main(flags);
}
