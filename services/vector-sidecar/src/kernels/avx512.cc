#define KERNEL_NAMESPACE avx512
#define NATIVE_BYTES 64
#include "src/kernels/generic.inc"

namespace sidecar {

const Kernels* Avx512Kernels() {
  static constexpr Kernels kTable = avx512::MakeTable("avx512");
  const bool has = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                   __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
                   __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512vpopcntdq");
  return has ? &kTable : nullptr;
}

}  // namespace sidecar
