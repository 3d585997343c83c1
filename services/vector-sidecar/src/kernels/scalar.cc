#define KERNEL_NAMESPACE scalar
#define NATIVE_BYTES 16
#include "src/kernels/generic.inc"

namespace sidecar {

const Kernels& ScalarKernels() {
  static constexpr Kernels kTable = scalar::MakeTable("scalar");
  return kTable;
}

}  // namespace sidecar
