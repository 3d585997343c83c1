#include "src/engine/part_search.h"

#include <algorithm>
#include <cmath>

#include "src/index/lists.h"
#include "src/kernels/kernels.h"

namespace sidecar {
namespace {

constexpr uint32_t kStride = 1024;         // rows between looks at the clock
constexpr uint32_t kBitWalkWidth = 2;      // a walk by bits is this much wider than one by bytes for the same recall
constexpr uint32_t kLeastOfWidth = 3;      // a walk that the others have outdone finds no less than this part of its width
constexpr uint32_t kDenseInStride = 192;   // from here a whole stride is estimated rather than single rows
constexpr size_t kRowsAhead = 8;           // of a sparse scan by bytes that are fetched early

uint32_t BitWidth(const SearchShape& shape) { return std::max(shape.ef * kBitWalkWidth, shape.limit); }

void Prefetch(const int8_t* row, uint32_t bytes) {
  for (uint32_t i = 0; i < bytes; i += 64) __builtin_prefetch(row + i);
}

// Calls f(first, rows of it) for each stride with at least one allowed row.
template <typename F>
Status ForEachStride(const Bitmap& allowed, F f) {
  std::vector<uint32_t> rows;
  for (uint32_t first = 0; first < allowed.size(); first += kStride) {
    rows.clear();
    const uint32_t last = std::min(first + kStride, allowed.size());
    for (uint32_t w = first / 64; w * 64 < last; ++w) {
      for (uint64_t bits = allowed.words()[w]; bits != 0; bits &= bits - 1) {
        rows.push_back(w * 64 + uint32_t(std::countr_zero(bits)));
      }
    }
    if (!rows.empty()) SIDECAR_RETURN_IF_ERROR(f(first, rows));
  }
  return {};
}

// Rows that a wide search compares in full for its width alone; more must be asked for by oversampling.
constexpr uint32_t kInFullMax = 512;
constexpr float kSurelyFarther = 4.0f;   // standard deviations of what rounding to bytes does to a nearness
constexpr float kSeenFarther = 2.0f;     // or times the most it was seen to do, where its errors are not independent
constexpr uint32_t kInFullMin = 16;      // rows from which that is learned

}  // namespace

PartSearch::PartSearch(const std::vector<float>& query, size_t vector, const VectorParams& params, const BitCoder* coder,
                       const SearchShape& shape, const ScanCosts& costs, uint32_t probes, std::function<bool()> expired)
    : query_(query), vector_(vector), params_(params), coder_(coder), shape_(shape), costs_(costs), probes_(probes),
      expired_(std::move(expired)), exact_(shape.limit), by_bits_(shape.rerank),
      // Near copies are alike to their bytes: a wide search may look at all it gathered in full.
      by_bytes_(std::max({40u, shape.rerank * 2 / 5, shape.limit, std::min(shape.ef, kInFullMax)})),
      walked_by_bits_(BitWidth(shape)), walked_by_bytes_(shape.ef) {}

Status PartSearch::CheckDeadline() const {
  return expired_() ? Status(Code::kDeadlineExceeded, "the search did not end before its deadline") : Status();
}

float PartSearch::Exact(const float* row) const {
  const Kernels& k = ActiveKernels();
  switch (params_.distance) {
    case Distance::kEuclid: return -k.l2_f32(query_.data(), row, params_.dimension);
    case Distance::kManhattan: return -k.l1_f32(query_.data(), row, params_.dimension);
    default: return k.dot_f32(query_.data(), row, params_.dimension);
  }
}

const ByteQuery& PartSearch::Bytes() {
  if (!bytes_) bytes_ = PrepareBytes(query_.data(), params_.dimension);
  return *bytes_;
}

const std::vector<float>& PartSearch::Rotated() {
  if (rotated_.empty()) {
    rotated_.resize(coder_->padded());
    coder_->Rotate(query_.data(), rotated_.data());
  }
  return rotated_;
}

Result<PartPlan> PartSearch::Run(const PinnedPart& part, uint32_t number, const Bitmap& allowed_rows) {
  Bitmap allowed = allowed_rows;
  allowed.And(part.rows->Present(vector_));
  PartFacts facts{part.rows->rows(), allowed.Count(), !part.rows->BitBlocks(vector_).empty(), part.rows->Bytes(vector_).codes != nullptr,
                  part.graph != nullptr, part.lists != nullptr};
  const Strategy strategy = ChooseStrategy(facts, shape_, costs_);
  PartPlan plan;
  plan.part = part.rows->segment_number() == 0 ? "memtable" : "segment " + std::to_string(part.rows->segment_number());
  plan.strategy = StrategyName(strategy);
  plan.rows = facts.rows;
  plan.allowed = facts.allowed;
  const uint64_t before = scored_;
  Status status;
  switch (strategy) {
    case Strategy::kNone: break;
    case Strategy::kExact: status = RunExact(part, number, allowed); break;
    case Strategy::kBits: status = RunBits(part, number, allowed); break;
    case Strategy::kBytes: status = RunBytes(part, number, allowed); break;
    case Strategy::kGraph: status = RunGraph(part, number, allowed); break;
    case Strategy::kLists: status = RunLists(part, number, allowed); break;
  }
  if (!status.ok()) return status;
  plan.scored = scored_ - before;
  return plan;
}

Status PartSearch::RunExact(const PinnedPart& part, uint32_t number, const Bitmap& allowed) {
  float scratch[kMaxDimension];
  return ForEachStride(allowed, [&](uint32_t, const std::vector<uint32_t>& rows) {
    for (const uint32_t row : rows) {
      SIDECAR_ASSIGN_OR_RETURN(const float* values, part.rows->Vector(vector_, row, scratch));
      exact_.Offer(Exact(values), number, row);
    }
    scored_ += rows.size();
    return CheckDeadline();
  });
}

Status PartSearch::RunBits(const PinnedPart& part, uint32_t number, const Bitmap& allowed) {
  const BitQuery query = coder_->Prepare(Rotated().data(), part.rows->RotatedCentroid(vector_), params_.distance);
  const std::vector<BitBlock> blocks = part.rows->BitBlocks(vector_);
  size_t b = 0;
  float estimates[kStride];
  return ForEachStride(allowed, [&](uint32_t first, const std::vector<uint32_t>& rows) {
    while (blocks[b].first_row + blocks[b].rows <= first) ++b;
    const BitBlock& block = blocks[b];
    if (rows.size() >= kDenseInStride) {
      const uint32_t at = first - block.first_row;
      const size_t words = coder_->words();
      const BitBlock stride{first, std::min(kStride, block.rows - at), block.codes + at * words, block.scale + at,
                            block.bias + at, block.ones + at};
      EstimateBlock(*coder_, query, stride, estimates);
      for (const uint32_t row : rows) by_bits_.Offer(estimates[row - first], number, row);
      scored_ += stride.rows;
    } else {
      EstimateRows(*coder_, query, block, rows.data(), rows.size(), estimates);
      for (size_t i = 0; i < rows.size(); ++i) by_bits_.Offer(estimates[i], number, rows[i]);
      scored_ += rows.size();
    }
    return CheckDeadline();
  });
}

Status PartSearch::RunBytes(const PinnedPart& part, uint32_t number, const Bitmap& allowed) {
  const ByteQuery& q = Bytes();
  const ByteBlock block = part.rows->Bytes(vector_);
  const uint32_t d = params_.dimension;
  return ForEachStride(allowed, [&](uint32_t, const std::vector<uint32_t>& rows) {
    // The hardware foresees rows that follow each other; those far apart it does not.
    const size_t ahead = rows.size() < kStride / 2 ? kRowsAhead : rows.size();
    for (size_t i = 0; i < rows.size(); ++i) {
      if (i + ahead < rows.size()) Prefetch(block.codes + size_t(rows[i + ahead]) * d, d);
      const uint32_t row = rows[i];
      by_bytes_.Offer(ByteNearness(params_.distance, d, q.code.data(), q.scale, q.norm, block.codes + size_t(row) * d,
                                   block.scale[row], block.norm[row]),
                      number, row);
    }
    scored_ += rows.size();
    return CheckDeadline();
  });
}

Beam PartSearch::BeamOver(CandidateHeap* walked, uint32_t width) const {
  return {width, std::max(width / kLeastOfWidth, shape_.limit), walked->SettledBar()};
}

Status PartSearch::RunGraph(const PinnedPart& part, uint32_t number, const Bitmap& allowed) {
  if (part.packed != nullptr) return RunGraphByBits(part, number, allowed);
  const GraphSpace space{part.rows->Bytes(vector_), part.rows->rows(), params_.dimension, params_.distance};
  for (const Neighbour& n : part.graph->Search(space, Bytes(), BeamOver(&walked_by_bytes_, shape_.ef), allowed, &scored_)) {
    by_bytes_.Offer(n.nearness, number, n.row);
    walked_by_bytes_.Offer(n.nearness, number, n.row);
  }
  return CheckDeadline();
}

// Three sieves: the walk estimates from bits, what it gathers is compared by bytes, and the best of that in full.
Status PartSearch::RunGraphByBits(const PinnedPart& part, uint32_t number, const Bitmap& allowed) {
  const BitQuery query = coder_->Prepare(Rotated().data(), part.rows->RotatedCentroid(vector_), params_.distance);
  const auto found = part.graph->Search(*part.packed, query, BeamOver(&walked_by_bits_, BitWidth(shape_)), allowed, &scored_);
  for (const Neighbour& n : found) walked_by_bits_.Offer(n.nearness, number, n.row);
  const GraphSpace space{part.rows->Bytes(vector_), part.rows->rows(), params_.dimension, params_.distance};
  const auto prefetch = [&](const Neighbour& n) { Prefetch(space.codes.codes + size_t(n.row) * params_.dimension, params_.dimension); };
  constexpr size_t kAhead = 4;
  for (size_t i = 0; i < std::min(kAhead, found.size()); ++i) prefetch(found[i]);
  for (size_t i = 0; i < found.size(); ++i) {
    if (i + kAhead < found.size()) prefetch(found[i + kAhead]);
    by_bytes_.Offer(space.Nearness(Bytes(), found[i].row), number, found[i].row);
  }
  return CheckDeadline();
}

Status PartSearch::RunLists(const PinnedPart& part, uint32_t number, const Bitmap& allowed) {
  const auto offer = [&](float estimate, uint32_t row) { by_bits_.Offer(estimate, number, row); };
  SIDECAR_RETURN_IF_ERROR(
      part.lists->Search(Rotated().data(), params_.distance, probes_, allowed, offer, &scored_));
  return CheckDeadline();
}

// Rounding errs by up to half a step of its scale in each component, independently of the others: by a variance of a twelfth of the
// step squared, weighted by what the component is multiplied with.
float PartSearch::RoundingDeviation(const PinnedPart& part, const Candidate& c) {
  const ByteQuery& q = Bytes();
  const ByteBlock block = part.rows->Bytes(vector_);
  const float scale = block.scale[c.row];
  if (LargerIsBetter(params_.distance)) return std::sqrt((q.scale * q.scale * block.norm[c.row] + scale * scale * q.norm) / 12);
  const float squares = (q.scale * q.scale + scale * scale) / 12;
  return std::sqrt(4 * std::max(0.0f, -c.nearness) * squares + params_.dimension * squares * squares);
}

Result<std::vector<Candidate>> PartSearch::Finish(const std::vector<PinnedPart>& parts, Explain* explain) {
  // What bits found in a part that has bytes goes through that sieve, a quarter of the memory of full vectors, before those.
  const uint32_t d = params_.dimension;
  std::vector<Candidate> in_full;
  for (const Candidate& c : by_bits_.Take()) {
    const ByteBlock block = parts[c.part].rows->Bytes(vector_);
    if (block.codes == nullptr || parts[c.part].lists != nullptr) {  // lists: two reads from disk would be worse than one
      in_full.push_back(c);
      continue;
    }
    const ByteQuery& q = Bytes();
    by_bytes_.Offer(ByteNearness(params_.distance, d, q.code.data(), q.scale, q.norm, block.codes + size_t(c.row) * d, block.scale[c.row],
                                 block.norm[c.row]),
                    c.part, c.row);
  }
  float scratch[kMaxDimension];
  const auto compare = [&](const Candidate& c) -> Result<float> {
    SIDECAR_ASSIGN_OR_RETURN(const float* values, parts[c.part].rows->Vector(vector_, c.row, scratch));
    const float exact = Exact(values);
    exact_.Offer(exact, c.part, c.row);
    return exact;
  };
  for (const Candidate& c : in_full) SIDECAR_RETURN_IF_ERROR(compare(c).status());
  // Nearest by bytes first, until rounding cannot be what keeps a row out of the results.
  uint32_t looked_at = 0;
  float worst = 0;
  for (const Candidate& c : by_bytes_.Take()) {
    if (looked_at >= kInFullMin) {
      const float error = std::max(kSurelyFarther * RoundingDeviation(parts[c.part], c), kSeenFarther * worst);
      if (c.nearness + error < exact_.bar()) break;
    }
    SIDECAR_ASSIGN_OR_RETURN(const float exact, compare(c));
    worst = std::max(worst, std::abs(exact - c.nearness));
    ++looked_at;
  }
  if (explain != nullptr) explain->reranked = uint32_t(in_full.size()) + looked_at;
  std::vector<Candidate> results = exact_.Take();
  // Equal scores in id order, so that answers do not depend on how far the background work is.
  std::sort(results.begin(), results.end(), [&](const Candidate& a, const Candidate& b) {
    return a.nearness != b.nearness ? a.nearness > b.nearness : parts[a.part].rows->Id(a.row) < parts[b.part].rows->Id(b.row);
  });
  return results;
}

}  // namespace sidecar
