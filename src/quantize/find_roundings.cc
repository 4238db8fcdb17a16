// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/find_roundings.h"

#include <algorithm>
#include <memory>
#include <mutex>

#include "base/parallel.h"
#include "quantize/patch_moments.h"
#include "quantize/round_adaptively.h"
#include "quantize/run_samples.h"

namespace imcc {
namespace {

/// Matrices that are filled in one pass over the samples.
constexpr Bytes kMomentsOfAPass(int64_t{512} << 20);
/// Patches for each unknown weight of an output, within bounds: neighbouring patches tell little
/// that is new.
constexpr int64_t kPatchesPerTap = 16;
constexpr int64_t kFewestPatches = 4096;
constexpr int64_t kMostPatches = 65'536;
/// Output channels rounded together.
constexpr int64_t kChannelBlock = 16;

/// A layer whose weights are rounded.
struct Layer {
  size_t node = 0;
  TensorId input;
  QConv conv;  // Rounded to nearest.
  std::unique_ptr<PatchMoments> moments;
  std::mutex mutex;  // Guards the moments.
};

class RoundingSearch {
 public:
  RoundingSearch(const Graph& graph, const CalibrationOptions& options)
      : graph_(SplitActivations(graph)), options_(options) {
    result_.weights.resize(graph_.nodes.size());
  }

  Result<Roundings> Run(const Calibration& calibration, const SampleSource& source,
                        int64_t samples) {
    IMCC_ASSIGN(const QuantizedGraph nearest, Quantize(graph_, calibration));
    for (size_t i = 0; i < graph_.nodes.size(); ++i) Consider(i, nearest);
    for (size_t begin = 0; begin < layers_.size();) {
      const size_t end = EndOfPass(begin);
      IMCC_TRY(Observe(begin, end, nearest, source, samples));
      for (; begin < end; ++begin) Round(*layers_[begin]);
    }
    return std::move(result_);
  }

 private:
  void Consider(size_t index, const QuantizedGraph& nearest) {
    const Node& node = graph_.nodes[index];
    if (node.kind != OpKind::kConv && node.kind != OpKind::kFullyConnected) return;
    if (!graph_.tensor(node.inputs[1]).weight_scales.empty()) return;
    auto layer = std::make_unique<Layer>();
    layer->node = index;
    layer->input = node.inputs[0];
    layer->conv = std::get<QConv>(nearest.nodes[index].operation);
    if (layer->conv.taps_per_output() > kMaxRoundedTaps)
      result_.too_large.push_back(node.name);
    else
      layers_.push_back(std::move(layer));
  }

  size_t EndOfPass(size_t begin) const {
    Bytes sum;
    size_t end = begin;
    while (end < layers_.size()) {
      sum += PatchMoments::Size(layers_[end]->conv);
      if (end > begin && sum > kMomentsOfAPass) break;
      ++end;
    }
    return end;
  }

  Status Observe(size_t begin, size_t end, const QuantizedGraph& nearest,
                 const SampleSource& source, int64_t samples) {
    std::vector<std::vector<Layer*>> readers(graph_.tensors.size());
    for (size_t i = begin; i < end; ++i) {
      Layer& layer = *layers_[i];
      const int64_t wanted =
          std::clamp(kPatchesPerTap * layer.conv.taps_per_output(), kFewestPatches, kMostPatches);
      const QTensor& x = nearest.tensor(nearest.nodes[layer.node].inputs[0]);
      layer.moments = std::make_unique<PatchMoments>(
          layer.conv, x.quantization, AsFeatureMap(x.shape), (wanted + samples - 1) / samples);
      readers[layer.input.index()].push_back(&layer);
    }
    return RunSamples(graph_, source, samples, options_,
                      [&](TensorId id, int64_t sample, const float* values, int64_t) {
                        for (Layer* const layer : readers[id.index()]) {
                          const std::lock_guard lock(layer->mutex);
                          layer->moments->Add(values, sample);
                        }
                        return Status();
                      });
  }

  void Round(Layer& layer) {
    const QConv& conv = layer.conv;
    std::vector<int8_t>& rounded = result_.weights[layer.node];
    rounded.resize(conv.weights.size());
    const std::vector<double> ideal = Ideal(layer);
    const int64_t threads = ThreadsFor(options_);
    const int64_t channels = conv.out_channels / conv.groups;
    const int64_t taps = conv.taps_per_output();
    // Many groups are small: a thread each. One group: its channels are divided.
    ForEachIndex(conv.groups, threads, [&](int64_t group) {
      const int64_t inner = conv.groups == 1 ? threads : 1;
      const AdaptiveRounding rounding(layer.moments->Matrix(group, options_.bias_correction), taps,
                                      inner);
      ForEachIndex((channels + kChannelBlock - 1) / kChannelBlock, inner, [&](int64_t block) {
        const int64_t first = block * kChannelBlock;
        const int64_t offset = (group * channels + first) * taps;
        rounding.Round(ideal.data() + offset, std::min(kChannelBlock, channels - first),
                       rounded.data() + offset);
      });
    });
    layer.moments = nullptr;
  }

  /// The weights in steps, divided as rounding to nearest does it.
  std::vector<double> Ideal(const Layer& layer) const {
    const std::vector<float>& weights = graph_.tensor(graph_.nodes[layer.node].inputs[1]).constant;
    const auto taps = static_cast<size_t>(layer.conv.taps_per_output());
    std::vector<double> ideal;
    for (size_t k = 0; k < weights.size(); ++k)
      ideal.push_back(static_cast<double>(weights[k] / layer.conv.weight_scales[k / taps]));
    return ideal;
  }

  const Graph graph_;
  const CalibrationOptions& options_;
  std::vector<std::unique_ptr<Layer>> layers_;
  Roundings result_;
};

}  // namespace

Result<Roundings> FindRoundings(const Graph& graph, const Calibration& calibration,
                                const SampleSource& source, int64_t samples,
                                const CalibrationOptions& options) {
  return RoundingSearch(graph, options).Run(calibration, source, samples);
}

}  // namespace imcc
