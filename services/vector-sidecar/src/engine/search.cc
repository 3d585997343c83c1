// Search: a plan per part, candidates by code, exact scores for the best of them.
#include <algorithm>
#include <cmath>

#include "src/engine/answer.h"
#include "src/engine/collection_impl.h"
#include "src/engine/part_search.h"
#include "src/kernels/kernels.h"

namespace sidecar {
namespace {

constexpr uint32_t kMaxLimit = 100000;
constexpr uint32_t kDefaultEf = 64;
constexpr double kMaxOversampling = 1000;

float ScoreOf(Distance distance, float nearness) {
  switch (distance) {
    case Distance::kEuclid: return std::sqrt(std::max(0.0f, -nearness));
    case Distance::kManhattan: return -nearness;
    default: return nearness;
  }
}

bool Passes(Distance distance, float score, float threshold) {
  return LargerIsBetter(distance) ? score >= threshold : score <= threshold;
}

}  // namespace

std::string ToJson(const Explain& explain) {
  const auto number = [](auto n) { return Value{int64_t(n)}; };
  List parts;
  for (const PartPlan& p : explain.parts) {
    parts.push_back(Value{Payload{{"part", Value{p.part}},
                                  {"strategy", Value{p.strategy}},
                                  {"rows", number(p.rows)},
                                  {"allowed", number(p.allowed)},
                                  {"scored", number(p.scored)}}});
  }
  return ToJson(Payload{{"parts", Value{std::move(parts)}},
                        {"indexed_conditions", number(explain.indexed_conditions)},
                        {"scanned_conditions", number(explain.scanned_conditions)},
                        {"payloads_read", number(explain.payloads_read)},
                        {"reranked", number(explain.reranked)}});
}

Result<std::vector<Record>> CollectionImpl::Search(const SearchRequest& request, Explain* explain) {
  size_t v = 0;
  while (v < config().vectors.size() && config().vectors[v].name != request.vector_name) ++v;
  std::vector<float> query = request.query;
  SIDECAR_RETURN_IF_ERROR(NormaliseVector(request.vector_name, &query));
  if (request.limit == 0) return InvalidArgument("Wrong input: limit must be at least 1");
  if (uint64_t(request.limit) + request.offset > kMaxLimit) {
    return InvalidArgument("Wrong input: limit + offset may be at most " + std::to_string(kMaxLimit));
  }
  if (request.filter) SIDECAR_RETURN_IF_ERROR(Validate(*request.filter));
  const Foreground foreground(this);
  const VectorParams& params = config().vectors[v];
  const uint32_t wanted = request.limit + request.offset;
  SearchShape shape{params.dimension, params.distance, wanted, std::max(request.ef == 0 ? kDefaultEf : request.ef, wanted),
                    0, request.exact};
  const ReadView view = Pin(request.filter, v);
  // Rows reranked for each result wanted; the floor keeps recall for short lists. Never more than there are: the request's
  // number is a stranger's, and room is made for that many.
  const double oversampling = request.oversampling > 0 ? std::clamp(double(request.oversampling), 1.0, kMaxOversampling) : 10.0;
  const double rerank = std::max(request.oversampling > 0 ? 1.0 : 100.0, oversampling * wanted);
  shape.rerank = uint32_t(std::min(rerank, double(view.points + wanted)));
  const ScanCosts& costs = options_.costs != nullptr ? *options_.costs : MeasuredCosts();
  PartSearch search(query, v, params, coders_[v].get(), shape, costs, request.probes,
                    [&] { return Late(request.deadline_micros); });
  FilterCost filter_cost;
  for (uint32_t p = 0; p < view.parts.size(); ++p) {
    const PinnedPart& part = view.parts[p];
    if (part.rows->rows() == 0 || (request.indexed_only && part.graph == nullptr && part.lists == nullptr)) continue;
    SIDECAR_ASSIGN_OR_RETURN(const Bitmap allowed, Allowed(view, p, request.filter, request.deadline_micros, &filter_cost));
    SIDECAR_ASSIGN_OR_RETURN(PartPlan plan, search.Run(part, p, allowed));
    if (explain != nullptr) explain->parts.push_back(std::move(plan));
  }
  SIDECAR_ASSIGN_OR_RETURN(const std::vector<Candidate> results, search.Finish(view.parts, explain));
  if (explain != nullptr) {
    explain->indexed_conditions = filter_cost.indexed_conditions;
    explain->scanned_conditions = filter_cost.scanned_conditions;
    explain->payloads_read = filter_cost.payloads_read;
  }
  Answer answer;
  for (size_t i = request.offset; i < results.size(); ++i) {
    const float score = ScoreOf(params.distance, results[i].nearness);
    if (request.score_threshold && !Passes(params.distance, score, *request.score_threshold)) break;
    SIDECAR_ASSIGN_OR_RETURN(Record record, MakeRecord(*view.parts[results[i].part].rows, results[i].row,
                                                       request.with_payload, request.with_vectors));
    record.score = score;
    if (!answer.Add(std::move(record))) return AnswerTooLarge();
  }
  return answer.Take();
}

}  // namespace sidecar
