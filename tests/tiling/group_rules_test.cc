// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "tiling/group_rules.h"

#include <gtest/gtest.h>

#include "mapping/mapping.h"
#include "support/graph_builder.h"
#include "support/targets.h"

namespace imcc {
namespace {

using testing::GraphBuilder;
using testing::kSame3x3;

class GroupRules : public ::testing::Test {
 protected:
  bool MayGroupAll(const std::vector<QTensorId>& outputs) {
    const QuantizedGraph graph = builder_.Build(outputs);
    const Target target = testing::ReadTarget("tiny");
    auto network = MapNetwork(graph, PlainChoices(graph, target), target, {});
    EXPECT_TRUE(network.ok());
    return MayGroup(*network, LinksOf(*network), 0, network->kernels.size());
  }
  QTensorId Conv(QTensorId x) { return builder_.Conv(x, 16, kSame3x3); }

  GraphBuilder builder_{1};
  QTensorId x_ = builder_.Input(12, 12, 16);
};

TEST_F(GroupRules, AChainMay) { EXPECT_TRUE(MayGroupAll({Conv(Conv(x_))})); }

TEST_F(GroupRules, ATensorAlsoUsedOutsideMay) {
  const QTensorId y = Conv(x_);
  EXPECT_TRUE(MayGroupAll({y, Conv(y)}));
}

TEST_F(GroupRules, ConcatenatedChannelsMay) {
  const QTensorId y = Conv(x_);
  EXPECT_TRUE(MayGroupAll({Conv(builder_.Concat({y, Conv(y)}, 3))}));
}

TEST_F(GroupRules, ConcatenatedRowsMayNot) {
  EXPECT_FALSE(MayGroupAll({Conv(builder_.Concat({Conv(x_), Conv(x_)}, 1))}));
}

TEST_F(GroupRules, AGlobalPoolMayEndAGroupOnly) {
  const QTensorId pooled = builder_.GlobalPool(QPool::Kind::kAverage, Conv(x_));
  EXPECT_TRUE(MayGroupAll({pooled}));
}

TEST_F(GroupRules, AProductOfActivationsMayNot) {
  EXPECT_FALSE(MayGroupAll({builder_.MatMul(Conv(x_), builder_.Symmetric(x_))}));
}

TEST_F(GroupRules, AReaderOfAGlobalPoolMayNot) {
  const QTensorId y = Conv(x_);
  const QTensorId gate = builder_.GlobalPool(QPool::Kind::kAverage, y);
  EXPECT_FALSE(MayGroupAll({builder_.Elementwise(QElementwise::Kind::kMul, y, gate)}));
}

TEST_F(GroupRules, TwoGlobalPoolsMayNot) {
  const QTensorId y = Conv(x_);
  EXPECT_FALSE(MayGroupAll(
      {builder_.GlobalPool(QPool::Kind::kAverage, y), builder_.GlobalPool(QPool::Kind::kMax, y)}));
}

TEST_F(GroupRules, AnotherShapeOfTheSameBytesMayNot) {
  const QTensorId y = builder_.Conv(x_, 64, kSame3x3);
  const QTensorId z = builder_.Reshape(y, Shape{{1, 6, 24, 64}});
  EXPECT_FALSE(MayGroupAll({builder_.Table(z)}));
}

}  // namespace
}  // namespace imcc
