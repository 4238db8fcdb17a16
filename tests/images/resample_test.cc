// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "images/resample.h"

#include "images/image_testing.h"

namespace imcc::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::Pointwise;

Canvas PatternCanvas(int64_t height, int64_t width, int64_t channels) {
  const Image image = Pattern(height, width, channels);
  Canvas canvas{.width = width, .height = height, .channels = channels};
  canvas.values.assign(image.pixels.begin(), image.pixels.end());
  return canvas;
}

/// What make_data.py prints for Pillow.
struct PillowCase {
  Interpolation interpolation;
  int64_t width, height;
  std::vector<float> first, last;
  int64_t checksum;
};

TEST(Resample, EveryBitEqualsPillow) {
  const auto bilinear = Interpolation::kBilinear;
  const auto bicubic = Interpolation::kBicubic;
  const auto nearest = Interpolation::kNearest;
  const std::vector<PillowCase> cases = {
      {bilinear, 4, 3, {114, 131, 141}, {132, 121, 142}, 86152},
      {bilinear, 17, 5, {21, 74, 127}, {169, 94, 147}, 1489209},
      {bilinear, 11, 20, {0, 53, 106}, {230, 27, 80}, 4096276},
      {bicubic, 4, 3, {109, 129, 141}, {128, 123, 143}, 86097},
      {bicubic, 17, 5, {13, 62, 116}, {174, 90, 154}, 1492090},
      {bicubic, 11, 20, {0, 50, 103}, {240, 13, 66}, 4091554},
      {nearest, 4, 3, {135, 188, 241}, {239, 36, 89}, 91897},
      {nearest, 17, 5, {0, 53, 106}, {230, 27, 80}, 1506668},
      {nearest, 11, 20, {0, 53, 106}, {230, 27, 80}, 4124797},
  };
  const Canvas image = PatternCanvas(9, 11, 3);
  for (const PillowCase& c : cases) {
    SCOPED_TRACE(int(c.interpolation));
    const Canvas out = Resample(image, c.width, c.height, c.interpolation);
    EXPECT_EQ(out.width, c.width);
    EXPECT_EQ(out.height, c.height);
    EXPECT_EQ(std::vector<float>(out.values.begin(), out.values.begin() + 3), c.first);
    EXPECT_EQ(std::vector<float>(out.values.end() - 3, out.values.end()), c.last);
    int64_t checksum = 0;
    for (size_t i = 0; i < out.values.size(); ++i)
      checksum += static_cast<int64_t>(out.values[i]) * static_cast<int64_t>(i % 97 + 1);
    EXPECT_EQ(checksum, c.checksum);
  }
}

TEST(Resample, HalvingAveragesOverFourSamplesOfATriangle) {
  // Output 0 sits at 1.0 with support 2: weights .75 .75 .25 (cut at the border) over 1.75.
  Canvas canvas{.width = 4, .height = 1, .channels = 1, .is_u8 = false};
  canvas.values = {7, 0, 14, 28};
  const Canvas out = Resample(canvas, 2, 1, Interpolation::kBilinear);
  EXPECT_THAT(out.values, Pointwise(FloatNear(1e-5F), std::vector<float>{5, 18}));
}

TEST(Resample, FloatImagesAreNotRounded) {
  Canvas canvas{.width = 2, .height = 1, .channels = 1, .is_u8 = false};
  canvas.values = {0, 1};
  EXPECT_THAT(Resample(canvas, 4, 1, Interpolation::kBilinear).values,
              ElementsAre(0, 0.25F, 0.75F, 1));
  canvas.is_u8 = true;
  EXPECT_THAT(Resample(canvas, 4, 1, Interpolation::kBilinear).values, ElementsAre(0, 0, 1, 1));
}

}  // namespace
}  // namespace imcc::testing
