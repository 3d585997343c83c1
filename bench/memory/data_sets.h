// Seeded data sets for the vector engine's benchmark. Random vectors on a sphere are no proxy for embeddings: in set A vectors
// come from Zipf-weighted clusters in a 64-dimensional latent space with a decaying spectrum, mapped linearly to d dimensions,
// with a common mean and small noise. All are of unit length, so that the nearest by cosine, which some engines rank by, are also
// the nearest by inner product, which others do.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace bench {

struct DataSet {
  uint32_t dimension = 0;
  std::vector<std::vector<float>> base;
  std::vector<std::vector<float>> queries;  // disjoint from base
};

inline std::vector<float> Unit(std::vector<float> v) {
  double squared = 0;
  for (const float x : v) squared += double(x) * x;
  for (float& x : v) x = float(x / std::sqrt(squared));
  return v;
}

class Generator {
 public:
  // kinds: A clustered, B sphere, C queries from shifted clusters, D one row in five nearly a copy of another, E as A but inserted
  // cluster by cluster
  Generator(char kind, uint32_t dimension, uint64_t seed) : kind_(kind), dimension_(dimension), random_(seed) {
    map_.resize(size_t(kLatent) * dimension);
    for (float& x : map_) x = Normal();
    mean_.resize(dimension);
    for (float& x : mean_) x = 0.6f * Normal();
    centres_.resize(kClusters * kLatent);
    for (uint32_t c = 0; c < kClusters; ++c) {
      for (uint32_t k = 0; k < kLatent; ++k) centres_[c * kLatent + k] = 1.5f * Spread(k) * Normal();
      weights_.push_back(1.0 / double(c + 1));
    }
  }

  DataSet Make(uint32_t rows, uint32_t queries) {
    DataSet set;
    set.dimension = dimension_;
    std::discrete_distribution<uint32_t> zipf(weights_.begin(), weights_.end());
    for (uint32_t i = 0; i < rows; ++i) {
      if (kind_ == 'D' && i > 0 && random_() % 5 == 0) set.base.push_back(Nudged(set.base[random_() % i]));
      else set.base.push_back(Vector(cluster_of_.emplace_back(zipf(random_)), 0));
    }
    if (kind_ == 'E') SortByCluster(&set);
    const float shift = kind_ == 'C' ? 0.8f : 0.0f;
    for (uint32_t i = 0; i < queries; ++i) set.queries.push_back(Vector(zipf(random_), shift));
    return set;
  }

 private:
  static constexpr uint32_t kLatent = 64, kClusters = 256;
  float Normal() { return normal_(random_); }
  static float Spread(uint32_t k) { return 1.0f / std::sqrt(1.0f + float(k) * 0.3f); }

  void SortByCluster(DataSet* set) {
    std::vector<uint32_t> order(set->base.size());
    std::iota(order.begin(), order.end(), 0u);
    std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return cluster_of_[a] < cluster_of_[b]; });
    std::vector<std::vector<float>> sorted;
    for (const uint32_t i : order) sorted.push_back(std::move(set->base[i]));
    set->base = std::move(sorted);
  }

  std::vector<float> Nudged(std::vector<float> v) {
    for (float& x : v) x += 0.01f * Normal() / std::sqrt(float(dimension_));
    return Unit(std::move(v));
  }

  std::vector<float> Vector(uint32_t cluster, float shift) {
    std::vector<float> v(dimension_);
    if (kind_ == 'B') {
      for (float& x : v) x = Normal();
    } else {
      float latent[kLatent];
      for (uint32_t k = 0; k < kLatent; ++k) latent[k] = centres_[cluster * kLatent + k] + Spread(k) * Normal() + shift;
      for (uint32_t d = 0; d < dimension_; ++d) v[d] = mean_[d] + 0.05f * Normal();
      for (uint32_t k = 0; k < kLatent; ++k) {
        const float* row = &map_[size_t(k) * dimension_];
        for (uint32_t d = 0; d < dimension_; ++d) v[d] += 0.25f * latent[k] * row[d];
      }
    }
    return Unit(std::move(v));
  }

  const char kind_;
  const uint32_t dimension_;
  std::mt19937_64 random_;
  std::normal_distribution<float> normal_;
  std::vector<float> map_, mean_, centres_;
  std::vector<double> weights_;
  std::vector<uint32_t> cluster_of_;
};

}  // namespace bench
