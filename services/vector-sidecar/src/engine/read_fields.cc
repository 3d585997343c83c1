// Reads by the values of one indexed field: in its order, and counted by value.
#include <algorithm>
#include <cmath>

#include "src/engine/answer.h"
#include "src/engine/collection_impl.h"
#include "src/filter/field_index.h"

namespace sidecar {
namespace {

constexpr uint32_t kRowsBetweenLooks = 1024;

bool Orders(FieldType type) { return type == FieldType::kInteger || type == FieldType::kFloat || type == FieldType::kDatetime; }

// A value of an ordered field. Numbers compare as numbers, equal ones by their exact value.
struct Place {
  double number;
  int64_t exact;
  PointId id;
  const Part* part;
  uint32_t row;
  std::strong_ordering Compare(const Place& o) const {
    if (number != o.number) return number < o.number ? std::strong_ordering::less : std::strong_ordering::greater;
    return exact <=> o.exact;
  }
};

struct Start {
  double number = 0;
  int64_t exact = 0;
};

Result<std::optional<Start>> StartOf(const OrderBy& order, FieldType type) {
  if (!order.start_number && !order.start_micros) return std::optional<Start>();
  if ((type == FieldType::kDatetime) != order.start_micros.has_value()) {
    return InvalidArgument("Wrong input: order_by.start_from must be a " + std::string(type == FieldType::kDatetime ? "date" : "number") +
                           ", as the index on `" + order.key + "` is of type " + FieldTypeName(type));
  }
  if (order.start_micros) return std::optional<Start>({0, *order.start_micros});
  if (const auto* n = std::get_if<int64_t>(&*order.start_number)) {
    return std::optional<Start>({double(*n), type == FieldType::kInteger ? *n : 0});
  }
  const double number = std::get<double>(*order.start_number);
  if (std::isnan(number)) return InvalidArgument("Wrong input: order_by.start_from is no number");
  // Between two integers: whichever side it begins at, the exact part must not decide.
  const int64_t exact = type != FieldType::kInteger ? 0 : order.descending ? INT64_MAX : INT64_MIN;
  return std::optional<Start>({number, exact});
}

// Whether an entry is a value of its index: an integer index keeps other numbers for ranges alone.
bool Counts(FieldType type, const FieldIndex::Entry& e) {
  if (type == FieldType::kInteger) return e.number == double(e.exact);
  return type == FieldType::kDatetime || !std::isnan(e.number);
}

}  // namespace

Result<std::shared_ptr<const FieldIndex>> CollectionImpl::FieldOf(const PinnedPart& part, const std::string& key, FieldType type,
                                                                  const Bitmap& allowed, uint64_t deadline_micros) const {
  if (part.fields != nullptr) {
    const auto found = part.fields->fields.find(key);
    if (found != part.fields->fields.end() && found->second->type() == type) return std::shared_ptr<const FieldIndex>(found->second);
  }
  auto index = std::make_shared<FieldIndex>(type);
  Status status;
  uint32_t read = 0;
  allowed.ForEach([&](uint32_t row) {
    if (!status.ok()) return;
    if (read++ % kRowsBetweenLooks == 0 && Late(deadline_micros)) {
      status = Status(Code::kDeadlineExceeded, "the deadline passed while payloads were read");
      return;
    }
    const auto payload = part.rows->GetPayload(row);
    if (payload.ok()) index->Add(row, *payload, key);
    else status = payload.status();
  });
  if (!status.ok()) return status;
  return std::shared_ptr<const FieldIndex>(std::move(index));
}

Result<ScrollPage> CollectionImpl::ScrollInOrder(const ScrollRequest& request, const OrderBy& order) {
  if (request.offset) {
    return InvalidArgument("Wrong input: Cannot use an `offset` when using `order_by`. Go on from order_by.start_from, with a filter that " +
                           std::string("leaves out the ids that were seen"));
  }
  const auto types = FieldIndexesInForce();
  const auto type = types.find(order.key);
  if (type == types.end() || !Orders(type->second)) {
    return InvalidArgument("Wrong input: No range index for `order_by` key: `" + order.key +
                           "`. Please create one to use `order_by`: integer, float and datetime indexes have an order");
  }
  SIDECAR_ASSIGN_OR_RETURN(const std::optional<Start> start, StartOf(order, type->second));
  const ReadView view = Pin(request.filter);
  // A heap of the first values, the last of them in front. Equal values come by id.
  const auto before = [&](const Place& a, const Place& b) {
    const auto c = a.Compare(b);
    if (c != 0) return order.descending ? c > 0 : c < 0;
    return a.id < b.id;
  };
  std::vector<Place> heap;
  for (uint32_t p = 0; p < view.parts.size(); ++p) {
    const Part* part = view.parts[p].rows.get();
    FilterCost cost;
    SIDECAR_ASSIGN_OR_RETURN(const Bitmap allowed, Allowed(view, p, request.filter, request.deadline_micros, &cost));
    SIDECAR_ASSIGN_OR_RETURN(const auto index, FieldOf(view.parts[p], order.key, type->second, allowed, request.deadline_micros));
    for (const FieldIndex::Entry& e : index->ordered()) {
      if (!allowed.Test(e.row) || !Counts(type->second, e)) continue;
      const Place place{e.number, e.exact, part->Id(e.row), part, e.row};
      if (start) {
        const auto c = place.Compare(Place{start->number, start->exact, {}, nullptr, 0});
        if (order.descending ? c > 0 : c < 0) continue;
      }
      if (heap.size() == request.limit && !before(place, heap.front())) continue;
      heap.push_back(place);
      std::push_heap(heap.begin(), heap.end(), before);
      if (heap.size() <= request.limit) continue;
      std::pop_heap(heap.begin(), heap.end(), before);
      heap.pop_back();
    }
  }
  std::sort_heap(heap.begin(), heap.end(), before);
  Answer answer;
  for (const Place& at : heap) {
    SIDECAR_ASSIGN_OR_RETURN(Record record, MakeRecord(*at.part, at.row, request.with_payload, request.with_vectors));
    if (type->second == FieldType::kFloat) record.order_value = at.number;
    else record.order_value = at.exact;
    if (!answer.Add(std::move(record))) return AnswerTooLarge();
  }
  return ScrollPage{answer.Take(), {}};
}

Result<std::vector<FacetHit>> CollectionImpl::Facet(const FacetRequest& request) {
  if (request.limit == 0) return InvalidArgument("Wrong input: limit must be at least 1");
  if (request.filter) SIDECAR_RETURN_IF_ERROR(Validate(*request.filter));
  const auto types = FieldIndexesInForce();
  const auto type = types.find(request.key);
  if (type == types.end() || type->second == FieldType::kFloat || type->second == FieldType::kDatetime) {
    return InvalidArgument("Wrong input: No appropriate index for faceting: `" + request.key +
                           "`. Please create one to facet on this field: keyword, integer, bool and uuid indexes can be counted by value");
  }
  const ReadView view = Pin(request.filter);
  std::map<MatchValue, uint64_t> counts;
  for (uint32_t p = 0; p < view.parts.size(); ++p) {
    FilterCost cost;
    SIDECAR_ASSIGN_OR_RETURN(const Bitmap allowed, Allowed(view, p, request.filter, request.deadline_micros, &cost));
    SIDECAR_ASSIGN_OR_RETURN(const auto index, FieldOf(view.parts[p], request.key, type->second, allowed, request.deadline_micros));
    index->CountValues(allowed, &counts);
  }
  std::vector<FacetHit> hits;
  for (const auto& [value, count] : counts) hits.push_back({value, count});
  std::stable_sort(hits.begin(), hits.end(), [](const FacetHit& a, const FacetHit& b) { return a.count > b.count; });
  if (hits.size() > request.limit) hits.resize(request.limit);
  return hits;
}

}  // namespace sidecar
