// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "paging/exact_paging.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace imcc::testing {

namespace {

class Enumeration {
 public:
  Enumeration(const PagingProblem& problem, PagingFreedom freedom)
      : problem_(problem), freedom_(freedom), free_(static_cast<size_t>(problem.steps)) {
    for (size_t s = 0; s < free_.size(); ++s)
      free_[s] = problem.capacity - (problem.pinned.empty() ? 0 : problem.pinned[s]);
    for (const PagedTensor& tensor : problem.tensors) absent_.emplace_back(tensor.gaps.size());
  }

  int64_t Run() {
    Tensor(0, 0);
    return best_;
  }

 private:
  /// All plans for tensors from `t` on.
  void Tensor(size_t t, int64_t cost) {
    if (cost >= best_) return;
    if (t == absent_.size()) {
      best_ = cost;
      return;
    }
    Gap(t, 0, cost);
  }

  /// All plans for gaps from `g` on.
  void Gap(size_t t, size_t g, int64_t cost) {
    const PagedTensor& tensor = problem_.tensors[t];
    if (g == tensor.gaps.size()) {
      cost += tensor.write_cost * *std::max_element(absent_[t].begin(), absent_[t].end());
      if (Take(t, 1)) Tensor(t + 1, cost);
      Take(t, -1);
      return;
    }
    const bool is_tied = freedom_ == PagingFreedom::kWholeLifetimes && g > 0;
    const int64_t stride =
        freedom_ == PagingFreedom::kPages ? 1 : std::max<int64_t>(tensor.pages, 1);
    for (int64_t absent = 0; absent <= tensor.pages; absent += stride) {
      if (is_tied && absent != absent_[t][0]) continue;
      absent_[t][g] = absent;
      const int64_t gap_cost = cost + tensor.gaps[g].read_cost * absent;
      if (gap_cost < best_) Gap(t, g + 1, gap_cost);
    }
  }

  /// Takes the tensor's pages off what is free; false if a step is overdrawn.
  bool Take(size_t t, int64_t sign) {
    const PagedTensor& tensor = problem_.tensors[t];
    std::vector<int64_t> held(free_.size());
    for (size_t g = 0; g < tensor.gaps.size(); ++g)
      for (int64_t s = tensor.gaps[g].steps.begin; s < tensor.gaps[g].steps.end; ++s) {
        int64_t& at = held[static_cast<size_t>(s % problem_.steps)];
        at = std::max(at, tensor.pages - absent_[t][g]);
      }
    bool fits = true;
    for (size_t s = 0; s < held.size(); ++s) {
      free_[s] -= sign * held[s];
      fits = fits && free_[s] >= 0;
    }
    return fits;
  }

  const PagingProblem& problem_;
  PagingFreedom freedom_;
  std::vector<int64_t> free_;  // By step.
  AbsentPages absent_;
  int64_t best_ = std::numeric_limits<int64_t>::max();
};

}  // namespace

int64_t ExactPagingCost(const PagingProblem& problem, PagingFreedom freedom) {
  return Enumeration(problem, freedom).Run();
}

}  // namespace imcc::testing
