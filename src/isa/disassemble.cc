// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "isa/task.h"

namespace imcc {

namespace {

constexpr const char* kEngineNames[kEngines] = {"dma0", "dma1",   "load",
                                                "mvm",  "vector", "depthwise"};

std::string Text(Address address) {
  static constexpr const char* kNames[] = {"?", "L1", "L2", "DDR"};
  return fmt::format("{}:{:#x}", kNames[static_cast<int>(address.region)], address.offset);
}

std::string Text(RowRing ring) {
  return ring.rows == 0 ? "" : fmt::format(", ring {} from {}", ring.rows, ring.first);
}

struct Operands {
  static std::string Extras(const RequantizeTask& t) {
    std::string text;
    if ((t.flags & RequantizeTask::kTable) != 0) text += ", table";
    if ((t.flags & RequantizeTask::kAdd) != 0) text += ", add " + Text(t.residual);
    if ((t.flags & RequantizeTask::kFinalTable) != 0) text += ", table";
    return t.flags != 0 ? text + ", block " + Text(t.tables) : text;
  }
  /// Which columns of the replicas are drained, unless it is all of a single one.
  static std::string Columns(const RequantizeTask& t) {
    if (t.replicas == 1 && t.columns == t.channels) return "";
    return fmt::format(", {} replicas, columns {}+{}", t.replicas, t.first_column, t.columns);
  }

  std::string operator()(const FenceTask&) const { return "fence"; }
  std::string operator()(const DmaTask& t) const {
    return fmt::format("copy   {} <- {} {}x{}x{} B", Text(t.destination), Text(t.source), t.count1,
                       t.count0, t.run);
  }
  std::string operator()(const LoadWeightsTask& t) const {
    return fmt::format("loadw  set{}[{},{}] <- {} {}x{}{}{}", t.set, t.row0, t.column0,
                       Text(t.source), t.rows, t.columns,
                       t.column_stride != t.rows ? fmt::format(", stride {}", t.column_stride) : "",
                       t.valid != t.rows ? fmt::format(", {} rows valid", t.valid) : "");
  }
  std::string operator()(const MvmTask& t) const {
    return fmt::format(
        "mvm    acc:{} {} set{} <- {} {}x{} px, {}x{} s{}x{} d{}x{}, pwords {}+{}, {} "
        "columns{}{}{}{}",
        t.accumulator, (t.flags & MvmTask::kAccumulate) != 0 ? "+=" : "=", t.set, Text(t.input),
        t.out_h, t.out_w, t.kernel_h, t.kernel_w, t.stride_h, t.stride_w, t.dilation_h,
        t.dilation_w, t.first_pword, t.pwords, t.columns,
        t.replicas > 1 ? fmt::format(", {} replicas", t.replicas) : "",
        (t.flags & MvmTask::kSubword) != 0 ? ", subword" : "",
        (t.flags & MvmTask::kCentred) != 0 ? fmt::format(", minus {}", t.zero_point) : "",
        Text(t.ring));
  }
  std::string operator()(const RequantizeTask& t) const {
    return fmt::format("requant {} <- acc:{} {}x{}x{}{}, clamp [{}, {}]{}", Text(t.output),
                       t.accumulator, t.out_h, t.out_w, t.channels, Columns(t), t.lo, t.hi,
                       Extras(t));
  }
  std::string operator()(const ElementwiseTask& t) const {
    static constexpr const char* kKinds[] = {"add", "mul", "div", "max", "min"};
    return fmt::format("{}    {} <- {}, {} {}x{}x{}{}{}", kKinds[t.kind], Text(t.output), Text(t.a),
                       Text(t.b), t.height, t.width, t.channels,
                       (t.flags & ElementwiseTask::kBroadcastB) != 0 ? ", b broadcast" : "",
                       (t.flags & ElementwiseTask::kTable) != 0 ? ", table" : "");
  }
  std::string operator()(const TableTask& t) const {
    const bool table = (t.flags & TableTask::kTable) != 0;
    return fmt::format("{}  {} <- {} {}x{}x{}{}", table ? "table" : "move ", Text(t.output),
                       Text(t.input), t.height, t.width, t.channels,
                       table ? ", table " + Text(t.table) : "");
  }
  std::string operator()(const WindowTask& t) const {
    static constexpr const char* kKinds[] = {"dwconv", "maxpool", "avgpool", "gavg", "gmax"};
    return fmt::format("{} {} <- {} {}x{}x{}, {}x{} s{}x{} d{}x{}{}", kKinds[t.kind],
                       Text(t.output), Text(t.input), t.out_h, t.out_w, t.channels, t.kernel_h,
                       t.kernel_w, t.stride_h, t.stride_w, t.dilation_h, t.dilation_w,
                       Text(t.ring));
  }
  std::string operator()(const ResizeTask& t) const {
    return fmt::format("resize {} <- {} rows {}+{}, columns {}+{}, {} channels{}", Text(t.output),
                       Text(t.input), t.out_y0, t.out_h, t.out_x0, t.out_w, t.channels,
                       Text(t.ring));
  }
  std::string operator()(const AcrossTask& t) const {
    static constexpr const char* kKinds[] = {"softmax",  "lnorm ", "largest",
                                             "smallest", "argmax", "argmin"};
    return fmt::format("{} {} <- {} {}x{}x{}{}", kKinds[t.kind], Text(t.output), Text(t.input),
                       t.height, t.width, t.channels,
                       (t.flags & AcrossTask::kLast) != 0 ? ", last" : "");
  }
};

std::string SemaphoreName(uint8_t semaphore) {
  return semaphore < kEngines ? kEngineNames[semaphore] : fmt::format("sem{}", semaphore);
}

}  // namespace

std::string Disassemble(const Task& task) {
  std::string text = fmt::format("{:<9} {}", kEngineNames[static_cast<int>(task.engine)],
                                 std::visit(Operands{}, task.payload));
  std::string waits;
  for (const Wait& wait : task.waits)
    if (wait.value > 0)
      waits += fmt::format("{}{}>={}", waits.empty() ? "" : ", ", SemaphoreName(wait.semaphore),
                           wait.value);
  if (!waits.empty()) text += "  wait(" + waits + ")";
  return text;
}

}  // namespace imcc
