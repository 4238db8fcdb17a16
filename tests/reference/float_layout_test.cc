// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "reference/float_graph.h"

namespace imcc::testing {
namespace {

using ::testing::ElementsAre;

FloatValues Concat(const Shape& a, const Shape& b, int64_t axis) {
  FloatGraph g;
  const TensorId x = g.Input(a);
  const TensorId y = g.Constant(b, FloatValues(size_t(b.elements()), -1));
  g.graph.outputs = {g.Add(OpKind::kConcat, {x, y}, ConcatAttributes{axis})};
  return RunGraph(g.graph, {Iota(a.elements())}).at(0);
}

TEST(FloatLayout, ConcatOnEveryAxis) {
  EXPECT_THAT(Concat({2, 2}, {1, 2}, 0), ElementsAre(0, 1, 2, 3, -1, -1));
  EXPECT_THAT(Concat({2, 2}, {2, 1}, 1), ElementsAre(0, 1, -1, 2, 3, -1));
  EXPECT_THAT(Concat({1, 2, 1, 2}, {1, 2, 1, 2}, 2), ElementsAre(0, 1, -1, -1, 2, 3, -1, -1));
}

TEST(FloatLayout, ReshapeKeepsTheOrder) {
  EXPECT_THAT(RunOne(OpKind::kReshape, {2, 3}, Iota(6), {}, {3, 2}), ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST(FloatLayout, Transpose) {
  EXPECT_THAT(RunOne(OpKind::kTranspose, {2, 3}, Iota(6), TransposeAttributes{{1, 0}}),
              ElementsAre(0, 3, 1, 4, 2, 5));
  // NHWC to NCHW.
  EXPECT_THAT(RunOne(OpKind::kTranspose, {1, 1, 3, 2}, Iota(6), TransposeAttributes{{0, 3, 1, 2}}),
              ElementsAre(0, 2, 4, 1, 3, 5));
}

TEST(FloatLayout, SliceWithStartsAndSteps) {
  EXPECT_THAT(RunOne(OpKind::kSlice, {3, 5}, Iota(15), SliceAttributes{{1, 0}, {1, 2}}, {2, 3}),
              ElementsAre(5, 7, 9, 10, 12, 14));
  EXPECT_THAT(RunOne(OpKind::kSlice, {4}, Iota(4), SliceAttributes{{3}, {1}}, {1}), ElementsAre(3));
}

TEST(FloatLayout, PadEachSide) {
  EXPECT_THAT(RunOne(OpKind::kPad, {1, 1, 2, 1}, {1, 2},
                     PadAttributes{{.top = 1, .left = 2, .bottom = 0, .right = 1}, 7}),
              ElementsAre(7, 7, 7, 7, 7, 7, 7, 1, 2, 7));
}

}  // namespace
}  // namespace imcc::testing
