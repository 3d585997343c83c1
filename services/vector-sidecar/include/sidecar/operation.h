// What can be done to a collection. Each operation is one log record and takes effect whole or not at all.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sidecar/filter.h"
#include "sidecar/types.h"

namespace sidecar {

enum class OpType : uint8_t {
  kUpsert = 1,            // points; each replaces the whole point of its id
  kDelete = 2,            // ids or filter
  kSetPayload = 3,        // merges payload (under `key` when given) into ids or filter
  kOverwritePayload = 4,  // payload becomes the payload
  kDeletePayload = 5,     // removes keys
  kClearPayload = 6,
  kCreateIndex = 7,       // key, field_type
  kDeleteIndex = 8,       // key
  kUpdateVectors = 9,     // points' vectors replace those of the same name; points that do not exist are left out
  kDeleteVectors = 10,    // keys name vectors; ids or filter
  kFlush = 11,            // seal the memtable now
};

struct Operation {
  OpType type = OpType::kUpsert;
  std::vector<Point> points;
  std::vector<PointId> ids;
  std::optional<Filter> filter;  // resolved to ids before the operation is logged
  Payload payload;
  std::string key;
  std::vector<std::string> keys;
  FieldType field_type = FieldType::kKeyword;
  uint64_t deadline_micros = 0;  // on Env::NowMicros; past it the operation is refused before it is logged; 0 for none
};

// Without the filter. `room` bytes at the front are left for whoever stores it.
std::string EncodeOperation(const Operation& operation, size_t room = 0);
Result<Operation> DecodeOperation(uint8_t type, std::string_view data);

}  // namespace sidecar
