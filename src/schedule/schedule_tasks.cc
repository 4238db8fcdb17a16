// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "schedule/kernel_emitter.h"
#include "schedule/order_tasks.h"
#include "schedule/schedule.h"

namespace imcc {

Result<Schedule> ScheduleTasks(const MappedNetwork& network, const TilePlan& tiles,
                               const MemoryPlan& memory, const Target& target,
                               const CompilationOptions& options) {
  KernelEmitter emitter(network, tiles, memory, target, options);
  for (size_t g = 0; g < tiles.groups.size(); ++g) emitter.EmitGroup(g);
  for (int e = 0; e < kEngines; ++e) {
    const uint32_t count = emitter.tasks().count(static_cast<Engine>(e));
    if (count > kMaxSemaphoreValue)
      return Error{.code = ErrorCode::kCapacity,
                   .subject = "task list",
                   .message = fmt::format("{} tasks on one engine, and a semaphore counts to {}",
                                          count, kMaxSemaphoreValue),
                   .hint = "raise l1_constraint so that tiles become larger"};
  }
  Schedule schedule;
  schedule.traffic = emitter.traffic();
  schedule.tasks = OrderTasks(std::move(emitter.tasks()).Take(), target, options);
  return schedule;
}

}  // namespace imcc
