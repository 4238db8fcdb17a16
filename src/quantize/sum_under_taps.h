// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "base/units.h"
#include "numerics/int8_kernels.h"

namespace imcc {

/// The taps of a sliding window along one row of a feature map.
struct RowTaps {
  int64_t taps, stride, dilation;
  int64_t left;             // Padding before the row.
  int64_t outputs;          // Positions of the window.
  int64_t width, channels;  // Of the row.

  /// Where the tap is at a position of the window.
  int64_t Pixel(int64_t tap, int64_t output) const {
    return output * stride + tap * dilation - left;
  }
  /// Positions of the window where the tap is inside the row.
  Interval<int64_t> Inside(int64_t tap) const;
  /// Numbers that a kernel needs room for.
  int64_t scratch() const;
};

/// Sums a row under each of its taps, from left to right, and then adds these sums to each of the
/// `targets`, which are [tap][channel]. The same bits on every CPU.
void SumUnderTaps(const float* row, const RowTaps& taps, std::span<double> scratch,
                  std::span<double* const> targets, KernelSet set = BestKernelSet());

/// One implementation per instruction set.
void SumUnderTapsScalar(const float* row, const RowTaps& taps, std::span<double> scratch,
                        std::span<double* const> targets);
#ifdef IMCC_X86_KERNELS
void SumUnderTapsAvx512(const float* row, const RowTaps& taps, std::span<double> scratch,
                        std::span<double* const> targets);
#endif

}  // namespace imcc
