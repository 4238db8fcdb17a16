// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "explain/suggest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace imcc {
namespace {

using ::testing::HasSubstr;

/// A convolution's output of 20 dB whose noise is the rounding of its own values.
struct Case {
  TensorExplanation tensor{.crest = 4, .isolated_db = 20, .accumulated_db = 19};
  TensorSums sums{.rounding = 0.9, .isolated = 1};
  CompilationOptions chosen;
  int64_t images = 200;
  bool channels = false;
  bool equalizable = false;
  std::string before;
  double before_db = 0;

  std::string Suggestion() const {
    return Suggest({.tensor = tensor,
                    .sums = sums,
                    .chosen = chosen,
                    .calibration_samples = images,
                    .has_weights = true,
                    .could_have_channel_scales = channels,
                    .could_be_equalized = equalizable,
                    .weakest_before = before,
                    .weakest_before_db = before_db});
  }
};

TEST(Suggest, NothingWhereLittleIsLost) {
  Case c;
  c.tensor.accumulated_db = 31;
  EXPECT_EQ(c.Suggestion(), "");
  c.tensor.accumulated_db = std::nullopt;
  EXPECT_EQ(c.Suggestion(), "");
}

TEST(Suggest, LooksBeforeWhereTheLayerItselfIsGood) {
  Case c;
  c.tensor.isolated_db = 40;
  c.before = "stem";
  c.before_db = 15;
  EXPECT_THAT(c.Suggestion(), HasSubstr("'stem' (15.0 dB)"));
  c.tensor.isolated_db = 33;  // It has a part in it.
  EXPECT_THAT(c.Suggestion(), Not(HasSubstr("stem")));
}

TEST(Suggest, ClippedValues) {
  Case c;
  c.sums.clipping = 0.8;
  EXPECT_THAT(c.Suggestion(), HasSubstr("per_tensor_min_max"));
  c.images = 20;
  EXPECT_THAT(c.Suggestion(), HasSubstr("per_tensor_min_max")) << "more samples clip these too";
  c.chosen.quantization_scheme = QuantizationScheme::kPerTensorMinMax;
  EXPECT_THAT(c.Suggestion(), HasSubstr("more images than 20"));
  c.images = 200;
  c.chosen.quantization_scheme = QuantizationScheme::kPerTensorMinMax;
  EXPECT_THAT(c.Suggestion(), HasSubstr("images like these"));
}

TEST(Suggest, WideRanges) {
  Case c;
  c.equalizable = true;
  EXPECT_THAT(c.Suggestion(), HasSubstr("cross_layer_equalization"));
  c.channels = true;
  EXPECT_THAT(c.Suggestion(), HasSubstr("hybrid_per_tensor_per_channel"));
  c.channels = false;
  c.tensor.crest = 20;
  c.chosen.quantization_scheme = QuantizationScheme::kPerTensorMinMax;
  EXPECT_THAT(c.Suggestion(), HasSubstr("per_tensor_histogram"));
}

TEST(Suggest, NeverWhatIsOnAlready) {
  Case c;
  c.equalizable = true;
  c.channels = true;
  c.chosen.quantization_scheme = QuantizationScheme::kHybridPerTensorPerChannel;
  c.chosen.cross_layer_equalization = true;
  EXPECT_THAT(c.Suggestion(), HasSubstr("sets the scale"));
}

TEST(Suggest, RoundedWeights) {
  Case c;
  c.sums.rounding = 0.1;
  c.chosen.bias_correction = false;
  EXPECT_THAT(c.Suggestion(), HasSubstr("bias_correction"));
  c.chosen.bias_correction = true;
  EXPECT_THAT(c.Suggestion(), HasSubstr("adaround"));
  c.chosen.adaround = true;
  EXPECT_THAT(c.Suggestion(), HasSubstr("rounded weights"));
}

}  // namespace
}  // namespace imcc
