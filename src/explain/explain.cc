// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "explain/explain.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>

#include "base/check.h"
#include "base/parallel.h"
#include "explain/suggest.h"
#include "explain/tensor_sums.h"
#include "numerics/decibels.h"
#include "quantize/equalize_layers.h"
#include "reference/float_executor.h"
#include "reference/integer_executor.h"

namespace imcc {
namespace {

constexpr size_t kWorst = 10;

/// The two graphs side by side: Quantize makes one int8 node of every node, in order.
struct Pair {
  const Graph& real;
  const QuantizedGraph& int8;
  std::vector<QTensorId> int8_of;    // By float tensor; none for constants.
  std::vector<TensorId> real_of;     // By int8 tensor; none for constants.
  std::vector<QNodeId> producer_of;  // By int8 tensor; none for inputs and constants.

  Pair(const Graph& graph, const QuantizedGraph& quantized)
      : real(graph),
        int8(quantized),
        int8_of(graph.tensors.size()),
        real_of(quantized.tensors.size()),
        producer_of(quantized.tensors.size()) {
    IMCC_CHECK(graph.nodes.size() == quantized.nodes.size(),
               "Quantize makes one int8 node of every node");
    for (size_t i = 0; i < graph.inputs.size(); ++i) Join(graph.inputs[i], quantized.inputs[i]);
    for (size_t i = 0; i < graph.nodes.size(); ++i) {
      Join(graph.nodes[i].output, quantized.nodes[i].output);
      producer_of[quantized.nodes[i].output.index()] = QNodeId(i);
    }
  }

 private:
  void Join(TensorId a, QTensorId b) {
    int8_of[a.index()] = b;
    real_of[b.index()] = a;
  }
};

/// Sums of every tensor of one sample. One a thread.
class SampleSummer {
 public:
  static Result<std::unique_ptr<SampleSummer>> Create(const Pair& pair) {
    IMCC_ASSIGN(FloatExecutor executor, FloatExecutor::Create(pair.real, 1));
    return std::unique_ptr<SampleSummer>(new SampleSummer(pair, std::move(executor)));
  }

  Result<std::vector<TensorSums>> Run(const std::vector<std::vector<float>>& inputs) {
    IMCC_TRY(RunInt8(inputs));
    std::vector<TensorSums> sums(pair_.int8.tensors.size());
    Status failure;
    const auto look = [&](TensorId id, const float* values, int64_t count) {
      const QTensorId tensor = pair_.int8_of[id.index()];
      if (!tensor.valid() || !failure.ok()) return;
      Result<TensorSums> sum = Sum(tensor, {values, values + count});
      if (sum.ok())
        sums[tensor.index()] = std::move(*sum);
      else
        failure = sum.error();
    };
    IMCC_ASSIGN(const std::vector<FloatValues> outputs, executor_.Run(inputs, look));
    if (!failure.ok()) return failure.error();
    return sums;
  }

 private:
  SampleSummer(const Pair& pair, FloatExecutor executor)
      : pair_(pair),
        executor_(std::move(executor)),
        rounded_(pair.int8.tensors.size()),
        accumulated_(pair.int8.tensors.size()) {}

  Status RunInt8(const std::vector<std::vector<float>>& inputs) {
    std::vector<Int8Values> rounded;
    for (size_t i = 0; i < inputs.size(); ++i)
      rounded.push_back(QuantizeValues(inputs[i], pair_.int8.tensor(pair_.int8.inputs[i])));
    const auto keep = [&](QTensorId id, const Int8Values& values) {
      accumulated_[id.index()] = values;
    };
    IMCC_ASSIGN(const std::vector<Int8Values> outputs,
                ExecuteInteger(pair_.int8, rounded, {.observe = keep}));
    return {};
  }

  Result<TensorSums> Sum(QTensorId id, const std::vector<float>& real) {
    const QTensor& tensor = pair_.int8.tensor(id);
    Int8Values& int8 = rounded_[id.index()];
    int8 = QuantizeValues(real, tensor);
    const std::vector<float> rounded = DequantizeValues(int8, tensor);
    const std::vector<float> accumulated = DequantizeValues(accumulated_[id.index()], tensor);
    const QNodeId producer = pair_.producer_of[id.index()];
    if (!producer.valid())
      return TensorSums::Of({real, rounded, {real, rounded}, accumulated}, tensor);
    IMCC_ASSIGN(const std::vector<float> expected, AloneInFloat(producer));
    const std::vector<float> got = DequantizeValues(AloneInInt8(producer), tensor);
    return TensorSums::Of({real, rounded, {expected, got}, accumulated}, tensor);
  }

  Int8Values AloneInInt8(QNodeId id) const {
    const QNode& node = pair_.int8.nodes[id.index()];
    std::vector<const Int8Values*> operands;
    for (const QTensorId input : node.inputs) {
      const Int8Values& constant = pair_.int8.tensor(input).constant;
      operands.push_back(constant.empty() ? &rounded_[input.index()] : &constant);
    }
    return ExecuteIntegerNode(pair_.int8, node, operands);
  }

  /// The float node on the real values of the same int8 operands.
  Result<FloatValues> AloneInFloat(QNodeId id) {
    std::vector<FloatValues> values;
    for (const TensorId input : pair_.real.nodes[id.index()].inputs) {
      const QTensorId int8 = pair_.int8_of[input.index()];
      values.push_back(int8.valid()
                           ? DequantizeValues(rounded_[int8.index()], pair_.int8.tensor(int8))
                           : FloatValues());
    }
    std::vector<const float*> operands;
    for (const FloatValues& value : values) operands.push_back(value.data());
    return executor_.RunNode(NodeId(id.index()), operands);
  }

  const Pair& pair_;
  FloatExecutor executor_;
  std::vector<Int8Values> rounded_, accumulated_;  // By int8 tensor.
};

/// Sums over all samples, added in their order, so that threads do not matter.
Result<std::vector<TensorSums>> SumSamples(const Pair& pair, const SampleSource& source,
                                           int64_t samples, const ExplainOptions& options) {
  std::vector<std::vector<TensorSums>> of_sample(static_cast<size_t>(samples));
  const auto make = [&]() -> Result<IndexedWork> {
    IMCC_ASSIGN(std::unique_ptr<SampleSummer> made, SampleSummer::Create(pair));
    const std::shared_ptr<SampleSummer> summer = std::move(made);
    return IndexedWork([&, summer](int64_t index) -> Status {
      IMCC_ASSIGN(const std::vector<std::vector<float>> inputs, source(index));
      IMCC_ASSIGN(of_sample[static_cast<size_t>(index)], summer->Run(inputs));
      return {};
    });
  };
  IMCC_TRY(ForEachIndex(samples, options.threads, make, options.progress));
  std::vector<TensorSums> sums(pair.int8.tensors.size());
  for (const std::vector<TensorSums>& sample : of_sample)
    for (size_t i = 0; i < sums.size(); ++i) sums[i].Add(sample[i]);
  return sums;
}

TensorExplanation Describe(const Pair& pair, QTensorId id, const TensorSums& sums) {
  const QTensor& tensor = pair.int8.tensor(id);
  const QNodeId producer = pair.producer_of[id.index()];
  const double count = static_cast<double>(std::max<int64_t>(sums.values, 1));
  const double rms = std::sqrt(sums.signal / count);
  const double peak = std::max(std::abs(static_cast<double>(sums.smallest)),
                               std::abs(static_cast<double>(sums.largest)));
  return {.layer = producer.valid() ? pair.int8.nodes[producer.index()].name : "",
          .op = producer.valid() ? pair.int8.nodes[producer.index()].onnx_op : "input",
          .tensor = tensor.name,
          .scales = static_cast<int64_t>(tensor.quantization.scale.size()),
          .scale = tensor.quantization.scale[0],
          .zero_point = tensor.quantization.zero_point[0],
          .range = RangeOf(tensor.quantization),
          .seen = {sums.smallest, sums.largest},
          .values = sums.values,
          .clipped_share = static_cast<double>(sums.clipped) / count,
          .crest = rms > 0 ? peak / rms : 0,
          .rounded_db = SignalToNoiseDb(sums.signal, sums.rounding),
          .isolated_db = SignalToNoiseDb(sums.signal, sums.isolated),
          .accumulated_db = SignalToNoiseDb(sums.signal, sums.accumulated),
          .histogram = sums.histogram,
          .suggestion = {}};
}

double IsolatedOr(const TensorExplanation& tensor, double otherwise) {
  return tensor.isolated_db.value_or(otherwise);
}

/// Adds suggestions to explanations in topological order.
class Suggester {
 public:
  Suggester(const Pair& pair, const std::vector<TensorSums>& sums, const ExplainOptions& options)
      : pair_(pair),
        sums_(sums),
        options_(options),
        equalizable_(FindEqualizable(pair.real)),
        channel_scales_(FindChannelRanges(pair.real).per_channel),
        weakest_(pair.int8.tensors.size(), kNone) {}

  /// `at` is the place of tensor `id` in `list`; those it depends on come before.
  void Add(QTensorId id, size_t at, std::vector<TensorExplanation>& list) {
    const QNodeId producer = pair_.producer_of[id.index()];
    const size_t before = producer.valid() ? WeakestBefore(producer, list) : kNone;
    weakest_[id.index()] = Weaker(at, before, list);
    const size_t real = pair_.real_of[id.index()].index();
    SuggestionFacts facts{.tensor = list[at],
                          .sums = sums_[id.index()],
                          .chosen = options_.chosen,
                          .calibration_samples = options_.calibration_samples,
                          .has_weights = producer.valid() && HasWeights(producer),
                          .could_have_channel_scales = channel_scales_[real],
                          .could_be_equalized = equalizable_[real]};
    if (before != kNone) {
      facts.weakest_before = list[before].layer.empty() ? list[before].tensor : list[before].layer;
      facts.weakest_before_db = IsolatedOr(list[before], kNoNoise);
    }
    list[at].suggestion = Suggest(facts);
  }

 private:
  static constexpr size_t kNone = static_cast<size_t>(-1);
  static constexpr double kNoNoise = 1000;  // Decibels.

  bool HasWeights(QNodeId id) const {
    const QOperation& operation = pair_.int8.nodes[id.index()].operation;
    const auto* conv = std::get_if<QConv>(&operation);
    return conv != nullptr && !conv->moves_data;
  }

  static size_t Weaker(size_t a, size_t b, const std::vector<TensorExplanation>& list) {
    if (a == kNone || b == kNone) return std::min(a, b);
    return IsolatedOr(list[b], kNoNoise) < IsolatedOr(list[a], kNoNoise) ? b : a;
  }

  size_t WeakestBefore(QNodeId id, const std::vector<TensorExplanation>& list) const {
    size_t weakest = kNone;
    for (const QTensorId input : pair_.int8.nodes[id.index()].inputs)
      weakest = Weaker(weakest, weakest_[input.index()], list);
    return weakest;
  }

  const Pair& pair_;
  const std::vector<TensorSums>& sums_;
  const ExplainOptions& options_;
  std::vector<bool> equalizable_, channel_scales_;  // By float tensor.
  std::vector<size_t> weakest_;                     // By int8 tensor: a place in the list.
};

std::vector<size_t> FindWorst(const std::vector<TensorExplanation>& tensors) {
  std::vector<size_t> order;
  for (size_t i = 0; i < tensors.size(); ++i)
    if (tensors[i].isolated_db) order.push_back(i);
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return *tensors[a].isolated_db < *tensors[b].isolated_db;
  });
  order.resize(std::min(order.size(), kWorst));
  return order;
}

}  // namespace

Result<QuantizationReport> ExplainQuantization(const Graph& graph, const QuantizedGraph& quantized,
                                               const SampleSource& source, int64_t samples,
                                               const ExplainOptions& options) {
  const Graph split = SplitActivations(graph);
  const Pair pair(split, quantized);
  IMCC_ASSIGN(const std::vector<TensorSums> sums, SumSamples(pair, source, samples, options));
  QuantizationReport report{.samples = samples, .tensors = {}, .worst = {}};
  Suggester suggester(pair, sums, options);
  const auto add = [&](QTensorId id) {
    report.tensors.push_back(Describe(pair, id, sums[id.index()]));
    suggester.Add(id, report.tensors.size() - 1, report.tensors);
  };
  for (const QTensorId id : quantized.inputs) add(id);
  for (const QNode& node : quantized.nodes) add(node.output);
  report.worst = FindWorst(report.tensors);
  return report;
}

void Append(const QuantizationReport& part, QuantizationReport& report) {
  report.samples = part.samples;
  report.tensors.insert(report.tensors.end(), part.tensors.begin(), part.tensors.end());
  report.worst = FindWorst(report.tensors);
}

}  // namespace imcc
