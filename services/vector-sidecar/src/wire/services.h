// The gRPC services. Each method converts, calls the engine through the gate, and converts back; none holds state of its own.
#pragma once

#include "collections.grpc.pb.h"
#include "inspection.grpc.pb.h"
#include "points_service.grpc.pb.h"
#include "sidecar/database.h"
#include "snapshot_files.grpc.pb.h"
#include "snapshots.grpc.pb.h"
#include "src/wire/canary.h"
#include "src/wire/convert.h"
#include "src/wire/gate.h"

namespace sidecar {

// What the services share; outlives them.
struct ServiceContext {
  Database* database;
  Gate* gate;
  Canary* canary;
  std::string version;            // of Qdrant's interface, as clients check it
  CollectionConfig defaults;      // durability, memory limit and encryption of new collections
  std::function<uint64_t()> now_seconds;
  std::function<std::string()> metrics;  // in Prometheus' text format

  // Runs `work` behind the gate when the request holds nothing but what is served.
  template <typename Request, typename Work>
  grpc::Status Serve(grpc::ServerContext* context, const char* method, const Request& request, Work work, double* seconds) const {
    const auto checked = [&]() -> Status {
      SIDECAR_RETURN_IF_ERROR(RefuseUnserved(request));
      return work();
    };
    return gate->Pass(context, method, checked, seconds);
  }
};

// Declares a method of the interface that is answered with UNIMPLEMENTED and its name.
#define SIDECAR_UNSERVED(method)                                                                                \
  grpc::Status method(grpc::ServerContext* context, const qdrant::Unserved*, qdrant::Unserved*) override {      \
    double seconds;                                                                                             \
    return c_.gate->Pass(context, #method, [] { return Unsupported("the method " #method); }, &seconds);        \
  }

class CollectionsService final : public qdrant::Collections::Service {
 public:
  explicit CollectionsService(const ServiceContext& context) : c_(context) {}
  grpc::Status Get(grpc::ServerContext*, const qdrant::GetCollectionInfoRequest*, qdrant::GetCollectionInfoResponse*) override;
  grpc::Status List(grpc::ServerContext*, const qdrant::ListCollectionsRequest*, qdrant::ListCollectionsResponse*) override;
  grpc::Status Create(grpc::ServerContext*, const qdrant::CreateCollection*, qdrant::CollectionOperationResponse*) override;
  grpc::Status Delete(grpc::ServerContext*, const qdrant::DeleteCollection*, qdrant::CollectionOperationResponse*) override;
  grpc::Status CollectionExists(grpc::ServerContext*, const qdrant::CollectionExistsRequest*,
                                qdrant::CollectionExistsResponse*) override;
  grpc::Status Update(grpc::ServerContext*, const qdrant::UpdateCollection*, qdrant::CollectionOperationResponse*) override;
  grpc::Status UpdateAliases(grpc::ServerContext*, const qdrant::ChangeAliases*, qdrant::CollectionOperationResponse*) override;
  grpc::Status ListCollectionAliases(grpc::ServerContext*, const qdrant::ListCollectionAliasesRequest*,
                                     qdrant::ListAliasesResponse*) override;
  grpc::Status ListAliases(grpc::ServerContext*, const qdrant::ListAliasesRequest*, qdrant::ListAliasesResponse*) override;
  SIDECAR_UNSERVED(CollectionClusterInfo)
  SIDECAR_UNSERVED(UpdateCollectionClusterSetup)
  SIDECAR_UNSERVED(CreateShardKey)
  SIDECAR_UNSERVED(DeleteShardKey)

 private:
  const ServiceContext& c_;
};

class PointsService final : public qdrant::Points::Service {
 public:
  explicit PointsService(const ServiceContext& context) : c_(context) {}
  using Context = grpc::ServerContext;
  using Response = qdrant::PointsOperationResponse;
  grpc::Status Upsert(Context*, const qdrant::UpsertPoints*, Response*) override;
  grpc::Status Delete(Context*, const qdrant::DeletePoints*, Response*) override;
  grpc::Status UpdateVectors(Context*, const qdrant::UpdatePointVectors*, Response*) override;
  grpc::Status DeleteVectors(Context*, const qdrant::DeletePointVectors*, Response*) override;
  grpc::Status SetPayload(Context*, const qdrant::SetPayloadPoints*, Response*) override;
  grpc::Status OverwritePayload(Context*, const qdrant::SetPayloadPoints*, Response*) override;
  grpc::Status DeletePayload(Context*, const qdrant::DeletePayloadPoints*, Response*) override;
  grpc::Status ClearPayload(Context*, const qdrant::ClearPayloadPoints*, Response*) override;
  grpc::Status CreateFieldIndex(Context*, const qdrant::CreateFieldIndexCollection*, Response*) override;
  grpc::Status DeleteFieldIndex(Context*, const qdrant::DeleteFieldIndexCollection*, Response*) override;
  grpc::Status UpdateBatch(Context*, const qdrant::UpdateBatchPoints*, qdrant::UpdateBatchResponse*) override;

  grpc::Status Get(Context*, const qdrant::GetPoints*, qdrant::GetResponse*) override;
  grpc::Status Search(Context*, const qdrant::SearchPoints*, qdrant::SearchResponse*) override;
  grpc::Status SearchBatch(Context*, const qdrant::SearchBatchPoints*, qdrant::SearchBatchResponse*) override;
  grpc::Status Query(Context*, const qdrant::QueryPoints*, qdrant::SearchResponse*) override;
  grpc::Status QueryBatch(Context*, const qdrant::QueryBatchPoints*, qdrant::SearchBatchResponse*) override;
  grpc::Status Scroll(Context*, const qdrant::ScrollPoints*, qdrant::ScrollResponse*) override;
  grpc::Status Count(Context*, const qdrant::CountPoints*, qdrant::CountResponse*) override;
  grpc::Status Facet(Context*, const qdrant::FacetCounts*, qdrant::FacetResponse*) override;
  SIDECAR_UNSERVED(SearchGroups)
  SIDECAR_UNSERVED(Recommend)
  SIDECAR_UNSERVED(RecommendBatch)
  SIDECAR_UNSERVED(RecommendGroups)
  SIDECAR_UNSERVED(Discover)
  SIDECAR_UNSERVED(DiscoverBatch)
  SIDECAR_UNSERVED(QueryGroups)
  SIDECAR_UNSERVED(SearchMatrixPairs)
  SIDECAR_UNSERVED(SearchMatrixOffsets)

 private:
  // Applies what `make` fills in, and answers with its number.
  template <typename Request>
  grpc::Status Write(Context* context, const char* method, const Request& request, Response* response,
                     const std::function<Status(Operation*)>& make);
  using Hits = google::protobuf::RepeatedPtrField<qdrant::ScoredPoint>;
  Status RunSearch(Context* context, const qdrant::SearchPoints& request, const std::string& collection, Hits* out);
  Status RunQuery(Context* context, const qdrant::QueryPoints& request, const std::string& collection, Hits* out);
  Status Answer(Context* context, const std::shared_ptr<Collection>& collection, const SearchRequest& request, Hits* out);

  const ServiceContext& c_;
};

class SnapshotsService final : public qdrant::Snapshots::Service {
 public:
  explicit SnapshotsService(const ServiceContext& context) : c_(context) {}
  grpc::Status Create(grpc::ServerContext*, const qdrant::CreateSnapshotRequest*, qdrant::CreateSnapshotResponse*) override;
  grpc::Status List(grpc::ServerContext*, const qdrant::ListSnapshotsRequest*, qdrant::ListSnapshotsResponse*) override;
  grpc::Status Delete(grpc::ServerContext*, const qdrant::DeleteSnapshotRequest*, qdrant::DeleteSnapshotResponse*) override;
  SIDECAR_UNSERVED(CreateFull)
  SIDECAR_UNSERVED(ListFull)
  SIDECAR_UNSERVED(DeleteFull)

 private:
  const ServiceContext& c_;
};

class SnapshotFilesService final : public SnapshotFiles::Service {
 public:
  explicit SnapshotFilesService(const ServiceContext& context) : c_(context) {}
  grpc::Status Download(grpc::ServerContext*, const SnapshotFileRequest*, grpc::ServerWriter<SnapshotChunk>*) override;
  grpc::Status Recover(grpc::ServerContext*, const RecoverSnapshotRequest*, RecoverSnapshotResponse*) override;

 private:
  const ServiceContext& c_;
};

class InspectionService final : public Inspection::Service {
 public:
  explicit InspectionService(const ServiceContext& context) : c_(context) {}
  grpc::Status Metrics(grpc::ServerContext*, const MetricsRequest*, MetricsText*) override;

 private:
  const ServiceContext& c_;
};

class QdrantService final : public qdrant::Qdrant::Service {
 public:
  explicit QdrantService(const ServiceContext& context) : c_(context) {}
  grpc::Status HealthCheck(grpc::ServerContext*, const qdrant::HealthCheckRequest*, qdrant::HealthCheckReply*) override;

 private:
  const ServiceContext& c_;
};

}  // namespace sidecar
