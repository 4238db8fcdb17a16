// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "paging/paging.h"

namespace imcc {
namespace {

using ::testing::HasSubstr;

/// Two pages held over two gaps that meet in step 1.
PagingProblem Sample() {
  return {.steps = 4,
          .capacity = 2,
          .tensors = {{.pages = 2,
                       .write_cost = 1,
                       .gaps = {{.steps = {0, 2}}, {.steps = {1, 4}, .read_cost = 2}}}}};
}

std::string Complaint(const Status& status) {
  return status.ok() ? "" : status.error().subject + ": " + status.error().message;
}

TEST(VerifyPaging, AcceptsAPlanAndItsCost) {
  EXPECT_TRUE(Verify(Sample(), {.absent = {{0, 0}}}).ok());
  EXPECT_TRUE(Verify(Sample(), {.absent = {{1, 2}}, .cost = 1 + 4 + 2, .lower_bound = 0}).ok());
}

TEST(VerifyPaging, CountsAPageOnceWhereGapsMeet) {
  PagingProblem problem = Sample();
  problem.capacity = 1;
  EXPECT_TRUE(Verify(problem, {.absent = {{1, 1}}, .cost = 4}).ok());
  EXPECT_THAT(Complaint(Verify(problem, {.absent = {{0, 1}}, .cost = 3})),
              HasSubstr("step 0: 2 pages are present, and 1 is the capacity"));
  problem.pinned = {0, 0, 0, 1};
  EXPECT_THAT(Complaint(Verify(problem, {.absent = {{1, 1}}, .cost = 4})), HasSubstr("step 3"));
}

TEST(VerifyPaging, RefusesWrongFigures) {
  EXPECT_THAT(Complaint(Verify(Sample(), {.absent = {{1, 2}}, .cost = 6})),
              HasSubstr("costs 7, not 6"));
  EXPECT_THAT(Complaint(Verify(Sample(), {.absent = {{0, 0}}, .cost = 0, .lower_bound = 1})),
              HasSubstr("less than its lower bound"));
  EXPECT_THAT(Complaint(Verify(Sample(), {.absent = {{3, 0}}})), HasSubstr("than it has"));
  EXPECT_THAT(Complaint(Verify(Sample(), {.absent = {{0}}})), HasSubstr("each gap"));
  EXPECT_THAT(Complaint(Verify(Sample(), {.absent = {}})), HasSubstr("each tensor"));
}

TEST(CheckPaging, NamesWhatIsWrong) {
  const auto complaint = [](const auto& damage) {
    PagingProblem problem = Sample();
    damage(problem);
    return Complaint(CheckPaging(problem));
  };
  EXPECT_EQ(complaint([](PagingProblem&) {}), "");
  EXPECT_THAT(complaint([](auto& p) { p.steps = 0; }), HasSubstr("steps or capacity"));
  EXPECT_THAT(complaint([](auto& p) { p.pinned = {1}; }), HasSubstr("each step"));
  EXPECT_THAT(complaint([](auto& p) { p.pinned = {0, 3, 0, 0}; }), HasSubstr("3 pinned pages"));
  EXPECT_THAT(complaint([](auto& p) { p.tensors[0].gaps.clear(); }), HasSubstr("no gaps"));
  EXPECT_THAT(complaint([](auto& p) {
                p.tensors[0].gaps[0].steps = {0, 1};
              }),
              HasSubstr("gap 1 does not begin"));
  EXPECT_THAT(complaint([](auto& p) { p.tensors[0].gaps[1].steps.end = 9; }),
              HasSubstr("gap 1 is longer"));
  EXPECT_THAT(complaint([](auto& p) { p.tensors[0].gaps[1].read_cost = -1; }),
              HasSubstr("read cost of gap 1"));
  EXPECT_THAT(complaint([](auto& p) { p.tensors[0].pages = int64_t{1} << 40; }),
              HasSubstr("exceed 2^24"));
}

}  // namespace
}  // namespace imcc
