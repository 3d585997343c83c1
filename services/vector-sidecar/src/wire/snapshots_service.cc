#include "src/wire/services.h"

namespace sidecar {

static void ToWire(const SnapshotInfo& info, qdrant::SnapshotDescription* out) {
  out->set_name(info.name);
  out->set_size(int64_t(info.bytes));
  out->mutable_creation_time()->set_seconds(int64_t(info.created_seconds));
}

grpc::Status SnapshotsService::Create(grpc::ServerContext* context, const qdrant::CreateSnapshotRequest* request,
                                      qdrant::CreateSnapshotResponse* response) {
  double seconds = 0;
  const grpc::Status status = c_.Serve(context, "SnapshotCreate", *request, [&]() -> Status {
    SIDECAR_ASSIGN_OR_RETURN(const SnapshotInfo info, c_.database->CreateSnapshot(request->collection_name(), c_.now_seconds()));
    ToWire(info, response->mutable_snapshot_description());
    return {};
  }, &seconds);
  response->set_time(seconds);
  return status;
}

grpc::Status SnapshotsService::List(grpc::ServerContext* context, const qdrant::ListSnapshotsRequest* request,
                                    qdrant::ListSnapshotsResponse* response) {
  double seconds = 0;
  const grpc::Status status = c_.Serve(context, "SnapshotList", *request, [&]() -> Status {
    SIDECAR_ASSIGN_OR_RETURN(const auto list, c_.database->ListSnapshots(request->collection_name()));
    for (const SnapshotInfo& info : list) ToWire(info, response->add_snapshot_descriptions());
    return {};
  }, &seconds);
  response->set_time(seconds);
  return status;
}

grpc::Status SnapshotsService::Delete(grpc::ServerContext* context, const qdrant::DeleteSnapshotRequest* request,
                                      qdrant::DeleteSnapshotResponse* response) {
  double seconds = 0;
  const grpc::Status status = c_.Serve(context, "SnapshotDelete", *request, [&] {
    return c_.database->DeleteSnapshot(request->collection_name(), request->snapshot_name());
  }, &seconds);
  response->set_time(seconds);
  return status;
}

grpc::Status QdrantService::HealthCheck(grpc::ServerContext*, const qdrant::HealthCheckRequest*, qdrant::HealthCheckReply* response) {
  response->set_title("qdrant - vector search engine");
  response->set_version(c_.version);
  return grpc::Status::OK;
}

}  // namespace sidecar
