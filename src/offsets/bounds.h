// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>
#include <vector>

#include "offsets/partial_plan.h"

namespace imcc {

/// What follows from a partial plan: raises the lowest offsets of unplaced buffers, or finds that
/// some section cannot be finished.
class Bounds {
 public:
  Bounds(PartialPlan& plan, const SearchTricks& tricks);

  /// Follows all changes of the plan since the last call. False: there is no plan any more.
  bool Follow();
  /// The same after `placed` was placed last, with a look at the walls at its ends.
  bool FollowPlacing(int32_t placed);

  /// The section that failed last.
  int32_t failed() const { return failed_; }
  int64_t steps() const { return steps_; }

 private:
  bool Fail(int32_t section);
  void Rest();
  bool FollowSection(int32_t section);
  bool StackFits();
  bool RaiseAllButFirst(int32_t section);
  bool RaiseToSupport(int32_t b);
  bool WallCanBeFilled(int32_t section);
  bool RaiseCrossing(int32_t section, int64_t offset);
  bool SumsOf(const std::vector<int32_t>& buffers, std::vector<int64_t>& sums);

  PartialPlan& plan_;
  const SearchTricks& tricks_;
  std::vector<std::pair<int64_t, int32_t>> stack_;  // Unplaced of a section, by lowest offset.
  std::vector<int32_t> waiting_;                    // Buffers that need support.
  std::vector<char> is_waiting_;                    // By buffer.
  std::vector<char> section_visits_;                // In this call, as the next one.
  std::vector<char> buffer_visits_;
  std::vector<int32_t> visited_sections_;
  std::vector<int32_t> visited_buffers_;
  std::vector<int64_t> sums_before_;  // Scratch of WallCanBeFilled.
  std::vector<int64_t> sums_after_;
  int32_t failed_ = 0;
  int64_t steps_ = 0;
};

}  // namespace imcc
