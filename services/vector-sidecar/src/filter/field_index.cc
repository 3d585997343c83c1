#include "src/filter/field_index.h"

#include <algorithm>
#include <cmath>

#include "src/filter/match.h"

namespace sidecar {
namespace {

constexpr size_t kPrefixes = 16;       // two bytes for each row of a part
constexpr size_t kPrefixedMin = 4096;  // entries below which looking at each costs little

void PutRow(std::vector<uint32_t>* rows, uint32_t row) {
  if (rows->empty() || rows->back() != row) rows->push_back(row);
}

void SetAll(const std::vector<uint32_t>& rows, Bitmap* out) {
  for (const uint32_t row : rows) out->Set(row);
}

}  // namespace

void FieldIndex::Add(uint32_t row, const Payload& payload, const std::string& key) {
  ForEachElement(payload, key, [&](const Value& v) {
    if (std::holds_alternative<std::monostate>(v.data)) {
      PutRow(&null_, row);
      return;
    }
    bool known = false;
    switch (type_) {
      case FieldType::kKeyword:
      case FieldType::kUuid:
        if (const auto* s = std::get_if<std::string>(&v.data)) {
          PutRow(&words_[*s], row);
          known = true;
        }
        break;
      case FieldType::kBool:
        if (const auto* b = std::get_if<bool>(&v.data)) {
          PutRow(&integers_[*b], row);
          known = true;
        }
        break;
      case FieldType::kInteger:
        if (const auto* n = std::get_if<int64_t>(&v.data)) {
          PutRow(&integers_[*n], row);
          ordered_.push_back({double(*n), *n, row});
          known = true;
        } else if (const auto d = AsNumber(v)) {
          ordered_.push_back({*d, 0, row});
        }
        break;
      case FieldType::kFloat:
        if (const auto d = AsNumber(v)) ordered_.push_back({*d, 0, row});
        break;
      case FieldType::kDatetime:
        if (const auto t = AsDatetime(v)) ordered_.push_back({0, *t, row});
        break;
    }
    if (!known) PutRow(&strangers_, row);
  });
  bool empty = true;
  for (const Value* v : ValuesAt(payload, key)) {
    const auto* list = std::get_if<List>(&v->data);
    empty = empty && (std::holds_alternative<std::monostate>(v->data) || (list != nullptr && list->empty()));
  }
  if (!empty) PutRow(&not_empty_, row);
}

std::optional<Bitmap> FieldIndex::AnswerMatch(const std::vector<MatchValue>& values, uint32_t size) const {
  Bitmap out(size);
  for (const MatchValue& wanted : values) {
    if (const auto* word = std::get_if<std::string>(&wanted); word != nullptr && (type_ == FieldType::kKeyword || type_ == FieldType::kUuid)) {
      if (const auto found = words_.find(*word); found != words_.end()) SetAll(found->second, &out);
    } else if (const auto* n = std::get_if<int64_t>(&wanted); n != nullptr && type_ == FieldType::kInteger) {
      if (const auto found = integers_.find(*n); found != integers_.end()) SetAll(found->second, &out);
    } else if (const auto* b = std::get_if<bool>(&wanted); b != nullptr && type_ == FieldType::kBool) {
      if (const auto found = integers_.find(*b); found != integers_.end()) SetAll(found->second, &out);
    } else {
      return std::nullopt;  // a value of another type than indexed: only the payload knows
    }
  }
  return out;
}

std::optional<Bitmap> FieldIndex::AnswerExcept(const std::vector<MatchValue>& values, uint32_t size) const {
  const bool words = type_ == FieldType::kKeyword || type_ == FieldType::kUuid;
  if (!words && type_ != FieldType::kInteger && type_ != FieldType::kBool) return std::nullopt;
  Bitmap out(size);
  const auto excluded = [&](const auto& key) {
    for (const MatchValue& v : values) {
      if constexpr (std::is_same_v<std::decay_t<decltype(key)>, std::string>) {
        const auto* s = std::get_if<std::string>(&v);
        if (s != nullptr && *s == key) return true;
      } else if (type_ == FieldType::kBool) {
        const auto* b = std::get_if<bool>(&v);
        if (b != nullptr && int64_t(*b) == key) return true;
      } else {
        const auto* n = std::get_if<int64_t>(&v);
        if (n != nullptr && *n == key) return true;
      }
    }
    return false;
  };
  for (const MatchValue& v : values) {
    // A listed value of another type may be what a stranger row holds.
    const bool fits = words ? std::holds_alternative<std::string>(v)
                            : type_ == FieldType::kBool ? std::holds_alternative<bool>(v) : std::holds_alternative<int64_t>(v);
    if (!fits && !strangers_.empty()) return std::nullopt;
  }
  for (const auto& [word, rows] : words_) {
    if (!excluded(word)) SetAll(rows, &out);
  }
  for (const auto& [number, rows] : integers_) {
    if (!excluded(number)) SetAll(rows, &out);
  }
  SetAll(strangers_, &out);
  return out;
}

void FieldIndex::Seal() {
  if (type_ == FieldType::kDatetime) {
    std::sort(ordered_.begin(), ordered_.end(), [](const Entry& a, const Entry& b) { return a.exact < b.exact; });
    sealed_ = ordered_.size();
    MakePrefixes();
    return;
  }
  const auto numbers = std::partition(ordered_.begin(), ordered_.end(), [](const Entry& e) { return !std::isnan(e.number); });
  std::sort(ordered_.begin(), numbers, [](const Entry& a, const Entry& b) { return a.number < b.number; });
  sealed_ = size_t(numbers - ordered_.begin());
  MakePrefixes();
}

void FieldIndex::MakePrefixes() {
  prefixes_.clear();
  if (sealed_ < kPrefixedMin) return;
  uint32_t size = 0;
  for (size_t i = 0; i < sealed_; ++i) size = std::max(size, ordered_[i].row + 1);
  prefix_step_ = (sealed_ + kPrefixes - 1) / kPrefixes;
  Bitmap rows(size);
  for (size_t i = 0; i < sealed_; ++i) {
    if (i % prefix_step_ == 0) prefixes_.push_back(rows);
    rows.Set(ordered_[i].row);
  }
  // A row that comes twice may be in two places, of which a difference of prefixes forgets one.
  if (rows.Count() != sealed_) prefixes_.clear();
}

Bitmap FieldIndex::RowsOf(size_t first, size_t last, uint32_t size) const {
  Bitmap out;
  size_t whole_first = first, whole_last = first;  // entries that the prefixes answer for
  if (!prefixes_.empty() && last - first >= 2 * prefix_step_) {
    const size_t from = (first + prefix_step_ - 1) / prefix_step_, to = std::min(last / prefix_step_, prefixes_.size() - 1);
    whole_first = from * prefix_step_;
    whole_last = to * prefix_step_;
    out = prefixes_[to];
    out.AndNot(prefixes_[from]);
  }
  out.Resize(size);
  for (size_t i = first; i < whole_first; ++i) out.Set(ordered_[i].row);
  for (size_t i = whole_last; i < last; ++i) out.Set(ordered_[i].row);
  return out;
}

template <typename Bounds>
Bitmap FieldIndex::AnswerRange(const Bounds& bounds, uint32_t size) const {
  const auto value = [](const Entry& e) {
    if constexpr (std::is_same_v<Bounds, DatetimeRange>) return e.exact;
    else return e.number;
  };
  const auto below = [&](const Entry& e) { return (bounds.gt && !(value(e) > *bounds.gt)) || (bounds.gte && !(value(e) >= *bounds.gte)); };
  const auto not_above = [&](const Entry& e) { return (!bounds.lt || value(e) < *bounds.lt) && (!bounds.lte || value(e) <= *bounds.lte); };
  const auto sealed_end = ordered_.begin() + long(sealed_);
  const auto first = std::partition_point(ordered_.begin(), sealed_end, below);
  const auto last = std::partition_point(first, sealed_end, not_above);
  Bitmap out = RowsOf(size_t(first - ordered_.begin()), size_t(last - ordered_.begin()), size);
  for (auto e = sealed_end; e != ordered_.end(); ++e) {
    if (Within(bounds, value(*e))) out.Set(e->row);
  }
  return out;
}

std::optional<Bitmap> FieldIndex::Answer(const Condition& condition, uint32_t size) const {
  if (const auto* c = std::get_if<MatchAny>(&condition)) return AnswerMatch(c->values, size);
  if (const auto* c = std::get_if<MatchExcept>(&condition)) return AnswerExcept(c->values, size);
  if (const auto* c = std::get_if<Range>(&condition)) {
    if (type_ == FieldType::kInteger || type_ == FieldType::kFloat) return AnswerRange(*c, size);
  }
  if (const auto* c = std::get_if<DatetimeRange>(&condition)) {
    if (type_ == FieldType::kDatetime) return AnswerRange(*c, size);
  }
  if (std::holds_alternative<IsEmpty>(condition)) {
    Bitmap out(size);
    SetAll(not_empty_, &out);
    out.Not();
    return out;
  }
  if (std::holds_alternative<IsNull>(condition)) {
    Bitmap out(size);
    SetAll(null_, &out);
    return out;
  }
  return std::nullopt;
}

void FieldIndex::CountValues(const Bitmap& allowed, std::map<MatchValue, uint64_t>* counts) const {
  const auto add = [&](MatchValue value, const std::vector<uint32_t>& rows) {
    uint64_t count = 0;
    for (const uint32_t row : rows) count += allowed.Test(row);
    if (count > 0) (*counts)[std::move(value)] += count;
  };
  for (const auto& [word, rows] : words_) add(word, rows);
  for (const auto& [number, rows] : integers_) {
    if (type_ == FieldType::kBool) add(number != 0, rows);
    else add(number, rows);
  }
}

uint64_t FieldIndex::memory_bytes() const {
  uint64_t bytes = ordered_.capacity() * sizeof(Entry) + (strangers_.size() + not_empty_.size() + null_.size()) * 4;
  for (const Bitmap& prefix : prefixes_) bytes += prefix.bytes();
  for (const auto& [word, rows] : words_) bytes += word.size() + 64 + rows.capacity() * 4;
  for (const auto& [number, rows] : integers_) bytes += 64 + rows.capacity() * 4;
  return bytes;
}

void FieldIndexes::Seal() {
  for (auto& [key, index] : fields) index->Seal();
}

void FieldIndexes::AddRow(uint32_t row, const Payload& payload) {
  for (auto& [key, index] : fields) index->Add(row, payload, key);
}

uint64_t FieldIndexes::memory_bytes() const {
  uint64_t bytes = 0;
  for (const auto& [key, index] : fields) bytes += index->memory_bytes();
  return bytes;
}

}  // namespace sidecar
