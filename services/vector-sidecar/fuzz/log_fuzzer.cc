// A log file with arbitrary records behind a right header: recovery neither crashes nor replays out of order, and what it
// accepted it accepts again.
#include "fuzz/fuzz.h"
#include "src/env/sim_env.h"
#include "src/log/log.h"

using namespace sidecar;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  LogHeader header;
  header.number = 1;
  header.first_lsn = 1;
  header.capacity = kLogHeaderBytes + (size + 7) / 8 * 8;
  header.seed = 7;
  std::string file = EncodeLogHeader(header);
  file.resize(kLogHeaderBytes, '\0');
  file.append(reinterpret_cast<const char*>(data), size);
  file.resize(header.capacity, '\0');
  // Puts each record's CRC and chain right where its length allows, unless the input's first bit asks for raw bytes.
  if (size > 0 && (data[0] & 1) == 0) {
    uint32_t chain = header.seed;
    for (size_t at = kLogHeaderBytes; at + kRecordHeaderBytes <= file.size();) {
      const uint32_t length = LoadFixed<uint32_t>(&file[at + 4]) % 512;
      if (at + kRecordHeaderBytes + length > file.size()) break;
      std::memcpy(&file[at + 4], &length, 4);
      std::memcpy(&file[at + 8], &chain, 4);
      FixCrc(&file, at + 4, at + kRecordHeaderBytes + length, at, header.seed);
      chain = LoadFixed<uint32_t>(&file[at]);
      at += RecordSpace(length);
    }
  }
  SimEnv env({{"d", SimEnv::kDirectory}, {"d/log-000001", file}}, 1);
  uint64_t first_count = 0;
  for (int round = 0; round < 2; ++round) {
    uint64_t last = 0, count = 0;
    LogReport report;
    const auto log = Log::Open(&env, "d", {.capacity = 8192}, 0,
                               [&](const LogRecord& r) {
                                 FUZZ_CHECK(r.lsn == last + 1);
                                 last = r.lsn;
                                 ++count;
                                 return Status();
                               },
                               &report);
    if (!log.ok()) {
      FUZZ_CHECK(log.status().code() == Code::kCorruption && round == 0);
      return 0;
    }
    if (round == 0) {
      first_count = count;
      std::vector<LogRecord> more = {{1, last + 1, "x"}};
      FUZZ_CHECK((*log)->Append(&more).ok() && (*log)->Sync().ok());
    } else {
      FUZZ_CHECK(count == first_count + 1);
    }
  }
  return 0;
}
