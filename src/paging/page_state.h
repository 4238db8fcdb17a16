// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "paging/paging.h"

namespace imcc {

/// A gap of a tensor.
struct GapId {
  size_t tensor = 0;
  size_t gap = 0;
  friend bool operator==(const GapId&, const GapId&) = default;
};

/// A plan in the making: what is absent, what that costs, and how full each step is.
class PageState {
 public:
  /// Everything is present, whatever the capacity.
  explicit PageState(const PagingProblem& problem);

  const PagingProblem& problem() const { return *problem_; }
  const AbsentPages& absent() const { return absent_; }
  int64_t cost() const { return cost_; }
  int64_t Absent(GapId id) const { return absent_[id.tensor][id.gap]; }
  int64_t Present(GapId id) const { return problem_->tensors[id.tensor].pages - Absent(id); }

  void SetAbsent(GapId id, int64_t pages);
  void SetAbsent(size_t tensor, const std::vector<int64_t>& pages);

  /// Pages of a tensor held at a step: the most of the gaps that meet there.
  int64_t Held(size_t tensor, int64_t step) const;
  /// Pages too many at a step; negative: free.
  int64_t Excess(int64_t step) const { return excess_[static_cast<size_t>(step)]; }
  /// The fullest step; the first of several.
  int64_t FullestStep() const;
  /// Most pages a gap could hold if it took all free ones.
  int64_t Room(GapId id) const;
  /// Gaps of a tensor that cover a step.
  std::vector<size_t> GapsAt(size_t tensor, int64_t step) const;
  /// What one tensor costs with these pages absent.
  int64_t CostOf(size_t tensor, const std::vector<int64_t>& absent) const;

 private:
  /// Adds what a tensor holds to the steps, `sign` times.
  void Count(size_t tensor, int64_t sign);

  const PagingProblem* problem_;
  AbsentPages absent_;
  std::vector<int64_t> excess_;  // By step.
  std::vector<int64_t> held_;    // Scratch of Count; zero in between.
  int64_t cost_ = 0;
};

}  // namespace imcc
