// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "schedule/dependency_tracker.h"

#include <algorithm>

#include "base/units.h"

namespace imcc {

namespace {

void Join(EngineCounts& into, const EngineCounts& other) {
  for (size_t e = 0; e < into.size(); ++e) into[e] = std::max(into[e], other[e]);
}

/// First and one-past-last byte of a strided box. Gaps count as touched: it only adds waits.
Interval<uint64_t> Hull(const MemoryBox& box) {
  const int64_t last = (box.count0 - 1) * box.stride0 + (box.count1 - 1) * box.stride1 + box.run;
  return {box.base.offset, box.base.offset + static_cast<uint64_t>(last)};
}

/// Columns of all sets, one set after the other. Rows are not told apart: it only adds waits.
uint64_t ArrayColumn(uint8_t set, uint16_t column) { return uint64_t{set} << 16U | column; }

}  // namespace

void AccessMap::SplitAt(uint64_t at) {
  auto it = spans_.upper_bound(at);
  if (it == spans_.begin()) return;
  --it;
  if (it->first == at || it->second.end <= at) return;
  Span tail = it->second;
  it->second.end = at;
  spans_.emplace(at, tail);
}

void AccessMap::Touch(uint64_t begin, uint64_t end, bool write, Engine engine, uint32_t count,
                      EngineCounts& after) {
  if (begin >= end) return;
  SplitAt(begin);
  SplitAt(end);
  const auto self = static_cast<size_t>(engine);
  auto it = spans_.lower_bound(begin);
  if (write) {
    while (it != spans_.end() && it->first < end) {
      Join(after, it->second.writers);
      Join(after, it->second.readers);
      it = spans_.erase(it);
    }
    Span span{.end = end};
    span.writers[self] = count;
    spans_.emplace(begin, span);
    return;
  }
  uint64_t position = begin;  // Fill the gaps so that later writes see this read.
  while (position < end) {
    if (it == spans_.end() || it->first > position) {
      const uint64_t gap_end = it == spans_.end() ? end : std::min(end, it->first);
      it = spans_.emplace_hint(it, position, Span{.end = gap_end});
    }
    Join(after, it->second.writers);
    it->second.readers[self] = count;
    position = it->second.end;
    ++it;
  }
}

void DependencyTracker::Order(Engine engine, Engine other) {
  EngineCounts& pending = ordered_[static_cast<size_t>(engine)];
  const auto index = static_cast<size_t>(other);
  pending[index] = std::max(pending[index], counts_[index]);
}

void DependencyTracker::TouchBoxes(const std::vector<MemoryBox>& boxes, bool write,
                                   const Task& task, uint32_t count, EngineCounts& after) {
  for (const MemoryBox& box : boxes) {
    const Interval<uint64_t> hull = Hull(box);
    memory_[box.base.region].Touch(hull.begin, hull.end, write, task.engine, count, after);
  }
}

void DependencyTracker::TouchArray(const Task& task, uint32_t count, EngineCounts& after) {
  if (const auto* load = std::get_if<LoadWeightsTask>(&task.payload)) {
    const uint64_t first = ArrayColumn(load->set, load->column0);
    sets_.Touch(first, first + load->columns, true, task.engine, count, after);
  } else if (const auto* mvm = std::get_if<MvmTask>(&task.payload)) {
    const uint64_t first = ArrayColumn(mvm->set, mvm->set_column0);
    sets_.Touch(first, first + mvm->columns, false, task.engine, count, after);
    accumulators_.Touch(mvm->accumulator, mvm->accumulator + static_cast<uint64_t>(mvm->elements()),
                        true, task.engine, count, after);
  } else if (const auto* drain = std::get_if<RequantizeTask>(&task.payload)) {
    accumulators_.Touch(drain->accumulator,
                        drain->accumulator + static_cast<uint64_t>(drain->elements()), false,
                        task.engine, count, after);
  }
}

EngineCounts DependencyTracker::Conflicts(const Task& task) {
  const auto self = static_cast<size_t>(task.engine);
  const uint32_t count = counts_[self] + 1;
  EngineCounts after = ordered_[self];
  ordered_[self] = {};
  const MemoryUse use = UsesOf(task);
  TouchBoxes(use.reads, false, task, count, after);
  TouchBoxes(use.writes, true, task, count, after);
  TouchArray(task, count, after);
  after[self] = 0;  // In-order queue.
  return after;
}

EngineCounts DependencyTracker::WithoutImplied(Engine engine, EngineCounts after) {
  const auto self = static_cast<size_t>(engine);
  const EngineCounts nothing = {};
  const EngineCounts& known = finished_[self].empty() ? nothing : finished_[self].back();
  for (size_t e = 0; e < after.size(); ++e)
    if (after[e] <= known[e]) after[e] = 0;
  for (size_t e = 0; e < after.size(); ++e) {
    for (size_t other = 0; after[e] > 0 && other < after.size(); ++other) {
      if (other == e || after[other] == 0) continue;
      if (finished_[other][after[other] - 1][e] >= after[e]) after[e] = 0;
    }
  }
  return after;
}

EngineCounts DependencyTracker::Add(const Task& task) {
  const auto self = static_cast<size_t>(task.engine);
  const EngineCounts after = WithoutImplied(task.engine, Conflicts(task));
  EngineCounts clock = finished_[self].empty() ? EngineCounts{} : finished_[self].back();
  for (size_t e = 0; e < after.size(); ++e)
    if (after[e] > 0) Join(clock, finished_[e][after[e] - 1]);
  clock[self] = ++counts_[self];
  finished_[self].push_back(clock);
  return after;
}

}  // namespace imcc
