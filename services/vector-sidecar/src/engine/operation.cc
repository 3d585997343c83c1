#include "sidecar/operation.h"

#include "src/env/coding.h"

namespace sidecar {
namespace {

void EncodeId(const PointId& id, std::string* out) {
  PutFixed(out, uint8_t(id.is_uuid));
  if (id.is_uuid) PutFixed(out, id.high);
  PutFixed(out, id.low);
}

PointId DecodeId(Decoder* in) {
  PointId id;
  id.is_uuid = in->Fixed<uint8_t>() != 0;
  if (id.is_uuid) id.high = in->Fixed<uint64_t>();
  id.low = in->Fixed<uint64_t>();
  return id;
}

void EncodePoint(const Point& point, std::string* out) {
  EncodeId(point.id, out);
  PutVarint(out, point.vectors.size());
  for (const auto& [name, vector] : point.vectors) {
    PutString(out, name);
    PutVarint(out, vector.size());
    out->append(reinterpret_cast<const char*>(vector.data()), vector.size() * sizeof(float));
  }
  PutString(out, EncodePayload(point.payload));
}

Point DecodePoint(Decoder* in) {
  Point point;
  point.id = DecodeId(in);
  const uint64_t count = in->Count(2);
  for (uint64_t i = 0; i < count && in->ok(); ++i) {
    std::string name(in->String());
    const uint64_t n = in->Count(sizeof(float));
    const std::string_view bytes = in->Bytes(n * sizeof(float));
    std::vector<float> vector(in->ok() ? n : 0);
    if (!vector.empty()) std::memcpy(vector.data(), bytes.data(), bytes.size());
    point.vectors.emplace(std::move(name), std::move(vector));
  }
  auto payload = DecodePayload(in->String());
  if (payload.ok()) point.payload = std::move(*payload);
  else in->Fail();
  return point;
}

}  // namespace

std::string EncodeOperation(const Operation& op, size_t room) {
  std::string out;
  size_t floats = 0;
  for (const Point& point : op.points) {
    for (const auto& [name, vector] : point.vectors) floats += vector.size();
  }
  out.reserve(room + floats * sizeof(float) + op.points.size() * 64 + op.ids.size() * 17 + 256);
  out.resize(room);
  PutVarint(&out, op.points.size());
  for (const Point& point : op.points) EncodePoint(point, &out);
  PutVarint(&out, op.ids.size());
  for (const PointId& id : op.ids) EncodeId(id, &out);
  PutString(&out, EncodePayload(op.payload));
  PutString(&out, op.key);
  PutVarint(&out, op.keys.size());
  for (const std::string& key : op.keys) PutString(&out, key);
  PutFixed(&out, uint8_t(op.field_type));
  return out;
}

Result<Operation> DecodeOperation(uint8_t type, std::string_view data) {
  if (type < uint8_t(OpType::kUpsert) || type > uint8_t(OpType::kFlush)) {
    return Corruption("operation type " + std::to_string(type) + " is not known to this version");
  }
  Operation op;
  op.type = OpType(type);
  Decoder in(data);
  const uint64_t points = in.Count(9);
  for (uint64_t i = 0; i < points && in.ok(); ++i) op.points.push_back(DecodePoint(&in));
  const uint64_t ids = in.Count(9);
  for (uint64_t i = 0; i < ids && in.ok(); ++i) op.ids.push_back(DecodeId(&in));
  auto payload = DecodePayload(in.String());
  if (!payload.ok()) return payload.status();
  op.payload = std::move(*payload);
  op.key = in.String();
  const uint64_t keys = in.Count(1);
  for (uint64_t i = 0; i < keys && in.ok(); ++i) op.keys.emplace_back(in.String());
  op.field_type = FieldType(in.Fixed<uint8_t>());
  if (!in.done()) return Corruption("an operation is not well formed");
  return op;
}

}  // namespace sidecar
