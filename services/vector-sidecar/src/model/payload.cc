#include <charconv>
#include <cmath>

#include "sidecar/types.h"
#include "src/env/coding.h"

namespace sidecar {
namespace {

enum Tag : uint8_t { kNull, kFalse, kTrue, kInteger, kDouble, kString, kList, kStruct };
constexpr int kMaxDepth = 64;

Value DecodeValue(Decoder* in, int depth);

Payload DecodeStruct(Decoder* in, int depth) {
  Payload fields;
  const uint64_t count = in->Count(2);
  for (uint64_t i = 0; i < count && in->ok(); ++i) {
    std::string key(in->String());
    // Sorted, distinct keys: one payload has one encoding.
    if (!fields.empty() && !(fields.rbegin()->first < key)) in->Fail();
    fields.emplace_hint(fields.end(), std::move(key), DecodeValue(in, depth + 1));
  }
  return fields;
}

Value DecodeValue(Decoder* in, int depth) {
  const uint8_t tag = in->Fixed<uint8_t>();
  if (!in->ok() || depth > kMaxDepth) {
    in->Fail();
    return {};
  }
  switch (tag) {
    case kNull: return {};
    case kFalse: return {false};
    case kTrue: return {true};
    case kInteger: return {in->Fixed<int64_t>()};
    case kDouble: return {in->Fixed<double>()};
    case kString: return {std::string(in->String())};
    case kList: {
      List list;
      const uint64_t count = in->Count(1);
      for (uint64_t i = 0; i < count && in->ok(); ++i) list.push_back(DecodeValue(in, depth + 1));
      return {std::move(list)};
    }
    case kStruct: return {DecodeStruct(in, depth)};
    default: in->Fail(); return {};
  }
}

void EncodeStruct(const Payload& fields, std::string* out) {
  PutVarint(out, fields.size());
  for (const auto& [key, value] : fields) {
    PutString(out, key);
    EncodeValue(value, out);
  }
}

void AppendQuoted(std::string_view text, std::string* out) {
  out->push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out->push_back('\\');
      out->push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escaped[8];
      std::snprintf(escaped, sizeof(escaped), "\\u%04x", c);
      *out += escaped;
    } else {
      out->push_back(c);
    }
  }
  out->push_back('"');
}

void AppendJson(const Value& value, std::string* out);

void AppendJson(const Payload& fields, std::string* out) {
  out->push_back('{');
  for (auto it = fields.begin(); it != fields.end(); ++it) {
    if (it != fields.begin()) out->push_back(',');
    AppendQuoted(it->first, out);
    out->push_back(':');
    AppendJson(it->second, out);
  }
  out->push_back('}');
}

struct JsonPrinter {
  std::string* out;
  void operator()(std::monostate) const { *out += "null"; }
  void operator()(bool b) const { *out += b ? "true" : "false"; }
  void operator()(int64_t n) const { *out += std::to_string(n); }
  void operator()(double d) const {
    char digits[40];
    const auto end = std::to_chars(digits, digits + sizeof(digits), d).ptr;
    if (std::isfinite(d)) out->append(digits, end);
    else *out += "null";
  }
  void operator()(const std::string& s) const { AppendQuoted(s, out); }
  void operator()(const List& list) const {
    out->push_back('[');
    for (size_t i = 0; i < list.size(); ++i) {
      if (i > 0) out->push_back(',');
      AppendJson(list[i], out);
    }
    out->push_back(']');
  }
  void operator()(const Payload& fields) const { AppendJson(fields, out); }
};

void AppendJson(const Value& value, std::string* out) { std::visit(JsonPrinter{out}, value.data); }

// One step of a path: a key, then what to do with an array found there.
struct Step {
  std::string_view key;
  bool each = false;  // "[]"
  int64_t index = -1;  // "[3]"
};

Step NextStep(std::string_view* path) {
  const size_t dot = path->find('.');
  std::string_view part = path->substr(0, dot);
  path->remove_prefix(dot == std::string_view::npos ? path->size() : dot + 1);
  Step step;
  const size_t bracket = part.find('[');
  step.key = part.substr(0, bracket);
  if (bracket == std::string_view::npos || part.back() != ']') {
    step.key = part;
    return step;
  }
  const std::string_view inside = part.substr(bracket + 1, part.size() - bracket - 2);
  if (inside.empty()) step.each = true;
  else if (std::from_chars(inside.data(), inside.data() + inside.size(), step.index).ec != std::errc()) step.key = part;
  return step;
}

void Collect(const Value& value, std::string_view path, std::vector<const Value*>* out);

void CollectIn(const Payload& fields, std::string_view path, std::vector<const Value*>* out) {
  // A quoted key may hold dots: "a.b" in quotes is one step.
  Step step;
  if (!path.empty() && path.front() == '"') {
    const size_t close = path.find('"', 1);
    if (close == std::string_view::npos) return;
    step.key = path.substr(1, close - 1);
    path.remove_prefix(close + 1);
    if (!path.empty() && path.front() == '.') path.remove_prefix(1);
  } else {
    step = NextStep(&path);
  }
  const auto found = fields.find(step.key);
  if (found == fields.end()) return;
  const auto* list = std::get_if<List>(&found->second.data);
  if (step.index >= 0) {
    if (list != nullptr && size_t(step.index) < list->size()) Collect((*list)[size_t(step.index)], path, out);
  } else if (step.each) {
    if (list == nullptr) return;
    for (const Value& element : *list) Collect(element, path, out);
  } else {
    Collect(found->second, path, out);
  }
}

void Collect(const Value& value, std::string_view path, std::vector<const Value*>* out) {
  if (path.empty()) {
    out->push_back(&value);
  } else if (const auto* fields = std::get_if<Payload>(&value.data)) {
    CollectIn(*fields, path, out);
  } else if (const auto* list = std::get_if<List>(&value.data)) {
    for (const Value& element : *list) Collect(element, path, out);
  }
}

}  // namespace

void EncodeValue(const Value& value, std::string* out) {
  switch (value.data.index()) {
    case 0: out->push_back(kNull); break;
    case 1: out->push_back(std::get<bool>(value.data) ? kTrue : kFalse); break;
    case 2:
      out->push_back(kInteger);
      PutFixed(out, std::get<int64_t>(value.data));
      break;
    case 3:
      out->push_back(kDouble);
      PutFixed(out, std::get<double>(value.data));
      break;
    case 4:
      out->push_back(kString);
      PutString(out, std::get<std::string>(value.data));
      break;
    case 5: {
      const List& list = std::get<List>(value.data);
      out->push_back(kList);
      PutVarint(out, list.size());
      for (const Value& element : list) EncodeValue(element, out);
      break;
    }
    default:
      out->push_back(kStruct);
      EncodeStruct(std::get<Payload>(value.data), out);
  }
}

std::string EncodePayload(const Payload& payload) {
  std::string out;
  EncodeStruct(payload, &out);
  return out;
}

Result<Payload> DecodePayload(std::string_view data) {
  Decoder in(data);
  Payload payload = DecodeStruct(&in, 0);
  if (!in.done()) return Corruption("a payload is not well formed");
  return payload;
}

std::string ToJson(const Value& value) {
  std::string out;
  AppendJson(value, &out);
  return out;
}

std::string ToJson(const Payload& payload) {
  std::string out;
  AppendJson(payload, &out);
  return out;
}

std::vector<const Value*> ValuesAt(const Payload& payload, std::string_view path) {
  std::vector<const Value*> found;
  CollectIn(payload, path, &found);
  return found;
}

}  // namespace sidecar
