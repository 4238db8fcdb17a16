// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "offsets/sections.h"

namespace imcc {

/// A plan in the making: some buffers are placed, the others lie above them. For each of those
/// `lowest` is an offset it cannot be below. A trail undoes everything back to a mark.
class PartialPlan {
 public:
  /// Where an unplaced buffer can go.
  enum class State : char {
    kRests,     // On what is placed, or on 0: it could be placed at its lowest offset.
    kMustRise,  // Above its lowest offset, or on top of a buffer that is not yet placed.
    kWaits,     // The same, since the search postponed it.
    kPlaced,    // At its lowest offset.
  };

  struct Buffer {
    int64_t size = 0;
    int64_t alignment = 1;
    Interval<int32_t> span;
    int32_t twin = -1;  // The same buffer again with a lower number, to be placed first.
  };

  PartialPlan(const std::vector<Placeable>& buffers, const Sections& sections,
              const Neighbors& neighbors, Bytes capacity, bool find_twins);

  // What does not change.
  int64_t capacity() const { return capacity_; }
  int32_t sections() const { return static_cast<int32_t>(members_.size()); }
  size_t size() const { return buffers_.size(); }
  const Buffer& buffer(int32_t b) const { return buffers_[static_cast<size_t>(b)]; }
  const std::vector<int32_t>& neighbors(int32_t b) const {
    return neighbors_[static_cast<size_t>(b)];
  }
  const std::vector<int32_t>& members(int32_t section) const {
    return members_[static_cast<size_t>(section)];
  }
  /// Buffers whose first section this is, and those whose span ends just before it.
  const std::vector<int32_t>& starting(int32_t section) const {
    return starting_[static_cast<size_t>(section)];
  }
  const std::vector<int32_t>& ending(int32_t section) const {
    return ending_[static_cast<size_t>(section)];
  }

  // What does.
  bool placed(int32_t b) const { return state(b) == State::kPlaced; }
  State state(int32_t b) const { return state_[static_cast<size_t>(b)]; }
  int64_t lowest(int32_t b) const { return lowest_[static_cast<size_t>(b)]; }
  int64_t LowestTop(int32_t b) const { return lowest(b) + buffer(b).size; }
  int64_t skyline(int32_t s) const { return skyline_[static_cast<size_t>(s)]; }
  int64_t unplaced(int32_t s) const { return unplaced_[static_cast<size_t>(s)]; }
  /// Bytes of a section that may stay empty between what is placed and what is not.
  int64_t slack(int32_t s) const { return capacity_ - skyline(s) - unplaced(s); }

  /// At its lowest offset, below all unplaced ones that it collides with.
  void Place(int32_t b);
  /// Not at the offset it rests on now.
  void Postpone(int32_t b);
  /// Not below `offset`. False if it does not fit there.
  bool Raise(int32_t b, int64_t offset);

  size_t mark() const { return trail_.size(); }
  void UndoTo(size_t mark);

  /// A section with a buffer whose bound or state has changed since it was last taken, or -1.
  int32_t TakeChanged();
  void ForgetChanges();

 private:
  struct Change {
    int32_t buffer = 0;
    State state = State::kRests;
    int64_t lowest = 0;
  };

  void Save(int32_t b) { trail_.push_back({b, state(b), lowest(b)}); }
  void Set(int32_t b, State state, int64_t lowest);
  void Lift(int32_t b, int64_t top);

  const int64_t capacity_;
  const Neighbors& neighbors_;
  std::vector<Buffer> buffers_;
  std::vector<std::vector<int32_t>> members_;  // By section, as the next two.
  std::vector<std::vector<int32_t>> starting_;
  std::vector<std::vector<int32_t>> ending_;

  std::vector<State> state_;       // By buffer.
  std::vector<int64_t> lowest_;    // By buffer.
  std::vector<int64_t> skyline_;   // By section: top of what is placed.
  std::vector<int64_t> unplaced_;  // By section: bytes still to be placed.
  std::vector<Change> trail_;
  std::vector<int64_t> skyline_trail_;  // By placed buffer and section of its span.
  std::vector<int32_t> changed_;        // Sections.
  std::vector<char> is_changed_;        // By section.
};

}  // namespace imcc
