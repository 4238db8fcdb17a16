// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "base/error.h"
#include "isa/task.h"
#include "program/program.h"
#include "target/target.h"

namespace imcc {

/// Highest byte of each memory a program touches.
struct MemoryExtent {
  uint64_t l1 = 0, l2 = 0, ddr = 0;
  uint64_t& of(Region region) {
    return region == Region::kL1 ? l1 : region == Region::kL2 ? l2 : ddr;
  }
};

/// L2, DDR and every core's L1, only as large as the program needs. Zeroed by the system on first
/// touch, so that a file cannot make it use memory it does not write.
class DeviceMemory {
 public:
  DeviceMemory(const MemoryExtent& extent, size_t cores);

  uint8_t* At(size_t core, Address address) { return Base(core, address.region) + address.offset; }
  uint64_t size(Region region) const {
    return region == Region::kL1 ? extent_.l1 : region == Region::kL2 ? extent_.l2 : extent_.ddr;
  }

 private:
  struct Free {
    void operator()(uint8_t* p) const { std::free(p); }
  };
  using Block = std::unique_ptr<uint8_t, Free>;
  static Block Allocate(uint64_t size);
  uint8_t* Base(size_t core, Region region) {
    return region == Region::kL1 ? l1_[core].get()
                                 : (region == Region::kL2 ? l2_.get() : ddr_.get());
  }

  MemoryExtent extent_;
  std::vector<Block> l1_;
  Block l2_, ddr_;
};

/// Everything the tasks, segments and tensors of a program touch; an error if any of it lies
/// outside the target's memories.
Result<MemoryExtent> MeasureExtent(const Program& program, const Target& target);

}  // namespace imcc
