// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/units.h"
#include "numerics/int8_kernels.h"

namespace imcc {

/// What one pass over values finds.
struct Extremes {
  Interval<float> range;  // Smallest and largest; [inf, -inf] of none. Zeros are positive.
  bool finite = true;     // Neither an infinity nor a NaN; else the range means nothing.
};

/// The same on every CPU.
Extremes FindExtremes(const float* values, int64_t count, KernelSet set = BestKernelSet());

/// One implementation per instruction set.
Extremes FindExtremesScalar(const float* values, int64_t count);
#ifdef IMCC_X86_KERNELS
Extremes FindExtremesAvx512(const float* values, int64_t count);
#endif

}  // namespace imcc
