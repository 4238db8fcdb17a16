// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
// How far plans of pages are from the optimum: seeded random problems small enough to enumerate
// every plan. Prints one line a planner. Usage: paging_benchmark [PROBLEMS]
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "paging/exact_paging.h"
#include "paging/fit_pages.h"
#include "paging/paging.h"
#include "paging/random_problem.h"
#include "paging/relaxation.h"

namespace imcc {
namespace {

using testing::ExactPagingCost;
using testing::PagingFreedom;
using Planner = std::function<int64_t(const PagingProblem&)>;

int64_t FurthestNextUse(const PagingProblem& problem) {
  PageState state(problem);
  DropFurthest(state);
  return state.cost();
}

struct Contestant {
  std::string name;
  Planner plan;
  double excess = 0;  // Sum of cost / optimum - 1.
  double worst = 1;
  int64_t worse = 0;  // Problems that are not solved to the optimum.
  double seconds = 0;

  void Run(const PagingProblem& problem, int64_t optimum) {
    const auto start = std::chrono::steady_clock::now();
    const int64_t cost = plan(problem);
    seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const double ratio = static_cast<double>(cost) / static_cast<double>(optimum);
    excess += ratio - 1;
    worst = std::max(worst, ratio);
    worse += cost != optimum ? 1 : 0;
  }
};

std::vector<Contestant> Contestants() {
  const auto ours = [](PagingTricks tricks) {
    return [tricks](const PagingProblem& problem) { return PlanPaging(problem, tricks).cost; };
  };
  return {
      {"imcc", ours({})},
      {"imcc, no relaxation", ours({.round_relaxation = false})},
      {"imcc, no local search", ours({.local_search = false})},
      {"furthest next use", FurthestNextUse},
      {"whole buffers a gap, exact",
       [](const auto& p) { return ExactPagingCost(p, PagingFreedom::kWholeGaps); }},
      {"whole buffers for life, exact",
       [](const auto& p) { return ExactPagingCost(p, PagingFreedom::kWholeLifetimes); }},
      {"linear relaxation (bound)", [](const auto& p) { return SolveRelaxation(p).lower_bound; }}};
}

void Compare(const std::string& title, const testing::RandomProblemShape& shape,
             uint32_t problems) {
  std::vector<Contestant> contestants = Contestants();
  int64_t compared = 0;
  for (uint32_t seed = 0; seed < problems; ++seed) {
    const PagingProblem problem = testing::RandomPagingProblem(seed, shape);
    const int64_t optimum = ExactPagingCost(problem, PagingFreedom::kPages);
    if (optimum == 0) continue;  // Everything fits: nothing to compare.
    ++compared;
    for (Contestant& contestant : contestants) contestant.Run(problem, optimum);
  }
  fmt::print("{}: {} problems that do not fit\n{:32}{:>12}{:>9}{:>13}{:>12}\n", title, compared,
             "planner", "mean excess", "worst", "not optimal", "ms each");
  const auto count = static_cast<double>(std::max<int64_t>(compared, 1));
  for (const Contestant& c : contestants)
    fmt::print("{:32}{:>10.2f} %{:>8.2f}x{:>11.1f} %{:>12.3f}\n", c.name, 100 * c.excess / count,
               c.worst, 100 * static_cast<double>(c.worse) / count, 1000 * c.seconds / count);
  fmt::print("\n");
}

}  // namespace
}  // namespace imcc

int main(int argc, char** argv) {
  const auto problems = static_cast<uint32_t>(argc > 1 ? std::atoi(argv[1]) : 300);
  imcc::Compare("8 steps, 5 tensors of up to 4 pages, 3 gaps", {}, problems);
  imcc::Compare("10 steps, 7 tensors of up to 3 pages, 2 gaps",
                {.steps = 10, .tensors = 7, .max_pages = 3, .max_gaps = 2}, problems);
  imcc::Compare("8 steps, 4 tensors of up to 9 pages, 3 gaps",
                {.steps = 8, .tensors = 4, .max_pages = 9, .max_gaps = 3}, problems);
  imcc::Compare("12 steps, 6 tensors of up to 3 pages, 3 gaps, costs up to 4",
                {.steps = 12, .tensors = 6, .max_pages = 3, .max_gaps = 3, .max_cost = 4},
                problems);
  return 0;
}
