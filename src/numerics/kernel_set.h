// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "numerics/int8_kernels.h"

/// One implementation of each kernel per instruction set; int8_kernels.cc picks.
namespace imcc {

void GemmScalar(const GemmArguments& arguments);
void RequantizeRowScalar(const int32_t* acc, const int32_t* bias, const uint32_t* requantizers,
                         int64_t n, int32_t zero_point, ClampRange range, int8_t* out);
void MultiplyAccumulateRowScalar(const int8_t* x, const int8_t* w, int64_t n, int32_t* acc);

#ifdef IMCC_X86_KERNELS
void GemmAvx2(const GemmArguments& arguments);
void RequantizeRowAvx2(const int32_t* acc, const int32_t* bias, const uint32_t* requantizers,
                       int64_t n, int32_t zero_point, ClampRange range, int8_t* out);
void MultiplyAccumulateRowAvx2(const int8_t* x, const int8_t* w, int64_t n, int32_t* acc);

void GemmVnni(const GemmArguments& arguments);
#endif

}  // namespace imcc
