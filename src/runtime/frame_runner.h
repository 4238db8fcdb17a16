// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "ir/graph.h"
#include "ir/quantized_graph.h"
#include "reference/float_executor.h"
#include "reference/integer_executor.h"
#include "runtime/model_file.h"

namespace imcc {

/// What the host knows of an int8 part; tensors in the device's order.
struct DevicePart {
  std::vector<QTensor> inputs;
  std::vector<QTensor> outputs;
};

/// What a network consists of at run time.
struct NetworkParts {
  std::vector<std::variant<Graph, DevicePart>> parts;  // A graph is float, on the host.
  std::vector<ExternalTensor> inputs;  // Of the whole network, in the ONNX model's order.
  std::vector<ExternalTensor> outputs;

  std::vector<const DevicePart*> DeviceParts() const;
};

struct Frame {
  std::vector<FloatValues> outputs;        // In the order of the ONNX model, NCHW.
  std::vector<Int8Values> device_outputs;  // Of all device parts, stored order.
};

/// Runs the parts of a network one after the other, float on the host and int8 on the device.
/// Values cross by tensor name. Not thread-safe; make one each.
class FrameRunner {
 public:
  /// Runs an int8 part, on the simulator or the reference executor; parts are counted from 0 among
  /// those of the device.
  using DeviceFunction =
      std::function<Result<std::vector<Int8Values>>(size_t, const std::vector<Int8Values>&)>;

  /// Checks that the parts fit together.
  static Result<FrameRunner> Create(NetworkParts parts, int threads = 0);

  /// One frame; `inputs` are float32 in the order of the ONNX model, NCHW.
  Result<Frame> Run(const std::vector<FloatValues>& inputs, const DeviceFunction& device);

  const NetworkParts& parts() const { return parts_; }

 private:
  using Values = std::map<std::string, FloatValues>;  // External order, by tensor name.

  explicit FrameRunner(NetworkParts parts) : parts_(std::move(parts)) {}
  static Status RunHost(const Graph& graph, FloatExecutor& executor, Values& values);
  static Result<std::vector<Int8Values>> RunDevice(const DevicePart& part, size_t number,
                                                   Values& values, const DeviceFunction& device);
  Status CheckFit() const;
  Result<Values> NamedInputs(const std::vector<FloatValues>& inputs) const;

  NetworkParts parts_;
  std::vector<std::optional<FloatExecutor>> executors_;  // Of the host parts.
};

}  // namespace imcc
