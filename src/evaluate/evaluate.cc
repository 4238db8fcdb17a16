// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "evaluate/evaluate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/parallel.h"
#include "evaluate/similarity.h"
#include "evaluate/wilson_interval.h"
#include "reference/float_executor.h"
#include "reference/integer_executor.h"
#include "runtime/device.h"
#include "runtime/frame_runner.h"
#include "runtime/tensor_layout.h"

namespace imcc {
namespace {

constexpr int64_t kTopFive = 5;

/// What one sample contributes; kept per sample and added in order, so that threads do not matter.
struct SampleFigures {
  std::array<int64_t, 3> rank = {};  // Of the label: float, quantised, device.
  bool agrees = false;
  bool bit_exact = false;
  std::vector<ErrorSums> outputs;
};

std::vector<ExternalTensor> ExternalTensors(const Graph& graph, const std::vector<TensorId>& ids) {
  std::vector<ExternalTensor> tensors;
  for (const TensorId id : ids)
    tensors.push_back({graph.tensor(id).name, ExternalShape(graph.tensor(id)), false});
  return tensors;
}

NetworkParts PartsOf(const Compilation& compilation) {
  const QuantizedNetwork& network = compilation.network;
  NetworkParts parts{.parts = {},
                     .inputs = ExternalTensors(network.float_graph, network.float_graph.inputs),
                     .outputs = ExternalTensors(network.float_graph, network.float_graph.outputs)};
  size_t device_parts = 0;
  for (const Part& part : network.partition.parts) {
    if (!part.on_device) {
      parts.parts.emplace_back(part.graph);
      continue;
    }
    const QuantizedGraph& graph = network.quantized[device_parts++];
    DevicePart device;
    for (const QTensorId id : graph.inputs) device.inputs.push_back(graph.tensor(id));
    for (const QTensorId id : graph.outputs) device.outputs.push_back(graph.tensor(id));
    parts.parts.emplace_back(std::move(device));
  }
  return parts;
}

/// What all samples share.
struct Job {
  const Compilation& compilation;
  const Network& network;
  std::vector<SampleRef> samples;
  bool classifier = false;
  int64_t first_class = 0;  // Index of class 0 in the scores.
};

/// Runs samples three ways; one per thread.
class SampleRunner {
 public:
  static Result<std::unique_ptr<SampleRunner>> Create(const Job& job) {
    IMCC_ASSIGN(FloatExecutor executor,
                FloatExecutor::Create(job.compilation.network.float_graph, 1));
    IMCC_ASSIGN(FrameRunner frames, FrameRunner::Create(PartsOf(job.compilation), 1));
    std::vector<std::unique_ptr<Device>> devices;
    for (const CompiledProgram& program : job.compilation.programs) {
      IMCC_ASSIGN(std::unique_ptr<Device> device, OpenSimulator(program.elf));
      devices.push_back(std::move(device));
    }
    return std::unique_ptr<SampleRunner>(
        new SampleRunner(job, std::move(executor), std::move(frames), std::move(devices)));
  }

  Result<SampleFigures> Run(const SampleRef& sample) {
    const Graph& graph = job_.compilation.network.float_graph;
    const Tensor& input = graph.tensor(graph.inputs[0]);
    const FeatureMap map = AsFeatureMap(input.shape);
    IMCC_ASSIGN(FloatValues values,
                LoadSample(sample, job_.network, map.height, map.width, map.channels));
    IMCC_ASSIGN(const std::vector<FloatValues> reference, RunFloat(values));
    const std::vector<FloatValues> external = {ToExternal(values, input.shape, input.layout)};
    IMCC_ASSIGN(const Frame quantized,
                frames_.Run(external, [&](size_t part, const std::vector<Int8Values>& inputs) {
                  return ExecuteInteger(job_.compilation.network.quantized[part], inputs);
                }));
    IMCC_ASSIGN(const Frame device,
                frames_.Run(external, [&](size_t part, const std::vector<Int8Values>& inputs) {
                  return devices_[part]->RunFrame(inputs);
                }));
    return Compare(sample, reference, quantized, device);
  }

 private:
  SampleRunner(const Job& job, FloatExecutor executor, FrameRunner frames,
               std::vector<std::unique_ptr<Device>> devices)
      : job_(job),
        executor_(std::move(executor)),
        frames_(std::move(frames)),
        devices_(std::move(devices)) {}

  /// Outputs of the float graph in external order.
  Result<std::vector<FloatValues>> RunFloat(const FloatValues& values) {
    const Graph& graph = job_.compilation.network.float_graph;
    IMCC_ASSIGN(std::vector<FloatValues> outputs, executor_.Run({values}));
    for (size_t i = 0; i < outputs.size(); ++i) {
      const Tensor& tensor = graph.tensor(graph.outputs[i]);
      outputs[i] = ToExternal(outputs[i], tensor.shape, tensor.layout);
    }
    return outputs;
  }

  Result<SampleFigures> Compare(const SampleRef& sample, const std::vector<FloatValues>& reference,
                                const Frame& quantized, const Frame& device) const {
    SampleFigures figures;
    figures.bit_exact = quantized.device_outputs == device.device_outputs;
    for (size_t i = 0; i < reference.size(); ++i)
      figures.outputs.push_back(ErrorSums::Of(reference[i], device.outputs[i]));
    figures.agrees = ArgMax(reference[0]) == ArgMax(device.outputs[0]);
    if (!job_.classifier) return figures;
    const int64_t label = *sample.label + job_.first_class;
    if (label < 0 || label >= static_cast<int64_t>(reference[0].size()))
      return Error{.code = ErrorCode::kData,
                   .place = {.file = sample.path},
                   .message = fmt::format("has label {}, and the network has {} classes",
                                          *sample.label, reference[0].size()),
                   .hint = "check val_data and num_classes"};
    figures.rank = {RankOf(reference[0], label), RankOf(quantized.outputs[0], label),
                    RankOf(device.outputs[0], label)};
    return figures;
  }

  const Job& job_;
  FloatExecutor executor_;
  FrameRunner frames_;
  std::vector<std::unique_ptr<Device>> devices_;
};

template <typename Predicate>
SampleShare ShareOf(const std::vector<SampleFigures>& samples, Predicate holds) {
  const auto hits = std::count_if(samples.begin(), samples.end(), holds);
  const auto n = static_cast<int64_t>(samples.size());
  return {static_cast<double>(hits) / static_cast<double>(n), WilsonInterval(hits, n)};
}

Accuracy AccuracyOf(const std::vector<SampleFigures>& samples, size_t way) {
  const auto within = [&](int64_t best) {
    return ShareOf(samples, [=](const SampleFigures& s) { return s.rank.at(way) < best; });
  };
  return {within(1), within(kTopFive)};
}

OutputSimilarity SimilarityOf(std::string name, const std::vector<SampleFigures>& samples,
                              size_t output) {
  ErrorSums sums;
  std::vector<ErrorSums> each;
  for (const SampleFigures& sample : samples) {
    each.push_back(sample.outputs[output]);
    sums.Add(each.back());
  }
  return {.name = std::move(name),
          .cosine = sums.cosine(),
          .snr_db = sums.snr_db(),
          .mean_snr_db = MeanSnrDb(each),
          .largest_error = sums.largest_error};
}

Evaluation Summarise(const Job& job, const std::vector<SampleFigures>& samples) {
  Evaluation result;
  result.n = static_cast<int64_t>(samples.size());
  const Graph& graph = job.compilation.network.float_graph;
  for (size_t o = 0; o < graph.outputs.size(); ++o)
    result.outputs.push_back(SimilarityOf(graph.tensor(graph.outputs[o]).name, samples, o));
  for (const SampleFigures& sample : samples) result.mismatching_frames += sample.bit_exact ? 0 : 1;
  if (job.classifier)
    result.classifier = {AccuracyOf(samples, 0), AccuracyOf(samples, 1), AccuracyOf(samples, 2),
                         ShareOf(samples, [](const SampleFigures& s) { return s.agrees; })};
  return result;
}

/// The samples asked for, and whether they are classes to predict.
Result<Job> PrepareJob(const Compilation& compilation, const Network& network,
                       const EvaluationOptions& options) {
  const Graph& graph = compilation.network.float_graph;
  if (graph.inputs.size() != 1)
    return Error{.code = ErrorCode::kUnsupported,
                 .subject = network.model_name,
                 .message = fmt::format("has {} inputs, and samples feed one", graph.inputs.size()),
                 .hint = "run it with imcc run --input, one file per input"};
  IMCC_ASSIGN(std::vector<SampleRef> samples, ListEvaluationSamples(network));
  const auto total = static_cast<int64_t>(samples.size());
  const Interval<int64_t> range = EvaluatedSamples(total, options);
  Job job{.compilation = compilation, .network = network};
  job.samples.assign(samples.begin() + range.begin, samples.begin() + range.end);
  if (job.samples.empty())
    return Error{.code = ErrorCode::kData,
                 .subject = network.name,
                 .message = fmt::format("no samples left of {} validation samples", total),
                 .hint = "lower --skip or raise --limit"};
  const std::vector<int64_t>& dims = graph.tensor(graph.outputs[0]).shape.dims();
  const int64_t scores = graph.tensor(graph.outputs[0]).shape.elements();
  const bool vector = dims.empty() || *std::max_element(dims.begin(), dims.end()) == scores;
  job.classifier = vector && std::all_of(job.samples.begin(), job.samples.end(),
                                         [](const auto& s) { return s.label.has_value(); });
  // Networks trained with a background class put it first (TensorFlow-Slim's 1001 classes).
  if (network.num_classes > 0 && scores == network.num_classes + 1) job.first_class = 1;
  return job;
}

}  // namespace

Interval<int64_t> EvaluatedSamples(int64_t total, const EvaluationOptions& options) {
  const int64_t first = std::clamp<int64_t>(options.skip, 0, total);
  // Compared with what is left, since first + limit could overflow.
  const int64_t left = total - first;
  return {first, first + (options.limit < 0 ? left : std::min(left, options.limit))};
}

Result<std::vector<SampleRef>> ListEvaluationSamples(const Network& network) {
  Result<std::vector<SampleRef>> labelled = ListValidationSamples(network);
  const bool unlabelled = network.num_classes == 0 && network.dataset.has_value() &&
                          !network.dataset->validation_data.empty();
  if (labelled.ok() || !unlabelled) return labelled;
  Network plain = network;
  plain.dataset->calibration_dir.clear();
  plain.dataset->calibration_data = network.dataset->validation_data;
  return ListCalibrationSamples(plain);
}

Result<Evaluation> Evaluate(const Compilation& compilation, const Network& network,
                            const EvaluationOptions& options) {
  IMCC_ASSIGN(const Job job, PrepareJob(compilation, network, options));
  std::vector<SampleFigures> figures(job.samples.size());
  const auto make = [&]() -> Result<IndexedWork> {
    IMCC_ASSIGN(std::unique_ptr<SampleRunner> runner, SampleRunner::Create(job));
    return IndexedWork([&figures, &job, runner = std::shared_ptr<SampleRunner>(std::move(runner))](
                           int64_t index) -> Status {
      const auto i = static_cast<size_t>(index);
      IMCC_ASSIGN(figures[i], runner->Run(job.samples[i]));
      return {};
    });
  };
  IMCC_TRY(ForEachIndex(static_cast<int64_t>(job.samples.size()), options.threads, make,
                        options.progress));
  return Summarise(job, figures);
}

}  // namespace imcc
