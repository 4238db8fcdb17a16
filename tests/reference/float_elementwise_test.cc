// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "reference/float_graph.h"

namespace imcc::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::Pointwise;

FloatValues Binary(OpKind kind, const Shape& a_shape, const FloatValues& a, const Shape& b_shape,
                   const FloatValues& b) {
  FloatGraph g;
  const TensorId x = g.Input(a_shape);
  const TensorId y = g.Input(b_shape);
  g.graph.outputs = {g.Add(kind, {x, y})};
  return RunGraph(g.graph, {a, b}).at(0);
}

TEST(FloatElementwise, EveryUnaryFunctionEqualsItsDefinition) {
  const FloatValues x = {-7, -3, -2.5F, -1, -0.25F, 0, 0.25F, 1, 2.5F, 3, 5.5F, 7};
  const std::vector<UnaryFunction> functions = {{UnaryKind::kIdentity},
                                                {UnaryKind::kRelu},
                                                {UnaryKind::kClip, -1.5, 4},
                                                {UnaryKind::kLeakyRelu, 0.125},
                                                {UnaryKind::kSigmoid},
                                                {UnaryKind::kTanh},
                                                {UnaryKind::kHardSigmoid, 0.2, 0.5},
                                                {UnaryKind::kHardSwish},
                                                {UnaryKind::kSilu}};
  for (const UnaryFunction& function : functions) {
    SCOPED_TRACE(ToString(function));
    FloatValues expected;
    for (const float v : x) expected.push_back(static_cast<float>(Evaluate(function, double(v))));
    EXPECT_THAT(RunOne(OpKind::kUnary, {12}, x, UnaryAttributes{function}),
                Pointwise(FloatNear(1e-6F), expected));
  }
}

TEST(FloatElementwise, SaturatingFunctionsStayFiniteFarOut) {
  EXPECT_THAT(RunOne(OpKind::kUnary, {2}, {-1000, 1000}, UnaryAttributes{{UnaryKind::kSigmoid}}),
              ElementsAre(0, 1));
  EXPECT_THAT(RunOne(OpKind::kUnary, {2}, {-1000, 1000}, UnaryAttributes{{UnaryKind::kSilu}}),
              ElementsAre(0, 1000));
}

TEST(FloatElementwise, EqualShapes) {
  EXPECT_THAT(Binary(OpKind::kAdd, {3}, {1, 2, 3}, {3}, {10, 20, 30}), ElementsAre(11, 22, 33));
  EXPECT_THAT(Binary(OpKind::kSub, {3}, {1, 2, 3}, {3}, {10, 20, 30}), ElementsAre(-9, -18, -27));
  EXPECT_THAT(Binary(OpKind::kMul, {3}, {1, 2, 3}, {3}, {10, 20, 30}), ElementsAre(10, 40, 90));
  EXPECT_THAT(Binary(OpKind::kDiv, {3}, {1, 2, 3}, {3}, {2, 4, 6}), ElementsAre(.5F, .5F, .5F));
}

TEST(FloatElementwise, BroadcastsEitherSideOnAnyAxis) {
  const FloatValues a = {1, 2, 3, 4, 5, 6};
  EXPECT_THAT(Binary(OpKind::kAdd, {2, 3}, a, {3}, {10, 20, 30}),
              ElementsAre(11, 22, 33, 14, 25, 36));
  EXPECT_THAT(Binary(OpKind::kSub, {3}, {10, 20, 30}, {2, 3}, a),
              ElementsAre(9, 18, 27, 6, 15, 24));
  EXPECT_THAT(Binary(OpKind::kAdd, {2, 3}, a, {2, 1}, {10, 20}),
              ElementsAre(11, 12, 13, 24, 25, 26));
  EXPECT_THAT(Binary(OpKind::kSub, {1}, {10}, {2, 3}, a), ElementsAre(9, 8, 7, 6, 5, 4));
  EXPECT_THAT(Binary(OpKind::kMul, {2, 1}, {1, 10}, {1, 3}, {1, 2, 3}),
              ElementsAre(1, 2, 3, 10, 20, 30));
  EXPECT_THAT(Binary(OpKind::kSub, {1, 1, 1, 1}, {1}, {2}, {3, 5}), ElementsAre(-2, -4));
}

TEST(FloatElementwise, MiddleAxisOfAFeatureMap) {
  // [1,2,2,1] + [1,1,2,3]: rows of one value against rows of three.
  EXPECT_THAT(
      Binary(OpKind::kAdd, {1, 2, 2, 1}, {1, 2, 3, 4}, {1, 1, 2, 3}, {10, 20, 30, 40, 50, 60}),
      ElementsAre(11, 21, 31, 42, 52, 62, 13, 23, 33, 44, 54, 64));
}

TEST(FloatElementwise, BatchNormScalesChannels) {
  FloatGraph g;
  const TensorId x = g.Input({1, 1, 2, 2});
  const TensorId scale = g.Constant({2}, {2, 3});
  const TensorId shift = g.Constant({2}, {100, 200});
  g.graph.outputs = {g.Add(OpKind::kBatchNorm, {x, scale, shift})};
  EXPECT_THAT(RunGraph(g.graph, {{1, 2, 3, 4}}).at(0), ElementsAre(102, 206, 106, 212));
}

TEST(FloatElementwise, Exp) {
  const FloatValues y = RunOne(OpKind::kUnary, {3}, {0, 1, -1}, UnaryAttributes{{UnaryKind::kExp}});
  EXPECT_THAT(y, Pointwise(FloatNear(1e-6F), FloatValues{1, 2.7182818F, 0.36787944F}));
}

TEST(FloatElementwise, SoftmaxOverEachAxis) {
  const float ln2 = std::log(2.0F);
  const float ln3 = std::log(3.0F);
  EXPECT_THAT(RunOne(OpKind::kSoftmax, {2, 2}, {0, ln3, ln2, ln2}, SoftmaxAttributes{1}),
              Pointwise(FloatNear(1e-6F), FloatValues{0.25F, 0.75F, 0.5F, 0.5F}));
  EXPECT_THAT(RunOne(OpKind::kSoftmax, {2, 2}, {0, ln3, ln2, ln3}, SoftmaxAttributes{0}),
              Pointwise(FloatNear(1e-6F), FloatValues{1.0F / 3, 0.5F, 2.0F / 3, 0.5F}));
  EXPECT_THAT(RunOne(OpKind::kSoftmax, {2}, {1000, 1000}, SoftmaxAttributes{0}),
              ElementsAre(0.5F, 0.5F));
}

}  // namespace
}  // namespace imcc::testing
