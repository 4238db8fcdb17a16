// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/units.h"
#include "program/program.h"

namespace imcc {

namespace {

Error Broken(const std::string& where, const std::string& what) {
  return Error{.code = ErrorCode::kFormat, .subject = where, .message = what};
}

/// Executes the list in order on paper: every wait must be met when its turn comes.
Status VerifyWaits(const std::vector<Task>& tasks) {
  std::array<uint32_t, kSemaphores> counts = {};
  for (size_t i = 0; i < tasks.size(); ++i) {
    for (const Wait& wait : tasks[i].waits)
      if (counts[wait.semaphore] < wait.value)
        return Broken(fmt::format("task {} ({})", i, Disassemble(tasks[i])),
                      "waits for a task that comes after it");
    if (++counts[tasks[i].signal] > kMaxSemaphoreValue)
      return Broken(fmt::format("task {}", i), "counts a semaphore beyond its range");
  }
  return {};
}

struct Range {
  std::string name;
  Address address;
  uint64_t size = 0;
};

Status VerifyDisjoint(const std::vector<Range>& ranges) {
  for (size_t i = 0; i < ranges.size(); ++i)
    for (size_t j = 0; j < i; ++j) {
      const Interval<uint64_t> a{ranges[i].address.offset,
                                 ranges[i].address.offset + ranges[i].size};
      const Interval<uint64_t> b{ranges[j].address.offset,
                                 ranges[j].address.offset + ranges[j].size};
      if (ranges[i].address.region == ranges[j].address.region && a.Overlaps(b))
        return Broken(ranges[i].name, "overlaps " + ranges[j].name);
    }
  return {};
}

}  // namespace

Status Verify(const Program& program) {
  if (program.task_lists.size() != program.cores.size())
    return Broken("program", "a core has no place for its task list");
  std::vector<Range> ranges;
  for (size_t core = 0; core < program.cores.size(); ++core) {
    IMCC_TRY(VerifyWaits(program.cores[core]));
    for (const Task& task : program.cores[core])
      if (task.layer >= program.layers.size())
        return Broken(Disassemble(task), "belongs to no layer");
    ranges.push_back({fmt::format("task list {}", core), program.task_lists[core],
                      program.cores[core].size() * kTaskBytes});
  }
  for (const Segment& segment : program.segments)
    ranges.push_back({segment.name, segment.address, segment.bytes.size()});
  for (const auto* tensors : {&program.inputs, &program.outputs})
    for (const IoTensor& tensor : *tensors)
      if (tensors == &program.inputs || ranges.empty() ||
          std::none_of(ranges.begin(), ranges.end(),
                       [&](const Range& r) { return r.address == tensor.address; }))
        ranges.push_back({tensor.name, tensor.address, static_cast<uint64_t>(tensor.bytes())});
  return VerifyDisjoint(ranges);
}

}  // namespace imcc
