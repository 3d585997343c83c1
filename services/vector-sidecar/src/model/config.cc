#include <set>

#include "sidecar/types.h"
#include "src/env/coding.h"

namespace sidecar {

const char* DistanceName(Distance distance) {
  switch (distance) {
    case Distance::kCosine: return "Cosine";
    case Distance::kEuclid: return "Euclid";
    case Distance::kDot: return "Dot";
    case Distance::kManhattan: return "Manhattan";
  }
  return "unknown";
}

const char* FieldTypeName(FieldType type) {
  switch (type) {
    case FieldType::kKeyword: return "keyword";
    case FieldType::kInteger: return "integer";
    case FieldType::kFloat: return "float";
    case FieldType::kBool: return "bool";
    case FieldType::kDatetime: return "datetime";
    case FieldType::kUuid: return "uuid";
  }
  return "unknown";
}

Status Validate(const CollectionConfig& config) {
  if (config.vectors.empty()) return InvalidArgument("a collection needs at least one vector");
  if (config.vectors.size() > kMaxNamedVectors) {
    return InvalidArgument("at most " + std::to_string(kMaxNamedVectors) + " named vectors are kept per collection");
  }
  std::set<std::string> names;
  for (const VectorParams& v : config.vectors) {
    if (v.dimension < 1 || v.dimension > kMaxDimension) {
      return InvalidArgument("vector `" + v.name + "`: dimension " + std::to_string(v.dimension) + " is not in 1.." +
                             std::to_string(kMaxDimension));
    }
    if (v.distance < Distance::kCosine || v.distance > Distance::kManhattan) {
      return InvalidArgument("vector `" + v.name + "`: unknown distance");
    }
    if (!names.insert(v.name).second) return InvalidArgument("vector name `" + v.name + "` is given twice");
  }
  if (config.seal_rows < 2 || config.log_bytes < 8192) {
    return InvalidArgument("seal_rows must be at least 2 and log_bytes at least 8192");
  }
  if (config.graph_links < 2 || config.graph_links > 64 || config.graph_build_width < 4) {
    return InvalidArgument("graph_links must be in 2..64 and graph_build_width at least 4");
  }
  return {};
}

void EncodeConfig(const CollectionConfig& c, std::string* out) {
  PutVarint(out, c.vectors.size());
  for (const VectorParams& v : c.vectors) {
    PutString(out, v.name);
    PutFixed(out, v.dimension);
    PutFixed(out, uint8_t(v.distance));
  }
  PutFixed(out, uint8_t(c.durability));
  PutFixed(out, uint8_t(c.tier));
  PutFixed(out, uint8_t(c.encrypted));
  PutFixed(out, c.memory_limit_bytes);
  PutFixed(out, c.seal_rows);
  PutFixed(out, c.seal_bytes);
  PutFixed(out, c.log_bytes);
  PutFixed(out, c.index_rows);
  PutFixed(out, c.graph_links);
  PutFixed(out, c.graph_build_width);
}

Result<CollectionConfig> DecodeConfig(std::string_view data) {
  Decoder in(data);
  CollectionConfig c;
  const uint64_t count = in.Count(6);
  for (uint64_t i = 0; i < count && in.ok(); ++i) {
    VectorParams v;
    v.name = in.String();
    v.dimension = in.Fixed<uint32_t>();
    v.distance = Distance(in.Fixed<uint8_t>());
    c.vectors.push_back(std::move(v));
  }
  c.durability = Durability(in.Fixed<uint8_t>() & 1);
  c.tier = Tier(in.Fixed<uint8_t>());
  c.encrypted = in.Fixed<uint8_t>() != 0;
  c.memory_limit_bytes = in.Fixed<uint64_t>();
  c.seal_rows = in.Fixed<uint32_t>();
  c.seal_bytes = in.Fixed<uint64_t>();
  c.log_bytes = in.Fixed<uint64_t>();
  c.index_rows = in.Fixed<uint32_t>();
  c.graph_links = in.Fixed<uint32_t>();
  c.graph_build_width = in.Fixed<uint32_t>();
  if (!in.done() || c.tier > Tier::kHistorical) return Corruption("collection settings are not well formed");
  const Status valid = Validate(c);
  if (!valid.ok()) return Corruption("collection settings: " + valid.message());
  return c;
}

}  // namespace sidecar
