// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "runtime/tensor_layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace imcc {
namespace {

using ::testing::ElementsAre;

TEST(TensorLayout, StoredPixelsBecomePlanes) {
  // Two pixels of three channels.
  const std::vector<int> stored = {1, 2, 3, 11, 12, 13};
  const Shape shape{1, 1, 2, 3};
  EXPECT_THAT(ToExternal(stored, shape, Layout::kChannelsLast), ElementsAre(1, 11, 2, 12, 3, 13));
  EXPECT_EQ(ExternalShapeOf(shape, Layout::kChannelsLast), (Shape{1, 3, 1, 2}));
}

TEST(TensorLayout, PlainTensorsStayAsTheyAre) {
  const std::vector<int> values = {1, 2, 3, 4, 5, 6};
  EXPECT_EQ(ToExternal(values, {1, 1, 2, 3}, Layout::kPlain), values);
  EXPECT_EQ(ToStored(values, {2, 3}, Layout::kPlain), values);
  EXPECT_EQ(ExternalShapeOf({1, 1, 2, 3}, Layout::kPlain), (Shape{1, 1, 2, 3}));
}

TEST(TensorLayout, ThereAndBack) {
  for (const Shape& shape : {Shape{1, 3, 5, 7}, Shape{2, 4, 1, 3}, Shape{1, 1, 1, 9}}) {
    std::vector<int> values(static_cast<size_t>(shape.elements()));
    std::iota(values.begin(), values.end(), 0);
    const auto external = ToExternal(values, shape, Layout::kChannelsLast);
    EXPECT_EQ(ToStored(external, shape, Layout::kChannelsLast), values);
  }
}

}  // namespace
}  // namespace imcc
