// The values the engine stores: point ids, payload values, named vectors and a collection's settings.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sidecar/status.h"

namespace sidecar {

inline constexpr uint32_t kMaxDimension = 4096;
inline constexpr uint32_t kMaxNamedVectors = 16;

// A 64-bit number or a UUID. Numbers sort before UUIDs.
struct PointId {
  bool is_uuid = false;
  uint64_t high = 0;  // upper half of a UUID, 0 for numbers
  uint64_t low = 0;

  static PointId Number(uint64_t n) { return {false, 0, n}; }
  static Result<PointId> Uuid(std::string_view text);  // with or without hyphens, in any case
  std::string ToString() const;
  auto operator<=>(const PointId&) const = default;
};

struct PointIdHash {
  size_t operator()(const PointId& id) const {
    uint64_t h = id.low * 0x9e3779b97f4a7c15u ^ (id.high + (id.is_uuid ? 0x632be59bd9b4e019u : 0));
    h ^= h >> 29;
    return size_t(h * 0xbf58476d1ce4e5b9u);
  }
};

struct Value;
using List = std::vector<Value>;
using Payload = std::map<std::string, Value, std::less<>>;

// A JSON-like value; integers and floats are told apart, as on the wire.
struct Value {
  std::variant<std::monostate, bool, int64_t, double, std::string, List, Payload> data;
  bool operator==(const Value&) const = default;
};

std::string ToJson(const Value& value);
std::string ToJson(const Payload& payload);
void EncodeValue(const Value& value, std::string* out);
std::string EncodePayload(const Payload& payload);
// kCorruption on anything EncodePayload cannot have produced; nesting deeper than 64 is refused.
Result<Payload> DecodePayload(std::string_view data);
// The values at `path` ("a.b", "a[].b", "a[0]"); an array in the way stands for each of its elements, as in Qdrant.
std::vector<const Value*> ValuesAt(const Payload& payload, std::string_view path);

enum class Distance : uint8_t { kCosine = 1, kEuclid = 2, kDot = 3, kManhattan = 4 };
enum class Durability : uint8_t { kSync = 0, kAsync = 1 };
// Which index the background thread builds over sealed rows: graph (hot), 1-bit scan (project), lists on disk (historical).
enum class Tier : uint8_t { kHot = 0, kProject = 1, kHistorical = 2 };
enum class FieldType : uint8_t { kKeyword = 1, kInteger = 2, kFloat = 3, kBool = 4, kDatetime = 5, kUuid = 6 };

inline bool LargerIsBetter(Distance d) { return d == Distance::kCosine || d == Distance::kDot; }
const char* DistanceName(Distance distance);
const char* FieldTypeName(FieldType type);

struct VectorParams {
  std::string name;  // empty for the only, unnamed vector
  uint32_t dimension = 0;
  Distance distance = Distance::kCosine;
  bool operator==(const VectorParams&) const = default;
};

struct CollectionConfig {
  std::vector<VectorParams> vectors;
  Durability durability = Durability::kSync;
  Tier tier = Tier::kHot;
  bool encrypted = false;
  uint64_t memory_limit_bytes = 0;             // 0: no limit of its own
  uint32_t seal_rows = 32768;                  // rows at which the memtable becomes a segment
  uint64_t seal_bytes = 64ull << 20;           // likewise, by size of its vectors and payloads
  uint64_t log_bytes = 64ull << 20;            // capacity of one log file
  uint32_t index_rows = 8192;                  // segments smaller than this are scanned
  uint32_t graph_links = 16;                   // M
  uint32_t graph_build_width = 128;            // ef_construct
  bool operator==(const CollectionConfig&) const = default;
};

Status Validate(const CollectionConfig& config);
void EncodeConfig(const CollectionConfig& config, std::string* out);
Result<CollectionConfig> DecodeConfig(std::string_view data);

struct Point {
  PointId id;
  std::map<std::string, std::vector<float>> vectors;
  Payload payload;
};

}  // namespace sidecar
