// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "isa/task.h"

namespace imcc {

/// Finished tasks per engine; what a semaphore wait is about.
using EngineCounts = std::array<uint32_t, kEngines>;

/// Who touched each byte of one address space last.
class AccessMap {
 public:
  /// Adds to `after` the tasks an access of [begin, end) must come after, then records it as done
  /// by task number `count` (1-based) of `engine`. Reads follow writes; writes follow both.
  void Touch(uint64_t begin, uint64_t end, bool write, Engine engine, uint32_t count,
             EngineCounts& after);

 private:
  struct Span {
    uint64_t end = 0;
    EngineCounts writers = {};  // Latest write, at most one non-zero.
    EngineCounts readers = {};  // Latest read of each engine since that write.
  };
  /// Makes `at` a span boundary.
  void SplitAt(uint64_t at);
  std::map<uint64_t, Span> spans_;  // By begin; spans never overlap.
};

/// Derives the waits of each task from what it reads and writes. Tasks are given in program order;
/// engines run in order, so only other engines are ever waited for.
class DependencyTracker {
 public:
  /// Tasks of other engines that must have finished before `task` may start, without those implied
  /// by the rest. Records the task.
  EngineCounts Add(const Task& task);

  /// Makes the next task added to `engine` come after everything `other` was given so far.
  void Order(Engine engine, Engine other);

  uint32_t count(Engine engine) const { return counts_[static_cast<size_t>(engine)]; }

 private:
  EngineCounts Conflicts(const Task& task);
  void TouchArray(const Task& task, uint32_t count, EngineCounts& after);
  void TouchBoxes(const std::vector<MemoryBox>& boxes, bool write, const Task& task, uint32_t count,
                  EngineCounts& after);
  EngineCounts WithoutImplied(Engine engine, EngineCounts after);

  EngineCounts counts_ = {};
  std::array<EngineCounts, kEngines> ordered_ = {};                // Pending Order() requests.
  std::array<std::vector<EngineCounts>, kEngines> finished_ = {};  // Known at each task's end.
  std::map<Region, AccessMap> memory_;
  AccessMap accumulators_;  // By element.
  AccessMap sets_;          // By set and column.
};

}  // namespace imcc
