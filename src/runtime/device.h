// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "ir/quantized_graph.h"
#include "program/program.h"
#include "reference/integer_executor.h"
#include "sim/simulator.h"

namespace imcc {

/// Something that runs one compiled program. The simulator is one; a card would be another.
class Device {
 public:
  Device() = default;
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  virtual ~Device() = default;

  virtual const Program& program() const = 0;
  /// One frame on dense int8 tensors in stored order, in the program's order.
  virtual Result<std::vector<Int8Values>> RunFrame(const std::vector<Int8Values>& inputs) = 0;
  /// Speed of one steady-state frame.
  virtual Result<FrameTiming> Timing(bool trace) = 0;
};

/// The simulator with this ELF loaded.
Result<std::unique_ptr<Device>> OpenSimulator(const std::string& elf,
                                              const FunctionalOptions& options = {});

/// An input or output of a program with its shape, layout and quantisation.
QTensor TensorOf(const IoTensor& io);

}  // namespace imcc
