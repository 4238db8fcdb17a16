// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "config/options.h"
#include "explain/quantization_report.h"
#include "explain/tensor_sums.h"

namespace imcc {

/// What is known about a tensor when something is to be suggested.
struct SuggestionFacts {
  const TensorExplanation& tensor;
  const TensorSums& sums;
  const CompilationOptions& chosen;
  int64_t calibration_samples = 0;
  bool has_weights = false;
  bool could_have_channel_scales = false;  // Under the hybrid scheme.
  bool could_be_equalized = false;
  std::string weakest_before;    // The layer before it with the lowest isolated ratio, if any ...
  double weakest_before_db = 0;  // ... and that ratio.
};

/// The cause of most of a tensor's error and the option that acts on it; empty where the tensor is
/// good to more than about five bits. No promise: eval tells what an option is worth.
std::string Suggest(const SuggestionFacts& facts);

}  // namespace imcc
