// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "isa/task.h"
#include "numerics/int8_kernels.h"
#include "sim/device_memory.h"
#include "target/target.h"

namespace imcc {

/// int32 accumulators of a core: two banks, one of which drains while the other fills.
inline int64_t AccumulatorElements(const Target& target) {
  constexpr int64_t kBanks = 2;
  return kBanks * target.array.accumulator.count() / static_cast<int64_t>(sizeof(int32_t));
}

/// One core: its weight sets, accumulators and pooling sums, and what each task does to them and to
/// memory. Addresses were checked when the program was loaded; what depends on memory contents (the
/// lines a resize reads) is checked here.
class Core {
 public:
  Core(size_t index, const Target& target, DeviceMemory& memory);

  /// Executes one task. An error means that the program, not the user, is wrong.
  Status Execute(const Task& task, KernelSet kernels);

 private:
  Status Run(const FenceTask&) { return {}; }
  Status Run(const DmaTask& task);
  Status Run(const LoadWeightsTask& task);
  Status Run(const MvmTask& task);
  Status Run(const RequantizeTask& task);
  Status Run(const ElementwiseTask& task);
  Status Run(const TableTask& task);
  Status Run(const WindowTask& task);
  Status Run(const ResizeTask& task);
  Status Run(const AcrossTask& task);

  void Multiply(const MvmTask& t, const int8_t* weights, int64_t count, int32_t* results,
                bool accumulate) const;
  void TakeOffZeroPoint(const MvmTask& task, const int8_t* weights);
  void FillVectors(const MvmTask& task, int64_t first, int64_t count, int8_t* rows) const;
  void Depthwise(const WindowTask& task);
  void SlidingPool(const WindowTask& task);
  void GlobalPool(const WindowTask& task);

  const int8_t* Bytes8(Address address) const {
    return reinterpret_cast<const int8_t*>(memory_.At(index_, address));
  }
  int8_t* Bytes8(Address address) { return reinterpret_cast<int8_t*>(memory_.At(index_, address)); }

  size_t index_;
  const Target& target_;
  DeviceMemory& memory_;
  KernelSet kernels_ = KernelSet::kScalar;
  std::vector<std::vector<int8_t>> sets_;  // [set][column][row]
  std::vector<int32_t> accumulators_;
  std::vector<int32_t> sums_;    // Global pooling, one per channel.
  std::vector<int8_t> vectors_;  // Scratch: im2col rows.
};

/// Array and accumulator limits of a task (memory is checked elsewhere).
Status CheckArrayLimits(const Task& task, const Target& target);

}  // namespace imcc
