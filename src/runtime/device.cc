// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "runtime/device.h"

#include <utility>

namespace imcc {
namespace {

class SimulatorDevice : public Device {
 public:
  SimulatorDevice(Simulator simulator, const FunctionalOptions& options)
      : simulator_(std::move(simulator)), options_(options) {}

  const Program& program() const override { return simulator_.program(); }
  Result<std::vector<Int8Values>> RunFrame(const std::vector<Int8Values>& inputs) override {
    return simulator_.RunFrame(inputs, options_);
  }
  Result<FrameTiming> Timing(bool trace) override {
    return SimulateTiming(simulator_.program(), {.trace = trace});
  }

 private:
  Simulator simulator_;
  FunctionalOptions options_;
};

}  // namespace

Result<std::unique_ptr<Device>> OpenSimulator(const std::string& elf,
                                              const FunctionalOptions& options) {
  IMCC_ASSIGN(Simulator simulator, Simulator::Load(elf));
  return std::unique_ptr<Device>(std::make_unique<SimulatorDevice>(std::move(simulator), options));
}

QTensor TensorOf(const IoTensor& io) {
  return QTensor{.name = io.name,
                 .shape = io.shape,
                 .layout = io.channels_last ? Layout::kChannelsLast : Layout::kPlain,
                 .quantization = {.scale = io.scale, .zero_point = io.zero_point}};
}

}  // namespace imcc
