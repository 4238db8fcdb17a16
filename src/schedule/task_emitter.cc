// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "schedule/task_emitter.h"

#include <utility>

namespace imcc {

void TaskEmitter::Emit(Engine engine, uint16_t layer, TaskPayload payload) {
  Task task{.engine = engine,
            .signal = static_cast<uint8_t>(engine),
            .layer = layer,
            .payload = std::move(payload)};
  const EngineCounts after = tracker_.Add(task);
  std::vector<Wait> waits;
  for (size_t e = 0; e < after.size(); ++e)
    if (after[e] > 0) waits.push_back({static_cast<uint8_t>(e), after[e]});
  // A descriptor holds kMaxWaits; a fence in front of it carries the rest.
  while (waits.size() > kMaxWaits) {
    Task fence{.engine = engine, .signal = kFenceSemaphore, .layer = layer, .payload = FenceTask{}};
    for (Wait& wait : fence.waits) {
      if (waits.size() <= kMaxWaits) break;
      wait = waits.back();
      waits.pop_back();
    }
    tasks_.push_back(fence);
  }
  for (size_t i = 0; i < waits.size(); ++i) task.waits[i] = waits[i];
  tasks_.push_back(std::move(task));
}

}  // namespace imcc
