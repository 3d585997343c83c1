// A real file of lists with arbitrary bytes written over it, and its checksums put right: opening and searching never leave the file, nor
// are rows found that there are not.
#include "fuzz/fuzz.h"
#include "src/env/sim_env.h"
#include "src/index/lists.h"

using namespace sidecar;

namespace {

constexpr uint32_t kRows = 9, kDimension = 64;

SimEnv::Image Whole(const BitCoder& coder) {
  SimEnv env;
  FUZZ_CHECK(env.CreateDir("d").ok());
  const auto out = BlockFileWriter::Create(&env, "d/idx", kListsPurpose, 1, kRows, nullptr);
  FUZZ_CHECK(out.ok());
  std::vector<float> vector(kDimension);
  const Bitmap present(kRows, true);
  const ListSource source{[&](uint32_t row) -> Result<const float*> {
                            for (uint32_t i = 0; i < kDimension; ++i) vector[i] = float((row * 7 + i * 3) % 11) - 5;
                            return vector.data();
                          },
                          &present, kRows, Distance::kDot, &coder};
  FUZZ_CHECK(ListIndex::Write(source, 0, out->get(), [] { return true; }).ok() && (*out)->Finish().ok());
  return env.CurrentImage();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const BitCoder coder(kDimension);
  static const SimEnv::Image whole = Whole(coder);
  SimEnv::Image image = whole;
  Scribble(data, size, &image["d/idx"]);
  SimEnv env(image, 1);
  auto file = BlockFile::Open(&env, "d/idx", kListsPurpose, 1, nullptr);
  if (!file.ok()) return 0;
  const auto lists = ListIndex::Open(std::move(*file), 0, kRows, &coder);
  if (!lists.ok()) return 0;
  std::vector<float> rotated(coder.padded(), 0.5f);
  uint64_t scored = 0;
  for (const Distance distance : {Distance::kDot, Distance::kEuclid}) {
    const auto offer = [](float, uint32_t row) { FUZZ_CHECK(row < kRows); };
    (void)(*lists)->Search(rotated.data(), distance, 100, Bitmap(kRows, true), offer, &scored).ok();
  }
  return 0;
}
