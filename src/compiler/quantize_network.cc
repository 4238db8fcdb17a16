// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <random>

#include "base/files.h"
#include "base/md5.h"
#include "compiler/compile.h"
#include "images/images.h"
#include "onnx/import.h"
#include "quantize/adopt_scales.h"
#include "quantize/equalize_layers.h"
#include "quantize/find_roundings.h"
#include "reference/float_executor.h"
#include "simplify/simplify.h"

namespace imcc {

namespace {

/// Model files are read whole; larger ones keep their weights in external data files.
constexpr Bytes kMaxModelBytes(int64_t{2} << 30);
constexpr int64_t kRandomSamples = 32;
constexpr int64_t kFewSamples = 32;

Note Warning(std::string where, std::string message) {
  return {Note::Severity::kWarning, std::move(where), std::move(message)};
}

Status CheckMd5(const Network& network) {
  if (network.weight_md5.empty()) return {};
  IMCC_ASSIGN(const std::string bytes, ReadFile(network.weight_path, kMaxModelBytes));
  const std::string actual = Md5Hex(bytes);
  if (actual == network.weight_md5) return {};
  return Error{
      .code = ErrorCode::kModel,
      .place = network.weight_place,
      .subject = network.weight_path,
      .message = fmt::format("its MD5 is {}, and weight_md5 says {}", actual, network.weight_md5),
      .hint = "fetch the file again, or correct weight_md5"};
}

Result<ImportedModel> ImportModel(const CompileRequest& request) {
  IMCC_TRY(CheckMd5(request.network));
  ImportOptions options{.input_shapes = request.input_shapes};
  if (!request.network.input_shape.empty() && request.input_shapes.empty())
    options.input_shapes[""] = request.network.input_shape;
  return ImportOnnx(request.network.weight_path, options);
}

using Sample = std::vector<std::vector<float>>;

/// Height, width and channels the images of the only input must have.
FeatureMap InputMap(const Graph& graph) {
  return AsFeatureMap(graph.tensor(graph.inputs[0]).shape);
}

/// Standard normal values from the sample's number: the same on every machine and thread.
Sample RandomSample(const Graph& graph, int64_t index) {
  std::mt19937_64 engine(static_cast<uint64_t>(index) + 1);
  Sample sample;
  for (const TensorId id : graph.inputs) {
    std::vector<float> values(static_cast<size_t>(graph.tensor(id).shape.elements()));
    for (float& value : values) {
      // Irwin-Hall: the sum of twelve uniforms, unlike std::normal_distribution the same
      // everywhere.
      double sum = -6;
      for (int i = 0; i < 12; ++i) sum += static_cast<double>(engine() >> 11U) * 0x1p-53;
      value = static_cast<float>(sum);
    }
    sample.push_back(std::move(values));
  }
  return sample;
}

/// The file of a sample, and which of its samples where it holds several.
std::string SampleName(const SampleRef& sample) {
  return sample.index < 0 ? sample.path : fmt::format("{} [{}]", sample.path, sample.index);
}

/// The calibration data as a source of network inputs, and how many there are.
struct Samples {
  SampleSource source;
  int64_t count = 0;
  std::function<std::string(int64_t index)> name;  // Empty for random samples.
};

Result<Samples> NetworkSamples(const CompileRequest& request, const Graph& graph,
                               std::vector<Note>& notes) {
  const Network& network = request.network;
  const bool has_data = network.dataset && (!network.dataset->calibration_dir.empty() ||
                                            !network.dataset->calibration_data.empty());
  if (request.random_calibration || !has_data) {
    notes.push_back(Warning("calibration",
                            "NO CALIBRATION DATA: ranges come from random inputs; accuracy is "
                            "meaningless, only the timing is. Give images with --images or a "
                            "dataset in the YAML"));
    return Samples{[&graph](int64_t i) { return Result<Sample>(RandomSample(graph, i)); },
                   std::min(request.calibration_limit, kRandomSamples),
                   {}};
  }
  if (graph.inputs.size() != 1)
    return Error{.code = ErrorCode::kUnsupported,
                 .subject = network.model_name,
                 .message = fmt::format("calibration images feed one input, and the model has {}",
                                        graph.inputs.size()),
                 .hint = "calibrate with --random-calibration"};
  IMCC_ASSIGN(std::vector<SampleRef> listed, ListCalibrationSamples(network));
  const auto refs = std::make_shared<const std::vector<SampleRef>>(std::move(listed));
  const auto count = std::min(request.calibration_limit, static_cast<int64_t>(refs->size()));
  if (count < kFewSamples)
    notes.push_back(
        Warning("calibration", fmt::format("only {} samples; 100 to 400 are advised", count)));
  const FeatureMap map = InputMap(graph);
  // Copies of a std::function share what they read from.
  const auto reader = std::make_shared<SampleReader>();
  SampleSource source = [refs, reader, &network, map](int64_t i) -> Result<Sample> {
    IMCC_ASSIGN(std::vector<float> values, reader->Load((*refs)[static_cast<size_t>(i)], network,
                                                        map.height, map.width, map.channels));
    Sample sample;
    sample.push_back(std::move(values));
    return sample;
  };
  return Samples{std::move(source), count,
                 [refs](int64_t i) { return SampleName((*refs)[static_cast<size_t>(i)]); }};
}

/// Adds the values of some tensors of a graph under their names.
void AddNamed(const Graph& graph, const std::vector<TensorId>& ids, Sample values,
              std::map<std::string, std::vector<float>>& named) {
  for (size_t i = 0; i < ids.size(); ++i) named[graph.tensor(ids[i]).name] = std::move(values[i]);
}

Sample PickNamed(const Graph& graph, const std::map<std::string, std::vector<float>>& named) {
  Sample sample;
  for (const TensorId id : graph.inputs) sample.push_back(named.at(graph.tensor(id).name));
  return sample;
}

/// Samples of the device part: the network's samples, through the prologue where the device reads
/// what that makes. Other results of the prologue are for the epilogue.
SampleSource ThroughPrologue(SampleSource source, const Graph& network,
                             const Partition& partition) {
  if (!partition.prologue) return source;
  return [source = std::move(source), &network, &partition](int64_t index) -> Result<Sample> {
    const Graph& prologue = *partition.prologue;
    std::map<std::string, std::vector<float>> named;
    IMCC_ASSIGN(Sample sample, source(index));
    AddNamed(network, network.inputs, std::move(sample), named);
    IMCC_ASSIGN(FloatExecutor executor, FloatExecutor::Create(prologue, 1));
    IMCC_ASSIGN(Sample made, executor.Run(PickNamed(prologue, named)));
    AddNamed(prologue, prologue.outputs, std::move(made), named);
    return PickNamed(partition.device, named);
  };
}

CalibrationOptions ObserveAs(const CompileRequest& request, const std::string& stage,
                             const Samples& samples) {
  const CompilationOptions& chosen = request.network.options;
  return {.scheme = chosen.quantization_scheme,
          .bias_correction = chosen.bias_correction,
          .unified_concat_scales = chosen.unified_concat_scales,
          .threads = request.threads,
          .progress =
              [&request, stage](int64_t done, int64_t of) {
                if (request.progress) request.progress(stage, done, of);
              },
          .sample_name = samples.name};
}

/// Observes the channels between layers once, then moves factors between the layers.
Status EqualizeDevice(const CompileRequest& request, QuantizedNetwork& network) {
  Graph& device = network.partition.device;
  const std::vector<bool> wanted = FindEqualizable(device);
  if (std::find(wanted.begin(), wanted.end(), true) == wanted.end()) return {};
  std::vector<Note> said_by_calibrate;
  IMCC_ASSIGN(Samples samples, NetworkSamples(request, network.float_graph, said_by_calibrate));
  const CalibrationOptions options = ObserveAs(request, "equalize", samples);
  IMCC_ASSIGN(const std::vector<TensorRange> ranges,
              ObserveChannels(device,
                              ThroughPrologue(std::move(samples.source), network.float_graph,
                                              network.partition),
                              samples.count, wanted, options));
  EqualizeLayers(device, ranges);
  return {};
}

/// Finds out over the samples which weights to round up and which down.
Status RoundDevice(const CompileRequest& request, QuantizedNetwork& network,
                   Calibration& calibration) {
  std::vector<Note> said_by_calibrate;
  IMCC_ASSIGN(Samples samples, NetworkSamples(request, network.float_graph, said_by_calibrate));
  const CalibrationOptions options = ObserveAs(request, "round", samples);
  IMCC_ASSIGN(Roundings roundings,
              FindRoundings(network.partition.device, calibration,
                            ThroughPrologue(std::move(samples.source), network.float_graph,
                                            network.partition),
                            samples.count, options));
  calibration.rounded_weights = std::move(roundings.weights);
  for (const std::string& layer : roundings.too_large)
    network.notes.push_back(
        {Note::Severity::kNote, "adaround",
         fmt::format("'{}' has more than {} weights an output: rounded to nearest", layer,
                     kMaxRoundedTaps)});
  return {};
}

/// Every input of depthwise convolutions that the hybrid scheme left with one scale.
void NoteFallbacks(const Calibration& calibration, QuantizedNetwork& network) {
  for (const auto& [tensor, reason] : calibration.per_tensor_fallbacks) {
    // Tensors that SplitActivations appends feed no convolution.
    const std::string& name = network.partition.device.tensor(tensor).name;
    network.notes.push_back(
        {Note::Severity::kNote, "quantization_scheme",
         fmt::format("'{}' feeds depthwise convolutions with one scale for all channels: {}", name,
                     reason)});
  }
}

/// Says what becomes of the scales of a quantised model. True if it has one for every tensor.
bool NoteGivenScales(const Graph& device, const GivenScales& given, std::vector<Note>& notes) {
  const std::vector<std::string> missing = TensorsWithoutScale(device, given);
  if (missing.empty()) {
    notes.push_back({Note::Severity::kNote, "calibration",
                     "the model is quantised: its scales are kept, and nothing is calibrated"});
    return true;
  }
  notes.push_back(Warning(
      "calibration", fmt::format("the model is quantised, but {} tensors have no scale and are "
                                 "calibrated; the first is '{}'",
                                 missing.size(), missing.front())));
  return false;
}

/// Runs some of the calibration samples again, in float and in int8.
Status Explain(const CompileRequest& request, int64_t calibration_samples,
               QuantizedNetwork& network) {
  std::vector<Note> said_by_calibrate;
  IMCC_ASSIGN(Samples samples, NetworkSamples(request, network.float_graph, said_by_calibrate));
  const ExplainOptions options{.chosen = request.network.options,
                               .calibration_samples = calibration_samples,
                               .threads = request.threads,
                               .progress = [&request](int64_t done, int64_t of) {
                                 if (request.progress) request.progress("explain", done, of);
                               }};
  IMCC_ASSIGN(network.explanation,
              ExplainQuantization(network.partition.device, network.quantized,
                                  ThroughPrologue(std::move(samples.source), network.float_graph,
                                                  network.partition),
                                  std::min(request.explain_samples, samples.count), options));
  return {};
}

/// --no-host-fallback: names everything that would run on the host.
Status RefuseHostNodes(const Partition& partition) {
  if (partition.host_nodes.empty()) return {};
  std::string list;
  for (const HostNode& node : partition.host_nodes)
    list += fmt::format("\n  {} '{}': {}", node.op, node.node, node.reason);
  return Error{.code = ErrorCode::kUnsupported,
               .message = fmt::format("{} operators would run on the host, which "
                                      "--no-host-fallback forbids:{}",
                                      partition.host_nodes.size(), list),
               .hint = "leave the flag out, or replace these operators"};
}

}  // namespace

Result<std::vector<HostNode>> CheckNetwork(const CompileRequest& request) {
  IMCC_ASSIGN(ImportedModel model, ImportModel(request));
  PassRunner runner({});
  IMCC_TRY(Simplify(model.graph, runner));
  return FindViolations(model.graph, request.target);
}

Result<QuantizedNetwork> QuantizeNetwork(const CompileRequest& request, PassRunner& runner) {
  QuantizedNetwork result;
  Calibration calibration;
  const auto dump_float = [&] { return Dump(result.float_graph); };

  // The model as a graph with static shapes, feature maps NHWC.
  IMCC_TRY(runner.Run({.name = "import-onnx",
                       .run = [&]() -> Status {
                         IMCC_ASSIGN(ImportedModel model, ImportModel(request));
                         result.float_graph = std::move(model.graph);
                         result.notes = std::move(model.notes);
                         return {};
                       },
                       .verify = [&] { return Verify(result.float_graph); },
                       .dump = dump_float}));
  // Batch norms, constants, pads and activations folded away.
  IMCC_TRY(Simplify(result.float_graph, runner));
  // What the device cannot do goes to the host, at the ends.
  IMCC_TRY(runner.Run({.name = "partition-graph",
                       .run = [&]() -> Status {
                         IMCC_ASSIGN(result.partition,
                                     PartitionGraph(result.float_graph, request.target));
                         return request.no_host_fallback ? RefuseHostNodes(result.partition)
                                                         : Status();
                       },
                       .verify = [&] { return Verify(result.partition.device); },
                       .dump = [&] { return Dump(result.partition.device); }}));
  // Scales that the model brings, if it is quantised already.
  GivenScales given;
  IMCC_TRY(runner.Run({.name = "adopt-scales",
                       .run = [&]() -> Status {
                         given = AdoptScales(result.partition.device);
                         return {};
                       },
                       .verify = [&] { return Verify(result.partition.device); }}));
  // Channels between two layers scaled alike. Scales that the model brings fit its own channels.
  if (request.network.options.cross_layer_equalization && given.empty()) {
    IMCC_TRY(runner.Run({.name = "equalize-layers",
                         .can_disable = true,
                         .run = [&] { return EqualizeDevice(request, result); },
                         .verify = [&] { return Verify(result.partition.device); },
                         .dump = [&] { return Dump(result.partition.device); }}));
  } else if (request.network.options.cross_layer_equalization) {
    result.notes.push_back(Warning("cross_layer_equalization",
                                   "the model brings scales of its own; its channels stay as they "
                                   "are"));
  }
  // Ranges of every activation, over real images.
  IMCC_TRY(runner.Run(
      {.name = "calibrate", .run = [&]() -> Status {
         if (!given.empty() && NoteGivenScales(result.partition.device, given, result.notes)) {
           calibration = WithoutCalibration(result.partition.device);
           calibration.given = std::move(given);
           return {};
         }
         IMCC_ASSIGN(Samples samples, NetworkSamples(request, result.float_graph, result.notes));
         const CalibrationOptions options = ObserveAs(request, "calibrate", samples);
         IMCC_ASSIGN(calibration, Calibrate(result.partition.device,
                                            ThroughPrologue(std::move(samples.source),
                                                            result.float_graph, result.partition),
                                            samples.count, options));
         calibration.given = std::move(given);
         NoteFallbacks(calibration, result);
         return {};
       }}));
  // Weights up or down, for the least error of each layer's outputs.
  if (request.network.options.adaround && calibration.samples > 0) {
    IMCC_TRY(runner.Run({.name = "find-roundings", .can_disable = true, .run = [&] {
                           return RoundDevice(request, result, calibration);
                         }}));
  } else if (request.network.options.adaround) {
    result.notes.push_back(
        Warning("adaround", "the model brings integers of its own; they stay as they are"));
  }
  // int8 weights, int32 biases, requantisers, tables.
  IMCC_TRY(runner.Run({.name = "quantize",
                       .run = [&]() -> Status {
                         IMCC_ASSIGN(result.quantized,
                                     Quantize(result.partition.device, calibration));
                         return {};
                       },
                       .verify = [&] { return Verify(result.quantized); },
                       .dump = [&] { return Dump(result.quantized); }}));
  // What every tensor loses to int8, if somebody wants to know.
  if (request.explain_samples > 0)
    IMCC_TRY(runner.Run({.name = "explain-quantization",
                         .run = [&] { return Explain(request, calibration.samples, result); }}));
  return result;
}

}  // namespace imcc
