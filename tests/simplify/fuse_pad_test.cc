// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/fuse_pad.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "ir/small_graph.h"
#include "simplify/same_function.h"

namespace imcc {
namespace {

using ::testing::ElementsAre;

class FusePadTest : public ::testing::Test {
 protected:
  TensorId Padded(TensorId x, float value) {
    return g_.Add("pad", OpKind::kPad, {x}, PadAttributes{{1, 0, 2, 1}, value});
  }
  TensorId Pool(OpKind kind, TensorId x, Padding padding = {}, bool count = false) {
    return g_.Add(
        "y", kind, {x},
        PoolAttributes{{.kernel_h = 3, .kernel_w = 3, .stride_h = 2, .padding = padding}, count});
  }
  SmallGraph g_;
  TensorId x_ = g_.Input("x", {1, 7, 8, 2});
};

TEST_F(FusePadTest, IntoConvolutionAndPools) {
  const TensorId pad = Padded(g_.Unary("r", x_, {UnaryKind::kRelu}), 0);
  g_.Output(g_.Conv("c", pad, 3));
  g_.Output(Pool(OpKind::kAveragePool, pad));
  g_.graph.tensor(g_.graph.outputs[1]).name = "average";
  g_.Output(Pool(OpKind::kMaxPool, pad));
  EXPECT_THAT(Kinds(Rewritten(g_.graph, FusePad)),
              ElementsAre(OpKind::kUnary, OpKind::kConv, OpKind::kAveragePool, OpKind::kMaxPool));
}
TEST_F(FusePadTest, NotAValueOtherThanZero) {
  g_.Output(g_.Conv("c", Padded(x_, 1), 3));
  EXPECT_THAT(Kinds(Rewritten(g_.graph, FusePad)), ElementsAre(OpKind::kPad, OpKind::kConv));
}
TEST_F(FusePadTest, NotIntoMaxPoolWhereZeroCouldWin) {
  g_.Output(Pool(OpKind::kMaxPool, Padded(x_, 0)));
  EXPECT_THAT(Kinds(Rewritten(g_.graph, FusePad)), ElementsAre(OpKind::kPad, OpKind::kMaxPool));
}
TEST_F(FusePadTest, MinusInfinityNeverWins) {
  g_.Output(Pool(OpKind::kMaxPool, Padded(x_, -std::numeric_limits<float>::max())));
  EXPECT_THAT(Kinds(Rewritten(g_.graph, FusePad)), ElementsAre(OpKind::kMaxPool));
}
TEST_F(FusePadTest, NotIntoAnAverageThatDoesNotCountItsOwnPadding) {
  g_.Output(Pool(OpKind::kAveragePool, Padded(x_, 0), {0, 0, 0, 1}));
  EXPECT_THAT(Kinds(Rewritten(g_.graph, FusePad)), ElementsAre(OpKind::kPad, OpKind::kAveragePool));
}

}  // namespace
}  // namespace imcc
