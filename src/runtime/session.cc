// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "runtime/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/files.h"
#include "onnx/import.h"
#include "runtime/tensor_layout.h"

namespace imcc {
namespace {

constexpr Bytes kMaxElf(int64_t{4} << 30);

Result<std::optional<Graph>> ImportHostGraph(const std::optional<std::string>& path) {
  if (!path) return std::optional<Graph>();
  IMCC_ASSIGN(ImportedModel model, ImportOnnx(*path, {}));
  return std::optional<Graph>(std::move(model.graph));
}

std::vector<QTensor> TensorsOf(const std::vector<IoTensor>& list) {
  std::vector<QTensor> tensors;
  for (const IoTensor& io : list) tensors.push_back(TensorOf(io));
  return tensors;
}

const QTensor* Find(const std::vector<QTensor>& tensors, const std::string& name) {
  const auto it = std::find_if(tensors.begin(), tensors.end(),
                               [&](const QTensor& tensor) { return tensor.name == name; });
  return it == tensors.end() ? nullptr : &*it;
}

Error NoInt8(const std::string& name) {
  return Error{.code = ErrorCode::kUnsupported,
               .subject = name,
               .message = "has no int8 form: part of the network runs on the host",
               .hint = "run the network on float32 buffers"};
}

}  // namespace

Result<Session> Session::Open(const std::string& path, const SessionOptions& options) {
  IMCC_ASSIGN(ModelFile file, ReadModelFile(path));
  IMCC_ASSIGN(const std::string elf, ReadFile(file.elf, kMaxElf));
  IMCC_ASSIGN(std::unique_ptr<Device> device, OpenSimulator(elf, options.simulator));
  NetworkParts parts;
  IMCC_ASSIGN(parts.prologue, ImportHostGraph(file.prologue));
  IMCC_ASSIGN(parts.epilogue, ImportHostGraph(file.epilogue));
  parts.device_inputs = TensorsOf(device->program().inputs);
  parts.device_outputs = TensorsOf(device->program().outputs);
  parts.inputs = file.inputs;
  parts.outputs = file.outputs;
  IMCC_ASSIGN(FrameRunner runner, FrameRunner::Create(std::move(parts), options.threads));
  return Session(std::move(file), std::move(device), std::move(runner));
}

const QTensor* Session::DeviceInput(const std::string& name) const {
  const NetworkParts& parts = runner_.parts();
  return parts.prologue ? nullptr : Find(parts.device_inputs, name);
}

const QTensor* Session::DeviceOutput(const std::string& name) const {
  const NetworkParts& parts = runner_.parts();
  return parts.epilogue ? nullptr : Find(parts.device_outputs, name);
}

Result<Frame> Session::Run(const std::vector<FloatValues>& inputs) {
  return runner_.Run(inputs, [this](const std::vector<Int8Values>& device_inputs) {
    return device_->RunFrame(device_inputs);
  });
}

Result<std::vector<Int8Values>> Session::RunInt8(const std::vector<Int8Values>& inputs) {
  const NetworkParts& parts = runner_.parts();
  for (const ExternalTensor& tensor : file_.inputs)
    if (DeviceInput(tensor.name) == nullptr) return NoInt8(tensor.name);
  for (const ExternalTensor& tensor : file_.outputs)
    if (DeviceOutput(tensor.name) == nullptr) return NoInt8(tensor.name);
  std::vector<Int8Values> device_inputs;
  for (const QTensor& tensor : parts.device_inputs) {
    const auto it = std::find_if(file_.inputs.begin(), file_.inputs.end(),
                                 [&](const auto& input) { return input.name == tensor.name; });
    const auto index = static_cast<size_t>(it - file_.inputs.begin());
    if (index >= inputs.size() ||
        static_cast<int64_t>(inputs[index].size()) != tensor.shape.elements())
      return Error{.code = ErrorCode::kUsage,
                   .subject = tensor.name,
                   .message = fmt::format("{} int8 values are needed", tensor.shape.elements())};
    device_inputs.push_back(ToStored(inputs[index], tensor.shape, tensor.layout));
  }
  IMCC_ASSIGN(const std::vector<Int8Values> device_outputs, device_->RunFrame(device_inputs));
  std::vector<Int8Values> outputs;
  for (const ExternalTensor& output : file_.outputs) {
    const QTensor* tensor = DeviceOutput(output.name);
    const auto index = static_cast<size_t>(tensor - parts.device_outputs.data());
    outputs.push_back(ToExternal(device_outputs[index], tensor->shape, tensor->layout));
  }
  return outputs;
}

}  // namespace imcc
