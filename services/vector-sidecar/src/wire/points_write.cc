#include "src/wire/convert.h"
#include "src/wire/services.h"

namespace sidecar {
namespace {

using Update = qdrant::PointsUpdateOperation;

constexpr size_t kIdsAtOnce = 4096;  // looked up after a write, well within one answer

Status FillPoints(const google::protobuf::RepeatedPtrField<qdrant::PointStruct>& points, Operation* op) {
  op->type = OpType::kUpsert;
  for (const qdrant::PointStruct& p : points) {
    Point point;
    SIDECAR_ASSIGN_OR_RETURN(point.id, FromWire(p.id()));
    SIDECAR_ASSIGN_OR_RETURN(point.vectors, FromWire(p.vectors()));
    SIDECAR_ASSIGN_OR_RETURN(point.payload, FromWire(p.payload()));
    op->points.push_back(std::move(point));
  }
  return op->points.empty() ? InvalidArgument("Wrong input: Empty update request") : Status();
}

Status FillVectors(const google::protobuf::RepeatedPtrField<qdrant::PointVectors>& points, Operation* op) {
  op->type = OpType::kUpdateVectors;
  for (const qdrant::PointVectors& p : points) {
    Point point;
    SIDECAR_ASSIGN_OR_RETURN(point.id, FromWire(p.id()));
    SIDECAR_ASSIGN_OR_RETURN(point.vectors, FromWire(p.vectors()));
    op->points.push_back(std::move(point));
  }
  return {};
}

template <typename Message>
Status FillPayload(OpType type, const Message& m, Operation* op) {
  op->type = type;
  op->key = m.key();
  SIDECAR_ASSIGN_OR_RETURN(op->payload, FromWire(m.payload()));
  return FromWire(m.points_selector(), op);
}

Status FillBatchItem(const Update& u, Operation* op) {
  switch (u.operation_case()) {
    case Update::kUpsert:
      if (u.upsert().has_update_filter() || u.upsert().update_mode() != 0) return Unsupported("conditional upserts");
      return FillPoints(u.upsert().points(), op);
    case Update::kDeleteDeprecated:
      op->type = OpType::kDelete;
      return FromWire(u.delete_deprecated(), op);
    case Update::kDeletePoints:
      op->type = OpType::kDelete;
      return FromWire(u.delete_points().points(), op);
    case Update::kSetPayload: return FillPayload(OpType::kSetPayload, u.set_payload(), op);
    case Update::kOverwritePayload: return FillPayload(OpType::kOverwritePayload, u.overwrite_payload(), op);
    case Update::kDeletePayload:
      op->type = OpType::kDeletePayload;
      op->keys = {u.delete_payload().keys().begin(), u.delete_payload().keys().end()};
      return FromWire(u.delete_payload().points_selector(), op);
    case Update::kClearPayloadDeprecated:
      op->type = OpType::kClearPayload;
      return FromWire(u.clear_payload_deprecated(), op);
    case Update::kClearPayload:
      op->type = OpType::kClearPayload;
      return FromWire(u.clear_payload().points(), op);
    case Update::kUpdateVectors:
      if (u.update_vectors().has_update_filter()) return Unsupported("conditional updates");
      return FillVectors(u.update_vectors().points(), op);
    case Update::kDeleteVectors:
      op->type = OpType::kDeleteVectors;
      op->keys = {u.delete_vectors().vectors().names().begin(), u.delete_vectors().vectors().names().end()};
      return FromWire(u.delete_vectors().points_selector(), op);
    default: return InvalidArgument("Wrong input: a batch holds an empty operation");
  }
}

// Points that an operation changes by their ids, and that must therefore be there.
std::vector<PointId> Expected(const Operation& op) {
  if (op.type == OpType::kSetPayload || op.type == OpType::kOverwritePayload) return op.ids;
  std::vector<PointId> ids;
  if (op.type != OpType::kUpdateVectors) return ids;
  for (const Point& point : op.points) ids.push_back(point.id);
  return ids;
}

// Those that are there are changed all the same, as Qdrant does it; the first that is not is named.
Result<uint64_t> ApplyTo(Collection* target, Operation op) {
  const std::vector<PointId> expected = Expected(op);
  SIDECAR_ASSIGN_OR_RETURN(const uint64_t lsn, target->Apply(std::move(op)));
  if (expected.empty()) return lsn;
  for (size_t begin = 0; begin < expected.size(); begin += kIdsAtOnce) {
    const std::vector<PointId> some(expected.begin() + ptrdiff_t(begin), expected.begin() + ptrdiff_t(std::min(begin + kIdsAtOnce, expected.size())));
    SIDECAR_ASSIGN_OR_RETURN(const auto found, target->Get(some, {}, {}));
    // Get keeps the order and leaves out what is not there.
    for (size_t at = 0; at < some.size(); ++at) {
      if (at == found.size() || found[at].id != some[at]) return NotFound("Not found: No point with id " + some[at].ToString() + " found");
    }
  }
  return lsn;
}

}  // namespace

// Every acknowledged write has taken effect, so `wait` makes no difference: the answer is always `completed`.
template <typename Request>
grpc::Status PointsService::Write(Context* context, const char* method, const Request& request, Response* response,
                                  const std::function<Status(Operation*)>& make) {
  double seconds = 0;
  const grpc::Status status = c_.Serve(context, method, request, [&]() -> Status {
    SIDECAR_ASSIGN_OR_RETURN(const auto target, c_.database->Get(request.collection_name()));
    Operation op;
    uint64_t timeout_seconds = 0;
    if constexpr (requires { request.timeout(); }) timeout_seconds = request.timeout();
    op.deadline_micros = c_.gate->Deadline(*context, timeout_seconds);
    SIDECAR_RETURN_IF_ERROR(make(&op));
    SIDECAR_ASSIGN_OR_RETURN(const uint64_t lsn, ApplyTo(target.get(), std::move(op)));
    response->mutable_result()->set_operation_id(lsn);
    response->mutable_result()->set_status(qdrant::Completed);
    return {};
  }, &seconds);
  response->set_time(seconds);
  return status;
}

grpc::Status PointsService::Upsert(Context* context, const qdrant::UpsertPoints* r, Response* response) {
  return Write(context, "Upsert", *r, response, [&](Operation* op) -> Status {
    if (r->has_update_filter() || r->update_mode() != 0) return Unsupported("conditional upserts");
    return FillPoints(r->points(), op);
  });
}

grpc::Status PointsService::Delete(Context* context, const qdrant::DeletePoints* r, Response* response) {
  return Write(context, "Delete", *r, response, [&](Operation* op) -> Status {
    op->type = OpType::kDelete;
    return FromWire(r->points(), op);
  });
}

grpc::Status PointsService::UpdateVectors(Context* context, const qdrant::UpdatePointVectors* r, Response* response) {
  return Write(context, "UpdateVectors", *r, response, [&](Operation* op) -> Status {
    if (r->has_update_filter()) return Unsupported("conditional updates");
    return FillVectors(r->points(), op);
  });
}

grpc::Status PointsService::DeleteVectors(Context* context, const qdrant::DeletePointVectors* r, Response* response) {
  return Write(context, "DeleteVectors", *r, response, [&](Operation* op) {
    op->type = OpType::kDeleteVectors;
    op->keys = {r->vectors().names().begin(), r->vectors().names().end()};
    return FromWire(r->points_selector(), op);
  });
}

grpc::Status PointsService::SetPayload(Context* context, const qdrant::SetPayloadPoints* r, Response* response) {
  return Write(context, "SetPayload", *r, response,
               [&](Operation* op) { return FillPayload(OpType::kSetPayload, *r, op); });
}

grpc::Status PointsService::OverwritePayload(Context* context, const qdrant::SetPayloadPoints* r, Response* response) {
  return Write(context, "OverwritePayload", *r, response, [&](Operation* op) {
    if (!r->key().empty()) return Unsupported("overwriting below a key; overwrite the whole payload, or set at the key");
    return FillPayload(OpType::kOverwritePayload, *r, op);
  });
}

grpc::Status PointsService::DeletePayload(Context* context, const qdrant::DeletePayloadPoints* r, Response* response) {
  return Write(context, "DeletePayload", *r, response, [&](Operation* op) {
    op->type = OpType::kDeletePayload;
    op->keys = {r->keys().begin(), r->keys().end()};
    return FromWire(r->points_selector(), op);
  });
}

grpc::Status PointsService::ClearPayload(Context* context, const qdrant::ClearPayloadPoints* r, Response* response) {
  return Write(context, "ClearPayload", *r, response, [&](Operation* op) {
    op->type = OpType::kClearPayload;
    return FromWire(r->points(), op);
  });
}

grpc::Status PointsService::CreateFieldIndex(Context* context, const qdrant::CreateFieldIndexCollection* r, Response* response) {
  return Write(context, "CreateFieldIndex", *r, response, [&](Operation* op) -> Status {
    op->type = OpType::kCreateIndex;
    op->key = r->field_name();
    switch (r->field_type()) {
      case qdrant::FieldTypeKeyword: op->field_type = FieldType::kKeyword; break;
      case qdrant::FieldTypeInteger: op->field_type = FieldType::kInteger; break;
      case qdrant::FieldTypeFloat: op->field_type = FieldType::kFloat; break;
      case qdrant::FieldTypeBool: op->field_type = FieldType::kBool; break;
      case qdrant::FieldTypeDatetime: op->field_type = FieldType::kDatetime; break;
      case qdrant::FieldTypeUuid: op->field_type = FieldType::kUuid; break;
      default: return Unsupported("geo and text indexes");
    }
    return {};
  });
}

grpc::Status PointsService::DeleteFieldIndex(Context* context, const qdrant::DeleteFieldIndexCollection* r, Response* response) {
  return Write(context, "DeleteFieldIndex", *r, response, [&](Operation* op) {
    op->type = OpType::kDeleteIndex;
    op->key = r->field_name();
    return Status();
  });
}

// In order, one after another; the first that fails ends the batch, and those before it stay done.
grpc::Status PointsService::UpdateBatch(Context* context, const qdrant::UpdateBatchPoints* r, qdrant::UpdateBatchResponse* response) {
  double seconds = 0;
  const grpc::Status status = c_.Serve(context, "UpdateBatch", *r, [&]() -> Status {
    SIDECAR_ASSIGN_OR_RETURN(const auto target, c_.database->Get(r->collection_name()));
    std::vector<Operation> operations(size_t(r->operations_size()));
    for (int i = 0; i < r->operations_size(); ++i) SIDECAR_RETURN_IF_ERROR(FillBatchItem(r->operations(i), &operations[size_t(i)]));
    for (Operation& op : operations) {
      op.deadline_micros = c_.gate->Deadline(*context, r->timeout());
      SIDECAR_ASSIGN_OR_RETURN(const uint64_t lsn, ApplyTo(target.get(), std::move(op)));
      auto* result = response->add_result();
      result->set_operation_id(lsn);
      result->set_status(qdrant::Completed);
    }
    return {};
  }, &seconds);
  response->set_time(seconds);
  return status;
}

}  // namespace sidecar
