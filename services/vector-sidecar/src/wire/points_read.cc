#include "src/wire/convert.h"
#include "src/wire/services.h"

namespace sidecar {
namespace {

constexpr uint64_t kMaxBatch = 256;

Status FillParams(const qdrant::SearchParams& params, SearchRequest* out) {
  out->exact = params.exact();
  out->indexed_only = params.indexed_only();
  out->ef = uint32_t(std::min<uint64_t>(params.hnsw_ef(), 100000));
  const auto& quantization = params.quantization();
  if (quantization.has_rescore() && !quantization.rescore()) return Unsupported("quantization.rescore: false; results are always reranked");
  if (quantization.ignore()) out->exact = true;  // no codes: every vector is compared
  if (quantization.has_oversampling() && !(quantization.oversampling() >= 1)) {
    return InvalidArgument("Wrong input: quantization.oversampling must be at least 1");
  }
  out->oversampling = float(std::min(quantization.oversampling(), 1e6));
  return {};
}

uint32_t Clamped(uint64_t n) { return uint32_t(std::min<uint64_t>(n, UINT32_MAX)); }

}  // namespace

Status PointsService::Answer(Context* context, const std::shared_ptr<Collection>& collection, const SearchRequest& request, Hits* out) {
  const auto& wishes = context->client_metadata();
  const bool explained = wishes.find("x-explain") != wishes.end();
  Explain explain;
  SIDECAR_ASSIGN_OR_RETURN(const std::vector<Record> found, collection->Search(request, explained ? &explain : nullptr));
  for (const Record& record : found) ToWire(record, out->Add());
  if (explained) context->AddTrailingMetadata("x-explain", ToJson(explain));
  c_.canary->Offer(collection, request, found);
  return {};
}

Status PointsService::RunSearch(Context* context, const qdrant::SearchPoints& r, const std::string& name, Hits* out) {
  if (r.has_sparse_indices()) return Unsupported("sparse vectors");
  SIDECAR_ASSIGN_OR_RETURN(const auto collection, c_.database->Get(name));
  SearchRequest request;
  request.vector_name = r.vector_name();
  request.query.assign(r.vector().begin(), r.vector().end());
  if (r.has_filter()) {
    SIDECAR_ASSIGN_OR_RETURN(request.filter, FromWire(r.filter()));
  }
  request.limit = Clamped(r.limit());
  request.offset = Clamped(r.offset());
  if (r.has_score_threshold()) request.score_threshold = r.score_threshold();
  SIDECAR_RETURN_IF_ERROR(FillParams(r.params(), &request));
  request.with_payload = FromWire(r.with_payload(), r.has_with_payload(), false);
  request.with_vectors = FromWire(r.with_vectors());
  request.deadline_micros = c_.gate->Deadline(*context, r.timeout());
  return Answer(context, collection, request, out);
}

Status PointsService::RunQuery(Context* context, const qdrant::QueryPoints& r, const std::string& name, Hits* out) {
  if (r.prefetch_size() > 0) return Unsupported("prefetch");
  if (r.has_lookup_from()) return Unsupported("lookup_from");
  SIDECAR_ASSIGN_OR_RETURN(const auto collection, c_.database->Get(name));
  SearchRequest request;
  request.limit = r.has_limit() ? Clamped(r.limit()) : 10;
  request.offset = Clamped(r.offset());
  if (r.has_filter()) {
    SIDECAR_ASSIGN_OR_RETURN(request.filter, FromWire(r.filter()));
  }
  request.with_payload = FromWire(r.with_payload(), r.has_with_payload(), false);
  request.with_vectors = FromWire(r.with_vectors());
  if (!r.has_query() || r.query().has_order_by()) {  // points in the order of their ids or of a field, as scroll gives them
    ScrollRequest scroll{{}, {}, Clamped(uint64_t(request.limit) + request.offset), request.filter, request.with_payload,
                         request.with_vectors, c_.gate->Deadline(*context, r.timeout())};
    if (r.has_query()) {
      SIDECAR_ASSIGN_OR_RETURN(scroll.order_by, FromWire(r.query().order_by()));
    }
    SIDECAR_ASSIGN_OR_RETURN(ScrollPage page, collection->Scroll(scroll));
    if (page.next && page.records.size() < scroll.limit) return AnswerTooLarge();
    for (size_t i = request.offset; i < page.records.size(); ++i) {
      page.records[i].score = 1;  // what Qdrant gives where nothing was compared
      ToWire(page.records[i], out->Add());
    }
    return {};
  }
  if (!r.query().has_nearest()) {
    return Unsupported("queries other than nearest and order_by (recommend, discover, context, fusion, sample, formula, mmr)");
  }
  request.vector_name = r.using_();
  const qdrant::VectorInput& nearest = r.query().nearest();
  if (nearest.has_dense()) {
    request.query.assign(nearest.dense().data().begin(), nearest.dense().data().end());
  } else if (nearest.has_id()) {
    SIDECAR_ASSIGN_OR_RETURN(const PointId id, FromWire(nearest.id()));
    SIDECAR_ASSIGN_OR_RETURN(const auto found, collection->Get({id}, {}, {true, {request.vector_name}}));
    if (found.empty()) return NotFound("Not found: No point with id " + id.ToString() + " found");
    const auto own = found[0].vectors.find(request.vector_name);
    if (own == found[0].vectors.end()) {
      return NotFound("Not found: Point " + id.ToString() + " has no vector `" + request.vector_name + "`");
    }
    request.query = own->second;
    // The point itself is not part of its own neighbourhood.
    Filter without = request.filter.value_or(Filter());
    without.must_not.push_back(HasId{{id}});
    request.filter = std::move(without);
  } else {
    return Unsupported("sparse, multi-vector and inference queries");
  }
  if (r.has_score_threshold()) request.score_threshold = r.score_threshold();
  SIDECAR_RETURN_IF_ERROR(FillParams(r.params(), &request));
  request.deadline_micros = c_.gate->Deadline(*context, r.timeout());
  return Answer(context, collection, request, out);
}

grpc::Status PointsService::Search(Context* context, const qdrant::SearchPoints* r, qdrant::SearchResponse* response) {
  double seconds = 0;
  const auto work = [&] { return RunSearch(context, *r, r->collection_name(), response->mutable_result()); };
  const grpc::Status status = c_.Serve(context, "Search", *r, work, &seconds);
  response->set_time(seconds);
  return status;
}

grpc::Status PointsService::Query(Context* context, const qdrant::QueryPoints* r, qdrant::SearchResponse* response) {
  double seconds = 0;
  const auto work = [&] { return RunQuery(context, *r, r->collection_name(), response->mutable_result()); };
  const grpc::Status status = c_.Serve(context, "Query", *r, work, &seconds);
  response->set_time(seconds);
  return status;
}

grpc::Status PointsService::SearchBatch(Context* context, const qdrant::SearchBatchPoints* r, qdrant::SearchBatchResponse* response) {
  double seconds = 0;
  const grpc::Status status = c_.Serve(context, "SearchBatch", *r, [&]() -> Status {
    if (uint64_t(r->search_points_size()) > kMaxBatch) return InvalidArgument("Wrong input: at most 256 searches per batch");
    for (const auto& search : r->search_points()) {
      SIDECAR_RETURN_IF_ERROR(RunSearch(context, search, r->collection_name(), response->add_result()->mutable_result()));
      if (response->ByteSizeLong() > kMaxAnswerBytes) return AnswerTooLarge();
    }
    return {};
  }, &seconds);
  response->set_time(seconds);
  return status;
}

grpc::Status PointsService::QueryBatch(Context* context, const qdrant::QueryBatchPoints* r, qdrant::SearchBatchResponse* response) {
  double seconds = 0;
  const grpc::Status status = c_.Serve(context, "QueryBatch", *r, [&]() -> Status {
    if (uint64_t(r->query_points_size()) > kMaxBatch) return InvalidArgument("Wrong input: at most 256 queries per batch");
    for (const auto& query : r->query_points()) {
      SIDECAR_RETURN_IF_ERROR(RunQuery(context, query, r->collection_name(), response->add_result()->mutable_result()));
      if (response->ByteSizeLong() > kMaxAnswerBytes) return AnswerTooLarge();
    }
    return {};
  }, &seconds);
  response->set_time(seconds);
  return status;
}

grpc::Status PointsService::Get(Context* context, const qdrant::GetPoints* r, qdrant::GetResponse* response) {
  double seconds = 0;
  const grpc::Status status = c_.Serve(context, "Get", *r, [&]() -> Status {
    SIDECAR_ASSIGN_OR_RETURN(const auto collection, c_.database->Get(r->collection_name()));
    std::vector<PointId> ids;
    for (const auto& wire : r->ids()) {
      SIDECAR_ASSIGN_OR_RETURN(const PointId id, FromWire(wire));
      ids.push_back(id);
    }
    SIDECAR_ASSIGN_OR_RETURN(const auto records, collection->Get(ids, FromWire(r->with_payload(), r->has_with_payload(), true),
                                                                 FromWire(r->with_vectors())));
    for (const Record& record : records) ToWire(record, response->add_result());
    return {};
  }, &seconds);
  response->set_time(seconds);
  return status;
}

grpc::Status PointsService::Scroll(Context* context, const qdrant::ScrollPoints* r, qdrant::ScrollResponse* response) {
  double seconds = 0;
  const grpc::Status status = c_.Serve(context, "Scroll", *r, [&]() -> Status {
    SIDECAR_ASSIGN_OR_RETURN(const auto collection, c_.database->Get(r->collection_name()));
    ScrollRequest request;
    if (r->has_limit()) request.limit = r->limit();
    if (r->has_offset()) {
      SIDECAR_ASSIGN_OR_RETURN(request.offset, FromWire(r->offset()));
    }
    if (r->has_filter()) {
      SIDECAR_ASSIGN_OR_RETURN(request.filter, FromWire(r->filter()));
    }
    if (r->has_order_by()) {
      SIDECAR_ASSIGN_OR_RETURN(request.order_by, FromWire(r->order_by()));
    }
    request.with_payload = FromWire(r->with_payload(), r->has_with_payload(), true);
    request.with_vectors = FromWire(r->with_vectors());
    request.deadline_micros = c_.gate->Deadline(*context, r->timeout());
    SIDECAR_ASSIGN_OR_RETURN(const ScrollPage page, collection->Scroll(request));
    for (const Record& record : page.records) ToWire(record, response->add_result());
    if (page.next) ToWire(*page.next, response->mutable_next_page_offset());
    return {};
  }, &seconds);
  response->set_time(seconds);
  return status;
}

grpc::Status PointsService::Count(Context* context, const qdrant::CountPoints* r, qdrant::CountResponse* response) {
  double seconds = 0;
  const grpc::Status status = c_.Serve(context, "Count", *r, [&]() -> Status {
    SIDECAR_ASSIGN_OR_RETURN(const auto collection, c_.database->Get(r->collection_name()));
    std::optional<Filter> filter;
    if (r->has_filter()) {
      SIDECAR_ASSIGN_OR_RETURN(filter, FromWire(r->filter()));
    }
    SIDECAR_ASSIGN_OR_RETURN(const uint64_t count, collection->Count(filter, c_.gate->Deadline(*context, r->timeout())));
    response->mutable_result()->set_count(count);
    return {};
  }, &seconds);
  response->set_time(seconds);
  return status;
}

grpc::Status PointsService::Facet(Context* context, const qdrant::FacetCounts* r, qdrant::FacetResponse* response) {
  double seconds = 0;
  const grpc::Status status = c_.Serve(context, "Facet", *r, [&]() -> Status {
    SIDECAR_ASSIGN_OR_RETURN(const auto collection, c_.database->Get(r->collection_name()));
    FacetRequest request;
    request.key = r->key();
    if (r->has_limit()) request.limit = Clamped(r->limit());
    if (r->has_filter()) {
      SIDECAR_ASSIGN_OR_RETURN(request.filter, FromWire(r->filter()));
    }
    request.deadline_micros = c_.gate->Deadline(*context, r->timeout());
    SIDECAR_ASSIGN_OR_RETURN(const std::vector<FacetHit> hits, collection->Facet(request));
    for (const FacetHit& hit : hits) {
      auto* out = response->add_hits();
      out->set_count(hit.count);
      if (const auto* text = std::get_if<std::string>(&hit.value)) out->mutable_value()->set_string_value(*text);
      else if (const auto* number = std::get_if<int64_t>(&hit.value)) out->mutable_value()->set_integer_value(*number);
      else out->mutable_value()->set_bool_value(std::get<bool>(hit.value));
    }
    return {};
  }, &seconds);
  response->set_time(seconds);
  return status;
}

}  // namespace sidecar
