// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "paging/exact_paging.h"
#include "paging/fit_pages.h"
#include "paging/paging.h"
#include "paging/random_problem.h"
#include "paging/relaxation.h"

namespace imcc {
namespace {

using testing::ExactPagingCost;
using testing::PagingFreedom;
using testing::RandomPagingProblem;

PagedTensor Activation(int64_t pages, std::vector<int64_t> uses) {
  PagedTensor tensor{.pages = pages, .write_cost = 1, .gaps = {}};
  for (size_t i = 1; i < uses.size(); ++i)
    tensor.gaps.push_back({.steps = {uses[i - 1], uses[i] + 1}});
  return tensor;
}

TEST(PlanPaging, WhatFitsStays) {
  const PagingProblem problem{
      .steps = 3, .capacity = 7, .tensors = {Activation(3, {0, 1}), Activation(4, {1, 2})}};
  const PagePlan plan = PlanPaging(problem);
  EXPECT_EQ(plan.absent, (AbsentPages{{0}, {0}}));
  EXPECT_EQ(plan.cost, 0);
  EXPECT_TRUE(Verify(problem, plan).ok());
}

TEST(PlanPaging, TensorsThatMeetInOneStepShareNothing) {
  const PagingProblem problem{
      .steps = 3, .capacity = 6, .tensors = {Activation(3, {0, 1}), Activation(4, {1, 2})}};
  const PagePlan plan = PlanPaging(problem);
  EXPECT_EQ(plan.cost, 2);  // One page, written and read.
  EXPECT_TRUE(plan.is_optimal());
  EXPECT_TRUE(Verify(problem, plan).ok());
}

TEST(PlanPaging, ASkipConnectionIsSpilledWhereTheMiddleIsFull) {
  // Read near and far; the middle of its life is where the others are large.
  const PagingProblem problem{
      .steps = 7,
      .capacity = 5,
      .tensors = {Activation(2, {0, 1, 6}), Activation(2, {1, 2}), Activation(2, {2, 3}),
                  Activation(3, {3, 4}), Activation(2, {4, 5})}};
  const PagePlan plan = PlanPaging(problem);
  EXPECT_EQ(plan.absent[0], (std::vector<int64_t>{0, 2}));
  EXPECT_EQ(plan.cost, ExactPagingCost(problem, PagingFreedom::kPages));
  EXPECT_TRUE(Verify(problem, plan).ok());
}

TEST(PlanPaging, AWeightStaysFromFrameToFrame) {
  PagedTensor weight{.pages = 4, .gaps = {{.steps = {2, 2 + 4}, .read_cost = 3}}};
  PagingProblem problem{.steps = 4, .capacity = 3, .tensors = {weight}};
  const PagePlan plan = PlanPaging(problem);
  EXPECT_EQ(plan.absent[0][0], 1);
  EXPECT_EQ(plan.cost, 3);  // Read once a frame, never written.
  EXPECT_TRUE(plan.is_optimal());
  problem.pinned = {0, 0, 0, 2};
  EXPECT_EQ(PlanPaging(problem).absent[0][0], 3);
}

TEST(PlanPaging, RandomProblemsAreCloseToTheOracle) {
  int64_t ours = 0;
  int64_t exact = 0;
  for (uint32_t seed = 0; seed < 200; ++seed) {
    const PagingProblem problem = RandomPagingProblem(seed);
    ASSERT_TRUE(CheckPaging(problem).ok()) << CheckPaging(problem).error().Format();
    const PagePlan plan = PlanPaging(problem);
    const Status judged = Verify(problem, plan);
    ASSERT_TRUE(judged.ok()) << "seed " << seed << ": " << judged.error().Format();
    const int64_t best = ExactPagingCost(problem, PagingFreedom::kPages);
    EXPECT_LE(plan.lower_bound, best) << "seed " << seed;
    EXPECT_GE(plan.cost, best) << "seed " << seed;
    ours += plan.cost;
    exact += best;
  }
  EXPECT_LE(static_cast<double>(ours), 1.02 * static_cast<double>(exact));
}

TEST(PlanPaging, EachTrickMayBeOffAndHelps) {
  const auto total = [](const PagingTricks& tricks) {
    int64_t sum = 0;
    for (uint32_t seed = 0; seed < 100; ++seed) {
      const PagingProblem problem = RandomPagingProblem(seed);
      const PagePlan plan = PlanPaging(problem, tricks);
      EXPECT_TRUE(Verify(problem, plan).ok()) << "seed " << seed;
      sum += plan.cost;
    }
    return sum;
  };
  const PagingTricks plain{.dirty_aware = false, .round_relaxation = false, .local_search = false};
  const int64_t base = total(plain);
  PagingTricks dirty = plain;
  dirty.dirty_aware = true;
  EXPECT_LT(total(dirty), base);
  PagingTricks rounding = plain;
  rounding.round_relaxation = true;
  EXPECT_LT(total(rounding), base);
  PagingTricks search = plain;
  search.local_search = true;
  EXPECT_LT(total(search), base);
}

TEST(PlanPaging, FurthestNextUseIsNoBetter) {
  int64_t furthest = 0;
  int64_t ours = 0;
  for (uint32_t seed = 0; seed < 100; ++seed) {
    const PagingProblem problem = RandomPagingProblem(seed);
    PageState state(problem);
    DropFurthest(state);
    EXPECT_TRUE(Verify(problem, {.absent = state.absent(), .cost = state.cost()}).ok());
    furthest += state.cost();
    ours += PlanPaging(problem).cost;
  }
  EXPECT_LT(ours, furthest);
}

}  // namespace
}  // namespace imcc
