// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "compiler/compile.h"
#include "conformance/run_node_test.h"
#include "partition/extract.h"
#include "reference/float_executor.h"
#include "reference/integer_executor.h"
#include "simplify/simplify.h"

namespace imcc::testing {
namespace {

Outcome DeviceFailed(std::string message) { return {Outcome::Kind::kFailed, std::move(message)}; }
Outcome DeviceNotRun(std::string message) { return {Outcome::Kind::kNotRun, std::move(message)}; }

/// Int8 values of every tensor of a frame, by name.
using Observed = std::map<std::string, std::pair<const QTensor*, Int8Values>>;

float LargestScale(const Quantization& q) {
  return *std::max_element(q.scale.begin(), q.scale.end());
}

/// What weights and bias lose by being integers: half a step of each weight for every input it
/// meets, and half a step of the bias.
float WeightError(const QuantizedGraph& graph, const QNode& node, float largest_input) {
  const auto* conv = std::get_if<QConv>(&node.operation);
  if (conv == nullptr) return 0;
  const float step = *std::max_element(conv->weight_scales.begin(), conv->weight_scales.end());
  const float input_step = LargestScale(graph.tensor(node.inputs[0]).quantization);
  const auto taps = static_cast<float>(conv->taps_per_output());
  return 0.5F * step * (taps * largest_input + input_step);
}

/// A real value where the grid ends before it.
float Saturated(float value, const Quantization& q, int64_t channel) {
  const float scale = q.scale_of(channel);
  const auto zero = static_cast<float>(q.zero_point_of(channel));
  return std::clamp(value, (-128 - zero) * scale, (127 - zero) * scale);
}

/// Gives the float node the constants that the int8 node reads; each is half a step away at most.
std::string TakeConstants(const QuantizedGraph& quantized, const QNode& node, Graph& single) {
  std::vector<const QTensor*> taken;
  for (const QTensorId id : node.inputs)
    if (quantized.tensor(id).is_constant()) taken.push_back(&quantized.tensor(id));
  size_t next = 0;
  for (const TensorId id : single.nodes[0].inputs) {
    Tensor& tensor = single.tensor(id);
    if (!tensor.is_constant() || next == taken.size()) continue;
    const QTensor& from = *taken[next++];
    const std::vector<float> values = DequantizeValues(from.constant, from);
    for (size_t i = 0; i < values.size(); ++i) {
      const float wanted = Saturated(tensor.constant[i], from.quantization, 0);
      if (std::abs(wanted - values[i]) > 0.501F * from.quantization.scale[0])
        return fmt::format("constant '{}' has {} for {}", from.name, values[i], tensor.constant[i]);
    }
    tensor.constant = values;
  }
  return "";
}

/// The float node on the values the int8 node read, against what that one gave. Rounding costs
/// half a step of the output, and a thousandth for the float arithmetic itself.
std::string CompareNode(const Graph& graph, size_t index, const QuantizedGraph& quantized,
                        const QNode& node, const Observed& observed) {
  std::vector<bool> chosen(graph.nodes.size(), false);
  chosen[index] = true;
  Graph single = ExtractSubgraph(graph, chosen, "node");
  if (std::string wrong = TakeConstants(quantized, node, single); !wrong.empty()) return wrong;
  std::vector<FloatValues> inputs;
  float largest_input = 0;
  for (const TensorId id : single.inputs) {
    const auto& [tensor, values] = observed.at(single.tensor(id).name);
    inputs.push_back(DequantizeValues(values, *tensor));
    for (const float v : inputs.back()) largest_input = std::max(largest_input, std::abs(v));
  }
  auto executor = FloatExecutor::Create(single);
  if (!executor.ok()) return executor.error().message;
  const auto outputs = executor->Run(inputs);
  if (!outputs.ok()) return outputs.error().message;

  const auto& [tensor, values] = observed.at(graph.tensor(graph.nodes[index].output).name);
  const std::vector<float> got = DequantizeValues(values, *tensor);
  const float step = LargestScale(tensor->quantization);
  const float bound = 0.501F * step + WeightError(quantized, node, largest_input);
  for (size_t i = 0; i < got.size(); ++i) {
    // What lies outside the int8 range saturates.
    const int64_t channel = static_cast<int64_t>(i) % tensor->shape.back();
    const float expected = Saturated((*outputs)[0][i], tensor->quantization, channel);
    if (std::abs(got[i] - expected) <= bound) continue;
    return fmt::format("{} '{}' gives {} for {}, more than {} away", node.onnx_op, node.name,
                       got[i], expected, bound);
  }
  return "";
}

/// Every node that the quantised graph has under the name of a float node.
std::string CompareNodes(const Graph& graph, const QuantizedGraph& quantized,
                         const Observed& observed, int& compared) {
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const std::string& output = graph.tensor(graph.nodes[i].output).name;
    const auto node =
        std::find_if(quantized.nodes.begin(), quantized.nodes.end(),
                     [&](const QNode& n) { return quantized.tensor(n.output).name == output; });
    if (node == quantized.nodes.end()) continue;
    std::string difference = CompareNode(graph, i, quantized, *node, observed);
    if (!difference.empty()) return difference;
    ++compared;
  }
  return "";
}

Observed Observe(const QuantizedGraph& graph, const std::vector<Int8Values>& inputs) {
  Observed observed;
  const auto keep = [&](QTensorId id, const Int8Values& values) {
    observed[graph.tensor(id).name] = {&graph.tensor(id), values};
  };
  for (size_t i = 0; i < inputs.size(); ++i) keep(graph.inputs[i], inputs[i]);
  (void)ExecuteInteger(graph, inputs, {.observe = keep});
  return observed;
}

/// Why the device does not run the whole graph; "" if it does.
std::string HostReason(const Result<Partition>& partition, const Graph& graph,
                       const Target& target) {
  if (graph.nodes.empty()) return "nothing is computed";
  if (!partition.ok()) return partition.error().message;
  const std::vector<size_t> device = partition->DeviceParts();
  // The first node that the device cannot run; it may drag others before it to the host.
  for (const Node& node : graph.nodes) {
    const std::string reason = device.empty() ? WhyNotOnDevice(graph, node, target) : "";
    if (!reason.empty()) return reason;
  }
  if (partition->parts[device[0]].graph.inputs.size() != graph.inputs.size())
    return "an input is not read";
  return partition->host_nodes.empty() ? "" : partition->host_nodes.front().reason;
}

}  // namespace

Outcome RunOnDevice(const Graph& imported, const std::vector<std::vector<float>>& inputs,
                    const Target& target) {
  Graph float_graph = imported;
  PassRunner runner({});
  if (const Status status = Simplify(float_graph, runner); !status.ok()) {
    return DeviceFailed(status.error().message);
  }
  Result<Partition> partition = PartitionGraph(float_graph, target, {.leave_tails = false});
  if (std::string reason = HostReason(partition, float_graph, target); !reason.empty()) {
    return DeviceNotRun(std::move(reason));
  }
  const Graph& device = partition->parts[0].graph;
  const auto sample = [&](int64_t) { return Result<std::vector<FloatValues>>(inputs); };
  const auto calibration =
      Calibrate(device, sample, 1, {.scheme = QuantizationScheme::kPerTensorMinMax, .threads = 1});
  if (!calibration.ok()) return DeviceFailed(calibration.error().message);
  const auto quantized = Quantize(device, *calibration);
  if (!quantized.ok()) return DeviceFailed(quantized.error().message);
  CompileRequest request;
  request.target = target;
  const auto compiled = CompileQuantized(*quantized, request, runner);
  if (!compiled.ok()) return DeviceFailed(compiled.error().message);

  std::vector<Int8Values> frame;
  for (size_t i = 0; i < inputs.size(); ++i) {
    frame.push_back(QuantizeValues(inputs[i], quantized->tensor(quantized->inputs[i])));
  }
  const auto expected = ExecuteInteger(*quantized, frame);
  auto simulator = Simulator::Load(compiled->elf);
  if (!expected.ok() || !simulator.ok()) return DeviceFailed("cannot run");
  const auto outputs = simulator->RunFrame(frame, {.check = true});
  if (!outputs.ok()) return DeviceFailed(outputs.error().message);
  if (*outputs != *expected) return DeviceFailed("the simulator differs from the integer executor");
  int compared = 0;
  std::string difference =
      CompareNodes(SplitActivations(device), *quantized, Observe(*quantized, frame), compared);
  if (!difference.empty()) return DeviceFailed(std::move(difference));
  if (compared == 0) return DeviceFailed("no node of it is in the quantised graph");
  return {Outcome::Kind::kPassed, ""};
}

}  // namespace imcc::testing
