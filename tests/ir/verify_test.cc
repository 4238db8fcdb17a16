// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/graph.h"
#include "ir/small_graph.h"

namespace imcc {
namespace {

using ::testing::HasSubstr;

/// A convolution followed by a Relu; each test breaks one thing.
class VerifyTest : public ::testing::Test {
 protected:
  VerifyTest() {
    x_ = g_.Input("x", {1, 6, 6, 4});
    y_ = g_.Conv("y", x_, 8);
    z_ = g_.Unary("z", y_, {UnaryKind::kRelu});
    g_.Output(z_);
  }
  void ExpectBroken(const std::string& reason) {
    const Status status = Verify(g_.graph);
    ASSERT_FALSE(status.ok());
    EXPECT_THAT(status.error().message, HasSubstr(reason));
  }
  Graph& graph() { return g_.graph; }

  SmallGraph g_;
  TensorId x_, y_, z_;
};

TEST_F(VerifyTest, AcceptsASoundGraph) { EXPECT_TRUE(Verify(graph()).ok()); }

TEST_F(VerifyTest, FindsWrongOrder) {
  std::swap(graph().nodes[0], graph().nodes[1]);
  ExpectBroken("before it is written");
}
TEST_F(VerifyTest, FindsTwoWriters) {
  graph().nodes[1].output = y_;
  ExpectBroken("already has a value");
}
TEST_F(VerifyTest, FindsWrongShape) {
  graph().tensor(y_).shape = {1, 4, 4, 9};
  ExpectBroken("should be 1x4x4x8");
}
TEST_F(VerifyTest, FindsIdsOutOfRange) {
  graph().nodes[1].inputs[0] = TensorId(99);
  ExpectBroken("does not exist");
}
TEST_F(VerifyTest, FindsShortConstants) {
  graph().tensor(graph().nodes[0].inputs[2]).constant.pop_back();
  ExpectBroken("holds 7 values");
}
TEST_F(VerifyTest, FindsDuplicateNames) {
  graph().tensor(y_).name = "x";
  ExpectBroken("used twice");
}
TEST_F(VerifyTest, FindsForeignAttributes) {
  graph().nodes[1].attributes = ConcatAttributes{};
  ExpectBroken("another operator");
}
TEST_F(VerifyTest, FindsChannelsLastOfWrongRank) {
  graph().tensor(graph().nodes[0].inputs[2]).layout = Layout::kChannelsLast;
  ExpectBroken("channels-last");
}
TEST_F(VerifyTest, FindsMissingOutputs) {
  graph().outputs.clear();
  ExpectBroken("no outputs");
}

}  // namespace
}  // namespace imcc
