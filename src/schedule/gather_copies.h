// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "isa/task.h"

namespace imcc {

/// Bytes to be copied from one place to another, collected into few strided copies.
class CopyGatherer {
 public:
  /// The next byte. Bytes that follow each other on both sides become runs; runs and then planes
  /// at even distances become one copy.
  void Add(Address source, Address destination);
  /// All copies, in the order of the bytes.
  std::vector<DmaTask> Finish();

 private:
  void AddRun();
  void AddPlane();

  DmaTask run_;    // Being extended: bytes,
  DmaTask plane_;  // runs of equal length,
  DmaTask copy_;   // and planes of equal size. run == 0: none.
  std::vector<DmaTask> copies_;
};

}  // namespace imcc
