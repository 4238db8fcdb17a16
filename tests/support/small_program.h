// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "program/program.h"
#include "support/targets.h"

namespace imcc::testing {

/// A program of one core around hand-written tasks; signals follow the convention.
inline Program SmallProgram(std::vector<Task> tasks, const std::string& target = "quad512") {
  Program program;
  program.network = "hand-written";
  for (Task& task : tasks) task.signal = static_cast<uint8_t>(task.engine);
  program.cores = {std::move(tasks)};
  program.task_lists = {{Region::kDdr, 1 << 20}};
  program.layers = {{"layer", "Test"}};
  program.options_json = "{}";
  program.target_yaml = ReadTarget(target).yaml;
  return program;
}

/// A copy of `bytes` between two memories.
inline Task Copy(Engine engine, Address from, Address to, uint32_t bytes) {
  return {.engine = engine, .payload = DmaTask{.source = from, .destination = to, .run = bytes}};
}

}  // namespace imcc::testing
