// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "tiling/budget.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace imcc {

namespace {

Bytes Share(Bytes usable, double fraction) {
  return Bytes(static_cast<int64_t>(std::floor(static_cast<double>(usable.count()) * fraction)));
}

Bytes Constrain(Bytes budget, const std::optional<Bytes>& constraint) {
  return constraint ? std::min(budget, *constraint) : budget;
}

}  // namespace

MemoryBudget BudgetOf(const Target& target, const CompilationOptions& options) {
  MemoryBudget budget;
  budget.l1 = Constrain(target.l1.usable(), options.l1_constraint);
  budget.l2 = Share(target.l2.usable(), options.resources_used);
  budget.ddr =
      Constrain(Share(target.ddr.usable(), options.resources_used), options.ddr_constraint);
  if (!options.elf_in_ddr) {
    budget.l2_task_lists = options.l2_reserved_nbytes_tasklist;
    budget.l2 -= options.l2_reserved_nbytes_tasklist;  // One list: networks run on one core.
    budget.l2 = std::max(budget.l2, Bytes(0));
  }
  budget.l2 = Constrain(budget.l2, options.l2_constraint);
  return budget;
}

}  // namespace imcc
