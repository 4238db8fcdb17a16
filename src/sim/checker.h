// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/error.h"
#include "program/program.h"
#include "sim/device_memory.h"
#include "sim/happens_before.h"
#include "sim/shadow_memory.h"
#include "target/target.h"

namespace imcc {

/// Watches a program run: reads of undefined bytes by computing engines, accumulators and array
/// cells used before they are filled, and conflicting accesses that no semaphore orders.
/// Copies carry undefinedness along, so that padding may be moved but never computed with.
class Checker {
 public:
  Checker(const Program& program, const Target& target, const MemoryExtent& extent,
          const HappensBefore& order);

  void StartFrame();
  /// Bytes the host or the loader wrote.
  void HostWrites(size_t core, Address address, uint64_t count);
  /// An error if the host would read undefined bytes.
  Status HostReads(Address address, uint64_t count, const std::string& what);
  /// Called right before a task executes.
  Status Check(size_t core, size_t index, const Task& task);

 private:
  ShadowSpace& SpaceOf(size_t core, Region region);
  Status CheckArray(size_t core, const Task& task, const ShadowSpace::Accessor& by);
  Status CheckBoxes(size_t core, const Task& task, const std::vector<MemoryBox>& boxes, bool write,
                    const ShadowSpace::Accessor& by);
  void PropagateCopy(size_t core, const DmaTask& dma);
  Status Conflict(const ShadowSpace::Accessor& by, const ShadowSpace::Accessor& other,
                  const std::string& what) const;
  Status Undefined(const ShadowSpace::Accessor& by, const std::string& what) const;
  std::string Describe(const ShadowSpace::Accessor& by) const;
  Status TouchArray(ShadowSpace& space, uint64_t begin, uint64_t count, bool write,
                    const ShadowSpace::Accessor& by, const char* what);

  const Program& program_;
  const Target& target_;
  const HappensBefore& order_;
  ShadowSpace l2_, ddr_;
  std::vector<ShadowSpace> l1_;
  std::vector<ShadowSpace> accumulators_;       // By core; one "byte" per element.
  std::vector<std::vector<ShadowSpace>> sets_;  // By core and set; one "byte" per column and pword.
};

}  // namespace imcc
