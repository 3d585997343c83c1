// Requests and answers of the read side.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sidecar/filter.h"
#include "sidecar/status.h"
#include "sidecar/types.h"

namespace sidecar {

// Which payload keys an answer carries.
struct PayloadSelector {
  bool enabled = false;
  std::vector<std::string> include;  // empty: all
  std::vector<std::string> exclude;
};

struct VectorSelector {
  bool enabled = false;
  std::vector<std::string> names;  // empty: all
};

struct SearchRequest {
  std::string vector_name;
  std::vector<float> query;
  std::optional<Filter> filter;
  uint32_t limit = 10;
  uint32_t offset = 0;
  std::optional<float> score_threshold;
  bool exact = false;             // full-precision scan of every row the filter allows
  bool indexed_only = false;      // leave rows out that no index covers yet
  uint32_t ef = 0;                // width of a graph walk; 0 for the default
  float oversampling = 0;         // candidates reranked per result; 0 for the default
  uint32_t probes = 0;            // lists read in the historical tier; 0 for the default
  PayloadSelector with_payload;
  VectorSelector with_vectors;
  uint64_t deadline_micros = 0;   // on Env::NowMicros; 0 for none
};

// Points by the values of an indexed field, smallest first; one that has several values comes once for each, one without not at all.
struct OrderBy {
  std::string key;
  bool descending = false;
  // Where to begin, inclusive: of an integer or float field, or of a datetime field in microseconds since 1970.
  std::optional<std::variant<int64_t, double>> start_number;
  std::optional<int64_t> start_micros;
};

struct Record {
  PointId id;
  uint64_t version = 0;
  float score = 0;
  Payload payload;
  std::map<std::string, std::vector<float>> vectors;
  std::optional<std::variant<int64_t, double>> order_value;  // what it was ordered by; datetimes in microseconds
};

// How one part of the collection was searched.
struct PartPlan {
  std::string part;      // "memtable" or the segment's name
  std::string strategy;  // "exact", "bits", "bytes", "graph", "lists" or "none"
  uint32_t rows = 0;
  uint32_t allowed = 0;
  uint64_t scored = 0;   // rows whose code or vector was compared
};

struct Explain {
  std::vector<PartPlan> parts;
  uint32_t indexed_conditions = 0;
  uint32_t scanned_conditions = 0;
  uint64_t payloads_read = 0;
  uint32_t reranked = 0;
};

std::string ToJson(const Explain& explain);

// What one answer may hold as it goes over the wire, about. A scroll by id then gives a shorter page; any other read is refused.
inline constexpr uint64_t kMaxAnswerBytes = 64 << 20;
Status AnswerTooLarge();

struct ScrollRequest {
  std::optional<PointId> offset;  // first id to return; not with an order
  std::optional<OrderBy> order_by;
  uint32_t limit = 10;
  std::optional<Filter> filter;
  PayloadSelector with_payload;
  VectorSelector with_vectors;
  uint64_t deadline_micros = 0;
};

struct ScrollPage {
  std::vector<Record> records;
  std::optional<PointId> next;  // never with an order
};

struct FacetRequest {
  std::string key;  // of a keyword, integer, bool or uuid index
  std::optional<Filter> filter;
  uint32_t limit = 10;
  uint64_t deadline_micros = 0;
};

struct FacetHit {
  MatchValue value;
  uint64_t count = 0;  // points that hold it, exactly
};

}  // namespace sidecar
