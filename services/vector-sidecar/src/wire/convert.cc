#include "src/wire/convert.h"

namespace sidecar {
namespace {

constexpr int kMaxDepth = 40;

Result<Value> FromValue(const qdrant::Value& value, int depth) {
  if (depth > kMaxDepth) return InvalidArgument("Wrong input: a payload nests too deep");
  switch (value.kind_case()) {
    case qdrant::Value::kBoolValue: return Value{value.bool_value()};
    case qdrant::Value::kIntegerValue: return Value{value.integer_value()};
    case qdrant::Value::kDoubleValue: return Value{value.double_value()};
    case qdrant::Value::kStringValue: return Value{value.string_value()};
    case qdrant::Value::kListValue: {
      List list;
      for (const qdrant::Value& v : value.list_value().values()) {
        SIDECAR_ASSIGN_OR_RETURN(Value element, FromValue(v, depth + 1));
        list.push_back(std::move(element));
      }
      return Value{std::move(list)};
    }
    case qdrant::Value::kStructValue: {
      Payload fields;
      for (const auto& [key, v] : value.struct_value().fields()) {
        SIDECAR_ASSIGN_OR_RETURN(fields[key], FromValue(v, depth + 1));
      }
      return Value{std::move(fields)};
    }
    default: return Value{};
  }
}

struct ValueWriter {
  qdrant::Value* out;
  void operator()(std::monostate) const { out->set_null_value(qdrant::NULL_VALUE); }
  void operator()(bool b) const { out->set_bool_value(b); }
  void operator()(int64_t n) const { out->set_integer_value(n); }
  void operator()(double d) const { out->set_double_value(d); }
  void operator()(const std::string& s) const { out->set_string_value(s); }
  void operator()(const List& list) const {
    auto* values = out->mutable_list_value();
    for (const Value& v : list) ToWire(v, values->add_values());
  }
  void operator()(const Payload& fields) const { ToWire(fields, out->mutable_struct_value()->mutable_fields()); }
};

Result<std::vector<float>> FromVector(const qdrant::Vector& vector) {
  switch (vector.vector_case()) {
    case qdrant::Vector::kDense: return std::vector<float>(vector.dense().data().begin(), vector.dense().data().end());
    case qdrant::Vector::kSparse: return Unsupported("sparse vectors");
    case qdrant::Vector::kMultiDense: return Unsupported("multivectors");
    case qdrant::Vector::kDocument:
    case qdrant::Vector::kImage:
    case qdrant::Vector::kObject: return Unsupported("inference (documents, images, objects as vectors)");
    case qdrant::Vector::VECTOR_NOT_SET: break;
  }
  if (vector.has_indices()) return Unsupported("sparse vectors");
  if (vector.has_vectors_count()) return Unsupported("multivectors");
  return std::vector<float>(vector.data().begin(), vector.data().end());
}

}  // namespace

Status Unsupported(const std::string& what) {
  return {Code::kUnimplemented, "Not supported by this server: " + what};
}

Status RefuseUnserved(const google::protobuf::Message& message) {
  const auto* reflection = message.GetReflection();
  const auto* type = message.GetDescriptor();
  const auto& unknown = reflection->GetUnknownFields(message);
  if (!unknown.empty()) {
    return Unsupported("field number " + std::to_string(unknown.field(0).number()) + " of " + type->name() + ", which it does not know");
  }
  std::vector<const google::protobuf::FieldDescriptor*> set;
  reflection->ListFields(message, &set);
  for (const auto* field : set) {
    // A payload's values are the caller's own; there is nothing in them to serve or not.
    if (field->message_type() == nullptr || field->name() == "payload" || field->name() == "metadata") continue;
    if (field->message_type() == qdrant::Ignored::descriptor()) continue;
    if (field->message_type() == qdrant::Unserved::descriptor()) {
      return Unsupported("`" + field->name() + "` of " + type->name());
    }
    if (!field->is_repeated()) {
      SIDECAR_RETURN_IF_ERROR(RefuseUnserved(reflection->GetMessage(message, field)));
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      SIDECAR_RETURN_IF_ERROR(RefuseUnserved(reflection->GetRepeatedMessage(message, field, i)));
    }
  }
  return {};
}

Result<PointId> FromWire(const qdrant::PointId& id) {
  if (id.has_uuid()) return PointId::Uuid(id.uuid());
  if (id.has_num()) return PointId::Number(id.num());
  return InvalidArgument("Wrong input: a point id is empty");
}

void ToWire(const PointId& id, qdrant::PointId* out) {
  if (id.is_uuid) out->set_uuid(id.ToString());
  else out->set_num(id.low);
}

Result<Payload> FromWire(const WirePayload& payload) {
  Payload out;
  for (const auto& [key, value] : payload) {
    SIDECAR_ASSIGN_OR_RETURN(out[key], FromValue(value, 0));
  }
  return out;
}

void ToWire(const Payload& payload, WirePayload* out) {
  for (const auto& [key, value] : payload) ToWire(value, &(*out)[key]);
}

void ToWire(const Value& value, qdrant::Value* out) { std::visit(ValueWriter{out}, value.data); }

Result<std::map<std::string, std::vector<float>>> FromWire(const qdrant::Vectors& vectors) {
  std::map<std::string, std::vector<float>> out;
  if (vectors.has_vector()) {
    SIDECAR_ASSIGN_OR_RETURN(out[""], FromVector(vectors.vector()));
  }
  for (const auto& [name, vector] : vectors.vectors().vectors()) {
    SIDECAR_ASSIGN_OR_RETURN(out[name], FromVector(vector));
  }
  return out;
}

void ToWire(const std::map<std::string, std::vector<float>>& vectors, qdrant::VectorsOutput* out) {
  // Both the older and the newer place, as Qdrant does: clients of either age find it.
  const auto fill = [](const std::vector<float>& values, qdrant::VectorOutput* v) {
    v->mutable_data()->Add(values.begin(), values.end());
    v->mutable_dense()->mutable_data()->Add(values.begin(), values.end());
  };
  for (const auto& [name, values] : vectors) {
    if (name.empty() && vectors.size() == 1) fill(values, out->mutable_vector());
    else fill(values, &(*out->mutable_vectors()->mutable_vectors())[name]);
  }
}

Status FromWire(const qdrant::PointsSelector& selector, Operation* op) {
  if (selector.has_filter()) {
    SIDECAR_ASSIGN_OR_RETURN(op->filter, FromWire(selector.filter()));
    return {};
  }
  if (!selector.has_points()) return InvalidArgument("Wrong input: neither ids nor a filter select the points");
  for (const qdrant::PointId& id : selector.points().ids()) {
    SIDECAR_ASSIGN_OR_RETURN(const PointId point, FromWire(id));
    op->ids.push_back(point);
  }
  return {};
}

PayloadSelector FromWire(const qdrant::WithPayloadSelector& s, bool present, bool otherwise) {
  if (!present) return {otherwise, {}, {}};
  if (s.has_include()) return {true, {s.include().fields().begin(), s.include().fields().end()}, {}};
  if (s.has_exclude()) return {true, {}, {s.exclude().fields().begin(), s.exclude().fields().end()}};
  return {s.enable(), {}, {}};
}

VectorSelector FromWire(const qdrant::WithVectorsSelector& s) {
  if (s.has_include()) return {true, {s.include().names().begin(), s.include().names().end()}};
  return {s.enable(), {}};
}

static void ToWire(const std::variant<int64_t, double>& value, qdrant::OrderValue* out) {
  if (const auto* n = std::get_if<int64_t>(&value)) out->set_int_(*n);
  else out->set_float_(std::get<double>(value));
}

void ToWire(const Record& record, qdrant::ScoredPoint* out) {
  if (record.order_value) ToWire(*record.order_value, out->mutable_order_value());
  ToWire(record.id, out->mutable_id());
  ToWire(record.payload, out->mutable_payload());
  out->set_score(record.score);
  out->set_version(record.version);
  if (!record.vectors.empty()) ToWire(record.vectors, out->mutable_vectors());
}

int64_t Micros(const qdrant::Instant& instant) {
  int64_t micros;
  const bool beyond = __builtin_mul_overflow(instant.seconds(), int64_t(1000000), &micros) ||
                      __builtin_add_overflow(micros, int64_t(instant.nanos() / 1000), &micros);
  return !beyond ? micros : instant.seconds() < 0 ? INT64_MIN : INT64_MAX;
}

Result<OrderBy> FromWire(const qdrant::OrderBy& wire) {
  OrderBy order{wire.key(), wire.direction() == qdrant::Desc, {}, {}};
  if (order.key.empty()) return InvalidArgument("Wrong input: order_by needs a key");
  const qdrant::StartFrom& start = wire.start_from();
  switch (start.value_case()) {
    case qdrant::StartFrom::kFloat: order.start_number = start.float_(); break;
    case qdrant::StartFrom::kInteger: order.start_number = start.integer(); break;
    case qdrant::StartFrom::kTimestamp: order.start_micros = Micros(start.timestamp()); break;
    case qdrant::StartFrom::kDatetime:
      order.start_micros = ParseDatetime(start.datetime());
      if (!order.start_micros) return InvalidArgument("Wrong input: order_by.start_from `" + start.datetime() + "` is no date");
      break;
    case qdrant::StartFrom::VALUE_NOT_SET: break;
  }
  return order;
}

void ToWire(const Record& record, qdrant::RetrievedPoint* out) {
  if (record.order_value) ToWire(*record.order_value, out->mutable_order_value());
  ToWire(record.id, out->mutable_id());
  ToWire(record.payload, out->mutable_payload());
  if (!record.vectors.empty()) ToWire(record.vectors, out->mutable_vectors());
}

}  // namespace sidecar
