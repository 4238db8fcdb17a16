// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "onnx/channel_shuffle.h"

#include <gtest/gtest.h>

#include "tiny_model.h"

namespace imcc {
namespace {

/// A 1x1 convolution to six channels of 2x2, reshaped to `parts`, transposed and reshaped back.
TinyModel Shuffle(const std::vector<int64_t>& parts, const std::vector<int64_t>& permutation,
                  const std::vector<int64_t>& back) {
  TinyModel m;
  m.Input("x", {1, 3, 2, 2}).Floats("w", {6, 3, 1, 1}).Ints("parts", parts).Ints("back", back);
  m.Node("Conv", {"x", "w"}, "c");
  m.Node("Reshape", {"c", "parts"}, "r");
  TinyModel::SetInts(m.Node("Transpose", {"r"}, "t"), "perm", permutation);
  m.Node("Reshape", {"t", "back"}, "y");
  m.Output("y");
  return m;
}

std::vector<int64_t> ChannelsPicked(const TinyModel& model) {
  const auto imported = model.Import();
  if (!imported.ok()) {
    ADD_FAILURE() << imported.error().Format();
    return {};
  }
  for (const Node& node : imported->graph.nodes)
    if (node.kind == OpKind::kGather) return node.as<GatherAttributes>().indices;
  return {};
}

// Two groups of three channels, 0 1 2 | 3 4 5, dealt out one from each.
TEST(ChannelShuffle, DealsOutTheGroups) {
  EXPECT_EQ(ChannelsPicked(Shuffle({1, 2, 3, 2, 2}, {0, 2, 1, 3, 4}, {1, 6, 2, 2})),
            (std::vector<int64_t>{0, 3, 1, 4, 2, 5}));
  EXPECT_EQ(ChannelsPicked(Shuffle({1, 3, 2, 2, 2}, {0, 2, 1, 3, 4}, {1, -1, 2, 2})),
            (std::vector<int64_t>{0, 2, 4, 1, 3, 5}));
}

// The same with the pixels as one axis.
TEST(ChannelShuffle, HoweverItIsSpelt) {
  EXPECT_EQ(ChannelsPicked(Shuffle({1, 1, 2, 3, 4}, {0, 1, 3, 2, 4}, {1, 6, 2, 2})),
            (std::vector<int64_t>{0, 3, 1, 4, 2, 5}));
}

TEST(ChannelShuffle, WithFourAxes) {
  EXPECT_EQ(ChannelsPicked(Shuffle({1, 2, 3, 4}, {0, 2, 1, 3}, {1, 6, 2, 2})),
            (std::vector<int64_t>{0, 3, 1, 4, 2, 5}));
}

// Rows and columns change places: pixels move, which no choice of channels does.
TEST(ChannelShuffle, NothingThatMovesPixels) {
  EXPECT_TRUE(ChannelsPicked(Shuffle({1, 2, 3, 2, 2}, {0, 2, 1, 4, 3}, {1, 6, 2, 2})).empty());
}

// Other planes: this is a pixel shuffle in the making.
TEST(ChannelShuffle, NothingThatChangesThePlane) {
  EXPECT_TRUE(ChannelsPicked(Shuffle({1, 2, 3, 2, 2}, {0, 2, 1, 3, 4}, {1, 3, 4, 2})).empty());
}

}  // namespace
}  // namespace imcc
