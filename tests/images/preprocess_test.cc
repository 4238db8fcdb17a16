// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "images/image_testing.h"

namespace imcc::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pointwise;
using Kind = PreprocessStep::Kind;

Image Gray(int64_t width, int64_t height, std::vector<uint8_t> pixels) {
  return {.width = width, .height = height, .channels = 1, .pixels = std::move(pixels)};
}

Network Steps(std::vector<PreprocessStep> steps) {
  Network network;
  network.preprocess = std::move(steps);
  return network;
}

std::vector<float> Apply(const Image& image, const Network& network, int64_t height, int64_t width,
                         int64_t channels) {
  Result<std::vector<float>> values = Preprocess(image, network, height, width, channels);
  if (!values.ok()) ADD_FAILURE() << values.error().Format();
  return values.ok() ? std::move(values).value() : std::vector<float>{};
}

TEST(Preprocess, NoStepsKeepTheRawValues) {
  EXPECT_THAT(Apply(Gray(2, 1, {0, 255}), Network{}, 1, 2, 1), ElementsAre(0, 255));
}

TEST(Preprocess, ToTensorAndNormalize) {
  const Image image{.width = 1, .height = 1, .channels = 3, .pixels = {255, 0, 51}};
  const Network network =
      Steps({{.kind = Kind::kToTensor},
             {.kind = Kind::kNormalize, .mean = {0.5, 0.25, 0.2}, .std = {0.5, 0.25, 2}}});
  EXPECT_THAT(Apply(image, network, 1, 1, 3),
              Pointwise(FloatNear(1e-6F), std::vector<float>{1, -1, 0}));
}

TEST(Preprocess, ToTensorWithoutScale) {
  EXPECT_THAT(Apply(Gray(1, 1, {200}), Steps({{.kind = Kind::kToTensor, .scale = false}}), 1, 1, 1),
              ElementsAre(200));
}

TEST(Preprocess, LinearScalingOfAllChannelsByOneNumber) {
  const Image image{.width = 1, .height = 1, .channels = 3, .pixels = {0, 127, 254}};
  EXPECT_THAT(
      Apply(image, Steps({{.kind = Kind::kLinearScaling, .mul = {0.5}, .add = {-1}}}), 1, 1, 3),
      ElementsAre(-1, 62.5F, 126));
}

TEST(Preprocess, ContrastNormalizeStretchesToOne) {
  const Network network = Steps({{.kind = Kind::kContrastNormalize}});
  EXPECT_THAT(Apply(Gray(3, 1, {50, 100, 150}), network, 1, 3, 1), ElementsAre(0, 0.5F, 1));
  EXPECT_THAT(Apply(Gray(2, 1, {7, 7}), network, 1, 2, 1), ElementsAre(0, 0));
}

TEST(Preprocess, CenterCropRoundsHalfToEvenAsTorchvision) {
  const auto crop = [](const Image& image, int64_t width) {
    return Apply(image, Steps({{.kind = Kind::kCenterCrop, .width = width, .height = 1}}), 1, width,
                 1);
  };
  EXPECT_THAT(crop(Gray(4, 1, {1, 2, 3, 4}), 2), ElementsAre(2, 3));
  EXPECT_THAT(crop(Gray(3, 1, {1, 2, 3}), 2), ElementsAre(1, 2));        // round(0.5) = 0
  EXPECT_THAT(crop(Gray(5, 1, {1, 2, 3, 4, 5}), 2), ElementsAre(3, 4));  // round(1.5) = 2
  EXPECT_THAT(crop(Gray(2, 1, {1, 2}), 5), ElementsAre(0, 1, 2, 0, 0));  // padded with 0
}

TEST(Preprocess, ResizeOfTheShortSideKeepsTheAspect) {
  const Network network = Steps({{.kind = Kind::kResize, .size = 4}});
  EXPECT_EQ(Apply(Pattern(8, 13, 3), network, 4, 6, 3).size(), 72U);  // int(4 * 13 / 8)
  EXPECT_EQ(Apply(Pattern(13, 8, 3), network, 6, 4, 3).size(), 72U);
  EXPECT_EQ(Apply(Pattern(4, 9, 1), network, 4, 9, 1).size(), 36U);  // Already there.
}

TEST(Preprocess, ResizeToWidthAndHeight) {
  const Network network = Steps(
      {{.kind = Kind::kResize, .width = 1, .height = 2, .interpolation = Interpolation::kNearest}});
  EXPECT_THAT(Apply(Gray(3, 2, {1, 2, 3, 4, 5, 6}), network, 2, 1, 1), ElementsAre(2, 5));
}

TEST(Preprocess, LetterboxKeepsTheAspectAndFills) {
  const Network network = Steps({{.kind = Kind::kLetterbox, .width = 4, .height = 4, .fill = 9}});
  EXPECT_THAT(Apply(Gray(2, 1, {100, 100}), network, 4, 4, 1),
              ElementsAre(9, 9, 9, 9, 100, 100, 100, 100, 100, 100, 100, 100, 9, 9, 9, 9));
}

TEST(Preprocess, ColorOrders) {
  const Image image{.width = 1, .height = 1, .channels = 3, .pixels = {10, 20, 30}};
  Network network;
  network.input_color = ColorFormat::kBgr;
  EXPECT_THAT(Apply(image, network, 1, 1, 3), ElementsAre(30, 20, 10));
  network.input_color = ColorFormat::kRgb;
  network.preprocess = {{.kind = Kind::kConvertColor, .color_format = ColorFormat::kBgr}};
  EXPECT_THAT(Apply(image, network, 1, 1, 3), ElementsAre(30, 20, 10));
  network.input_color = ColorFormat::kBgr;  // Converted once, not twice.
  EXPECT_THAT(Apply(image, network, 1, 1, 3), ElementsAre(30, 20, 10));
}

TEST(Preprocess, GrayAsPillowMakesIt) {
  // Pillow: sum and first pixels of row 4 of pattern(9, 11, 3) in mode L.
  Network network;
  network.input_color = ColorFormat::kGray;
  const std::vector<float> gray = Apply(Pattern(9, 11, 3), network, 9, 11, 1);
  float sum = 0;
  for (const float value : gray) sum += value;
  EXPECT_EQ(sum, 12726);
  EXPECT_THAT(std::vector<float>(gray.begin() + 44, gray.begin() + 49),
              ElementsAre(191, 54, 173, 113, 155));
}

TEST(Preprocess, GrayImagesFeedColorNetworksAndGrayOnes) {
  EXPECT_THAT(Apply(Gray(1, 1, {5}), Network{}, 1, 1, 3), ElementsAre(5, 5, 5));
  EXPECT_THAT(Apply(Gray(1, 1, {5}), Network{}, 1, 1, 1), ElementsAre(5));
}

TEST(Preprocess, MismatchesNameTheStepToAdd) {
  const auto error = [](const Image& image, const Network& network, int64_t h, int64_t w,
                        int64_t c) {
    const auto values = Preprocess(image, network, h, w, c);
    EXPECT_FALSE(values.ok());
    return values.ok() ? Error{} : values.error();
  };
  const Error small = error(Gray(2, 1, {1, 2}), Network{}, 4, 6, 1);
  EXPECT_THAT(small.message, HasSubstr("2 x 1 pixels (width x height) and the model takes 6 x 4"));
  EXPECT_THAT(small.hint, HasSubstr("resize: {width: 6, height: 4}"));
  EXPECT_THAT(error(Pattern(9, 9, 3), Network{}, 4, 6, 3).hint,
              HasSubstr("centercrop: {width: 6, height: 4}"));
  EXPECT_THAT(error(Pattern(2, 2, 3), Network{}, 2, 2, 1).hint,
              HasSubstr("convert-color: {color_format: GRAY}"));
  EXPECT_THAT(error(Pattern(2, 2, 3), Network{}, 2, 2, 8).hint, HasSubstr(".npy"));
}

TEST(Preprocess, StepsThatCannotRunAreErrors) {
  const auto message = [](const Image& image, const PreprocessStep& step) {
    const auto values = Preprocess(image, Steps({step}), 1, 1, 1);
    EXPECT_FALSE(values.ok());
    return values.ok() ? std::string() : values.error().message;
  };
  EXPECT_THAT(message(Gray(1, 1, {1}), {.kind = Kind::kNormalize, .mean = {1, 2}, .std = {1, 2}}),
              HasSubstr("numbers for 2 channels and the image has 1"));
  const Image ribbon = Gray(20000, 1, std::vector<uint8_t>(20000));
  EXPECT_THAT(message(ribbon, {.kind = Kind::kResize, .size = 16384}),
              HasSubstr("327680000 x 16384"));
}

}  // namespace
}  // namespace imcc::testing
