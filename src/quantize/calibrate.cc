// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

#include "ir/operator_table.h"
#include "quantize/channel_min_max_observer.h"
#include "quantize/find_extremes.h"
#include "quantize/histogram_observer.h"
#include "quantize/min_max_observer.h"
#include "quantize/quantize.h"
#include "quantize/run_samples.h"
#include "quantize/tap_means.h"
#include "quantize/unify_concat_ranges.h"

namespace imcc {
namespace {

/// Results of the network are never clipped: no later layer averages over what they lose, the
/// largest scores are those that matter, and a coarser step is little beside what came before.
std::unique_ptr<Observer> MakeObserver(QuantizationScheme scheme, bool is_result) {
  if (scheme == QuantizationScheme::kPerTensorMinMax || is_result)
    return std::make_unique<MinMaxObserver>();
  return std::make_unique<HistogramObserver>();
}

/// Tensors whose quantisation comes from their own values.
std::vector<bool> ObservedTensors(const Graph& graph) {
  std::vector<bool> observed(graph.tensors.size(), false);
  for (const TensorId id : graph.inputs) observed[id.index()] = true;
  for (const Node& node : graph.nodes)
    observed[node.output.index()] = !Info(node.kind).keeps_quantization;
  return observed;
}

bool IsResult(const Graph& graph, TensorId id) {
  return std::find(graph.outputs.begin(), graph.outputs.end(), id) != graph.outputs.end();
}

/// The window over the input of a node that has weights to round.
std::optional<Window> WeightedWindow(const Node& node) {
  if (node.kind == OpKind::kConv) return node.as<ConvAttributes>().window;
  if (node.kind == OpKind::kFullyConnected) return Window{};
  return std::nullopt;
}

/// Several threads run a sample each, one after another in the order of samples as far as any one
/// tensor is concerned: whoever has computed a tensor waits until all earlier samples have shown
/// theirs to the observer. Samples start in order, so the earliest never waits and nothing hangs;
/// memory stays at one running sample a thread, and the result is that of one thread.
class ParallelCalibration {
 public:
  ParallelCalibration(const Graph& graph, const SampleSource& source, int64_t samples,
                      const ChannelRangePlan& plan, const CalibrationOptions& options)
      : graph_(graph),
        source_(source),
        samples_(samples),
        options_(options),
        first_failed_(samples) {
    const std::vector<bool> observed = ObservedTensors(graph);
    for (size_t i = 0; i < observed.size(); ++i) {
      tensors_.push_back(observed[i] ? std::make_unique<Watched>() : nullptr);
      if (!observed[i]) continue;
      if (plan.per_channel[i])
        tensors_[i]->observer =
            std::make_unique<ChannelMinMaxObserver>(graph.tensors[i].shape.back());
      else
        tensors_[i]->observer = MakeObserver(options.scheme, IsResult(graph, TensorId(i)));
    }
    if (options.bias_correction) WatchTaps();
  }

  Status Run() {
    const auto show = [this](TensorId id, int64_t sample, const float* values, int64_t count) {
      return Show(id, sample, values, count);
    };
    return RunSamples(graph_, source_, samples_, options_, show,
                      [this](int64_t sample) { GiveUpAfter(sample); });
  }

  std::vector<TensorRange> Ranges() const {
    std::vector<TensorRange> ranges(tensors_.size());
    for (size_t i = 0; i < tensors_.size(); ++i) {
      if (tensors_[i] == nullptr || tensors_[i]->observer == nullptr) continue;
      const Interval<float> range = tensors_[i]->observer->Range();
      ranges[i].min = range.begin;
      ranges[i].max = range.end;
      ranges[i].per_channel = tensors_[i]->observer->ChannelRanges();
    }
    return ranges;
  }

  /// Fills in what is clipped by the ranges that were decided on.
  void AddClippedShares(std::vector<TensorRange>& ranges) const {
    for (size_t i = 0; i < tensors_.size(); ++i) {
      if (tensors_[i] == nullptr || tensors_[i]->observer == nullptr) continue;
      ranges[i].clipped_share = tensors_[i]->observer->ClippedShare({ranges[i].min, ranges[i].max});
    }
  }

  std::vector<std::vector<double>> Means() const {
    std::vector<std::vector<double>> means(graph_.nodes.size());
    for (const auto& tensor : tensors_) {
      if (tensor == nullptr) continue;
      for (const auto& [node, taps] : tensor->taps) means[node.index()] = taps.Means();
    }
    return means;
  }

 private:
  /// One observed tensor and whose turn it is.
  struct Watched {
    std::unique_ptr<Observer> observer;             // Null where only taps are of interest.
    std::vector<std::pair<NodeId, TapMeans>> taps;  // One for each node whose weights read it.
    int64_t next_sample = 0;
    std::condition_variable turn;
  };

  void WatchTaps() {
    for (size_t i = 0; i < graph_.nodes.size(); ++i) {
      const Node& node = graph_.nodes[i];
      const std::optional<Window> window = WeightedWindow(node);
      if (!window || graph_.tensor(node.inputs[0]).is_constant()) continue;
      std::unique_ptr<Watched>& tensor = tensors_[node.inputs[0].index()];
      if (tensor == nullptr) tensor = std::make_unique<Watched>();
      tensor->taps.emplace_back(
          NodeId(i), TapMeans(*window, AsFeatureMap(graph_.tensor(node.inputs[0]).shape)));
    }
  }

  Status Show(TensorId id, int64_t sample, const float* values, int64_t count) {
    Watched* const tensor = tensors_[id.index()].get();
    if (tensor == nullptr) return {};
    std::unique_lock lock(mutex_);
    tensor->turn.wait(lock,
                      [&] { return tensor->next_sample == sample || first_failed_ < sample; });
    if (first_failed_ < sample) return {};
    lock.unlock();
    // No other thread has the turn.
    const bool finite = tensor->observer != nullptr ? tensor->observer->Observe(values, count)
                                                    : FindExtremes(values, count).finite;
    if (!finite) return NotFinite(id, sample);
    for (auto& [node, taps] : tensor->taps) taps.Add(values);
    lock.lock();
    ++tensor->next_sample;
    tensor->turn.notify_all();
    return {};
  }

  Error NotFinite(TensorId id, int64_t sample) const {
    const std::string name =
        options_.sample_name ? fmt::format(" ({})", options_.sample_name(sample)) : "";
    return Error{
        .code = ErrorCode::kData,
        .subject = fmt::format("tensor '{}'", graph_.tensor(id).name),
        .message = fmt::format("calibration sample {}{} makes it infinite or NaN", sample, name),
        .hint = "check this sample and the preprocessing, then the model's weights"};
  }

  /// Later samples stop waiting for the turn of one that failed.
  void GiveUpAfter(int64_t sample) {
    const std::lock_guard lock(mutex_);
    first_failed_ = sample;
    for (const auto& tensor : tensors_) {
      if (tensor != nullptr) tensor->turn.notify_all();
    }
  }

  const Graph& graph_;
  const SampleSource& source_;
  const int64_t samples_;
  const CalibrationOptions& options_;
  std::vector<std::unique_ptr<Watched>> tensors_;  // Null where nothing is observed.

  std::mutex mutex_;  // Guards what follows, and the turns.
  int64_t first_failed_;
};

Status CheckSamples(const Graph& graph, int64_t samples) {
  if (samples >= 1) return {};
  return Error{.code = ErrorCode::kData,
               .subject = graph.name,
               .message = "there is nothing to calibrate with",
               .hint = "give calibration images, best 100 to 400"};
}

}  // namespace

Result<Calibration> Calibrate(const Graph& graph, const SampleSource& source, int64_t samples,
                              const CalibrationOptions& options) {
  IMCC_TRY(CheckSamples(graph, samples));
  const Graph split = SplitActivations(graph);
  ChannelRangePlan plan{.per_channel = std::vector<bool>(split.tensors.size(), false)};
  if (options.scheme == QuantizationScheme::kHybridPerTensorPerChannel)
    plan = FindChannelRanges(split);
  ParallelCalibration calibration(split, source, samples, plan, options);
  IMCC_TRY(calibration.Run());
  Calibration result{.ranges = calibration.Ranges(),
                     .tap_means = calibration.Means(),
                     .per_tensor_fallbacks = std::move(plan.fallbacks),
                     .samples = samples};
  if (options.unified_concat_scales) UnifyConcatRanges(split, result.ranges);
  calibration.AddClippedShares(result.ranges);
  return result;
}

Result<std::vector<TensorRange>> ObserveChannels(const Graph& graph, const SampleSource& source,
                                                 int64_t samples, const std::vector<bool>& wanted,
                                                 const CalibrationOptions& options) {
  IMCC_TRY(CheckSamples(graph, samples));
  CalibrationOptions ranges_only = options;
  ranges_only.scheme = QuantizationScheme::kPerTensorMinMax;
  ranges_only.bias_correction = false;
  const ChannelRangePlan plan{.per_channel = wanted, .fallbacks = {}};
  ParallelCalibration calibration(graph, source, samples, plan, ranges_only);
  IMCC_TRY(calibration.Run());
  return calibration.Ranges();
}

}  // namespace imcc
