// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

#include "base/error.h"
#include "config/options.h"
#include "explain/quantization_report.h"
#include "ir/graph.h"
#include "ir/quantized_graph.h"
#include "quantize/quantize.h"

/// In: a float device graph, the int8 graph made of it, samples. Out: how much every tensor loses
/// to int8, where that comes from, and what may help. Nothing is changed.
namespace imcc {

/// More samples change the figures little; each costs an inference in float and two in int8.
constexpr int64_t kDefaultExplainSamples = 16;

struct ExplainOptions {
  CompilationOptions chosen;                               // What suggestions may still change.
  int64_t calibration_samples = 0;                         // That the ranges came from.
  int threads = 0;                                         // 0 = all cores. Never changes a figure.
  std::function<void(int64_t done, int64_t of)> progress;  // May be empty.
};

/// Runs every sample in float and in int8. `quantized` is what Quantize made of `graph`.
Result<QuantizationReport> ExplainQuantization(const Graph& graph, const QuantizedGraph& quantized,
                                               const SampleSource& source, int64_t samples,
                                               const ExplainOptions& options);

/// Adds what was found of a later device part. Its inputs were taken as exact, so that accumulated
/// ratios are those of its own layers.
void Append(const QuantizationReport& part, QuantizationReport& report);

}  // namespace imcc
