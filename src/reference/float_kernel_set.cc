// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "reference/float_kernel_set.h"

#include <fmt/format.h>

#include <oneapi/dnnl/dnnl.hpp>

#include "numerics/int8_kernels.h"

namespace imcc {
namespace {

std::string NameOfIsa(dnnl::cpu_isa isa) {
  switch (isa) {
    case dnnl::cpu_isa::sse41:
      return "SSE4.1";
    case dnnl::cpu_isa::avx:
      return "AVX";
    case dnnl::cpu_isa::avx2:
      return "AVX2";
    case dnnl::cpu_isa::avx2_vnni:
      return "AVX2-VNNI";
    default:
      return fmt::format("AVX-512 ({:#x})", static_cast<int>(isa));
  }
}

FloatKernelSet HoldOneDnn() {
  const bool has_avx2 = BestKernelSet() >= KernelSet::kAvx2;
  // Fails, and changes nothing, once oneDNN has run in this process.
  dnnl::set_max_cpu_isa(has_avx2 ? dnnl::cpu_isa::avx2 : dnnl::cpu_isa::sse41);
  const dnnl::cpu_isa isa = dnnl::get_effective_cpu_isa();
  const dnnl_version_t* version = dnnl_version();
  return {.name = fmt::format("oneDNN {}.{}.{}, {}", version->major, version->minor, version->patch,
                              NameOfIsa(isa)),
          .same_bits_everywhere = isa == dnnl::cpu_isa::avx2};
}

}  // namespace

const FloatKernelSet& FloatKernels() {
  static const FloatKernelSet kernels = HoldOneDnn();
  return kernels;
}

}  // namespace imcc
