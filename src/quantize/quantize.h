// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "config/options.h"
#include "ir/graph.h"
#include "ir/quantized_graph.h"
#include "quantize/find_channel_ranges.h"

/// In: a float device graph and calibration inputs. Out: an int8 QuantizedGraph.
namespace imcc {

/// Range of real values of one tensor, and of each channel where the channels have scales of their
/// own.
struct TensorRange {
  float min = 0;
  float max = 0;
  std::vector<Interval<float>> per_channel;
  double clipped_share = 0;  // Of the values seen, where one range covers all channels.
};

struct Calibration {
  /// Indexed by TensorId of SplitActivations(calibrated graph); the graph's own tensors come first.
  /// Tensors that take the quantisation of their input have the empty range [0, 0].
  std::vector<TensorRange> ranges;
  /// Indexed by node of the same graph: mean input under each tap, [tap][channel]; empty where the
  /// node has no weights, or everywhere without bias correction.
  std::vector<std::vector<double>> tap_means;
  /// Hybrid scheme: inputs of depthwise convolutions that have one scale all the same, and why.
  std::vector<ChannelRangePlan::Fallback> per_tensor_fallbacks;
  /// By node too: weights rounded adaptively; empty where they are rounded to nearest, or at all.
  std::vector<std::vector<int8_t>> rounded_weights;
  int64_t samples = 0;
  /// Scales that a quantised model brings, by TensorId of the graph; they go before the ranges.
  std::vector<std::optional<Quantization>> given;
  /// Tensors that somebody outside the graph needs with zero point 0, by TensorId; may be empty.
  std::vector<bool> symmetric;
};

/// The array multiplies with symmetric values. By TensorId: second operands of MatMuls and what
/// they take their scale from, besides those that are `wanted` (or none, if it is empty).
std::vector<bool> FindSymmetric(const Graph& graph, std::vector<bool> wanted);

/// What Quantize needs of a graph whose tensors all have scales: nothing is measured.
Calibration WithoutCalibration(const Graph& graph);

/// Yields one sample (stored order, one vector per graph input) or an error; called with 0..n-1,
/// from several threads at once, in any order.
using SampleSource = std::function<Result<std::vector<std::vector<float>>>(int64_t index)>;

struct CalibrationOptions {
  QuantizationScheme scheme = QuantizationScheme::kPerTensorHistogram;
  bool bias_correction = true;                             // Collect what it needs.
  bool unified_concat_scales = false;                      // Concats and their parts share ranges.
  int threads = 0;                                         // 0 = all cores. Never changes a bit.
  std::function<void(int64_t done, int64_t of)> progress;  // May be empty.
  /// What users know sample i by, for errors: the path of an image. May be empty.
  std::function<std::string(int64_t index)> sample_name;
  /// Takes the graph's outputs for each sample, on the thread that ran it. May be empty.
  std::function<void(int64_t index, std::vector<std::vector<float>> outputs)> outputs;
};

/// Puts every fused activation that the device cannot apply as a clamp into a node of its own:
/// what it reads needs a range too. New tensors are appended; the function is deterministic.
Graph SplitActivations(const Graph& graph);

/// Runs the float executor over the samples and observes every activation tensor.
Result<Calibration> Calibrate(const Graph& graph, const SampleSource& source, int64_t samples,
                              const CalibrationOptions& options);

/// Range of every channel of the `wanted` tensors (by tensor), smallest to largest value seen.
Result<std::vector<TensorRange>> ObserveChannels(const Graph& graph, const SampleSource& source,
                                                 int64_t samples, const std::vector<bool>& wanted,
                                                 const CalibrationOptions& options);

/// Scale and zero point of an int8 asymmetric tensor (PyTorch's rule; zero is representable).
Quantization ChooseQuantization(float min, float max);

/// A scale with zero point 0 that covers the range, as weights have it.
Quantization ChooseSymmetricQuantization(float min, float max);

/// As ChooseQuantization for every channel by itself where the range has channels. Each covers a
/// 256th of the whole tensor's at least: a channel that calibration never woke may wake later.
Quantization ChooseQuantization(const TensorRange& range);

/// Grid of a constant that is read as a tensor: the one a quantised model brings it on, else from
/// its smallest to its largest value.
Quantization GridOfConstant(const Tensor& constant);

/// Weights per output channel symmetric min-max, bias int32, requantisers, tables. Biases are
/// corrected where the calibration has means. Weights, biases and tensors of a model that is
/// quantised already keep their integers and scales.
Result<QuantizedGraph> Quantize(const Graph& graph, const Calibration& calibration);

}  // namespace imcc
