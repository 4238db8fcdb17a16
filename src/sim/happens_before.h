// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "program/program.h"

namespace imcc {

/// Place of a task: engine queue (core * kEngines + engine) and its 1-based number in that queue.
struct TaskOrder {
  uint32_t queue = 0;
  uint32_t number = 0;
};

/// Which tasks must have finished before which start, by queue order and semaphores alone.
class HappensBefore {
 public:
  /// An error if some wait is not satisfied by tasks earlier in its core's list: such a list can
  /// deadlock behind its own fetch window.
  static Result<HappensBefore> Analyse(const Program& program);

  TaskOrder OrderOf(size_t core, size_t task) const { return order_[core][task]; }
  /// True if the task numbered `earlier` certainly finished before (core, task) starts.
  bool Before(TaskOrder earlier, size_t core, size_t task) const {
    return clocks_[core][task][earlier.queue] >= earlier.number;
  }

 private:
  using Clock = std::vector<uint32_t>;  // Finished tasks by queue.
  std::vector<std::vector<TaskOrder>> order_;
  std::vector<std::vector<Clock>> clocks_;  // Known at the start of each task.
};

}  // namespace imcc
