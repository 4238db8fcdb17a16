// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/units.h"
#include "config/options.h"
#include "isa/task.h"
#include "target/target.h"

namespace imcc {

/// Bytes a compilation may use of each memory: the usable size, the share of `resources_used`, the
/// task list reservation and the constraints taken off.
struct MemoryBudget {
  Bytes l1;             // One core.
  Bytes l2;             // For data: weights, activations, tables.
  Bytes l2_task_lists;  // One core's reservation in L2; 0 with elf_in_ddr.
  Bytes ddr;
};

/// A share of some bytes, rounded down.
Bytes ShareOf(Bytes all, double share);

MemoryBudget BudgetOf(const Target& target, const CompilationOptions& options);

/// Which option gives a memory at least `needed` bytes, with its value: the hint of an error.
std::string HowToGet(Region region, Bytes needed, const Target& target,
                     const CompilationOptions& options);

}  // namespace imcc
