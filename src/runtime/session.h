// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "runtime/device.h"
#include "runtime/frame_runner.h"
#include "runtime/model_file.h"

/// In: a model.json. Out: frames on a device, and their speed.
namespace imcc {

struct SessionOptions {
  FunctionalOptions simulator;
  int threads = 0;  // Of the host parts; 0 = all cores.
};

/// A compiled network opened on the simulator. Not thread-safe.
class Session {
 public:
  static Result<Session> Open(const std::string& path, const SessionOptions& options = {});

  const ModelFile& file() const { return file_; }
  const Program& program() const { return device_->program(); }
  const std::vector<ExternalTensor>& inputs() const { return file_.inputs; }
  const std::vector<ExternalTensor>& outputs() const { return file_.outputs; }

  /// The int8 form of a network input or output: nothing if a host part stands before the device.
  const QTensor* DeviceInput(const std::string& name) const;
  const QTensor* DeviceOutput(const std::string& name) const;

  /// One frame on float32 values in the order of the ONNX model, NCHW.
  Result<Frame> Run(const std::vector<FloatValues>& inputs);
  /// Same on int8; an error of code kUnsupported unless every tensor has an int8 form.
  Result<std::vector<Int8Values>> RunInt8(const std::vector<Int8Values>& inputs);

  Result<FrameTiming> Timing(bool trace = false) { return device_->Timing(trace); }

 private:
  Session(ModelFile file, std::unique_ptr<Device> device, FrameRunner runner)
      : file_(std::move(file)), device_(std::move(device)), runner_(std::move(runner)) {}

  ModelFile file_;
  std::unique_ptr<Device> device_;
  FrameRunner runner_;
};

}  // namespace imcc
