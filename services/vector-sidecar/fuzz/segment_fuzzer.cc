// A real segment with arbitrary bytes written over it, and its checksums put right: loading and reading never leave the file.
#include "fuzz/fuzz.h"
#include "src/env/sim_env.h"
#include "src/segment/segment.h"

using namespace sidecar;

namespace {

struct Seed {
  CollectionConfig config;
  Coders coders;
  SimEnv::Image image;
  Seed() {
    config.vectors = {{"", 5, Distance::kDot}};
    coders = MakeCoders(config);
    Memtable table(&config, &coders);
    std::vector<RowRef> rows;
    for (uint32_t i = 0; i < 9; ++i) {
      const std::vector<Point> point = {{PointId::Number(i), {{"", {1, 2, 3, float(i), 5}}}, {{"k", Value{int64_t(i)}}}}};
      PreparedRows prepared = Prepare(config, coders, point);
      table.Add(point[0], i + 1, &prepared, 0);
      rows.push_back({&table, i});
    }
    SimEnv env;
    FUZZ_CHECK(env.CreateDir("d").ok());
    FUZZ_CHECK(WriteSegment(&env, "d", 1, config, coders, rows, nullptr).ok());
    image = env.CurrentImage();
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Seed seed;
  SimEnv::Image image = seed.image;
  Scribble(data, size, &image["d/seg-000001"]);
  SimEnv env(image, 1);
  const auto segment = Segment::Open(&env, "d", 1, &seed.config, nullptr);
  if (!segment.ok()) return 0;
  float scratch[8];
  for (uint32_t row = 0; row < (*segment)->rows(); ++row) {
    (void)(*segment)->Id(row);
    (void)(*segment)->GetPayload(row).ok();
    const auto vector = (*segment)->Vector(0, row, scratch);
    if (vector.ok()) FUZZ_CHECK((*vector)[0] != 12345.678f);
  }
  return 0;
}
