// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "offsets/branch_and_bound.h"
#include "offsets/dead_ends.h"

namespace imcc {

/// One depth-first search in one static order, which can be paused and resumed. Inside, buffers are
/// numbered by their rank in that order.
///
/// A node has placed some buffers; `lowest_` is, for every other one, the lowest offset it can have
/// above those placed that it collides with. Its children place one more buffer each, at exactly
/// that offset, the lowest first.
class OffsetSearch {
 public:
  OffsetSearch(const std::vector<Placeable>& buffers, const Sections& sections,
               const Neighbors& neighbors, const std::vector<size_t>& order, Bytes capacity,
               const SearchTricks& tricks);

  /// Goes on for about `steps` steps.
  SearchResult::Outcome Run(int64_t steps);

  int64_t steps() const { return steps_; }
  /// By buffer, after kFound.
  std::vector<Bytes> Offsets() const;

 private:
  using Rank = int32_t;

  struct Buffer {
    int64_t size = 0;
    int64_t alignment = 1;
    Interval<int32_t> span;
    Rank twin = -1;     // The same buffer again with a lower rank, to be placed first.
    uint64_t hash = 0;  // Of "is placed".
    std::vector<Rank> neighbors;
  };

  /// A node of the search and the child that is being explored.
  struct Node {
    int64_t floor = 0;         // Nothing more may be placed below it.
    Rank floor_rank = -1;      // Nor, at the floor itself, this rank or a lower one.
    int64_t dominated_at = 0;  // From this offset on, a child is dominated.
    uint64_t placed_hash = 0;
    uint64_t state_hash = 0;
    Rank state_rank = -1;
    size_t next_child = 0;    // Position in the list of this depth.
    Rank child = -1;          // Placed now, or -1.
    size_t raised_begin = 0;  // Where the child's entries of `raised_` and `skyline_undo_` begin.
    size_t skyline_begin = 0;
  };

  struct Raise {
    Rank buffer = 0;
    int64_t lowest_before = 0;
  };

  static std::vector<Buffer> SortByRank(const std::vector<Placeable>& buffers,
                                        const Sections& sections, const Neighbors& neighbors,
                                        const std::vector<size_t>& order, bool find_twins);

  // The unplaced buffers of a node, by lowest offset, then rank.
  Rank* ListAt(size_t depth) { return lists_.data() + list_begin_[depth]; }
  size_t ListSize(size_t depth) const { return buffers_.size() - depth; }

  Node& Top() { return nodes_[depth_]; }
  bool Before(Rank a, Rank b) const;
  bool Allowed(const Node& node, Rank rank) const;
  Rank NextChild(Node& node);
  void Place(Node& node, Rank child);
  void Undo(Node& node);
  void WriteChildList(Rank child);
  bool CanFinish(const Node& node, Rank child);
  bool SectionsCanFinish(const Node& node, Interval<int32_t> hull);
  bool StacksCanFinish(const Node& node, Interval<int32_t> hull);
  bool Stack(Rank rank, int64_t lowest, Interval<int32_t> hull);
  bool FloorCanRise(int64_t floor);
  int64_t LowestFuture(const Node& node, Rank rank);
  void Enter(const Node& parent, Rank child);
  void HashState(Node& node);

  const std::vector<size_t> order_;
  const SearchTricks tricks_;
  const int64_t capacity_;
  const std::vector<Buffer> buffers_;  // By rank.

  std::vector<int64_t> lowest_;    // By rank.
  std::vector<int64_t> offsets_;   // By rank, if placed.
  std::vector<char> placed_;       // By rank.
  std::vector<int64_t> skyline_;   // By section: top of what is placed.
  std::vector<int64_t> unplaced_;  // By section: bytes still to be placed.
  std::vector<int64_t> room_;      // Scratch, by section.

  std::vector<Node> nodes_;  // By depth.
  size_t depth_ = 0;
  std::vector<Rank> lists_;
  std::vector<size_t> list_begin_;
  std::vector<Raise> raised_;                     // Undo stack.
  std::vector<int64_t> skyline_undo_;             // Undo stack.
  std::vector<Rank> just_raised_;                 // Scratch.
  std::vector<std::pair<int64_t, Rank>> rising_;  // Scratch.
  DeadEnds dead_ends_;
  int64_t steps_ = 0;
};

}  // namespace imcc
