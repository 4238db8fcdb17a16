// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "memory/pack_offsets.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "offsets/offsets.h"

namespace imcc {

bool PlaceLowest(Allocation& next, const std::vector<const Allocation*>& placed, Bytes capacity) {
  Bytes offset;
  for (const Allocation* other : placed) {
    if (!other->life.Overlaps(next.life)) continue;
    if (offset + next.size <= other->offset) break;
    offset = std::max(offset, Bytes(RoundUp((other->offset + other->size).count(), kAlignment)));
  }
  next.offset = offset;
  return next.offset + next.size <= capacity;
}

void InsertByOffset(const Allocation& next, std::vector<const Allocation*>& placed) {
  const auto behind = std::upper_bound(
      placed.begin(), placed.end(), next.offset,
      [](Bytes offset, const Allocation* other) { return offset < other->offset; });
  placed.insert(behind, &next);
}

namespace {

/// Steps for the exact planner, about a second.
constexpr int64_t kExactSteps = 1'000'000;

using Order = std::function<int64_t(const Allocation&)>;

/// Places one allocation as far from others in time as capacity allows: apart from those used up to
/// `slack` steps before or after it if possible.
bool PlaceApart(Allocation& next, const std::vector<const Allocation*>& placed, Bytes capacity,
                int64_t slack) {
  const Interval<int64_t> life = next.life;
  for (; slack >= 0; --slack) {
    next.life = {life.begin - slack, life.end + slack};
    const bool fits = PlaceLowest(next, placed, capacity);
    next.life = life;
    if (fits) return true;
  }
  return false;
}

bool PackInOrder(std::vector<Allocation>& allocations, Bytes capacity, const Order& key,
                 int64_t slack) {
  std::vector<size_t> order(allocations.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return key(allocations[a]) > key(allocations[b]); });
  std::vector<const Allocation*> placed;
  for (const size_t index : order) {
    if (!PlaceApart(allocations[index], placed, capacity, slack)) return false;
    InsertByOffset(allocations[index], placed);
  }
  return true;
}

/// The last resort: hill-climbing and exact search, without slack.
bool PackExactly(std::vector<Allocation>& allocations, Bytes capacity) {
  std::vector<Placeable> buffers;
  for (const Allocation& allocation : allocations)
    buffers.push_back({.life = allocation.life,
                       .size = Bytes(RoundUp(allocation.size.count(), kAlignment)),
                       .alignment = Bytes(kAlignment)});
  const Bytes aligned(capacity.count() / kAlignment * kAlignment);
  const OffsetPlan plan = PlanOffsets(buffers, aligned, {.max_steps = kExactSteps});
  if (plan.verdict != OffsetPlan::Verdict::kFits) return false;
  for (size_t i = 0; i < allocations.size(); ++i) allocations[i].offset = plan.offsets[i];
  return true;
}

}  // namespace

bool PackGreedily(std::vector<Allocation>& allocations, Bytes capacity, int64_t slack) {
  const auto size = [](const Allocation& a) { return a.size.count(); };
  const auto life = [](const Allocation& a) { return a.life.end - a.life.begin; };
  const auto area = [&](const Allocation& a) { return size(a) * life(a); };
  for (; slack >= 0; --slack)
    for (const Order& key : std::vector<Order>{life, size, area})
      if (PackInOrder(allocations, capacity, key, slack)) return true;
  return false;
}

bool PackOffsets(std::vector<Allocation>& allocations, Bytes capacity, int64_t slack) {
  return PackGreedily(allocations, capacity, slack) || PackExactly(allocations, capacity);
}

}  // namespace imcc
