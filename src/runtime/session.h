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
#include "target/target.h"

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
  const std::vector<ExternalTensor>& inputs() const { return file_.inputs; }
  const std::vector<ExternalTensor>& outputs() const { return file_.outputs; }

  /// Of the device parts, in their order; none if the whole network runs on the host.
  std::vector<const Program*> programs() const;
  /// The machine of the programs; nothing without one.
  const std::optional<Target>& target() const { return target_; }

  /// The int8 form of a network input or output: nothing if a host part reads or makes it.
  const QTensor* DeviceInput(const std::string& name) const;
  const QTensor* DeviceOutput(const std::string& name) const;

  /// int8 values of an input or output that has that form, in the order of the ONNX model, as the
  /// real numbers they stand for; and back, exactly.
  static FloatValues ToReal(const Int8Values& values, const QTensor& tensor);
  static Int8Values ToInt8(const FloatValues& values, const QTensor& tensor);

  /// One frame on float32 values in the order of the ONNX model, NCHW.
  Result<Frame> Run(const std::vector<FloatValues>& inputs);
  /// Same on int8; an error of code kUnsupported unless the whole network is one device part.
  Result<std::vector<Int8Values>> RunInt8(const std::vector<Int8Values>& inputs);

  /// Of every program by itself.
  Result<std::vector<FrameTiming>> TimingOfPrograms(bool trace = false);
  /// Of the frame; see sim/join_timings.h.
  FrameTiming Join(const std::vector<FrameTiming>& timings) const;

 private:
  Session(ModelFile file, std::vector<std::unique_ptr<Device>> devices, FrameRunner runner)
      : file_(std::move(file)), devices_(std::move(devices)), runner_(std::move(runner)) {}

  Status CheckTypes() const;

  ModelFile file_;
  std::vector<std::unique_ptr<Device>> devices_;
  FrameRunner runner_;
  std::optional<Target> target_;
};

}  // namespace imcc
