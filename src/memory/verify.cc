// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "isa/task.h"
#include "memory/memory.h"

namespace imcc {

namespace {

Bytes BudgetFor(const MemoryBudget& budget, Region region) {
  return region == Region::kL1 ? budget.l1 : region == Region::kL2 ? budget.l2 : budget.ddr;
}

bool Collide(const Allocation& a, const Allocation& b) {
  const Interval<Bytes> space_a{a.offset, a.offset + a.size};
  const Interval<Bytes> space_b{b.offset, b.offset + b.size};
  return a.region == b.region && a.life.Overlaps(b.life) && space_a.Overlaps(space_b);
}

}  // namespace

Bytes MemoryPlan::Peak(Region region) const {
  Bytes peak;
  for (const Allocation& allocation : allocations)
    if (allocation.region == region) peak = std::max(peak, allocation.offset + allocation.size);
  return peak;
}

Status Verify(const MemoryPlan& plan) {
  for (size_t i = 0; i < plan.allocations.size(); ++i) {
    const Allocation& a = plan.allocations[i];
    if (a.offset.count() < 0 || a.offset + a.size > BudgetFor(plan.budget, a.region))
      return Error{.code = ErrorCode::kCapacity,
                   .subject = a.name,
                   .message = fmt::format("lies outside {}", RegionName(a.region))};
    for (size_t j = 0; j < i; ++j)
      if (Collide(a, plan.allocations[j]))
        return Error{.code = ErrorCode::kCapacity,
                     .subject = a.name,
                     .message = fmt::format("overlaps {} in {}", plan.allocations[j].name,
                                            RegionName(a.region))};
  }
  return {};
}

std::string Dump(const MemoryPlan& plan) {
  std::string text;
  for (const Allocation& a : plan.allocations)
    text += fmt::format("{:<4} {:>10} +{:<10} steps [{}, {}) {}\n", RegionName(a.region),
                        a.offset.count(), a.size.count(), a.life.begin, a.life.end, a.name);
  return text;
}

}  // namespace imcc
