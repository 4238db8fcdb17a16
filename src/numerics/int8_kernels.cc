// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "numerics/int8_kernels.h"

#include <algorithm>
#include <cstdlib>

#include "numerics/kernel_set.h"

namespace imcc {

namespace {

KernelSet OfThisCpu() {
#ifdef IMCC_X86_KERNELS
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vnni"))
    return KernelSet::kAvx512Vnni;
  if (__builtin_cpu_supports("avx2")) return KernelSet::kAvx2;
#endif
  return KernelSet::kScalar;
}

KernelSet Allowed() {
  const char* const name = std::getenv(kKernelCapVariable);
  return name == nullptr ? kBestKernelSet : KernelSetNamed(name).value_or(kBestKernelSet);
}

}  // namespace

KernelSet BestKernelSet() {
  static const KernelSet best = std::min(OfThisCpu(), Allowed());
  return best;
}

std::optional<KernelSet> KernelSetNamed(std::string_view name) {
  for (const KernelSet set : {KernelSet::kScalar, KernelSet::kAvx2, KernelSet::kAvx512Vnni})
    if (Name(set) == name) return set;
  return std::nullopt;
}

std::string_view Name(KernelSet set) {
  switch (set) {
    case KernelSet::kScalar:
      return "scalar";
    case KernelSet::kAvx2:
      return "avx2";
    case KernelSet::kAvx512Vnni:
      return "avx512-vnni";
  }
  return "";
}

#ifdef IMCC_X86_KERNELS

void GemmInt8(const GemmArguments& arguments, KernelSet set) {
  if (set == KernelSet::kAvx512Vnni) return GemmVnni(arguments);
  if (set == KernelSet::kAvx2) return GemmAvx2(arguments);
  GemmScalar(arguments);
}

void RequantizeRow(const int32_t* acc, const int32_t* bias, const uint32_t* requantizers, int64_t n,
                   int32_t zero_point, ClampRange range, int8_t* out, KernelSet set) {
  if (set == KernelSet::kScalar)
    return RequantizeRowScalar(acc, bias, requantizers, n, zero_point, range, out);
  RequantizeRowAvx2(acc, bias, requantizers, n, zero_point, range, out);
}

void MultiplyAccumulateRow(const int8_t* x, const int8_t* w, int64_t n, int32_t* acc,
                           KernelSet set) {
  if (set == KernelSet::kScalar) return MultiplyAccumulateRowScalar(x, w, n, acc);
  MultiplyAccumulateRowAvx2(x, w, n, acc);
}

#else

void GemmInt8(const GemmArguments& arguments, KernelSet) { GemmScalar(arguments); }

void RequantizeRow(const int32_t* acc, const int32_t* bias, const uint32_t* requantizers, int64_t n,
                   int32_t zero_point, ClampRange range, int8_t* out, KernelSet) {
  RequantizeRowScalar(acc, bias, requantizers, n, zero_point, range, out);
}

void MultiplyAccumulateRow(const int8_t* x, const int8_t* w, int64_t n, int32_t* acc, KernelSet) {
  MultiplyAccumulateRowScalar(x, w, n, acc);
}

#endif

}  // namespace imcc
