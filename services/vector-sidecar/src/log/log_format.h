// Layout of log files and records; docs/format.md, section 2, gives it byte by byte.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sidecar/status.h"

namespace sidecar {

inline constexpr uint64_t kLogHeaderBytes = 4096;
inline constexpr size_t kLogHeaderUsed = 64;
inline constexpr size_t kRecordHeaderBytes = 32;
inline constexpr uint64_t kRecordAlignment = 8;
inline constexpr uint64_t kMaxRecordBytes = 64ull << 20;

struct LogHeader {
  uint32_t seed = 0;     // starts every CRC of this file, so that records of the file's earlier life are not seen
  uint32_t key = 0;      // number of the data key, 0 for plain text
  uint64_t number = 0;
  uint64_t first_lsn = 0;
  uint64_t capacity = 0;
  uint64_t previous_end = 0;  // where the file before this one ends; 0 when there is none
  uint32_t previous_crc = 0;  // CRC of its last record
  uint64_t file_id = 0;       // random
};

std::string EncodeLogHeader(const LogHeader& header);  // kLogHeaderUsed bytes
Result<LogHeader> DecodeLogHeader(std::string_view bytes);

struct RecordHeader {
  uint32_t crc = 0;
  uint32_t length = 0;       // of the payload as stored
  uint32_t previous = 0;     // CRC of the record before, the file's seed for the first
  uint8_t type = 0;
  uint64_t lsn = 0;
  uint64_t durable = 0;      // all bytes of this file below it were on disk when this record was written
};

// Type 0 marks a clean close: no operation, but proof that all before it was on disk.
inline constexpr uint8_t kCloseRecord = 0;
inline constexpr uint8_t kMaxRecordType = 31;

void EncodeRecord(RecordHeader* header, uint32_t seed, std::string_view payload, std::string* out);  // pads to 8
// Likewise where the payload lies already, behind kRecordHeaderBytes that become the header.
void FinishRecord(RecordHeader* header, uint32_t seed, std::string* record);
RecordHeader DecodeRecordHeader(const char* bytes);
// Whether `bytes` (header and payload) match the CRC in them.
bool RecordIntact(uint32_t seed, const RecordHeader& header, std::string_view bytes);
// The part of the associated data of a sealed payload that depends on its record.
std::string RecordPlace(const LogHeader& file, uint64_t offset, const RecordHeader& record);

inline uint64_t RecordSpace(uint64_t payload_bytes) {
  return (kRecordHeaderBytes + payload_bytes + kRecordAlignment - 1) & ~(kRecordAlignment - 1);
}

std::string LogName(uint64_t number);                       // "log-000007"
bool ParseNumberedName(std::string_view name, std::string_view prefix, uint64_t* number);

}  // namespace sidecar
