// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "ir/graph.h"
#include "ir/quantized_graph.h"
#include "reference/float_executor.h"
#include "reference/integer_executor.h"
#include "runtime/model_file.h"

namespace imcc {

/// What a network consists of at run time.
struct NetworkParts {
  std::optional<Graph> prologue;       // Host, float, before the device.
  std::vector<QTensor> device_inputs;  // In the device's order.
  std::vector<QTensor> device_outputs;
  std::optional<Graph> epilogue;       // Host, float, after the device.
  std::vector<ExternalTensor> inputs;  // Of the whole network, in the ONNX model's order.
  std::vector<ExternalTensor> outputs;
};

struct Frame {
  std::vector<FloatValues> outputs;        // In the order of the ONNX model, NCHW.
  std::vector<Int8Values> device_outputs;  // Stored order.
};

/// Runs the host parts of a network around its int8 part. Values cross by tensor name. Not
/// thread-safe; make one each.
class FrameRunner {
 public:
  /// The int8 part: the simulator, or the reference executor.
  using DeviceFunction =
      std::function<Result<std::vector<Int8Values>>(const std::vector<Int8Values>&)>;

  /// Checks that the parts fit together.
  static Result<FrameRunner> Create(NetworkParts parts, int threads = 0);

  /// One frame; `inputs` are float32 in the order of the ONNX model, NCHW.
  Result<Frame> Run(const std::vector<FloatValues>& inputs, const DeviceFunction& device);

  const NetworkParts& parts() const { return parts_; }

 private:
  using Values = std::map<std::string, FloatValues>;  // External order, by tensor name.
  struct HostPart {
    Graph graph;
    FloatExecutor executor;
  };

  explicit FrameRunner(NetworkParts parts) : parts_(std::move(parts)) {}
  static Result<std::optional<HostPart>> Prepare(const std::optional<Graph>& graph, int threads);
  static Status RunHostPart(HostPart& part, Values& values);
  Status CheckFit() const;
  Result<std::vector<Int8Values>> RunDevice(Values& values, const DeviceFunction& device) const;

  NetworkParts parts_;
  std::optional<HostPart> prologue_, epilogue_;
};

}  // namespace imcc
