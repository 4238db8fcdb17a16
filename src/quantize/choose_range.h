// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/units.h"
#include "quantize/growing_histogram.h"

namespace imcc {

/// The range that int8 shall cover: PyTorch's (SearchRange), but
///   - the range of all values, where leaving some out does not pay;
///   - the range with the least loss on the grid of int8, where PyTorch's is more than 1 dB worse.
/// PyTorch stops at the first step that does not help, does not know that the grid reaches to zero,
/// and takes zeros, often half of a tensor, for the worst of a step. [0, 0] of no values.
Interval<float> ChooseRange(const GrowingHistogram& histogram);

}  // namespace imcc
