// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <new>
#include <optional>
#include <string>

#include "imcc/runtime.h"
#include "runtime/session.h"
#include "target/target.h"

struct imcc_error {
  imcc_status status;
  std::string message;
};

struct imcc_model {
  imcc::Session session;
  uint64_t frames_run = 0;
  std::optional<imcc::FrameTiming> timing;  // Measured when first asked for.
};

namespace {

using imcc::ErrorCode;
using imcc::Status;

constexpr std::array<const char*, imcc::kEngines> kEngineNames = {"dma0", "dma1",   "weight_load",
                                                                  "mvm",  "vector", "depthwise"};

imcc_status StatusOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUsage:
      return IMCC_ERROR_USAGE;
    case ErrorCode::kIo:
      return IMCC_ERROR_IO;
    case ErrorCode::kUnsupported:
      return IMCC_ERROR_UNSUPPORTED;
    case ErrorCode::kSimulation:
      return IMCC_ERROR_DEVICE;
    default:
      return IMCC_ERROR_FORMAT;
  }
}

imcc_status Report(imcc_status status, const std::string& message, imcc_error** error) {
  if (error != nullptr) *error = new (std::nothrow) imcc_error{status, message};
  return status;
}

/// No exception may reach a C caller.
imcc_status Guard(imcc_error** error, const std::function<Status()>& body) {
  if (error != nullptr) *error = nullptr;
  try {
    const Status status = body();
    if (status.ok()) return IMCC_OK;
    return Report(StatusOf(status.error().code), status.error().Format(), error);
  } catch (const std::bad_alloc&) {
    return Report(IMCC_ERROR_MEMORY, "out of memory", error);
  } catch (const std::exception& exception) {
    return Report(IMCC_ERROR_INTERNAL, exception.what(), error);
  }
}

Status UsageError(const std::string& message) {
  return imcc::Error{.code = ErrorCode::kUsage, .message = message};
}

/// Copies as much of a struct as the caller has room for; struct_size stays the caller's.
template <class T>
imcc_status CopyOut(T value, T* destination) {
  if (destination == nullptr || destination->struct_size < sizeof(size_t)) return IMCC_ERROR_USAGE;
  value.struct_size = destination->struct_size;
  std::memcpy(destination, &value, std::min(sizeof(T), destination->struct_size));
  return IMCC_OK;
}

imcc_status Describe(const imcc::ExternalTensor& tensor, const imcc::QTensor* device,
                     imcc_tensor_info* out) {
  imcc_tensor_info info{};
  info.name = tensor.name.c_str();
  info.rank = tensor.shape.rank();
  std::copy(tensor.shape.dims().begin(), tensor.shape.dims().end(), info.shape);
  info.elements = static_cast<size_t>(tensor.shape.elements());
  if (device != nullptr) {
    info.has_int8 = 1;
    info.quantizations = device->quantization.scale.size();
    info.scale = device->quantization.scale.data();
    info.zero_point = device->quantization.zero_point.data();
  }
  info.dtype = tensor.is_int8 ? IMCC_INT8 : IMCC_FLOAT32;
  return CopyOut(info, out);
}

imcc::Error NullInput(const imcc::ExternalTensor& tensor) {
  return imcc::Error{
      .code = ErrorCode::kUsage, .subject = tensor.name, .message = "the input buffer is NULL"};
}

template <class T>
imcc::Result<std::vector<std::vector<T>>> Gather(const imcc_model& model, const T* const* inputs) {
  std::vector<std::vector<T>> values;
  const auto& tensors = model.session.inputs();
  for (size_t i = 0; i < tensors.size(); ++i) {
    if (inputs == nullptr || inputs[i] == nullptr) return NullInput(tensors[i]);
    values.emplace_back(inputs[i], inputs[i] + tensors[i].shape.elements());
  }
  return values;
}

/// Buffers of each input's own type as real numbers.
imcc::Result<std::vector<imcc::FloatValues>> GatherFrame(const imcc_model& model,
                                                         const void* const* inputs) {
  std::vector<imcc::FloatValues> values;
  const auto& tensors = model.session.inputs();
  for (size_t i = 0; i < tensors.size(); ++i) {
    if (inputs == nullptr || inputs[i] == nullptr) return NullInput(tensors[i]);
    const auto count = static_cast<size_t>(tensors[i].shape.elements());
    if (tensors[i].is_int8) {
      const auto* first = static_cast<const int8_t*>(inputs[i]);
      values.push_back(imcc::Session::ToReal({first, first + count},
                                             *model.session.DeviceInput(tensors[i].name)));
    } else {
      const auto* first = static_cast<const float*>(inputs[i]);
      values.emplace_back(first, first + count);
    }
  }
  return values;
}

void ScatterFrame(const imcc_model& model, const std::vector<imcc::FloatValues>& values,
                  void* const* outputs) {
  const auto& tensors = model.session.outputs();
  for (size_t i = 0; i < values.size(); ++i) {
    if (outputs == nullptr || outputs[i] == nullptr) continue;
    if (tensors[i].is_int8) {
      const imcc::Int8Values stored =
          imcc::Session::ToInt8(values[i], *model.session.DeviceOutput(tensors[i].name));
      std::copy(stored.begin(), stored.end(), static_cast<int8_t*>(outputs[i]));
    } else {
      std::copy(values[i].begin(), values[i].end(), static_cast<float*>(outputs[i]));
    }
  }
}

template <class T>
void Scatter(const std::vector<std::vector<T>>& values, T* const* outputs) {
  for (size_t i = 0; i < values.size(); ++i)
    if (outputs != nullptr && outputs[i] != nullptr)
      std::copy(values[i].begin(), values[i].end(), outputs[i]);
}

/// Timing does not change from frame to frame: measured when first asked for.
imcc::Result<const imcc::FrameTiming*> TimingOf(imcc_model& model) {
  if (!model.timing) {
    IMCC_ASSIGN(const std::vector<imcc::FrameTiming> timings, model.session.TimingOfPrograms());
    model.timing = model.session.Join(timings);
  }
  return &*model.timing;
}

uint64_t LinkBytes(const imcc::FrameTiming& timing, const char* name) {
  for (const imcc::LinkTraffic& link : timing.links)
    if (link.name == name) return static_cast<uint64_t>(link.bytes.count());
  return 0;
}

uint64_t Count(imcc::Cycles cycles) { return static_cast<uint64_t>(cycles.count()); }

}  // namespace

extern "C" {

uint32_t imcc_runtime_version(void) {
  return IMCC_RUNTIME_VERSION_MAJOR * 1000 + IMCC_RUNTIME_VERSION_MINOR;
}

const char* imcc_status_name(imcc_status status) {
  constexpr std::array<const char*, 8> kNames = {
      "IMCC_OK",           "IMCC_ERROR_USAGE",       "IMCC_ERROR_FORMAT",
      "IMCC_ERROR_IO",     "IMCC_ERROR_UNSUPPORTED", "IMCC_ERROR_DEVICE",
      "IMCC_ERROR_MEMORY", "IMCC_ERROR_INTERNAL"};
  const auto index = static_cast<size_t>(status);
  return index < kNames.size() ? kNames[index] : "unknown status";
}

const char* imcc_error_message(const imcc_error* error) {
  return error != nullptr ? error->message.c_str() : "";
}
imcc_status imcc_error_status(const imcc_error* error) {
  return error != nullptr ? error->status : IMCC_OK;
}
void imcc_error_free(imcc_error* error) { delete error; }

imcc_status imcc_model_open(const char* path, imcc_model** model, imcc_error** error) {
  if (model != nullptr) *model = nullptr;
  return Guard(error, [&]() -> Status {
    if (path == nullptr || model == nullptr) return UsageError("path or model is NULL");
    IMCC_ASSIGN(imcc::Session session, imcc::Session::Open(path));
    *model = new imcc_model{std::move(session), 0, std::nullopt};
    return {};
  });
}

void imcc_model_close(imcc_model* model) { delete model; }

size_t imcc_model_input_count(const imcc_model* model) {
  return model != nullptr ? model->session.inputs().size() : 0;
}
size_t imcc_model_output_count(const imcc_model* model) {
  return model != nullptr ? model->session.outputs().size() : 0;
}

imcc_status imcc_model_input(const imcc_model* model, size_t index, imcc_tensor_info* info) {
  if (index >= imcc_model_input_count(model)) return IMCC_ERROR_USAGE;
  const imcc::ExternalTensor& tensor = model->session.inputs()[index];
  return Describe(tensor, model->session.DeviceInput(tensor.name), info);
}

imcc_status imcc_model_output(const imcc_model* model, size_t index, imcc_tensor_info* info) {
  if (index >= imcc_model_output_count(model)) return IMCC_ERROR_USAGE;
  const imcc::ExternalTensor& tensor = model->session.outputs()[index];
  return Describe(tensor, model->session.DeviceOutput(tensor.name), info);
}

imcc_status imcc_model_run(imcc_model* model, const float* const* inputs, float* const* outputs,
                           imcc_error** error) {
  return Guard(error, [&]() -> Status {
    if (model == nullptr) return UsageError("model is NULL");
    IMCC_ASSIGN(const std::vector<imcc::FloatValues> values, Gather(*model, inputs));
    IMCC_ASSIGN(const imcc::Frame frame, model->session.Run(values));
    Scatter(frame.outputs, outputs);
    ++model->frames_run;
    return {};
  });
}

imcc_status imcc_model_run_int8(imcc_model* model, const int8_t* const* inputs,
                                int8_t* const* outputs, imcc_error** error) {
  return Guard(error, [&]() -> Status {
    if (model == nullptr) return UsageError("model is NULL");
    IMCC_ASSIGN(const std::vector<imcc::Int8Values> values, Gather(*model, inputs));
    IMCC_ASSIGN(const std::vector<imcc::Int8Values> results, model->session.RunInt8(values));
    Scatter(results, outputs);
    ++model->frames_run;
    return {};
  });
}

imcc_status imcc_model_run_frame(imcc_model* model, const void* const* inputs, void* const* outputs,
                                 imcc_error** error) {
  return Guard(error, [&]() -> Status {
    if (model == nullptr) return UsageError("model is NULL");
    IMCC_ASSIGN(const std::vector<imcc::FloatValues> values, GatherFrame(*model, inputs));
    IMCC_ASSIGN(const imcc::Frame frame, model->session.Run(values));
    ScatterFrame(*model, frame.outputs, outputs);
    ++model->frames_run;
    return {};
  });
}

imcc_status imcc_model_statistics(imcc_model* model, imcc_statistics* statistics,
                                  imcc_error** error) {
  return Guard(error, [&]() -> Status {
    if (model == nullptr || statistics == nullptr) return UsageError("model or result is NULL");
    IMCC_ASSIGN(const imcc::FrameTiming* measured, TimingOf(*model));
    const imcc::FrameTiming& timing = *measured;
    imcc_statistics out{};
    out.frames_run = model->frames_run;
    out.cycles = Count(timing.cycles);
    const auto& target = model->session.target();
    out.clock_hz = target ? target->clock_hz : 0;
    out.frame_seconds = timing.frame_seconds;
    out.latency_seconds = timing.latency_seconds;
    out.frames_per_second = timing.frames_per_second;
    out.ddr_bytes = LinkBytes(timing, "ddr");
    out.l2_bytes = LinkBytes(timing, "l2");
    out.engines = timing.engines.size() * imcc::kEngines;
    if (CopyOut(out, statistics) != IMCC_OK) return UsageError("struct_size is not set");
    return {};
  });
}

imcc_status imcc_model_engine(imcc_model* model, size_t index, imcc_engine_statistics* engine,
                              imcc_error** error) {
  return Guard(error, [&]() -> Status {
    if (model == nullptr || engine == nullptr) return UsageError("model or result is NULL");
    IMCC_ASSIGN(const imcc::FrameTiming* measured, TimingOf(*model));
    const size_t core = index / imcc::kEngines;
    if (core >= measured->engines.size()) return UsageError("there is no such engine");
    const imcc::EngineTiming& timing = measured->engines[core][index % imcc::kEngines];
    imcc_engine_statistics out{};
    out.name = kEngineNames.at(index % imcc::kEngines);
    out.core = static_cast<uint32_t>(core);
    out.tasks = static_cast<uint64_t>(timing.tasks);
    out.busy = Count(timing.busy);
    out.waiting = Count(timing.stall.waiting);
    out.fetching = Count(timing.stall.fetching);
    out.empty = Count(timing.stall.empty);
    if (CopyOut(out, engine) != IMCC_OK) return UsageError("struct_size is not set");
    return {};
  });
}

}  // extern "C"
