// Set G: real text that is on the machine anyway. Paragraphs of the Markdown files under a folder become TF-IDF vectors of hashed
// words, projected to d dimensions by seeded signs: genuine clusters, genuine near copies, no model. Of paragraphs with the same words
// one is kept: which of several equal rows are among the nearest ten is a matter of order, not of finding.
#pragma once

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "bench/memory/data_sets.h"

namespace bench {

inline std::vector<std::string> Paragraphs(const std::string& folder, size_t most) {
  std::vector<std::string> files;
  std::error_code ignored;
  for (auto it = std::filesystem::recursive_directory_iterator(folder, ignored); it != std::filesystem::recursive_directory_iterator(); it.increment(ignored)) {
    if (it->path().extension() == ".md" && it->is_regular_file(ignored)) files.push_back(it->path().string());
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> out;
  for (const std::string& path : files) {
    std::ifstream in(path);
    std::string paragraph;
    for (std::string line; std::getline(in, line) && out.size() < most;) {
      if (!line.empty()) paragraph += line + ' ';
      else if (paragraph.size() > 80) out.push_back(std::exchange(paragraph, ""));
      else paragraph.clear();
    }
  }
  return out;
}

inline std::map<uint64_t, double> WordCounts(const std::string& text) {
  std::map<uint64_t, double> counts;
  uint64_t hash = 0xcbf29ce484222325u;
  size_t length = 0;
  for (const char c : text + ' ') {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      hash = (hash ^ uint64_t(std::tolower(static_cast<unsigned char>(c)))) * 0x100000001b3u;
      ++length;
    } else {
      if (length > 1) counts[hash] += 1;
      hash = 0xcbf29ce484222325u;
      length = 0;
    }
  }
  return counts;
}

// Every tenth paragraph, up to `queries`, is a query and not in the base.
inline DataSet TextSet(const std::string& folder, uint32_t dimension, uint32_t rows, uint32_t queries, uint64_t seed) {
  std::vector<std::map<uint64_t, double>> words;
  std::map<uint64_t, double> documents;
  std::set<std::map<uint64_t, double>> seen;
  for (const std::string& p : Paragraphs(folder, size_t(rows) + queries)) {
    auto counts = WordCounts(p);
    if (!seen.insert(counts).second) continue;
    words.push_back(std::move(counts));
    for (const auto& [word, count] : words.back()) documents[word] += 1;
  }
  DataSet set;
  set.dimension = dimension;
  for (size_t i = 0; i < words.size(); ++i) {
    std::vector<float> v(dimension);
    for (const auto& [word, count] : words[i]) {
      const double weight = (1 + std::log(count)) * std::log(double(words.size()) / documents[word]);
      std::mt19937_64 signs(word ^ seed);
      uint64_t bits = 0;
      for (uint32_t d = 0; d < dimension; ++d, bits >>= 1) {
        if (d % 64 == 0) bits = signs();
        v[d] += float((bits & 1) != 0 ? weight : -weight);
      }
    }
    if (std::all_of(v.begin(), v.end(), [](float x) { return x == 0; })) continue;
    auto& side = i % 10 == 9 && set.queries.size() < queries ? set.queries : set.base;
    side.push_back(Unit(std::move(v)));
  }
  return set;
}

}  // namespace bench
