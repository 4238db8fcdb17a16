// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "sim/checker.h"

#include <fmt/format.h>

#include "sim/core.h"

namespace imcc {

namespace {

/// Calls visit(offset) for every run of a box until it returns a failed Status.
template <class Visit>
Status ForRuns(const MemoryBox& box, Visit&& visit) {
  for (int64_t i1 = 0; i1 < box.count1; ++i1)
    for (int64_t i0 = 0; i0 < box.count0; ++i0)
      IMCC_TRY(visit(box.base.offset + static_cast<uint64_t>(i1 * box.stride1 + i0 * box.stride0)));
  return {};
}

}  // namespace

Checker::Checker(const Program& program, const Target& target, const MemoryExtent& extent,
                 const HappensBefore& order)
    : program_(program), target_(target), order_(order), l2_(extent.l2), ddr_(extent.ddr) {
  const auto elements = static_cast<uint64_t>(AccumulatorElements(target));
  const auto cells =
      static_cast<uint64_t>(target.array.columns * (target.array.rows / target.pword));
  for (size_t core = 0; core < program.cores.size(); ++core) {
    l1_.emplace_back(extent.l1);
    accumulators_.emplace_back(elements);
    sets_.emplace_back(static_cast<size_t>(target.array.weight_sets), ShadowSpace(cells));
  }
}

ShadowSpace& Checker::SpaceOf(size_t core, Region region) {
  return region == Region::kL1 ? l1_[core] : region == Region::kL2 ? l2_ : ddr_;
}

void Checker::StartFrame() {
  l2_.ForgetAccesses();
  ddr_.ForgetAccesses();
  for (size_t core = 0; core < l1_.size(); ++core) {
    l1_[core].ForgetAccesses();
    accumulators_[core].ForgetAccesses();
    for (ShadowSpace& set : sets_[core]) set.ForgetAccesses();
  }
}

void Checker::HostWrites(size_t core, Address address, uint64_t count) {
  SpaceOf(core, address.region).Define(address.offset, count, true);
}

Status Checker::HostReads(Address address, uint64_t count, const std::string& what) {
  if (SpaceOf(0, address.region).IsDefined(address.offset, count)) return {};
  return Error{.code = ErrorCode::kSimulation,
               .subject = what,
               .message = "the program never wrote part of this output"};
}

std::string Checker::Describe(const ShadowSpace::Accessor& by) const {
  const Task& task = program_.cores[by.core][by.task];
  const std::string layer =
      task.layer < program_.layers.size() ? program_.layers[task.layer].name : "?";
  return fmt::format("core {} task {} [{}] {}", by.core, by.task, layer, Disassemble(task));
}

Status Checker::Conflict(const ShadowSpace::Accessor& by, const ShadowSpace::Accessor& other,
                         const std::string& what) const {
  return Error{.code = ErrorCode::kSimulation,
               .subject = Describe(by),
               .message = fmt::format("touches {} that is not ordered after its use by {}", what,
                                      Describe(other))};
}

Status Checker::Undefined(const ShadowSpace::Accessor& by, const std::string& what) const {
  return Error{.code = ErrorCode::kSimulation,
               .subject = Describe(by),
               .message = fmt::format("reads {} that nothing has written", what)};
}

Status Checker::CheckBoxes(size_t core, const Task& task, const std::vector<MemoryBox>& boxes,
                           bool write, const ShadowSpace::Accessor& by) {
  const bool copies = std::holds_alternative<DmaTask>(task.payload);
  for (const MemoryBox& box : boxes) {
    ShadowSpace& space = SpaceOf(core, box.base.region);
    const auto count = static_cast<uint64_t>(box.run);
    IMCC_TRY(ForRuns(box, [&](uint64_t offset) -> Status {
      const std::string_view region = box.base.region == Region::kL1   ? "L1"
                                      : box.base.region == Region::kL2 ? "L2"
                                                                       : "DDR";
      if (const auto other = space.Touch(offset, count, write, by, order_))
        return Conflict(by, *other, fmt::format("{}:{:#x}", region, offset));
      if (write) {
        if (!copies) space.Define(offset, count, true);
      } else if (!copies && !space.IsDefined(offset, count)) {
        return Undefined(by, fmt::format("{}:{:#x}+{}", region, offset, count));
      }
      return {};
    }));
  }
  return {};
}

void Checker::PropagateCopy(size_t core, const DmaTask& t) {
  const ShadowSpace& source = SpaceOf(core, t.source.region);
  ShadowSpace& destination = SpaceOf(core, t.destination.region);
  for (int64_t plane = 0; plane < t.count1; ++plane)
    for (int64_t run = 0; run < t.count0; ++run) {
      const uint64_t from =
          Plus(t.source, plane * t.source_stride1 + run * t.source_stride0).offset;
      const uint64_t to =
          Plus(t.destination, plane * t.destination_stride1 + run * t.destination_stride0).offset;
      for (uint64_t i = 0; i < t.run; ++i) destination.Define(to + i, 1, source.defined(from + i));
    }
}

Status Checker::TouchArray(ShadowSpace& space, uint64_t begin, uint64_t count, bool write,
                           const ShadowSpace::Accessor& by, const char* what) {
  if (const auto other = space.Touch(begin, count, write, by, order_))
    return Conflict(by, *other, what);
  if (!write && !space.IsDefined(begin, count)) return Undefined(by, what);
  if (write) space.Define(begin, count, true);
  return {};
}

Status Checker::CheckArray(size_t core, const Task& task, const ShadowSpace::Accessor& by) {
  const auto pwords_per_column = static_cast<uint64_t>(target_.array.rows / target_.pword);
  const auto pword = static_cast<uint64_t>(target_.pword);
  if (const auto* load = std::get_if<LoadWeightsTask>(&task.payload)) {
    for (uint64_t n = 0; n < load->columns; ++n)
      IMCC_TRY(TouchArray(sets_[core][load->set],
                          (load->column0 + n) * pwords_per_column + load->row0 / pword,
                          load->rows / pword, true, by, "array cells"));
  } else if (const auto* mvm = std::get_if<MvmTask>(&task.payload)) {
    for (uint64_t n = 0; n < mvm->columns; ++n)
      IMCC_TRY(TouchArray(sets_[core][mvm->set],
                          (mvm->set_column0 + n) * pwords_per_column + mvm->set_pword0, mvm->pwords,
                          false, by, "array cells"));
    const auto elements = static_cast<uint64_t>(mvm->elements());
    if ((mvm->flags & MvmTask::kAccumulate) != 0)
      IMCC_TRY(
          TouchArray(accumulators_[core], mvm->accumulator, elements, false, by, "accumulators"));
    IMCC_TRY(TouchArray(accumulators_[core], mvm->accumulator, elements, true, by, "accumulators"));
  } else if (const auto* drain = std::get_if<RequantizeTask>(&task.payload)) {
    const auto elements = static_cast<uint64_t>(drain->elements());
    IMCC_TRY(
        TouchArray(accumulators_[core], drain->accumulator, elements, false, by, "accumulators"));
  }
  return {};
}

Status Checker::Check(size_t core, size_t index, const Task& task) {
  const ShadowSpace::Accessor by{core, index, order_.OrderOf(core, index)};
  const MemoryUse use = UsesOf(task);
  IMCC_TRY(CheckBoxes(core, task, use.reads, false, by));
  IMCC_TRY(CheckArray(core, task, by));
  IMCC_TRY(CheckBoxes(core, task, use.writes, true, by));
  if (const auto* dma = std::get_if<DmaTask>(&task.payload)) PropagateCopy(core, *dma);
  return {};
}

}  // namespace imcc
