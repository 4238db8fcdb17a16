// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "quantize/quantize.h"

namespace imcc {

/// Threads that calibration uses: the number wished for, or one for each core.
int64_t ThreadsFor(const CalibrationOptions& options);

/// What is shown of a running sample: a tensor right after it is computed, in stored order.
using ShowTensor =
    std::function<Status(TensorId tensor, int64_t sample, const float* values, int64_t count)>;

/// Runs the float graph on samples 0..n-1, one a thread; samples start in order, and their tensors
/// are shown from several threads at once. The error of the earliest failing sample wins,
/// whichever thread meets one first; `failed` (may be empty) hears of every sample that becomes
/// the earliest failing one.
Status RunSamples(const Graph& graph, const SampleSource& source, int64_t samples,
                  const CalibrationOptions& options, const ShowTensor& show,
                  const std::function<void(int64_t sample)>& failed = {});

}  // namespace imcc
