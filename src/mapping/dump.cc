// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "mapping/mapping.h"

namespace imcc {

namespace {

std::string MapText(const FeatureMap& map) {
  return fmt::format("{}x{}x{}", map.height, map.width, map.channels);
}

}  // namespace

std::string Dump(const MappedNetwork& network) {
  std::string text;
  for (size_t i = 0; i < network.kernels.size(); ++i) {
    const Kernel& kernel = network.kernels[i];
    text += fmt::format("{:3} {:<24} {:<18}", i, kernel.name, kernel.op);
    for (const Operand& input : kernel.inputs)
      text += fmt::format(" {}", network.buffer(input.buffer).name);
    text += fmt::format(" -> {} {}", network.buffer(kernel.output.buffer).name,
                        MapText(kernel.output.box));
    if (const ImcKernel* imc = kernel.imc())
      text +=
          fmt::format("  {} column tiles, {} weight tiles, {} bytes{}", imc->column_tiles.size(),
                      imc->tiles.size(), imc->weights.size(), imc->subword ? ", subword" : "");
    if (kernel.imc() && kernel.imc()->has_computed_weights())
      text += fmt::format(", times {} matrices", kernel.imc()->matrices);
    text += fmt::format("  constants {}\n", kernel.constants.size());
  }
  return text;
}

}  // namespace imcc
