// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "memory/pack_offsets.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <tuple>

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

namespace {

bool IsBelow(const Allocation* a, const Allocation* b) {
  return std::tie(a->offset, a) < std::tie(b->offset, b);
}

}  // namespace

void SortByOffset(std::vector<const Allocation*>& placed) {
  std::sort(placed.begin(), placed.end(), IsBelow);
}

namespace {

/// Steps for the exact planner, about a second.
constexpr int64_t kExactSteps = 1'000'000;

using Order = std::function<int64_t(const Allocation&)>;

/// What is placed already, by time: an allocation meets few others of a network of thousands.
class PlacedByTime {
 public:
  explicit PlacedByTime(const std::vector<Allocation>& allocations) {
    int64_t end = 0;
    for (const Allocation& a : allocations) end = std::max(end, a.life.end);
    spans_.resize(static_cast<size_t>(end / kSteps + 1));
  }

  void Add(const Allocation& placed) {
    const Interval<size_t> spans = SpansOf(placed.life);
    if (spans.end - spans.begin > kMostSpans) {
      lasting_.insert(std::upper_bound(lasting_.begin(), lasting_.end(), &placed, IsBelow),
                      &placed);
      return;
    }
    for (size_t i = spans.begin; i < spans.end; ++i) spans_[i].push_back(&placed);
  }

  /// All that may overlap a life, by offset.
  std::vector<const Allocation*> Near(Interval<int64_t> life) const {
    std::vector<const Allocation*> near;
    const Interval<size_t> spans = SpansOf(life);
    for (size_t i = spans.begin; i < spans.end; ++i)
      near.insert(near.end(), spans_[i].begin(), spans_[i].end());
    SortByOffset(near);
    near.erase(std::unique(near.begin(), near.end()), near.end());
    if (lasting_.empty()) return near;
    std::vector<const Allocation*> both(near.size() + lasting_.size());
    std::merge(near.begin(), near.end(), lasting_.begin(), lasting_.end(), both.begin(), IsBelow);
    return both;
  }

 private:
  static constexpr int64_t kSteps = 16;     // Of a span.
  static constexpr size_t kMostSpans = 16;  // What lives longer is kept apart.

  Interval<size_t> SpansOf(Interval<int64_t> life) const {
    const auto last = static_cast<int64_t>(spans_.size()) - 1;
    return {static_cast<size_t>(std::clamp<int64_t>(life.begin / kSteps, 0, last)),
            static_cast<size_t>(std::clamp<int64_t>((life.end - 1) / kSteps, 0, last)) + 1};
  }

  std::vector<std::vector<const Allocation*>> spans_;
  std::vector<const Allocation*> lasting_;  // By offset.
};

/// Places one allocation as far from others in time as capacity allows: apart from those used up to
/// `slack` steps before or after it if possible.
bool PlaceApart(Allocation& next, const PlacedByTime& by_time, Bytes capacity, int64_t slack) {
  const Interval<int64_t> life = next.life;
  const std::vector<const Allocation*> placed =
      by_time.Near({life.begin - slack, life.end + slack});
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
  PlacedByTime placed(allocations);
  for (const size_t index : order) {
    if (!PlaceApart(allocations[index], placed, capacity, slack)) return false;
    placed.Add(allocations[index]);
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
