#define KERNEL_NAMESPACE avx2
#define NATIVE_BYTES 32
#include "src/kernels/generic.inc"

namespace sidecar {

const Kernels* Avx2Kernels() {
  static constexpr Kernels kTable = avx2::MakeTable("avx2");
  const bool has = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("sse4.2");
  return has ? &kTable : nullptr;
}

}  // namespace sidecar
