#include "src/wire/convert.h"
#include "src/wire/services.h"

namespace sidecar {
namespace {

// Settings of this server that Qdrant's interface has no field for travel in a collection's metadata.
Status FromMetadata(const Payload& metadata, CollectionConfig* config) {
  for (const auto& [key, value] : metadata) {
    const auto* text = std::get_if<std::string>(&value.data);
    const auto* number = std::get_if<int64_t>(&value.data);
    const auto* flag = std::get_if<bool>(&value.data);
    const std::string word = text == nullptr ? "" : *text;
    if (key == "durability" && (word == "sync" || word == "async")) {
      config->durability = word == "sync" ? Durability::kSync : Durability::kAsync;
    } else if (key == "tier" && (word == "hot" || word == "project" || word == "historical")) {
      config->tier = word == "hot" ? Tier::kHot : word == "project" ? Tier::kProject : Tier::kHistorical;
    } else if (key == "encrypted" && flag != nullptr) {
      config->encrypted = *flag;
    } else if (key == "memory_limit_bytes" && number != nullptr && *number >= 0) {
      config->memory_limit_bytes = uint64_t(*number);
    } else if (key == "seal_rows" && number != nullptr && *number >= 2 && *number <= 1 << 20) {
      config->seal_rows = uint32_t(*number);
    } else if (key == "index_rows" && number != nullptr && *number >= 0 && *number <= 1 << 30) {
      config->index_rows = uint32_t(*number);
    } else {
      return InvalidArgument("Wrong input: metadata `" + key + "`: known are durability (sync, async), tier (hot, project, " +
                             "historical), encrypted (bool), memory_limit_bytes, seal_rows and index_rows (integers)");
    }
  }
  return {};
}

Payload ToMetadata(const CollectionConfig& config) {
  static const char* const kTiers[] = {"hot", "project", "historical"};
  return {{"durability", Value{std::string(config.durability == Durability::kSync ? "sync" : "async")}},
          {"tier", Value{std::string(kTiers[int(config.tier)])}},
          {"encrypted", Value{config.encrypted}},
          {"memory_limit_bytes", Value{int64_t(config.memory_limit_bytes)}},
          {"seal_rows", Value{int64_t(config.seal_rows)}},
          {"index_rows", Value{int64_t(config.index_rows)}}};
}

Status AddVector(const std::string& name, const qdrant::VectorParams& params, CollectionConfig* config) {
  if (params.has_hnsw_config()) return Unsupported("hnsw_config of a single vector; give it for the whole collection");
  if (params.has_multivector_config()) return Unsupported("multivectors");
  if (params.datatype() > 1) return Unsupported("vector datatypes other than float32");
  if (params.size() > kMaxDimension) return InvalidArgument("Wrong input: vectors have at most 4096 dimensions");
  if (params.distance() < qdrant::Cosine || params.distance() > qdrant::Manhattan) {
    return InvalidArgument("Wrong input: vector `" + name + "` needs a distance");
  }
  if (params.on_disk()) config->tier = Tier::kHistorical;
  config->vectors.push_back({name, uint32_t(params.size()), Distance(params.distance())});
  return {};
}

void SetGraph(const qdrant::HnswConfigDiff& hnsw, CollectionConfig* config);

Result<CollectionConfig> FromWire(const qdrant::CreateCollection& request, CollectionConfig config) {
  if (request.has_sparse_vectors_config()) return Unsupported("sparse vectors");
  if (request.has_strict_mode_config()) return Unsupported("strict mode");
  if (request.shard_number() > 1 || request.sharding_method() > 0) return Unsupported("more than one shard");
  if (request.replication_factor() > 1 || request.write_consistency_factor() > 1) return Unsupported("replicas");
  // quantization_config needs no answer: codes are always kept beside the full vectors, and results are always reranked.
  config.vectors.clear();
  const qdrant::VectorsConfig& vectors = request.vectors_config();
  if (vectors.has_params()) SIDECAR_RETURN_IF_ERROR(AddVector("", vectors.params(), &config));
  // A protobuf map has no order, and the order of vectors is part of the files.
  const std::map<std::string, qdrant::VectorParams> named(vectors.params_map().map().begin(), vectors.params_map().map().end());
  for (const auto& [name, params] : named) SIDECAR_RETURN_IF_ERROR(AddVector(name, params, &config));
  SetGraph(request.hnsw_config(), &config);
  if (request.wal_config().has_wal_capacity_mb()) {
    config.log_bytes = std::min<uint64_t>(1024, std::max<uint64_t>(1, request.wal_config().wal_capacity_mb())) << 20;
  }
  SIDECAR_ASSIGN_OR_RETURN(const Payload metadata, sidecar::FromWire(request.metadata()));
  SIDECAR_RETURN_IF_ERROR(FromMetadata(metadata, &config));
  const Status valid = Validate(config);
  if (!valid.ok()) return InvalidArgument("Wrong input: " + valid.message());
  return config;
}

void SetGraph(const qdrant::HnswConfigDiff& hnsw, CollectionConfig* config) {
  if (hnsw.has_ef_construct()) config->graph_build_width = uint32_t(std::min<uint64_t>(hnsw.ef_construct(), 100000));
  if (!hnsw.has_m()) return;
  if (hnsw.m() == 0) {  // Qdrant's way of saying: no graph
    if (config->tier == Tier::kHot) config->tier = Tier::kProject;
    return;
  }
  config->graph_links = uint32_t(std::min<uint64_t>(hnsw.m(), 1000));
  if (config->tier == Tier::kProject) config->tier = Tier::kHot;
}

Status ChangeVector(const std::string& name, const qdrant::VectorParamsDiff& diff, CollectionConfig* config) {
  bool known = false;
  for (const VectorParams& v : config->vectors) known = known || v.name == name;
  if (!known) return InvalidArgument("Wrong input: Not existing vector name error: " + name);
  if (diff.has_hnsw_config()) return Unsupported("hnsw_config of a single vector; give it for the whole collection");
  if (!diff.has_on_disk()) return {};
  if (diff.on_disk()) config->tier = Tier::kHistorical;
  else if (config->tier == Tier::kHistorical) config->tier = Tier::kHot;
  return {};
}

// Optimizers and quantization have no settings here, as on creation.
Status Change(const qdrant::UpdateCollection& request, CollectionConfig* config) {
  if (request.params().replication_factor() > 1 || request.params().write_consistency_factor() > 1) return Unsupported("replicas");
  SetGraph(request.hnsw_config(), config);
  const qdrant::VectorsConfigDiff& vectors = request.vectors_config();
  if (vectors.has_params()) SIDECAR_RETURN_IF_ERROR(ChangeVector("", vectors.params(), config));
  for (const auto& [name, diff] : vectors.params_map().map()) SIDECAR_RETURN_IF_ERROR(ChangeVector(name, diff, config));
  SIDECAR_ASSIGN_OR_RETURN(const Payload metadata, sidecar::FromWire(request.metadata()));
  return FromMetadata(metadata, config);
}

Result<AliasChange> FromWire(const qdrant::AliasOperations& action) {
  if (action.has_create_alias()) {
    return AliasChange{AliasChange::kCreate, action.create_alias().alias_name(), action.create_alias().collection_name(), ""};
  }
  if (action.has_rename_alias()) {
    return AliasChange{AliasChange::kRename, action.rename_alias().old_alias_name(), "", action.rename_alias().new_alias_name()};
  }
  if (action.has_delete_alias()) return AliasChange{AliasChange::kDelete, action.delete_alias().alias_name(), "", ""};
  return InvalidArgument("Wrong input: an alias action is none of create_alias, rename_alias and delete_alias");
}

void ToWire(const CollectionConfig& config, qdrant::CollectionConfig* out) {
  auto* params = out->mutable_params();
  params->set_shard_number(1);
  params->set_replication_factor(1);
  params->set_write_consistency_factor(1);
  params->set_on_disk_payload(true);
  for (const VectorParams& v : config.vectors) {
    auto* target = config.vectors.size() == 1 && v.name.empty()
                       ? params->mutable_vectors_config()->mutable_params()
                       : &(*params->mutable_vectors_config()->mutable_params_map()->mutable_map())[v.name];
    target->set_size(v.dimension);
    target->set_distance(qdrant::Distance(v.distance));
    if (config.tier == Tier::kHistorical) target->set_on_disk(true);
  }
  out->mutable_hnsw_config()->set_m(config.tier == Tier::kHot ? config.graph_links : 0);
  out->mutable_hnsw_config()->set_ef_construct(config.graph_build_width);
  out->mutable_hnsw_config()->set_full_scan_threshold(config.index_rows);
  // Clients check that these are there; this engine has no such settings, which 0 says.
  out->mutable_optimizer_config()->set_deleted_threshold(0.2);
  out->mutable_optimizer_config()->set_vacuum_min_vector_number(0);
  out->mutable_optimizer_config()->set_default_segment_number(0);
  out->mutable_optimizer_config()->set_flush_interval_sec(0);
  out->mutable_wal_config()->set_wal_segments_ahead(0);
  out->mutable_wal_config()->set_wal_capacity_mb(config.log_bytes >> 20);
  sidecar::ToWire(ToMetadata(config), out->mutable_metadata());
}

}  // namespace

grpc::Status CollectionsService::Get(grpc::ServerContext* context, const qdrant::GetCollectionInfoRequest* request,
                                     qdrant::GetCollectionInfoResponse* response) {
  double seconds = 0;
  const grpc::Status status = c_.Serve(context, "CollectionGet", *request, [&]() -> Status {
    SIDECAR_ASSIGN_OR_RETURN(const auto collection, c_.database->Get(request->collection_name()));
    const CollectionStats stats = collection->Stats();
    auto* info = response->mutable_result();
    // Red: no write is taken any more. Yellow: background work failed or is behind; answers are right all the same.
    info->set_status(stats.read_only ? qdrant::Red : stats.background_errors > 0 ? qdrant::Yellow : qdrant::Green);
    info->mutable_optimizer_status()->set_ok(!stats.read_only);
    if (stats.read_only) info->mutable_optimizer_status()->set_error(stats.read_only_reason);
    info->set_segments_count(stats.segments + 1);
    info->set_points_count(stats.points);
    info->set_indexed_vectors_count(stats.indexed_rows);
    ToWire(collection->config(), info->mutable_config());
    for (const auto& [key, type] : collection->FieldIndexesInForce()) {
      static const std::map<FieldType, qdrant::PayloadSchemaType> kTypes = {
          {FieldType::kKeyword, qdrant::Keyword}, {FieldType::kInteger, qdrant::Integer}, {FieldType::kFloat, qdrant::Float},
          {FieldType::kBool, qdrant::Bool},       {FieldType::kDatetime, qdrant::Datetime}, {FieldType::kUuid, qdrant::Uuid}};
      (*info->mutable_payload_schema())[key].set_data_type(kTypes.at(type));
    }
    return {};
  }, &seconds);
  response->set_time(seconds);
  return status;
}

grpc::Status CollectionsService::List(grpc::ServerContext* context, const qdrant::ListCollectionsRequest* request,
                                      qdrant::ListCollectionsResponse* response) {
  double seconds = 0;
  const grpc::Status status = c_.Serve(context, "CollectionList", *request, [&] {
    for (const std::string& name : c_.database->List()) response->add_collections()->set_name(name);
    return Status();
  }, &seconds);
  response->set_time(seconds);
  return status;
}

grpc::Status CollectionsService::Create(grpc::ServerContext* context, const qdrant::CreateCollection* request,
                                        qdrant::CollectionOperationResponse* response) {
  double seconds = 0;
  const grpc::Status status = c_.Serve(context, "CollectionCreate", *request, [&]() -> Status {
    SIDECAR_ASSIGN_OR_RETURN(CollectionConfig config, FromWire(*request, c_.defaults));
    SIDECAR_RETURN_IF_ERROR(c_.database->Create(request->collection_name(), std::move(config)));
    response->set_result(true);
    return {};
  }, &seconds);
  response->set_time(seconds);
  return status;
}

grpc::Status CollectionsService::Delete(grpc::ServerContext* context, const qdrant::DeleteCollection* request,
                                        qdrant::CollectionOperationResponse* response) {
  double seconds = 0;
  const grpc::Status status = c_.Serve(context, "CollectionDelete", *request, [&]() -> Status {
    SIDECAR_ASSIGN_OR_RETURN(const bool dropped, c_.database->Drop(request->collection_name()));
    response->set_result(dropped);
    return {};
  }, &seconds);
  response->set_time(seconds);
  return status;
}

grpc::Status CollectionsService::CollectionExists(grpc::ServerContext* context, const qdrant::CollectionExistsRequest* request,
                                                  qdrant::CollectionExistsResponse* response) {
  double seconds = 0;
  const grpc::Status status = c_.Serve(context, "CollectionExists", *request, [&] {
    response->mutable_result()->set_exists(c_.database->Exists(request->collection_name()));
    return Status();
  }, &seconds);
  response->set_time(seconds);
  return status;
}

grpc::Status CollectionsService::Update(grpc::ServerContext* context, const qdrant::UpdateCollection* request,
                                        qdrant::CollectionOperationResponse* response) {
  double seconds = 0;
  const grpc::Status status = c_.Serve(context, "CollectionUpdate", *request, [&]() -> Status {
    SIDECAR_RETURN_IF_ERROR(
        c_.database->Reconfigure(request->collection_name(), [&](CollectionConfig* config) { return Change(*request, config); }));
    response->set_result(true);
    return {};
  }, &seconds);
  response->set_time(seconds);
  return status;
}

grpc::Status CollectionsService::UpdateAliases(grpc::ServerContext* context, const qdrant::ChangeAliases* request,
                                               qdrant::CollectionOperationResponse* response) {
  double seconds = 0;
  const grpc::Status status = c_.Serve(context, "AliasesUpdate", *request, [&]() -> Status {
    std::vector<AliasChange> changes;
    for (const qdrant::AliasOperations& action : request->actions()) {
      SIDECAR_ASSIGN_OR_RETURN(AliasChange change, FromWire(action));
      changes.push_back(std::move(change));
    }
    SIDECAR_RETURN_IF_ERROR(c_.database->ChangeAliases(changes));
    response->set_result(true);
    return {};
  }, &seconds);
  response->set_time(seconds);
  return status;
}

static void Describe(const std::pair<const std::string, std::string>& alias, qdrant::AliasDescription* out) {
  out->set_alias_name(alias.first);
  out->set_collection_name(alias.second);
}

grpc::Status CollectionsService::ListCollectionAliases(grpc::ServerContext* context, const qdrant::ListCollectionAliasesRequest* request,
                                                       qdrant::ListAliasesResponse* response) {
  double seconds = 0;
  const grpc::Status status = c_.Serve(context, "CollectionAliases", *request, [&]() -> Status {
    SIDECAR_ASSIGN_OR_RETURN(const auto collection, c_.database->Get(request->collection_name()));
    for (const auto& alias : c_.database->ListAliases()) {
      if (alias.second == request->collection_name()) Describe(alias, response->add_aliases());
    }
    return {};
  }, &seconds);
  response->set_time(seconds);
  return status;
}

grpc::Status CollectionsService::ListAliases(grpc::ServerContext* context, const qdrant::ListAliasesRequest* request,
                                             qdrant::ListAliasesResponse* response) {
  double seconds = 0;
  const grpc::Status status = c_.Serve(context, "Aliases", *request, [&] {
    for (const auto& alias : c_.database->ListAliases()) Describe(alias, response->add_aliases());
    return Status();
  }, &seconds);
  response->set_time(seconds);
  return status;
}

}  // namespace sidecar
