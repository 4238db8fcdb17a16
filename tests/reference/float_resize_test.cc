// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "reference/float_graph.h"

namespace imcc::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::Pointwise;
using Mode = ResizeAttributes::Mode;
using Coordinates = ResizeAttributes::Coordinates;
using Nearest = ResizeAttributes::Nearest;

FloatValues Columns(const FloatValues& x, double scale, ResizeAttributes attributes) {
  attributes.scale_w = scale;
  return RunOne(OpKind::kResize, {1, 1, static_cast<int64_t>(x.size()), 1}, x, attributes);
}

TEST(FloatResize, NearestRoundingRules) {
  // Asymmetric x 2: sources 0, .5, 1, 1.5, 2, 2.5.
  const FloatValues x = {1, 2, 3};
  ResizeAttributes a{.mode = Mode::kNearest, .coordinates = Coordinates::kAsymmetric};
  a.nearest = Nearest::kFloor;
  EXPECT_THAT(Columns(x, 2, a), ElementsAre(1, 1, 2, 2, 3, 3));
  a.nearest = Nearest::kRoundPreferFloor;
  EXPECT_THAT(Columns(x, 2, a), ElementsAre(1, 1, 2, 2, 3, 3));
  a.nearest = Nearest::kRoundPreferCeil;
  EXPECT_THAT(Columns(x, 2, a), ElementsAre(1, 2, 2, 3, 3, 3));
  a.nearest = Nearest::kCeil;
  EXPECT_THAT(Columns(x, 2, a), ElementsAre(1, 2, 2, 3, 3, 3));
}

TEST(FloatResize, NearestHalfPixel) {
  // Sources -.25, .25, .75, 1.25.
  EXPECT_THAT(Columns({1, 2}, 2, {.mode = Mode::kNearest}), ElementsAre(1, 1, 2, 2));
}

TEST(FloatResize, LinearCoordinateRules) {
  ResizeAttributes a{.mode = Mode::kLinear, .coordinates = Coordinates::kHalfPixel};
  EXPECT_THAT(Columns({1, 5}, 2, a), ElementsAre(1, 2, 4, 5));
  a.coordinates = Coordinates::kAsymmetric;
  EXPECT_THAT(Columns({1, 5}, 2, a), ElementsAre(1, 3, 5, 5));
  a.coordinates = Coordinates::kAlignCorners;
  EXPECT_THAT(Columns({1, 4}, 2, a), Pointwise(FloatNear(1e-6F), FloatValues{1, 2, 3, 4}));
  a.coordinates = Coordinates::kPytorchHalfPixel;
  EXPECT_THAT(Columns({1, 5}, 0.5, a), ElementsAre(1));  // Half pixel would give 3.
  a.coordinates = Coordinates::kHalfPixel;
  EXPECT_THAT(Columns({1, 5}, 0.5, a), ElementsAre(3));
}

TEST(FloatResize, LinearIsSeparable) {
  ResizeAttributes a{.mode = Mode::kLinear, .coordinates = Coordinates::kAsymmetric};
  a.scale_h = a.scale_w = 2;
  EXPECT_THAT(RunOne(OpKind::kResize, {1, 2, 2, 1}, {0, 4, 8, 12}, a),
              ElementsAre(0, 2, 4, 4, 4, 6, 8, 8, 8, 10, 12, 12, 8, 10, 12, 12));
}

TEST(FloatResize, ChannelsTravelTogether) {
  ResizeAttributes a{.mode = Mode::kNearest};
  a.scale_h = 2;
  EXPECT_THAT(RunOne(OpKind::kResize, {1, 1, 2, 2}, {1, 2, 3, 4}, a),
              ElementsAre(1, 2, 3, 4, 1, 2, 3, 4));
}

}  // namespace
}  // namespace imcc::testing
