// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/units.h"
#include "numerics/int8_kernels.h"

namespace imcc {

constexpr int kHistogramBins = 2048;

/// Puts the values of each bin of torch.histc(values, 2048, edges.begin, edges.end) into
/// `histogram`; values outside of the edges are not counted. False if a value is not in `expected`
/// (or is NaN): then the histogram means nothing. One pass over memory tells both, and the same on
/// every CPU. The edges differ.
bool CountBins(const float* values, int64_t count, Interval<float> edges, Interval<float> expected,
               float* histogram, KernelSet set = BestKernelSet());

/// One implementation per instruction set.
bool CountBinsScalar(const float* values, int64_t count, Interval<float> edges,
                     Interval<float> expected, float* histogram);
#ifdef IMCC_X86_KERNELS
bool CountBinsAvx512(const float* values, int64_t count, Interval<float> edges,
                     Interval<float> expected, float* histogram);
#endif

}  // namespace imcc
