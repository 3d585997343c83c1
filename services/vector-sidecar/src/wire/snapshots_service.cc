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

grpc::Status SnapshotFilesService::Download(grpc::ServerContext* context, const SnapshotFileRequest* request,
                                            grpc::ServerWriter<SnapshotChunk>* writer) {
  double seconds = 0;
  return c_.Serve(context, "SnapshotDownload", *request, [&] {
    return c_.database->ReadSnapshot(request->collection_name(), request->snapshot_name(), [&](std::string_view piece) {
      SnapshotChunk chunk;
      chunk.set_data(std::string(piece));
      return writer->Write(chunk) ? Status() : Status(Code::kUnavailable, "the caller went away");
    });
  }, &seconds);
}

grpc::Status SnapshotFilesService::Recover(grpc::ServerContext* context, const RecoverSnapshotRequest* request,
                                           RecoverSnapshotResponse* response) {
  double seconds = 0;
  const grpc::Status status = c_.Serve(context, "SnapshotRecover", *request, [&]() -> Status {
    const std::string& from = request->from_collection().empty() ? request->collection_name() : request->from_collection();
    SIDECAR_RETURN_IF_ERROR(c_.database->RecoverSnapshot(request->collection_name(), from, request->snapshot_name()));
    response->set_result(true);
    return {};
  }, &seconds);
  response->set_time(seconds);
  return status;
}

grpc::Status InspectionService::Metrics(grpc::ServerContext* context, const MetricsRequest* request, MetricsText* response) {
  double seconds = 0;
  return c_.Serve(context, "Metrics", *request, [&] {
    response->set_text(c_.metrics());
    return Status();
  }, &seconds);
}

grpc::Status QdrantService::HealthCheck(grpc::ServerContext*, const qdrant::HealthCheckRequest*, qdrant::HealthCheckReply* response) {
  response->set_title("qdrant - vector search engine");
  response->set_version(c_.version);
  return grpc::Status::OK;
}

}  // namespace sidecar
