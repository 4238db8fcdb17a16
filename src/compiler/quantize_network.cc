// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "base/files.h"
#include "base/md5.h"
#include "compiler/calibration_samples.h"
#include "compiler/compile.h"
#include "compiler/note_clipped.h"
#include "compiler/part_samples.h"
#include "imcc/runtime.h"
#include "onnx/import.h"
#include "quantize/adopt_scales.h"
#include "quantize/equalize_layers.h"
#include "quantize/find_roundings.h"
#include "reference/float_kernel_set.h"
#include "simplify/simplify.h"

namespace imcc {

namespace {

/// Model files are read whole; larger ones keep their weights in external data files.
constexpr Bytes kMaxModelBytes(int64_t{2} << 30);

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
  Result<ImportedModel> model = ImportOnnx(request.network.weight_path, options);
  if (model.ok() || model.error().code != ErrorCode::kUsage || !request.input_shapes.empty())
    return model;
  Error error = model.error();  // The shape came from the YAML file, not the command line.
  error.code = ErrorCode::kConfig;
  error.place.file = request.network.yaml_path;
  error.subject = "input_tensor_shape, " + error.subject;
  return error;
}

/// model.json and the C API hold shapes of IMCC_MAX_RANK dimensions.
Status CheckRanks(const Graph& graph) {
  for (const std::vector<TensorId>* ids : {&graph.inputs, &graph.outputs})
    for (const TensorId id : *ids)
      if (graph.tensor(id).shape.rank() > IMCC_MAX_RANK)
        return Error{
            .code = ErrorCode::kUnsupported,
            .subject = graph.tensor(id).name,
            .message = fmt::format("has {} dimensions, and frames hold tensors of up to {}",
                                   graph.tensor(id).shape.rank(), IMCC_MAX_RANK),
            .hint = "reshape it before export"};
  return {};
}

/// What the passes of the device parts share.
struct PartJob {
  const CompileRequest& request;
  QuantizedNetwork& network;
  std::optional<CalibrationSamples> samples;  // Listed when first asked for.
  std::unique_ptr<PartSamples> part_samples;
  std::map<std::string, Quantization> crossing;  // Of outputs of the device parts so far, by name.
  std::set<std::string> symmetric;  // Outputs that later device parts need with zero point 0.

  Status Load() {
    if (samples) return {};
    IMCC_ASSIGN(samples, FindCalibrationSamples(request, network.float_graph, network.notes));
    part_samples = std::make_unique<PartSamples>(network.float_graph, network.partition,
                                                 samples->source, samples->count);
    return {};
  }
};

/// "calibrate", or "calibrate part 2" where there are several device parts.
std::string StageOf(const PartJob& job, const std::string& stage, size_t part) {
  return job.network.partition.has_one_device_part() ? stage
                                                     : fmt::format("{} part {}", stage, part);
}

CalibrationOptions ObserveAs(const PartJob& job, const std::string& stage) {
  const CompileRequest& request = job.request;
  const CompilationOptions& chosen = request.network.options;
  return {.scheme = chosen.quantization_scheme,
          .bias_correction = chosen.bias_correction,
          .unified_concat_scales = chosen.unified_concat_scales,
          .threads = request.threads,
          .progress =
              [&request, stage](int64_t done, int64_t of) {
                if (request.progress) request.progress(stage, done, of);
              },
          .sample_name = job.samples->name};
}

/// Observes the channels between layers once, then moves factors between the layers.
Status EqualizePart(PartJob& job, size_t part) {
  Graph& device = job.network.partition.parts[part].graph;
  const std::vector<bool> wanted = FindEqualizable(device);
  if (std::find(wanted.begin(), wanted.end(), true) == wanted.end()) return {};
  IMCC_TRY(job.Load());
  const CalibrationOptions options = ObserveAs(job, StageOf(job, "equalize", part));
  IMCC_ASSIGN(
      const std::vector<TensorRange> ranges,
      ObserveChannels(device, job.part_samples->Of(part), job.samples->count, wanted, options));
  EqualizeLayers(device, ranges);
  return {};
}

/// Finds out over the samples which weights to round up and which down.
Status RoundPart(PartJob& job, size_t part, Calibration& calibration) {
  IMCC_TRY(job.Load());
  const CalibrationOptions options = ObserveAs(job, StageOf(job, "round", part));
  IMCC_ASSIGN(Roundings roundings,
              FindRoundings(job.network.partition.parts[part].graph, calibration,
                            job.part_samples->Of(part), job.samples->count, options));
  calibration.rounded_weights = std::move(roundings.weights);
  for (const std::string& layer : roundings.too_large)
    job.network.notes.push_back(
        {Note::Severity::kNote, "adaround",
         fmt::format("'{}' has more than {} weights an output: rounded to nearest", layer,
                     kMaxRoundedTaps)});
  return {};
}

/// Every input of depthwise convolutions that the hybrid scheme left with one scale.
void NoteFallbacks(const Calibration& calibration, const Graph& device, std::vector<Note>& notes) {
  for (const auto& [tensor, reason] : calibration.per_tensor_fallbacks) {
    // Tensors that SplitActivations appends feed no convolution.
    const std::string& name = device.tensor(tensor).name;
    notes.push_back(
        {Note::Severity::kNote, "quantization_scheme",
         fmt::format("'{}' feeds depthwise convolutions with one scale for all channels: {}", name,
                     reason)});
  }
}

/// Names the kernels that calibrate; bits that another CPU would not give deserve a warning.
void NoteFloatKernels(QuantizedNetwork& network) {
  if (!network.float_kernels.empty()) return;
  network.float_kernels = FloatKernels().name;
  if (FloatKernels().same_bits_everywhere) return;
  network.notes.push_back(
      Warning("calibration", fmt::format("the float network runs on {}: a computer with AVX2 may "
                                         "find other scales, and make another ELF",
                                         network.float_kernels)));
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
Status ExplainPart(PartJob& job, size_t part, int64_t calibration_samples) {
  const CompileRequest& request = job.request;
  QuantizedNetwork& network = job.network;
  IMCC_TRY(job.Load());
  const std::string stage = StageOf(job, "explain", part);
  const ExplainOptions options{.chosen = request.network.options,
                               .calibration_samples = calibration_samples,
                               .threads = request.threads,
                               .progress = [&](int64_t done, int64_t of) {
                                 if (request.progress) request.progress(stage, done, of);
                               }};
  IMCC_ASSIGN(const QuantizationReport explained,
              ExplainQuantization(network.partition.parts[part].graph, network.quantized.back(),
                                  job.part_samples->Of(part),
                                  std::min(request.explain_samples, job.samples->count), options));
  if (!network.explanation) network.explanation.emplace();
  Append(explained, *network.explanation);
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

Status VerifyParts(const Partition& partition) {
  for (const Part& part : partition.parts) IMCC_TRY(Verify(part.graph));
  return {};
}

std::string DumpDeviceParts(const Partition& partition) {
  std::string text;
  for (const size_t part : partition.DeviceParts()) text += Dump(partition.parts[part].graph);
  return text;
}

/// What users would not expect of a network compiled for the device.
void NoteParts(const Partition& partition, std::vector<Note>& notes) {
  const size_t device_parts = partition.DeviceParts().size();
  if (device_parts == 0)
    notes.push_back(
        Warning("partition", "nothing is left for the device: the whole network runs on the host"));
  if (device_parts > 1)
    notes.push_back(
        Warning("partition", fmt::format("operators in the middle run on the host, which takes {} "
                                         "launches a frame; what the host computes is not timed",
                                         device_parts)));
}

/// What an earlier device part made is read as it was made: nothing is rounded twice.
void TakeCrossingScales(const PartJob& job, const Graph& device, GivenScales& given) {
  for (const TensorId id : device.inputs) {
    const auto made = job.crossing.find(device.tensor(id).name);
    if (made == job.crossing.end()) continue;
    given.resize(device.tensors.size());
    given[id.index()] = made->second;
  }
}

std::vector<bool> Named(const Graph& graph, const std::set<std::string>& names) {
  std::vector<bool> named;
  for (const Tensor& tensor : graph.tensors) named.push_back(names.contains(tensor.name));
  return named;
}

/// A second operand of a MatMul may come from an earlier device part, which chooses its scale.
std::set<std::string> FindCrossingSymmetric(const Partition& partition) {
  std::set<std::string> names;
  const std::vector<size_t> parts = partition.DeviceParts();
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    const Graph& device = partition.parts[*part].graph;
    const std::vector<bool> symmetric = FindSymmetric(device, Named(device, names));
    for (const TensorId id : device.inputs)
      if (symmetric[id.index()]) names.insert(device.tensor(id).name);
  }
  return names;
}

void KeepCrossingScales(const QuantizedGraph& graph, PartJob& job) {
  for (const QTensorId id : graph.outputs) {
    const QTensor& tensor = graph.tensor(id);
    if (!tensor.quantization.per_channel()) job.crossing[tensor.name] = tensor.quantization;
  }
}

/// Ranges of a device part over the samples, unless a quantised model brings all scales.
Result<Calibration> CalibratePart(PartJob& job, size_t part, GivenScales given) {
  const Graph& device = job.network.partition.parts[part].graph;
  Calibration calibration;
  const bool is_quantized = !given.empty();
  TakeCrossingScales(job, device, given);
  if (is_quantized && NoteGivenScales(device, given, job.network.notes)) {
    calibration = WithoutCalibration(device);
  } else {
    IMCC_TRY(job.Load());
    NoteFloatKernels(job.network);
    CalibrationOptions options = ObserveAs(job, StageOf(job, "calibrate", part));
    // Later passes ask for the samples of this part once more.
    const bool last = job.request.explain_samples == 0 && !job.request.network.options.adaround;
    if (last)
      options.outputs = [&](int64_t sample, std::vector<std::vector<float>> outputs) {
        job.part_samples->Keep(part, sample, std::move(outputs));
      };
    IMCC_ASSIGN(calibration,
                Calibrate(device, job.part_samples->Of(part), job.samples->count, options));
    NoteFallbacks(calibration, device, job.network.notes);
  }
  calibration.given = std::move(given);
  if (std::optional<Note> clipped = NoteClipped(device, calibration))
    job.network.notes.push_back(std::move(*clipped));
  calibration.symmetric = Named(device, job.symmetric);
  return calibration;
}

/// Calibrating would blame the samples.
Status CheckWeights(const Graph& graph, const std::string& file) {
  for (const Node& node : graph.nodes) {
    if (node.kind != OpKind::kConv && node.kind != OpKind::kFullyConnected &&
        node.kind != OpKind::kConvTranspose)
      continue;
    for (size_t i = 1; i < node.inputs.size(); ++i) {
      const Tensor& tensor = graph.tensor(node.inputs[i]);
      if (std::all_of(tensor.constant.begin(), tensor.constant.end(),
                      [](float value) { return std::isfinite(value); }))
        continue;
      return Error{.code = ErrorCode::kModel,
                   .place = {.file = file},
                   .subject = fmt::format("{} '{}'", node.onnx_op, node.name),
                   .message = "its weights or bias hold infinities or NaN",
                   .hint = "export the model again from a checkpoint that works"};
    }
  }
  return {};
}

/// A device part from float to int8.
Status QuantizePart(PartJob& job, size_t part, PassRunner& runner) {
  const CompileRequest& request = job.request;
  QuantizedNetwork& result = job.network;
  Graph& device = result.partition.parts[part].graph;
  Calibration calibration;
  IMCC_TRY(CheckWeights(device, request.network.weight_path));

  // Scales that the model brings, if it is quantised already.
  GivenScales given;
  IMCC_TRY(runner.Run({.name = "adopt-scales",
                       .run = [&]() -> Status {
                         given = AdoptScales(device);
                         return {};
                       },
                       .verify = [&] { return Verify(device); }}));
  // Channels between two layers scaled alike. Scales that the model brings fit its own channels.
  if (request.network.options.cross_layer_equalization && given.empty()) {
    IMCC_TRY(runner.Run({.name = "equalize-layers",
                         .can_disable = true,
                         .run = [&] { return EqualizePart(job, part); },
                         .verify = [&] { return Verify(device); },
                         .dump = [&] { return Dump(device); }}));
  } else if (request.network.options.cross_layer_equalization) {
    result.notes.push_back(Warning("cross_layer_equalization",
                                   "the model brings scales of its own; its channels stay as they "
                                   "are"));
  }
  // Ranges of every activation, over real images.
  IMCC_TRY(runner.Run({.name = "calibrate", .run = [&]() -> Status {
                         IMCC_ASSIGN(calibration, CalibratePart(job, part, std::move(given)));
                         return {};
                       }}));
  // Weights up or down, for the least error of each layer's outputs.
  if (request.network.options.adaround && calibration.samples > 0) {
    IMCC_TRY(runner.Run({.name = "find-roundings", .can_disable = true, .run = [&] {
                           return RoundPart(job, part, calibration);
                         }}));
  } else if (request.network.options.adaround) {
    result.notes.push_back(
        Warning("adaround", "the model brings integers of its own; they stay as they are"));
  }
  // int8 weights, int32 biases, requantisers, tables.
  IMCC_TRY(runner.Run({.name = "quantize",
                       .run = [&]() -> Status {
                         IMCC_ASSIGN(QuantizedGraph quantized, Quantize(device, calibration));
                         KeepCrossingScales(quantized, job);
                         result.quantized.push_back(std::move(quantized));
                         return {};
                       },
                       .verify = [&] { return Verify(result.quantized.back()); },
                       .dump = [&] { return Dump(result.quantized.back()); }}));
  // What every tensor loses to int8, if somebody wants to know.
  if (request.explain_samples == 0) return {};
  return runner.Run({.name = "explain-quantization",
                     .run = [&] { return ExplainPart(job, part, calibration.samples); }});
}

/// Inputs that a device part takes first and outputs that one makes last become int8 outside too.
void RemoveIoQuantization(QuantizedNetwork& network) {
  const std::vector<Part>& parts = network.partition.parts;
  const auto take = [&](const Part& part, const std::vector<TensorId>& own,
                        const std::vector<TensorId>& wanted, const char* what) {
    std::set<std::string> names;
    if (part.on_device)
      for (const TensorId id : own) names.insert(part.graph.tensor(id).name);
    for (const TensorId id : wanted) {
      const std::string& name = network.float_graph.tensor(id).name;
      if (names.contains(name))
        network.int8_io.insert(name);
      else
        network.notes.push_back(
            {Note::Severity::kNote, "remove_io_quantization",
             fmt::format("{} '{}' stays float32: it is the host's", what, name)});
    }
  };
  take(parts.front(), parts.front().graph.inputs, network.float_graph.inputs, "input");
  take(parts.back(), parts.back().graph.outputs, network.float_graph.outputs, "output");
}

}  // namespace

Result<QuantizedNetwork> QuantizeNetwork(const CompileRequest& request, PassRunner& runner) {
  QuantizedNetwork result;
  const auto dump_float = [&] { return Dump(result.float_graph); };

  // The model as a graph with static shapes, feature maps NHWC.
  IMCC_TRY(runner.Run({.name = "import-onnx",
                       .run = [&]() -> Status {
                         IMCC_ASSIGN(ImportedModel model, ImportModel(request));
                         result.float_graph = std::move(model.graph);
                         result.notes = std::move(model.notes);
                         return CheckRanks(result.float_graph);
                       },
                       .verify = [&] { return Verify(result.float_graph); },
                       .dump = dump_float}));
  // Batch norms, constants, pads and activations folded away.
  IMCC_TRY(Simplify(result.float_graph, runner));
  // What the device cannot do goes to the host.
  IMCC_TRY(runner.Run({.name = "partition-graph",
                       .run = [&]() -> Status {
                         IMCC_ASSIGN(result.partition,
                                     PartitionGraph(result.float_graph, request.target));
                         NoteParts(result.partition, result.notes);
                         return request.no_host_fallback ? RefuseHostNodes(result.partition)
                                                         : Status();
                       },
                       .verify = [&] { return VerifyParts(result.partition); },
                       .dump = [&] { return DumpDeviceParts(result.partition); }}));
  PartJob job{.request = request, .network = result};
  job.symmetric = FindCrossingSymmetric(result.partition);
  for (const size_t part : result.partition.DeviceParts())
    IMCC_TRY(QuantizePart(job, part, runner));
  if (request.network.options.remove_io_quantization) RemoveIoQuantization(result);
  return result;
}

}  // namespace imcc
