// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/pick.h"

namespace imcc {
namespace {

ResizeTap Line(int64_t index) {
  return {.lo = static_cast<uint16_t>(index), .hi = static_cast<uint16_t>(index)};
}

std::vector<ResizeTap> AllLines(int64_t count) {
  std::vector<ResizeTap> taps;
  for (int64_t i = 0; i < count; ++i) taps.push_back(Line(i));
  return taps;
}

}  // namespace

QResize PickLines(const AxisPick& pick, const FeatureMap& input) {
  std::vector<ResizeTap> picked;
  for (const int64_t index : pick.indices) picked.push_back(Line(index));
  if (pick.side == AxisPick::Side::kRows) {
    return {.rows = std::move(picked), .columns = AllLines(input.width)};
  }
  return {.rows = AllLines(input.height), .columns = std::move(picked)};
}

FloatConv ChannelSelection(const AxisPick& pick, int64_t channels) {
  const auto outputs = static_cast<int64_t>(pick.indices.size());
  FloatConv conv{.in_channels = channels, .out_channels = outputs};
  conv.weights.resize(static_cast<size_t>(outputs * channels));
  conv.bias.resize(static_cast<size_t>(outputs));
  for (int64_t i = 0; i < outputs; ++i) {
    conv.weights[static_cast<size_t>(i * channels + pick.indices[static_cast<size_t>(i)])] = 1;
  }
  return conv;
}

}  // namespace imcc
