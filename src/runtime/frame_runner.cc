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

Status CheckQuantization(const QTensor& tensor) {
  const Quantization& q = tensor.quantization;
  const bool per_channel = q.scale.size() > 1;
  const bool fits = q.scale.size() == q.zero_point.size() && !q.scale.empty() &&
                    (!per_channel || (tensor.shape.rank() > 0 &&
                                      static_cast<int64_t>(q.scale.size()) == tensor.shape.back()));
  if (fits) return {};
  return Misfit(tensor.name, "its scales and zero points do not fit its shape");
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

  Status Pass(const Graph& graph) {
    for (const TensorId id : graph.inputs)
      IMCC_TRY(Use(graph.tensor(id).name, graph.tensor(id).shape.elements(), "the host"));
    for (const TensorId id : graph.outputs)
      Define(graph.tensor(id).name, graph.tensor(id).shape.elements());
    return {};
  }

  Status Pass(const DevicePart& part) {
    for (const QTensor& tensor : part.inputs) {
      IMCC_TRY(Use(tensor.name, tensor.shape.elements(), "the device"));
      IMCC_TRY(CheckQuantization(tensor));
    }
    for (const QTensor& tensor : part.outputs) {
      IMCC_TRY(CheckQuantization(tensor));
      Define(tensor.name, tensor.shape.elements());
    }
    return {};
  }

 private:
  std::map<std::string, int64_t> known_;
};

}  // namespace

std::vector<const DevicePart*> NetworkParts::DeviceParts() const {
  std::vector<const DevicePart*> found;
  for (const auto& part : parts)
    if (const auto* device = std::get_if<DevicePart>(&part)) found.push_back(device);
  return found;
}

Status FrameRunner::CheckFit() const {
  FitCheck check;
  for (const ExternalTensor& input : parts_.inputs)
    check.Define(input.name, input.shape.elements());
  for (const auto& part : parts_.parts)
    IMCC_TRY(std::visit([&](const auto& p) { return check.Pass(p); }, part));
  for (const ExternalTensor& output : parts_.outputs)
    IMCC_TRY(check.Use(output.name, output.shape.elements(), "the network's output"));
  return {};
}

Result<FrameRunner> FrameRunner::Create(NetworkParts parts, int threads) {
  FrameRunner runner(std::move(parts));
  IMCC_TRY(runner.CheckFit());
  for (const auto& part : runner.parts_.parts) {
    runner.executors_.emplace_back();
    const auto* graph = std::get_if<Graph>(&part);
    if (graph == nullptr) continue;
    IMCC_ASSIGN(runner.executors_.back(), FloatExecutor::Create(*graph, threads));
  }
  return runner;
}

Status FrameRunner::RunHost(const Graph& graph, FloatExecutor& executor, Values& values) {
  std::vector<FloatValues> inputs;
  for (const TensorId id : graph.inputs) {
    const Tensor& tensor = graph.tensor(id);
    inputs.push_back(ToStored(values.at(tensor.name), tensor.shape, tensor.layout));
  }
  IMCC_ASSIGN(const std::vector<FloatValues> outputs, executor.Run(inputs));
  for (size_t i = 0; i < graph.outputs.size(); ++i) {
    const Tensor& tensor = graph.tensor(graph.outputs[i]);
    values[tensor.name] = ToExternal(outputs[i], tensor.shape, tensor.layout);
  }
  return {};
}

Result<std::vector<Int8Values>> FrameRunner::RunDevice(const DevicePart& part, size_t number,
                                                       Values& values,
                                                       const DeviceFunction& device) {
  std::vector<Int8Values> inputs;
  for (const QTensor& tensor : part.inputs)
    inputs.push_back(
        QuantizeValues(ToStored(values.at(tensor.name), tensor.shape, tensor.layout), tensor));
  IMCC_ASSIGN(std::vector<Int8Values> outputs, device(number, inputs));
  for (size_t i = 0; i < outputs.size(); ++i) {
    const QTensor& tensor = part.outputs[i];
    values[tensor.name] =
        ToExternal(DequantizeValues(outputs[i], tensor), tensor.shape, tensor.layout);
  }
  return outputs;
}

Result<FrameRunner::Values> FrameRunner::NamedInputs(const std::vector<FloatValues>& inputs) const {
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
  return values;
}

Result<Frame> FrameRunner::Run(const std::vector<FloatValues>& inputs,
                               const DeviceFunction& device) {
  IMCC_ASSIGN(Values values, NamedInputs(inputs));
  Frame frame;
  size_t device_parts = 0;
  for (size_t i = 0; i < parts_.parts.size(); ++i) {
    if (const auto* graph = std::get_if<Graph>(&parts_.parts[i])) {
      IMCC_TRY(RunHost(*graph, *executors_[i], values));
      continue;
    }
    IMCC_ASSIGN(std::vector<Int8Values> outputs,
                RunDevice(std::get<DevicePart>(parts_.parts[i]), device_parts++, values, device));
    for (Int8Values& output : outputs) frame.device_outputs.push_back(std::move(output));
  }
  for (const ExternalTensor& output : parts_.outputs)
    frame.outputs.push_back(values.at(output.name));
  return frame;
}

}  // namespace imcc
