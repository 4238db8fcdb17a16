// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "explain/suggest.h"

#include <fmt/format.h>

#include <algorithm>

namespace imcc {
namespace {

// A bit is worth 20 log10(2) = 6.02 dB (Bennett, Bell System Technical Journal 27, 1948).
constexpr double kGoodDb = 30;           // Five bits: nothing to gain worth an option.
constexpr double kFineDb = 36;           // Six bits: such a layer by itself is not the cause.
constexpr double kMost = 0.5;            // A share of the noise that makes a cause the main one.
constexpr double kPeaky = 12;            // Largest value / RMS; a normal distribution has about 4.
constexpr int64_t kEnoughSamples = 100;  // Fewer see too little of the tails.

std::string Clipping(const SuggestionFacts& facts) {
  // More samples only help where calibration has not seen these values: min-max never clips those.
  const std::string what =
      fmt::format("{:.3g} % of the values lie outside its range, and most of the error is theirs: ",
                  facts.tensor.clipped_share * 100);
  if (facts.chosen.quantization_scheme != QuantizationScheme::kPerTensorMinMax)
    return what + "try quantization_scheme: per_tensor_min_max";
  if (facts.calibration_samples < kEnoughSamples)
    return what + fmt::format("calibrate on more images than {}", facts.calibration_samples);
  return what + "calibrate on images like these";
}

/// The range is wide for what lies in it.
std::string WideRange(const SuggestionFacts& facts) {
  const QuantizationScheme scheme = facts.chosen.quantization_scheme;
  if (facts.could_have_channel_scales && scheme != QuantizationScheme::kHybridPerTensorPerChannel)
    return "its channels may differ: try quantization_scheme: hybrid_per_tensor_per_channel";
  if (facts.tensor.crest > kPeaky && scheme == QuantizationScheme::kPerTensorMinMax)
    return fmt::format(
        "its largest value is {:.0f} times the root mean square: try quantization_scheme: "
        "per_tensor_histogram",
        facts.tensor.crest);
  if (facts.could_be_equalized && !facts.chosen.cross_layer_equalization)
    return "one scale for all channels is coarse: try cross_layer_equalization: true";
  return fmt::format("its largest value is {:.0f} times the root mean square, and sets the scale",
                     facts.tensor.crest);
}

std::string Weights(const SuggestionFacts& facts) {
  std::string what = "most of the error is that of its rounded weights";
  if (!facts.chosen.bias_correction) return what + ": bias_correction: true takes its mean back";
  if (!facts.chosen.adaround) return what + ": try adaround: true";
  if (facts.could_be_equalized && !facts.chosen.cross_layer_equalization)
    return what + ": try cross_layer_equalization: true";
  return what;
}

}  // namespace

std::string Suggest(const SuggestionFacts& facts) {
  const TensorExplanation& tensor = facts.tensor;
  if (!tensor.accumulated_db || *tensor.accumulated_db >= kGoodDb) return "";
  if (!facts.weakest_before.empty() && tensor.isolated_db.value_or(kFineDb) >= kFineDb)
    return fmt::format("the error comes from before; the weakest layer there is '{}' ({:.1f} dB)",
                       facts.weakest_before, facts.weakest_before_db);
  const TensorSums& sums = facts.sums;
  if (facts.has_weights && sums.rounding < kMost * sums.isolated) return Weights(facts);
  return sums.clipping >= kMost * sums.rounding ? Clipping(facts) : WideRange(facts);
}

}  // namespace imcc
