// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "offsets/partial_plan.h"

#include <algorithm>

namespace imcc {

namespace {

/// The number of the last buffer before `b` that is the same in all respects, or -1.
int32_t TwinBefore(const std::vector<Placeable>& buffers, const Neighbors& neighbors, int32_t b) {
  const Placeable& self = buffers[static_cast<size_t>(b)];
  int32_t twin = -1;
  for (const int32_t other : neighbors[static_cast<size_t>(b)]) {
    const Placeable& candidate = buffers[static_cast<size_t>(other)];
    if (other < b && other > twin && candidate.life == self.life && candidate.size == self.size &&
        candidate.alignment == self.alignment)
      twin = other;
  }
  return twin;
}

}  // namespace

PartialPlan::PartialPlan(const std::vector<Placeable>& buffers, const Sections& sections,
                         const Neighbors& neighbors, Bytes capacity, bool find_twins)
    : capacity_(capacity.count()),
      neighbors_(neighbors),
      members_(sections.count()),
      starting_(sections.count() + 1),
      ending_(sections.count() + 1),
      state_(buffers.size()),
      lowest_(buffers.size()),
      skyline_(sections.count()),
      is_changed_(sections.count()) {
  for (const Bytes live : sections.live) unplaced_.push_back(live.count());
  for (int32_t b = 0; b < static_cast<int32_t>(buffers.size()); ++b) {
    const auto index = static_cast<size_t>(b);
    const Interval<int32_t> span = sections.span[index];
    const int32_t twin = find_twins ? TwinBefore(buffers, neighbors, b) : -1;
    buffers_.push_back({buffers[index].size.count(), buffers[index].alignment.count(), span, twin});
    starting_[static_cast<size_t>(span.begin)].push_back(b);
    ending_[static_cast<size_t>(span.end)].push_back(b);
    for (int32_t s = span.begin; s < span.end; ++s) members_[static_cast<size_t>(s)].push_back(b);
    Set(b, twin < 0 ? State::kRests : State::kWaits, 0);
  }
}

void PartialPlan::Set(int32_t b, State state, int64_t lowest) {
  state_[static_cast<size_t>(b)] = state;
  lowest_[static_cast<size_t>(b)] = lowest;
  for (int32_t s = buffer(b).span.begin; s < buffer(b).span.end; ++s) {
    if (is_changed_[static_cast<size_t>(s)] != 0) continue;
    is_changed_[static_cast<size_t>(s)] = 1;
    changed_.push_back(s);
  }
}

void PartialPlan::Place(int32_t b) {
  Save(b);
  Set(b, State::kPlaced, lowest(b));
  const int64_t top = LowestTop(b);
  for (int32_t s = buffer(b).span.begin; s < buffer(b).span.end; ++s) {
    int64_t& height = skyline_[static_cast<size_t>(s)];
    skyline_trail_.push_back(height);
    height = top;
    unplaced_[static_cast<size_t>(s)] -= buffer(b).size;
  }
  for (const int32_t other : neighbors(b))
    if (!placed(other)) Lift(other, top);
}

/// Onto the buffer just placed, unless it is known to lie higher.
void PartialPlan::Lift(int32_t b, int64_t top) {
  const int64_t rest = RoundUp(top, buffer(b).alignment);
  if (rest < lowest(b) || (rest == lowest(b) && state(b) == State::kRests)) return;
  Save(b);
  const int32_t twin = buffer(b).twin;
  Set(b, twin < 0 || placed(twin) ? State::kRests : State::kWaits, rest);
}

void PartialPlan::Postpone(int32_t b) {
  Save(b);
  Set(b, State::kWaits, lowest(b));
}

bool PartialPlan::Raise(int32_t b, int64_t offset) {
  if (offset <= lowest(b)) return true;
  if (offset > capacity_ - buffer(b).size) return false;
  const int64_t aligned = RoundUp(offset, buffer(b).alignment);
  Save(b);
  Set(b, state(b) == State::kWaits ? State::kWaits : State::kMustRise, aligned);
  return aligned <= capacity_ - buffer(b).size;
}

void PartialPlan::UndoTo(size_t mark) {
  while (trail_.size() > mark) {
    const Change change = trail_.back();
    trail_.pop_back();
    if (placed(change.buffer)) {
      const Buffer& lifted = buffer(change.buffer);
      for (int32_t s = lifted.span.end; s-- > lifted.span.begin;) {
        unplaced_[static_cast<size_t>(s)] += lifted.size;
        skyline_[static_cast<size_t>(s)] = skyline_trail_.back();
        skyline_trail_.pop_back();
      }
    }
    state_[static_cast<size_t>(change.buffer)] = change.state;
    lowest_[static_cast<size_t>(change.buffer)] = change.lowest;
  }
}

int32_t PartialPlan::TakeChanged() {
  if (changed_.empty()) return -1;
  const int32_t section = changed_.back();
  changed_.pop_back();
  is_changed_[static_cast<size_t>(section)] = 0;
  return section;
}

void PartialPlan::ForgetChanges() {
  while (TakeChanged() >= 0) {
  }
}

}  // namespace imcc
