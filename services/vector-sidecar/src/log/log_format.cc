#include "src/log/log_format.h"

#include <charconv>
#include <cstdio>

#include "src/env/coding.h"
#include "src/kernels/kernels.h"

namespace sidecar {

static constexpr std::string_view kLogMagic = "SCARLOG1";

std::string EncodeLogHeader(const LogHeader& h) {
  std::string out(kLogMagic);
  PutFixed(&out, h.seed);
  PutFixed(&out, h.key);
  PutFixed(&out, h.number);
  PutFixed(&out, h.first_lsn);
  PutFixed(&out, h.capacity);
  PutFixed(&out, h.previous_end);
  PutFixed(&out, h.previous_crc);
  PutFixed(&out, h.file_id);
  PutFixed(&out, ActiveKernels().crc32c(0, out.data(), out.size()));
  return out;
}

Result<LogHeader> DecodeLogHeader(std::string_view bytes) {
  if (bytes.size() < kLogHeaderUsed) return Corruption("the header is cut short");
  if (bytes.substr(0, 8) != kLogMagic) return Corruption("the header does not start with SCARLOG1");
  const uint32_t stored = LoadFixed<uint32_t>(bytes.data() + kLogHeaderUsed - 4);
  if (ActiveKernels().crc32c(0, bytes.data(), kLogHeaderUsed - 4) != stored) {
    return Corruption("the header's checksum does not match");
  }
  Decoder in(bytes.substr(8));
  LogHeader h;
  h.seed = in.Fixed<uint32_t>();
  h.key = in.Fixed<uint32_t>();
  h.number = in.Fixed<uint64_t>();
  h.first_lsn = in.Fixed<uint64_t>();
  h.capacity = in.Fixed<uint64_t>();
  h.previous_end = in.Fixed<uint64_t>();
  h.previous_crc = in.Fixed<uint32_t>();
  h.file_id = in.Fixed<uint64_t>();
  return h;
}

void EncodeRecord(RecordHeader* h, uint32_t seed, std::string_view payload, std::string* out) {
  std::string record;
  record.reserve(RecordSpace(payload.size()));
  record.resize(kRecordHeaderBytes);
  record.append(payload);
  FinishRecord(h, seed, &record);
  out->append(record);
}

void FinishRecord(RecordHeader* h, uint32_t seed, std::string* record) {
  h->length = uint32_t(record->size() - kRecordHeaderBytes);
  std::string head;
  PutFixed(&head, uint32_t(0));
  PutFixed(&head, h->length);
  PutFixed(&head, h->previous);
  PutFixed(&head, uint32_t(h->type));
  PutFixed(&head, h->lsn);
  PutFixed(&head, h->durable);
  std::memcpy(record->data(), head.data(), kRecordHeaderBytes);
  h->crc = ActiveKernels().crc32c(seed, record->data() + 4, record->size() - 4);
  std::memcpy(record->data(), &h->crc, sizeof(h->crc));
  record->resize(RecordSpace(h->length), '\0');
}

RecordHeader DecodeRecordHeader(const char* bytes) {
  RecordHeader h;
  h.crc = LoadFixed<uint32_t>(bytes);
  h.length = LoadFixed<uint32_t>(bytes + 4);
  h.previous = LoadFixed<uint32_t>(bytes + 8);
  const uint32_t type = LoadFixed<uint32_t>(bytes + 12);
  h.type = type > kMaxRecordType ? 0xff : uint8_t(type);
  h.lsn = LoadFixed<uint64_t>(bytes + 16);
  h.durable = LoadFixed<uint64_t>(bytes + 24);
  return h;
}

bool RecordIntact(uint32_t seed, const RecordHeader& header, std::string_view bytes) {
  const size_t covered = kRecordHeaderBytes + header.length;
  return bytes.size() >= covered && ActiveKernels().crc32c(seed, bytes.data() + 4, covered - 4) == header.crc;
}

std::string RecordPlace(const LogHeader& file, uint64_t offset, const RecordHeader& record) {
  std::string place = EncodeLogHeader(file);
  PutFixed(&place, offset);
  PutFixed(&place, record.previous);
  PutFixed(&place, record.type);
  PutFixed(&place, record.lsn);
  return place;
}

std::string LogName(uint64_t number) {
  char name[32];
  std::snprintf(name, sizeof(name), "log-%06llu", static_cast<unsigned long long>(number));
  return name;
}

bool ParseNumberedName(std::string_view name, std::string_view prefix, uint64_t* number) {
  if (!name.starts_with(prefix)) return false;
  name.remove_prefix(prefix.size());
  const auto parsed = std::from_chars(name.data(), name.data() + name.size(), *number);
  return !name.empty() && parsed.ec == std::errc() && parsed.ptr == name.data() + name.size();
}

}  // namespace sidecar
