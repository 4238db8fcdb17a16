// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "runtime/frame_runner.h"

#include <fmt/format.h>

#include <utility>

#include "runtime/tensor_layout.h"

namespace imcc {
namespace {

Error Misfit(const std::string& tensor, const std::string& what) {
  return Error{.code = ErrorCode::kFormat,
               .subject = tensor,
               .message = what,
               .hint = "model.json, the ELF and the host graphs are not of one compilation"};
}

/// Follows tensor names through the parts without running them.
class FitCheck {
 public:
  void Define(const std::string& name, int64_t elements) { known_[name] = elements; }

  Status Use(const std::string& name, int64_t elements, const char* part) const {
    const auto it = known_.find(name);
    if (it == known_.end()) return Misfit(name, fmt::format("nothing before {} makes it", part));
    if (it->second == elements) return {};
    return Misfit(name,
                  fmt::format("has {} elements, and {} takes {}", it->second, part, elements));
  }

  Status Pass(const Graph& graph, const char* part) {
    for (const TensorId id : graph.inputs)
      IMCC_TRY(Use(graph.tensor(id).name, graph.tensor(id).shape.elements(), part));
    for (const TensorId id : graph.outputs)
      Define(graph.tensor(id).name, graph.tensor(id).shape.elements());
    return {};
  }

 private:
  std::map<std::string, int64_t> known_;
};

Status CheckQuantization(const QTensor& tensor) {
  const Quantization& q = tensor.quantization;
  const bool per_channel = q.scale.size() > 1;
  const bool fits = q.scale.size() == q.zero_point.size() && !q.scale.empty() &&
                    (!per_channel || (tensor.shape.rank() > 0 &&
                                      static_cast<int64_t>(q.scale.size()) == tensor.shape.back()));
  if (fits) return {};
  return Misfit(tensor.name, "its scales and zero points do not fit its shape");
}

}  // namespace

Status FrameRunner::CheckFit() const {
  FitCheck check;
  for (const ExternalTensor& input : parts_.inputs)
    check.Define(input.name, input.shape.elements());
  if (parts_.prologue) IMCC_TRY(check.Pass(*parts_.prologue, "the prologue"));
  for (const QTensor& tensor : parts_.device_inputs) {
    IMCC_TRY(check.Use(tensor.name, tensor.shape.elements(), "the device"));
    IMCC_TRY(CheckQuantization(tensor));
  }
  for (const QTensor& tensor : parts_.device_outputs) {
    IMCC_TRY(CheckQuantization(tensor));
    check.Define(tensor.name, tensor.shape.elements());
  }
  if (parts_.epilogue) IMCC_TRY(check.Pass(*parts_.epilogue, "the epilogue"));
  for (const ExternalTensor& output : parts_.outputs)
    IMCC_TRY(check.Use(output.name, output.shape.elements(), "the network's output"));
  return {};
}

Result<std::optional<FrameRunner::HostPart>> FrameRunner::Prepare(const std::optional<Graph>& graph,
                                                                  int threads) {
  if (!graph) return std::optional<HostPart>();
  IMCC_ASSIGN(FloatExecutor executor, FloatExecutor::Create(*graph, threads));
  return std::optional<HostPart>(HostPart{*graph, std::move(executor)});
}

Result<FrameRunner> FrameRunner::Create(NetworkParts parts, int threads) {
  FrameRunner runner(std::move(parts));
  IMCC_TRY(runner.CheckFit());
  IMCC_ASSIGN(runner.prologue_, Prepare(runner.parts_.prologue, threads));
  IMCC_ASSIGN(runner.epilogue_, Prepare(runner.parts_.epilogue, threads));
  return runner;
}

Status FrameRunner::RunHostPart(HostPart& part, Values& values) {
  const Graph& graph = part.graph;
  std::vector<FloatValues> inputs;
  for (const TensorId id : graph.inputs) {
    const Tensor& tensor = graph.tensor(id);
    inputs.push_back(ToStored(values.at(tensor.name), tensor.shape, tensor.layout));
  }
  IMCC_ASSIGN(const std::vector<FloatValues> outputs, part.executor.Run(inputs));
  for (size_t i = 0; i < graph.outputs.size(); ++i) {
    const Tensor& tensor = graph.tensor(graph.outputs[i]);
    values[tensor.name] = ToExternal(outputs[i], tensor.shape, tensor.layout);
  }
  return {};
}

Result<std::vector<Int8Values>> FrameRunner::RunDevice(Values& values,
                                                       const DeviceFunction& device) const {
  std::vector<Int8Values> inputs;
  for (const QTensor& tensor : parts_.device_inputs)
    inputs.push_back(
        QuantizeValues(ToStored(values.at(tensor.name), tensor.shape, tensor.layout), tensor));
  IMCC_ASSIGN(std::vector<Int8Values> outputs, device(inputs));
  for (size_t i = 0; i < outputs.size(); ++i) {
    const QTensor& tensor = parts_.device_outputs[i];
    values[tensor.name] =
        ToExternal(DequantizeValues(outputs[i], tensor), tensor.shape, tensor.layout);
  }
  return outputs;
}

Result<Frame> FrameRunner::Run(const std::vector<FloatValues>& inputs,
                               const DeviceFunction& device) {
  if (inputs.size() != parts_.inputs.size())
    return Error{.code = ErrorCode::kUsage,
                 .message = fmt::format("{} inputs given, the network has {}", inputs.size(),
                                        parts_.inputs.size())};
  Values values;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const ExternalTensor& tensor = parts_.inputs[i];
    if (static_cast<int64_t>(inputs[i].size()) != tensor.shape.elements())
      return Error{.code = ErrorCode::kUsage,
                   .subject = tensor.name,
                   .message = fmt::format("has {} values, {} ({}) are needed", inputs[i].size(),
                                          tensor.shape.elements(), tensor.shape.ToString())};
    values[tensor.name] = inputs[i];
  }
  if (prologue_) IMCC_TRY(RunHostPart(*prologue_, values));
  Frame frame;
  IMCC_ASSIGN(frame.device_outputs, RunDevice(values, device));
  if (epilogue_) IMCC_TRY(RunHostPart(*epilogue_, values));
  for (const ExternalTensor& output : parts_.outputs)
    frame.outputs.push_back(values.at(output.name));
  return frame;
}

}  // namespace imcc
