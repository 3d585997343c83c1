// A data set on disk, as every program of the benchmark reads it: rows of little-endian f32, and of u32 for true neighbours.
//   base.f32, queries.f32                the vectors
//   half.u32                             per row, 0..9999: which ten-thousandth of a half-space order it is in (correlated filters)
//   truth-FILTER.u32                     per query the true nearest 10 under a filter: all, share-50, share-10, share-1, share-0.1, half-1
//   meta                                 one line "name value" each
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace bench {

inline constexpr uint32_t kNeighbours = 10;
inline constexpr uint32_t kNobody = 0xffffffff;

struct FilterKind {
  const char* name;
  double percent;   // of rows allowed
  bool correlated;  // by `half` instead of by `share`
};
inline constexpr FilterKind kFilters[] = {
    {"all", 100, false}, {"share-50", 50, false}, {"share-10", 10, false}, {"share-1", 1, false}, {"share-0.1", 0.1, false}, {"half-1", 1, true}};

// Ten-thousandths, independent of the vectors.
inline uint32_t ShareOf(uint64_t row) { return uint32_t(row * 2654435761u % 10000); }

struct Files {
  uint32_t dimension = 0, rows = 0, queries = 0;
  std::vector<float> base, query;
  std::vector<uint32_t> half;
  std::map<std::string, std::vector<uint32_t>> truth;

  const float* Row(size_t i) const { return &base[i * dimension]; }
  const float* Query(size_t i) const { return &query[i * dimension]; }
  bool Passes(const FilterKind& f, uint64_t row) const { return (f.correlated ? half[row] : ShareOf(row)) < f.percent * 100; }
  // Of the true neighbours of query q how many are among `found`; adds how many there are to *wanted.
  double Hits(const std::string& filter, size_t q, const std::vector<uint64_t>& found, double* wanted) const {
    double hits = 0;
    for (uint32_t i = 0; i < kNeighbours; ++i) {
      const uint32_t id = truth.at(filter)[q * kNeighbours + i];
      if (id == kNobody) break;
      *wanted += 1;
      for (const uint64_t f : found) hits += f == id;
    }
    return hits;
  }
};

template <typename T>
std::vector<T> ReadAll(const std::string& path) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  if (!in) {
    std::fprintf(stderr, "bench: cannot read %s\n", path.c_str());
    std::exit(1);
  }
  std::vector<T> out(size_t(in.tellg()) / sizeof(T));
  in.seekg(0);
  in.read(reinterpret_cast<char*>(out.data()), std::streamsize(out.size() * sizeof(T)));
  return out;
}

inline Files Load(const std::string& directory, bool with_base) {
  Files f;
  std::ifstream meta(directory + "/meta");
  std::string name, value;
  while (meta >> name >> value) {
    if (name == "dimension") f.dimension = uint32_t(std::stoul(value));
    if (name == "rows") f.rows = uint32_t(std::stoul(value));
    if (name == "queries") f.queries = uint32_t(std::stoul(value));
  }
  if (with_base) f.base = ReadAll<float>(directory + "/base.f32");
  f.query = ReadAll<float>(directory + "/queries.f32");
  f.half = ReadAll<uint32_t>(directory + "/half.u32");
  for (const FilterKind& k : kFilters) f.truth[k.name] = ReadAll<uint32_t>(directory + "/truth-" + k.name + ".u32");
  return f;
}

}  // namespace bench
