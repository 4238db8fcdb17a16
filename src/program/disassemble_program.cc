// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "program/program.h"

namespace imcc {

std::string DisassembleProgram(const Program& program) {
  std::string text;
  for (size_t core = 0; core < program.cores.size(); ++core) {
    text += fmt::format("core {}: {} tasks\n", core, program.cores[core].size());
    size_t layer = SIZE_MAX;
    for (size_t i = 0; i < program.cores[core].size(); ++i) {
      const Task& task = program.cores[core][i];
      if (task.layer != layer && task.layer < program.layers.size())
        text += fmt::format("; {} ({})\n", program.layers[task.layer].name,
                            program.layers[task.layer].op);
      layer = task.layer;
      text += fmt::format("{:6}  {}\n", i, Disassemble(task));
    }
  }
  return text;
}

}  // namespace imcc
