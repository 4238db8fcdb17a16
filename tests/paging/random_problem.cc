// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "paging/random_problem.h"

#include <algorithm>
#include <random>
#include <set>

namespace imcc::testing {

namespace {

class Draw {
 public:
  Draw(uint32_t seed, const RandomProblemShape& shape) : random_(seed), shape_(shape) {}

  PagingProblem Problem() {
    PagingProblem problem{.steps = shape_.steps};
    for (int64_t t = 0; t < shape_.tensors; ++t)
      problem.tensors.push_back(Number(0, 3) == 0 ? Weight() : Activation());
    problem.capacity = MostPages(problem) * Number(25, 90) / 100;
    return problem;
  }

 private:
  /// std::uniform_int_distribution differs between standard libraries.
  int64_t Number(int64_t first, int64_t last) {
    return first + static_cast<int64_t>(random_() % static_cast<uint32_t>(last - first + 1));
  }

  int64_t Cost() { return shape_.max_cost == 1 ? 1 : Number(1, shape_.max_cost); }

  PagedTensor Weight() {
    const int64_t step = Number(0, shape_.steps - 1);
    return {.pages = Number(1, shape_.max_pages),
            .gaps = {{.steps = {step, step + shape_.steps}, .read_cost = Cost()}}};
  }

  PagedTensor Activation() {
    PagedTensor tensor{.pages = Number(1, shape_.max_pages), .write_cost = Cost(), .gaps = {}};
    std::set<int64_t> uses;
    const int64_t wanted = Number(2, std::min(shape_.max_gaps + 1, shape_.steps));
    while (static_cast<int64_t>(uses.size()) < wanted) uses.insert(Number(0, shape_.steps - 1));
    for (auto use = uses.begin(); std::next(use) != uses.end(); ++use)
      tensor.gaps.push_back({.steps = {*use, *std::next(use) + 1}, .read_cost = Cost()});
    return tensor;
  }

  static int64_t MostPages(const PagingProblem& problem) {
    std::vector<int64_t> pages(static_cast<size_t>(problem.steps));
    for (const PagedTensor& tensor : problem.tensors) {
      std::set<int64_t> steps;
      for (const PageGap& gap : tensor.gaps)
        for (int64_t s = gap.steps.begin; s < gap.steps.end; ++s) steps.insert(s % problem.steps);
      for (const int64_t s : steps) pages[static_cast<size_t>(s)] += tensor.pages;
    }
    return *std::max_element(pages.begin(), pages.end());
  }

  std::mt19937 random_;
  RandomProblemShape shape_;
};

}  // namespace

PagingProblem RandomPagingProblem(uint32_t seed, const RandomProblemShape& shape) {
  return Draw(seed, shape).Problem();
}

}  // namespace imcc::testing
