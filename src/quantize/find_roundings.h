// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "quantize/quantize.h"

namespace imcc {

/// Which side every weight of a network is rounded to.
struct Roundings {
  /// By node of SplitActivations(graph), in the order of the node's weights; empty: to nearest.
  std::vector<std::vector<int8_t>> weights;
  /// Layers with more weights an output than kMaxRoundedTaps, which stay rounded to nearest.
  std::vector<std::string> too_large;
};

/// The matrix of a layer and its factor take 16 bytes a squared weight of an output: 340 MB. It
/// is the largest layer of ResNets, 3x3 over 512 channels.
constexpr int64_t kMaxRoundedTaps = 4608;

/// Rounds the weights of convolutions and fully connected layers adaptively (round_adaptively.h) on
/// what comes into them, float activations on the grid of their int8 input. Layers that would need
/// more memory together than a fixed amount take turns, each turn a float pass over the samples.
/// Scales stay as they are; weights of a quantised model too. With `bias_correction` the biases
/// are expected to make up for the mean of what is left.
Result<Roundings> FindRoundings(const Graph& graph, const Calibration& calibration,
                                const SampleSource& source, int64_t samples,
                                const CalibrationOptions& options);

}  // namespace imcc
