// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "sim/happens_before.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace imcc {

namespace {

using Clock = std::vector<uint32_t>;

void Join(Clock& into, const Clock& other) {
  for (size_t i = 0; i < into.size(); ++i) into[i] = std::max(into[i], other[i]);
}

/// The signals of one semaphore, in list order. Only if all of the frame come from one queue is the
/// v-th signal known to be the v-th of these; with several signallers a wait orders nothing for
/// certain.
struct Signals {
  std::vector<const Clock*> clocks;
  std::optional<Engine> engine;
  bool one_queue = true;
};

/// Who signals what in the whole list: a later signaller may overtake an earlier one.
std::vector<Signals> FindSignallers(const std::vector<Task>& tasks) {
  std::vector<Signals> signals(kSemaphores);
  for (const Task& task : tasks) {
    Signals& signal = signals[task.signal];
    signal.one_queue = signal.one_queue && signal.engine.value_or(task.engine) == task.engine;
    signal.engine = task.engine;
  }
  return signals;
}

}  // namespace

Result<HappensBefore> HappensBefore::Analyse(const Program& program) {
  HappensBefore result;
  const size_t queues = program.cores.size() * kEngines;
  for (size_t core = 0; core < program.cores.size(); ++core) {
    const std::vector<Task>& tasks = program.cores[core];
    std::vector<Clock> finished(tasks.size());  // Clock at the end of each task.
    std::vector<Clock> last(kEngines, Clock(queues));
    std::vector<uint32_t> numbers(kEngines);
    std::vector<Signals> signals = FindSignallers(tasks);
    result.order_.emplace_back();
    result.clocks_.emplace_back();
    for (size_t i = 0; i < tasks.size(); ++i) {
      const auto engine = static_cast<size_t>(tasks[i].engine);
      const auto queue = static_cast<uint32_t>(core * kEngines + engine);
      Clock clock = last[engine];
      for (const Wait& wait : tasks[i].waits) {
        const Signals& from = signals[wait.semaphore];
        if (wait.value == 0) continue;
        if (from.clocks.size() < wait.value)
          return Error{.code = ErrorCode::kFormat,
                       .subject = fmt::format("task {} ({})", i, Disassemble(tasks[i])),
                       .message = "waits for a task that comes after it in the list"};
        if (from.one_queue) Join(clock, *from.clocks[wait.value - 1]);
      }
      result.order_[core].push_back({queue, ++numbers[engine]});
      result.clocks_[core].push_back(clock);
      clock[queue] = numbers[engine];
      finished[i] = clock;
      last[engine] = std::move(clock);
      signals[tasks[i].signal].clocks.push_back(&finished[i]);
    }
  }
  return result;
}

}  // namespace imcc
