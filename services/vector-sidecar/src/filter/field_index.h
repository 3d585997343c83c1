// Indexes over payload fields of one part: which rows hold which value. Built from payloads, kept in memory, never stored.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "sidecar/filter.h"
#include "src/index/bitmap.h"

namespace sidecar {

// One field of one part. Rows are added in rising order, by one thread, never beside a reader.
class FieldIndex {
 public:
  explicit FieldIndex(FieldType type) : type_(type) {}
  FieldType type() const { return type_; }
  void Add(uint32_t row, const Payload& payload, const std::string& key);
  // No row comes after this: ranges are then found by bisection rather than by looking at every entry.
  void Seal();
  // Exact answers over rows [0, size); nullopt when this index cannot answer for the condition.
  std::optional<Bitmap> Answer(const Condition& condition, uint32_t size) const;
  // Adds, for each value, how many of the rows in `allowed` hold it. Keyword, uuid, integer and bool.
  void CountValues(const Bitmap& allowed, std::map<MatchValue, uint64_t>* counts) const;
  struct Entry {
    double number;     // integers and floats
    int64_t exact;     // integers and datetimes
    uint32_t row;
  };
  // Integer, float and datetime; the same row more than once when it holds several values.
  const std::vector<Entry>& ordered() const { return ordered_; }
  uint64_t memory_bytes() const;

 private:
  std::optional<Bitmap> AnswerMatch(const std::vector<MatchValue>& values, uint32_t size) const;
  std::optional<Bitmap> AnswerExcept(const std::vector<MatchValue>& values, uint32_t size) const;
  template <typename Bounds>
  Bitmap AnswerRange(const Bounds& bounds, uint32_t size) const;
  void MakePrefixes();
  // The rows of the sealed entries [first, last), all of which are below `size`.
  Bitmap RowsOf(size_t first, size_t last, uint32_t size) const;

  FieldType type_;
  std::unordered_map<std::string, std::vector<uint32_t>> words_;  // keyword, uuid
  std::unordered_map<int64_t, std::vector<uint32_t>> integers_;   // integer, bool
  std::vector<Entry> ordered_;                                    // integer, float, datetime
  size_t sealed_ = 0;                 // entries sorted by value at the front; those behind are no numbers (NaN)
  // The rows of the first prefix_step_, 2 * prefix_step_, ... sealed entries: two of them give those in between. Only where there are many
  // entries, and each is of a row of its own.
  std::vector<Bitmap> prefixes_;
  size_t prefix_step_ = 0;
  std::vector<uint32_t> strangers_;   // rows with a non-null value of another type: they satisfy every `except`
  std::vector<uint32_t> not_empty_;   // rows where the field is not empty
  std::vector<uint32_t> null_;        // rows where it holds a null
};

// All indexed fields of one part. A copy shares the indexes.
class FieldIndexes {
 public:
  std::map<std::string, std::shared_ptr<FieldIndex>> fields;
  void Declare(const std::string& key, FieldType type) { fields.try_emplace(key, std::make_shared<FieldIndex>(type)); }
  void AddRow(uint32_t row, const Payload& payload);
  void Seal();
  uint64_t memory_bytes() const;
};

}  // namespace sidecar
