// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "isa/task.h"
#include "schedule/dependency_tracker.h"

namespace imcc {

/// Semaphore signalled by fences; nobody waits for it.
inline constexpr uint8_t kFenceSemaphore = kSemaphores - 1;

/// Collects tasks in program order and sets their waits and signals.
class TaskEmitter {
 public:
  void Emit(Engine engine, uint16_t layer, TaskPayload payload);

  /// The next task of `engine` waits for everything given to `other` so far.
  void Order(Engine engine, Engine other) { tracker_.Order(engine, other); }

  std::vector<Task> Take() && { return std::move(tasks_); }
  uint32_t count(Engine engine) const { return tracker_.count(engine); }

 private:
  DependencyTracker tracker_;
  std::vector<Task> tasks_;
};

}  // namespace imcc
