// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ir/shape.h"
#include "ir/window.h"
#include "numerics/int8_kernels.h"

namespace imcc {

/// Pixels `begin`, `begin` + stride, ... before `end`.
struct TapPixels {
  int64_t tap = 0;
  int64_t begin = 0, end = 0;
};

/// Taps that see the same pixels of a row, but for a few at its ends.
struct TapGroup {
  int64_t begin = 0, end = 0;  // What all of them see; behind the row if that is nothing.
  std::vector<TapPixels> taps;
};

/// The taps of a sliding window along one row of a feature map. A window that moves by `stride`
/// brings each pixel under every tap of one group, so that a row is summed once and not once a tap.
struct RowTaps {
  RowTaps(const Window& window, const FeatureMap& input, int64_t outputs);

  int64_t stride, channels;
  std::vector<TapGroup> groups;
};

/// Adds the sum of a row under each of its taps to each of the `targets`, which are [tap][channel].
/// A sum is: what the group sees from left to right, then what else the tap sees from left to
/// right. The same bits on every CPU.
void SumUnderTaps(const float* row, const RowTaps& taps, std::span<double* const> targets,
                  KernelSet set = BestKernelSet());

/// One implementation per instruction set.
void SumUnderTapsScalar(const float* row, const RowTaps& taps, std::span<double* const> targets);
#ifdef IMCC_X86_KERNELS
void SumUnderTapsAvx512(const float* row, const RowTaps& taps, std::span<double* const> targets);
#endif

}  // namespace imcc
