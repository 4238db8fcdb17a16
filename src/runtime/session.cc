// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "runtime/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/files.h"
#include "onnx/import.h"
#include "runtime/tensor_layout.h"
#include "sim/join_timings.h"

namespace imcc {
namespace {

constexpr Bytes kMaxElf(int64_t{4} << 30);

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
  std::vector<std::unique_ptr<Device>> devices;
  NetworkParts parts;
  for (const ModelPart& part : file.parts) {
    if (!part.on_device) {
      IMCC_ASSIGN(ImportedModel model,
                  ImportOnnx(part.path, {.any_batch = true, .any_inputs = true}));
      parts.parts.emplace_back(std::move(model.graph));
      continue;
    }
    IMCC_ASSIGN(const std::string elf,
                ReadFileOfKind(part.path, kMaxElf, kElfMagic, "an ELF file"));
    IMCC_ASSIGN(std::unique_ptr<Device> device, OpenSimulator(elf, options.simulator));
    parts.parts.emplace_back(
        DevicePart{TensorsOf(device->program().inputs), TensorsOf(device->program().outputs)});
    devices.push_back(std::move(device));
  }
  parts.inputs = file.inputs;
  parts.outputs = file.outputs;
  IMCC_ASSIGN(FrameRunner runner, FrameRunner::Create(std::move(parts), options.threads));
  Session session(std::move(file), std::move(devices), std::move(runner));
  IMCC_TRY(session.CheckTypes());
  if (session.devices_.empty()) return session;
  IMCC_ASSIGN(session.target_, ParseEmbeddedTarget(session.programs()[0]->target_yaml));
  return session;
}

Status Session::CheckTypes() const {
  const auto misfit = [this](const ExternalTensor& tensor) {
    return Error{.code = ErrorCode::kFormat,
                 .place = {.file = file_.path},
                 .subject = tensor.name,
                 .message = "is int8, and no device part reads or makes it as such",
                 .hint = "this file is written by imcc compile: compile the network again"};
  };
  for (const ExternalTensor& tensor : inputs())
    if (tensor.is_int8 && DeviceInput(tensor.name) == nullptr) return misfit(tensor);
  for (const ExternalTensor& tensor : outputs())
    if (tensor.is_int8 && DeviceOutput(tensor.name) == nullptr) return misfit(tensor);
  return {};
}

FloatValues Session::ToReal(const Int8Values& values, const QTensor& tensor) {
  const Int8Values stored = ToStored(values, tensor.shape, tensor.layout);
  return ToExternal(DequantizeValues(stored, tensor), tensor.shape, tensor.layout);
}

Int8Values Session::ToInt8(const FloatValues& values, const QTensor& tensor) {
  const FloatValues stored = ToStored(values, tensor.shape, tensor.layout);
  return ToExternal(QuantizeValues(stored, tensor), tensor.shape, tensor.layout);
}

std::vector<const Program*> Session::programs() const {
  std::vector<const Program*> programs;
  for (const auto& device : devices_) programs.push_back(&device->program());
  return programs;
}

const QTensor* Session::DeviceInput(const std::string& name) const {
  const auto* first = std::get_if<DevicePart>(&runner_.parts().parts.front());
  return first == nullptr ? nullptr : Find(first->inputs, name);
}

const QTensor* Session::DeviceOutput(const std::string& name) const {
  const auto* last = std::get_if<DevicePart>(&runner_.parts().parts.back());
  return last == nullptr ? nullptr : Find(last->outputs, name);
}

Result<Frame> Session::Run(const std::vector<FloatValues>& inputs) {
  return runner_.Run(inputs, [this](size_t part, const std::vector<Int8Values>& device_inputs) {
    return devices_[part]->RunFrame(device_inputs);
  });
}

Result<std::vector<FrameTiming>> Session::TimingOfPrograms(bool trace) {
  std::vector<FrameTiming> timings;
  for (const auto& device : devices_) {
    IMCC_ASSIGN(FrameTiming timing, device->Timing(trace));
    timings.push_back(std::move(timing));
  }
  return timings;
}

FrameTiming Session::Join(const std::vector<FrameTiming>& timings) const {
  return JoinTimings(programs(), timings, target_.value_or(Target()));
}

Result<std::vector<Int8Values>> Session::RunInt8(const std::vector<Int8Values>& inputs) {
  for (const ExternalTensor& tensor : file_.inputs)
    if (DeviceInput(tensor.name) == nullptr) return NoInt8(tensor.name);
  for (const ExternalTensor& tensor : file_.outputs)
    if (DeviceOutput(tensor.name) == nullptr) return NoInt8(tensor.name);
  const auto* part = std::get_if<DevicePart>(&runner_.parts().parts.front());
  if (part == nullptr || runner_.parts().parts.size() > 1) return NoInt8(file_.network);
  std::vector<Int8Values> device_inputs;
  for (const QTensor& tensor : part->inputs) {
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
  IMCC_ASSIGN(const std::vector<Int8Values> device_outputs, devices_[0]->RunFrame(device_inputs));
  std::vector<Int8Values> outputs;
  for (const ExternalTensor& output : file_.outputs) {
    const QTensor* tensor = DeviceOutput(output.name);
    const auto index = static_cast<size_t>(tensor - part->outputs.data());
    outputs.push_back(ToExternal(device_outputs[index], tensor->shape, tensor->layout));
  }
  return outputs;
}

}  // namespace imcc
