#include "src/engine/answer.h"

namespace sidecar {
namespace {

// At most, as the wire frames them.
constexpr uint64_t kRecordBytes = 64;  // with id, version and score
constexpr uint64_t kValueBytes = 24;   // with a number

uint64_t BytesOf(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value.data)) return kValueBytes + text->size();
  uint64_t bytes = kValueBytes;
  if (const auto* list = std::get_if<List>(&value.data)) {
    for (const Value& v : *list) bytes += BytesOf(v);
  }
  if (const auto* fields = std::get_if<Payload>(&value.data)) {
    for (const auto& [key, v] : *fields) bytes += key.size() + BytesOf(v);
  }
  return bytes;
}

}  // namespace

Status AnswerTooLarge() {
  return InvalidArgument("Wrong input: the answer would be larger than " + std::to_string(kMaxAnswerBytes >> 20) +
                         " MiB. Ask for fewer points at a time, or for less of them: vectors or keys of the payload");
}

bool Answer::Add(Record record) {
  uint64_t bytes = kRecordBytes;
  for (const auto& [key, value] : record.payload) bytes += key.size() + BytesOf(value);
  // The wire carries them in two places, for older and for newer clients.
  for (const auto& [name, vector] : record.vectors) bytes += kValueBytes + name.size() + 2 * sizeof(float) * vector.size();
  if (!records_.empty() && bytes_ + bytes > kMaxAnswerBytes) return false;
  bytes_ += bytes;
  records_.push_back(std::move(record));
  return true;
}

}  // namespace sidecar
