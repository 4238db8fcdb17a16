// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "numerics/requantize.h"

namespace imcc {

/// Integer kernels shared by the reference executor and the simulator. Every implementation gives
/// the same bits; `kScalar` is the truth, the others are picked at run time by CPU features.
enum class KernelSet { kScalar, kAvx2, kAvx512Vnni };

inline constexpr KernelSet kBestKernelSet = KernelSet::kAvx512Vnni;

/// The environment variable that caps BestKernelSet by name, to see here what a lesser CPU does.
inline constexpr const char* kKernelCapVariable = "IMCC_MAX_CPU_ISA";

/// The fastest set this CPU runs and kKernelCapVariable allows.
KernelSet BestKernelSet();
std::string_view Name(KernelSet set);
std::optional<KernelSet> KernelSetNamed(std::string_view name);

/// C[m][n] (+)= sum_k A[m][k] * B[n][k], int8 x int8 -> int32, exact (wraps modulo 2^32).
/// Rows of A are `lda` bytes apart, of B `ldb`, of C `ldc` elements. `accumulate` adds to C.
struct GemmArguments {
  int64_t m = 0, n = 0, k = 0;
  const int8_t* a = nullptr;
  int64_t lda = 0;
  const int8_t* b = nullptr;
  int64_t ldb = 0;
  int32_t* c = nullptr;
  int64_t ldc = 0;
  bool accumulate = false;
};
void GemmInt8(const GemmArguments& arguments, KernelSet set);

/// out[i] = Requantize(acc[i] + bias[i], requantizers[i], zero_point, range) for i < n.
/// requantizers are packed (see Pack); sums wrap modulo 2^32.
void RequantizeRow(const int32_t* acc, const int32_t* bias, const uint32_t* requantizers, int64_t n,
                   int32_t zero_point, ClampRange range, int8_t* out, KernelSet set);

/// acc[c] += x[c] * w[c] for c < n (depthwise tap), int8 x int8 -> int32.
void MultiplyAccumulateRow(const int8_t* x, const int8_t* w, int64_t n, int32_t* acc,
                           KernelSet set);

}  // namespace imcc
