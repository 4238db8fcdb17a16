// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "images/value_tables.h"

#include "images/image_testing.h"

namespace imcc::testing {
namespace {

using ::testing::ElementsAre;
using Kind = PreprocessStep::Kind;

TEST(ValueTables, StepsOnEveryChannelOneAfterAnother) {
  for (const int64_t channels : {1, 2, 3, 4}) {
    ValueTables tables(channels);
    tables.Apply([](float value, size_t channel) { return value + static_cast<float>(channel); });
    tables.Apply([](float value, size_t) { return value * 0.5F; });
    Canvas canvas{.width = 2, .height = 1, .channels = channels};
    canvas.values.assign(static_cast<size_t>(2 * channels), 7.0F);
    canvas.values.back() = 255;
    tables.Map(canvas);
    for (size_t i = 0; i + 1 < canvas.values.size(); ++i)
      EXPECT_EQ(canvas.values[i], (7.0F + static_cast<float>(i % size_t(channels))) * 0.5F);
    EXPECT_EQ(canvas.values.back(), (255.0F + static_cast<float>(channels - 1)) * 0.5F);
  }
}

std::vector<float> Apply(std::vector<PreprocessStep> steps, int64_t side) {
  const Image image{.width = 1, .height = 1, .channels = 1, .pixels = {51}};
  Network network;
  network.preprocess = std::move(steps);
  return Preprocess(image, network, side, side, 1).value();
}

// Whether a table stands for the pixels must not show: padding that is no byte, a step that needs
// the neighbours in between, values that are no bytes any more.
TEST(ValueTables, TheSameAsPixelByPixel) {
  const PreprocessStep to_tensor{.kind = Kind::kToTensor};
  const PreprocessStep twice{.kind = Kind::kLinearScaling, .mul = {2}, .add = {1}};
  const PreprocessStep grow{.kind = Kind::kLetterbox, .width = 1, .height = 1, .fill = 0.5};
  EXPECT_THAT(Apply({to_tensor, twice}, 1), ElementsAre(51 / 255.0F * 2 + 1));
  EXPECT_THAT(Apply({grow, twice}, 1), ElementsAre(103));
  EXPECT_THAT(Apply({to_tensor, grow, twice, twice}, 1),
              ElementsAre((51 / 255.0F * 2 + 1) * 2 + 1));
  const Image image{.width = 2, .height = 1, .channels = 1, .pixels = {51, 102}};
  Network network;
  network.preprocess = {{.kind = Kind::kLetterbox, .width = 2, .height = 2, .fill = 300.25}, twice};
  EXPECT_THAT(Preprocess(image, network, 2, 2, 1).value(), ElementsAre(103, 205, 601.5F, 601.5F));
}

}  // namespace
}  // namespace imcc::testing
