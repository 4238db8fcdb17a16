// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <random>
#include <vector>

#include "offsets/bounds.h"
#include "offsets/branch_and_bound.h"
#include "offsets/dead_ends.h"
#include "offsets/partial_plan.h"

namespace imcc {

/// Depth-first search that starts where fewest buffers can go, not at the lowest offset.
///
/// Each step takes a buffer that rests on what is placed and that no other one fits below. Either
/// it is placed there, and so below all others that it collides with, or it is postponed: it has to
/// rise onto one of them. Both are possible wherever the buffer is, so the search may work in one
/// corner of the plan until that is settled, and what it placed there may cut the rest into parts
/// that have nothing to do with each other. Search by postponing is from Le Pape, Couronne,
/// Vergamini and Gosselin, "Time-versus-capacity compromises in project scheduling", 1994.
class TightestFirst {
 public:
  /// `orders` break ties, one after the other, then shuffled more and more.
  TightestFirst(const std::vector<Placeable>& buffers, const Sections& sections,
                const Neighbors& neighbors, const std::vector<std::vector<size_t>>& orders,
                Bytes capacity, const SearchTricks& tricks);

  /// Goes on for about `steps` steps.
  SearchResult::Outcome Run(int64_t steps);

  int64_t steps() const { return steps_ + bounds_.steps(); }
  /// By buffer, after kFound.
  std::vector<Bytes> Offsets() const;

 private:
  using Part = Interval<int32_t>;  // Sections whose unplaced buffers collide with no others.

  /// A node: one part with one buffer placed, and what that leaves.
  struct Node {
    Part part;
    size_t mark = 0;         // Of the plan before anything was done about the part.
    size_t choice_mark = 0;  // Of the plan before the choice.
    int32_t choice = -1;
    size_t parts_begin = 0;  // Its children in `parts_`: one after the other, all must work out.
    size_t parts_end = 0;
    size_t next_part = 0;
    size_t states_begin = 0;  // The states it has been in, in `states_`.
  };

  void Restart();
  void RankBy(size_t restart);
  bool Enter(Part part);
  bool Explore();
  bool Postpone();
  bool Backtrack();
  void GiveUp();
  void Pop();
  bool IsDeadEnd(Part part);
  void AddParts(Part part);
  uint64_t Hash(Part part);
  int32_t PickBuffer(Part part);
  int32_t PickIn(int32_t section, int& candidates);
  bool Better(int32_t a, int32_t b) const;
  int CornersClosed(int32_t b) const;
  bool FitsBelow(int32_t b);
  void Blame(int32_t section);

  const std::vector<std::vector<size_t>> orders_;
  const SearchTricks tricks_;
  PartialPlan plan_;
  Bounds bounds_;
  DeadEnds dead_ends_;
  std::vector<Node> nodes_;
  std::vector<Part> parts_;
  std::vector<uint64_t> states_;
  std::vector<int64_t> rank_;  // By buffer, to break ties.
  std::vector<double> blame_;  // By section: how often it failed, of late.
  double blame_weight_ = 1;
  size_t restarts_ = 0;
  int64_t restart_at_ = 0;     // In steps.
  int64_t restart_steps_ = 0;  // Before the first restart.
  size_t root_mark_ = 0;       // Of the plan before any choice.
  int64_t steps_ = 0;
  std::mt19937_64 random_{1};  // Its sequence is part of the C++ standard.
};

}  // namespace imcc
