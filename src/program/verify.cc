// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/units.h"
#include "program/program.h"
#include "target/target.h"

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

bool Inside(Address address, uint64_t size, const Target& target) {
  const MemoryLevel& level = address.region == Region::kL1   ? target.l1
                             : address.region == Region::kL2 ? target.l2
                                                             : target.ddr;
  const auto limit = static_cast<uint64_t>(level.size.count());
  return size <= limit && address.offset <= limit - size;
}

/// The engines that understand a payload.
struct EngineFits {
  Engine engine;
  bool operator()(const FenceTask&) const { return true; }
  bool operator()(const DmaTask&) const {
    return engine == Engine::kDma0 || engine == Engine::kDma1;
  }
  bool operator()(const LoadWeightsTask&) const { return engine == Engine::kWeightLoad; }
  bool operator()(const MvmTask&) const { return engine == Engine::kMvm; }
  bool operator()(const RequantizeTask&) const { return engine == Engine::kVector; }
  bool operator()(const ElementwiseTask&) const { return engine == Engine::kVector; }
  bool operator()(const TableTask&) const { return engine == Engine::kVector; }
  bool operator()(const WindowTask&) const { return engine == Engine::kDepthwise; }
  bool operator()(const ResizeTask&) const { return engine == Engine::kDepthwise; }
  bool operator()(const AcrossTask&) const { return engine == Engine::kVector; }
};

int64_t SizeOf(const MemoryBox& box) {
  return (box.count0 - 1) * box.stride0 + (box.count1 - 1) * box.stride1 + box.run;
}

/// DESIGN 3: the compute engines write activations in L1 only, and weights come from L1 or L2.
Status VerifyMemories(const Task& task, const MemoryUse& use) {
  const auto* load = std::get_if<LoadWeightsTask>(&task.payload);
  if (load != nullptr && load->source.region == Region::kDdr)
    return Broken(Disassemble(task), "loads weights straight from DDR");
  const bool computes = !std::holds_alternative<DmaTask>(task.payload);
  for (const MemoryBox& box : use.writes)
    if (computes && box.base.region != Region::kL1)
      return Broken(Disassemble(task), "computes into a memory other than L1");
  return {};
}

bool Overlap(Address a, int64_t size_a, Address b, int64_t size_b) {
  const auto end = [](Address at, int64_t size) { return at.offset + static_cast<uint64_t>(size); };
  return a.region == b.region && a.offset < end(b, size_b) && b.offset < end(a, size_a);
}

/// What is loaded once is there in every frame: no task writes weights, parameters or constants.
Status VerifyLoadedStays(const Task& task, const MemoryUse& use, const Program& program) {
  for (const MemoryBox& box : use.writes)
    for (const Segment& segment : program.segments) {
      const auto size = static_cast<int64_t>(segment.bytes.size());
      if (!Overlap(box.base, SizeOf(box), segment.address, size)) continue;
      for (int64_t plane = 0; plane < box.count1; ++plane)
        for (int64_t run = 0; run < box.count0; ++run) {
          Address at = box.base;
          at.offset += static_cast<uint64_t>(plane * box.stride1 + run * box.stride0);
          if (Overlap(at, box.run, segment.address, size))
            return Broken(Disassemble(task),
                          "writes to " + segment.name + ", which is loaded once");
        }
    }
  return {};
}

Status VerifyTask(const Task& task, const Program& program, const Target& target) {
  if (task.layer >= program.layers.size()) return Broken(Disassemble(task), "belongs to no layer");
  if (!std::visit(EngineFits{task.engine}, task.payload))
    return Broken(Disassemble(task), "is in the queue of an engine that cannot execute it");
  const MemoryUse use = UsesOf(task);
  for (const auto* boxes : {&use.reads, &use.writes})
    for (const MemoryBox& box : *boxes)
      if (!Inside(box.base, static_cast<uint64_t>(SizeOf(box)), target))
        return Broken(Disassemble(task), "touches bytes outside the target's memory");
  IMCC_TRY(VerifyLoadedStays(task, use, program));
  return VerifyMemories(task, use);
}

}  // namespace

Status Verify(const Program& program) {
  if (program.task_lists.size() != program.cores.size())
    return Broken("program", "a core has no place for its task list");
  IMCC_ASSIGN(const Target target, ParseEmbeddedTarget(program.target_yaml));
  std::vector<Range> ranges;
  for (size_t core = 0; core < program.cores.size(); ++core) {
    IMCC_TRY(VerifyWaits(program.cores[core]));
    for (const Task& task : program.cores[core]) IMCC_TRY(VerifyTask(task, program, target));
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
  for (const Range& range : ranges)
    if (!Inside(range.address, range.size, target))
      return Broken(range.name, "lies outside the target's memory");
  return VerifyDisjoint(ranges);
}

}  // namespace imcc
