// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "tiling/plan_stripes.h"

#include <gtest/gtest.h>

#include "map_plainly.h"
#include "support/graph_builder.h"
#include "tiling/verify_stripes.h"

namespace imcc {
namespace {

using testing::GraphBuilder;
using testing::kSame3x3;
using testing::MapPlainly;
using Rows = Interval<int64_t>;

constexpr StripeSettings kSettings{.pword = 16, .double_buffer = true};

/// Two 3x3 convolutions on 16 x 16.
MappedNetwork Chain() {
  GraphBuilder builder(1);
  const QTensorId x = builder.Input(16, 16, 16);
  return MapPlainly(builder.Build({builder.Conv(builder.Conv(x, 16, kSame3x3), 16, kSame3x3)}));
}

std::vector<Rows> RowsOf(const TileGroup& group, size_t kernel) {
  std::vector<Rows> rows;
  for (const Stripe& stripe : group.stripes)
    if (stripe.kernel.index() == kernel) rows.push_back(stripe.rows);
  return rows;
}

// The second convolution makes 2 rows a stripe; rows [0, r) of it need rows [0, r + 1) of the
// first, and those need rows [0, r + 2) of the input.
TEST(PlanStripes, RowsPropagateBackwardsByHand) {
  const MappedNetwork network = Chain();
  const TileGroup group = PlanStripes(network, LinksOf(network), {0, 2}, {.stripes = 8}, kSettings);
  EXPECT_EQ(
      RowsOf(group, 1),
      (std::vector<Rows>{{0, 2}, {2, 4}, {4, 6}, {6, 8}, {8, 10}, {10, 12}, {12, 14}, {14, 16}}));
  EXPECT_EQ(
      RowsOf(group, 0),
      (std::vector<Rows>{{0, 3}, {3, 5}, {5, 7}, {7, 9}, {9, 11}, {11, 13}, {13, 15}, {15, 16}}));
  EXPECT_EQ(group.stripes[0].loads[0], (Rows{0, 4}));
  EXPECT_EQ(group.stripes[1].loads[0], (Rows{4, 6}));
}

// The reader lags one stripe behind: stripes of kernels 0 0 1 0 1 ... 0 1 1.
TEST(PlanStripes, ReadersAreOneStripeBehind) {
  const MappedNetwork network = Chain();
  const TileGroup group = PlanStripes(network, LinksOf(network), {0, 2}, {.stripes = 4}, kSettings);
  std::vector<size_t> order;
  for (const Stripe& stripe : group.stripes) order.push_back(stripe.kernel.index());
  EXPECT_EQ(order, (std::vector<size_t>{0, 0, 1, 0, 1, 0, 1, 1}));
  EXPECT_EQ(group.lag, 1);
}

// Between the convolutions: when rows 5 and 6 are made, rows 1 to 4 are still to be read (the next
// stripe there is rows 2 and 3), so 6 rows. The input: 4 rows at first and room for 4 more. The
// output: 2 rows, and 2 more while they are stored.
TEST(PlanStripes, LineBuffersByHand) {
  const MappedNetwork network = Chain();
  const TileGroup group = PlanStripes(network, LinksOf(network), {0, 2}, {.stripes = 8}, kSettings);
  ASSERT_EQ(group.lines.size(), 3U);
  const LineBuffer& input = group.lines[static_cast<size_t>(group.input_lines[0][0])];
  const LineBuffer& between = group.lines[static_cast<size_t>(group.output_line[0])];
  const LineBuffer& output = group.lines[static_cast<size_t>(group.output_line[1])];
  EXPECT_EQ(input.rows, 8);
  EXPECT_EQ(between.rows, 6);
  EXPECT_EQ(output.rows, 4);
  EXPECT_TRUE(between.is_internal);
  EXPECT_FALSE(input.is_internal);
  EXPECT_FALSE(output.is_internal);
  EXPECT_EQ(between.bytes(), Bytes(6 * 16 * between.pixel_stride));
}

TEST(PlanStripes, WithoutDoubleBufferNoRoomForTheNextStripe) {
  const MappedNetwork network = Chain();
  const TileGroup group = PlanStripes(network, LinksOf(network), {0, 2}, {.stripes = 8},
                                      {.pword = 16, .double_buffer = false});
  EXPECT_EQ(group.lines[static_cast<size_t>(group.input_lines[0][0])].rows, 4);
  EXPECT_EQ(group.lines[static_cast<size_t>(group.output_line[1])].rows, 2);
}

// A residual from the group's input: when the first convolution reads up to row 2t + 5, the
// addition is at row 2t, and the lines hold the hull of both.
TEST(PlanStripes, AResidualKeepsItsRowsUntilTheAddition) {
  GraphBuilder builder(1);
  const QTensorId x = builder.Input(16, 16, 16);
  const QTensorId y = builder.Conv(builder.Conv(x, 16, kSame3x3), 16, kSame3x3);
  const MappedNetwork network =
      MapPlainly(builder.Build({builder.Elementwise(QElementwise::Kind::kAdd, y, x)}));
  const size_t count = network.kernels.size();
  const TileGroup group = PlanStripes(network, LinksOf(network), {0, count}, {.stripes = 8},
                                      {.pword = 16, .double_buffer = false});
  const Status judged = VerifyStripes(group, network);
  EXPECT_TRUE(judged.ok()) << judged.error().Format();
  const LineBuffer& input = group.lines[static_cast<size_t>(group.input_lines[0][0])];
  EXPECT_EQ(input.rows, 6);  // The convolution alone needs 4, see above.
}

TEST(StripeJudge, NoticesWhatIsMissing) {
  const MappedNetwork network = Chain();
  const TileGroup good = PlanStripes(network, LinksOf(network), {0, 2}, {.stripes = 8}, kSettings);
  ASSERT_TRUE(VerifyStripes(good, network).ok());
  TileGroup few_lines = good;
  few_lines.lines[static_cast<size_t>(good.output_line[0])].rows = 5;
  EXPECT_FALSE(VerifyStripes(few_lines, network).ok());
  TileGroup not_loaded = good;
  not_loaded.stripes[1].loads[0] = {5, 6};
  EXPECT_FALSE(VerifyStripes(not_loaded, network).ok());
  TileGroup twice = good;
  twice.stripes.push_back(good.stripes.back());
  EXPECT_FALSE(VerifyStripes(twice, network).ok());
  TileGroup unfinished = good;
  unfinished.stripes.pop_back();
  EXPECT_FALSE(VerifyStripes(unfinished, network).ok());
  TileGroup too_early = good;
  // The reader's first stripe before everything else.
  std::rotate(too_early.stripes.begin(), too_early.stripes.begin() + 2,
              too_early.stripes.begin() + 3);
  EXPECT_FALSE(VerifyStripes(too_early, network).ok());
}

}  // namespace
}  // namespace imcc
