// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "mapping/budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

namespace imcc {

namespace {

Bytes Constrain(Bytes budget, const std::optional<Bytes>& constraint) {
  return constraint ? std::min(budget, *constraint) : budget;
}

std::string HelpForL1(Bytes needed, const Target& target, const CompilationOptions& options) {
  if (options.l1_constraint && needed <= target.l1.usable())
    return fmt::format("set l1_constraint to {} or more", needed.count());
  if (options.double_buffer) return "set double_buffer: false to halve the tiles in L1";
  return "use a target with a larger L1";
}

}  // namespace

Bytes ShareOf(Bytes all, double share) {
  return Bytes(static_cast<int64_t>(std::floor(static_cast<double>(all.count()) * share)));
}

MemoryBudget BudgetOf(const Target& target, const CompilationOptions& options) {
  MemoryBudget budget;
  budget.l1 = Constrain(target.l1.usable(), options.l1_constraint);
  budget.l2 = ShareOf(target.l2.usable(), options.resources_used);
  budget.ddr =
      Constrain(ShareOf(target.ddr.usable(), options.resources_used), options.ddr_constraint);
  if (!options.elf_in_ddr) {
    budget.l2_task_lists = options.l2_reserved_nbytes_tasklist;
    budget.l2 -= options.l2_reserved_nbytes_tasklist;  // One list: networks run on one core.
    budget.l2 = std::max(budget.l2, Bytes(0));
  }
  budget.l2 = Constrain(budget.l2, options.l2_constraint);
  return budget;
}

std::string HowToGet(Region region, Bytes needed, const Target& target,
                     const CompilationOptions& options) {
  if (region == Region::kL1) return HelpForL1(needed, target, options);
  const Bytes usable = region == Region::kL2 ? target.l2.usable() : target.ddr.usable();
  const auto& constraint = region == Region::kL2 ? options.l2_constraint : options.ddr_constraint;
  std::vector<std::string> steps;
  if (constraint && *constraint < needed && needed <= usable)
    steps.push_back(fmt::format("set {}_constraint to {} or more",
                                region == Region::kL2 ? "l2" : "ddr", needed.count()));
  for (double share = options.resources_used; share <= 1.0; share += 0.25) {
    if (static_cast<double>(usable.count()) * share < static_cast<double>(needed.count())) continue;
    if (share > options.resources_used)
      steps.push_back(fmt::format("set resources_used: {}", share));
    break;
  }
  if (steps.empty())
    return fmt::format("use a target with a larger {}", region == Region::kL2 ? "L2" : "DDR");
  return fmt::format("{}", fmt::join(steps, ", and "));
}

}  // namespace imcc
