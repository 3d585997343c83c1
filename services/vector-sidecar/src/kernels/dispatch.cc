#include <cstdlib>
#include <string_view>

#include "src/kernels/kernels.h"

namespace sidecar {

namespace {

const Kernels* Choose() {
  const char* wanted = std::getenv("SIDECAR_KERNELS");
  const std::string_view name = wanted == nullptr ? "" : wanted;
  if (name == "scalar") return &ScalarKernels();
  if (name != "avx2") {
    if (const Kernels* k = Avx512Kernels()) return k;
  }
  if (const Kernels* k = Avx2Kernels()) return k;
  return &ScalarKernels();
}

}  // namespace

const Kernels& ActiveKernels() {
  static const Kernels* const chosen = Choose();
  return *chosen;
}

}  // namespace sidecar
