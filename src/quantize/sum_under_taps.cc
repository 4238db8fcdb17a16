// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/sum_under_taps.h"

#include <algorithm>

#include "base/units.h"

namespace imcc {
namespace {

/// Pixels that come under a tap while the window moves along the row.
TapPixels PixelsUnder(int64_t tap, const Window& window, int64_t width, int64_t outputs) {
  const int64_t stride = window.stride_w;
  const int64_t first = tap * window.dilation_w - window.padding.left;  // Outside if negative.
  const int64_t begin = first < 0 ? first + CeilDiv(-first, stride) * stride : first;
  const int64_t end = first + outputs * stride;
  if (begin >= width || begin >= end) return {tap, begin, begin};
  return {tap, begin, std::min(end, begin + CeilDiv(width - begin, stride) * stride)};
}

/// Sums of some channels of a row.
class Sums {
 public:
  static constexpr int64_t kChannels = 16;

  Sums(const float* row, int64_t channels, int64_t first_channel)
      : row_(row + first_channel),
        channels_(channels),
        count_(std::min(kChannels, channels - first_channel)) {}

  void Add(int64_t begin, int64_t end, int64_t stride) {
    for (int64_t x = begin; x < end; x += stride) {
      const float* const pixel = row_ + x * channels_;
      for (int64_t c = 0; c < count_; ++c) sums_[c] += static_cast<double>(pixel[c]);
    }
  }

  void AddTo(double* target) const {
    for (int64_t c = 0; c < count_; ++c) target[c] += sums_[c];
  }

 private:
  const float* row_;
  int64_t channels_, count_;
  double sums_[kChannels] = {};
};

}  // namespace

RowTaps::RowTaps(const Window& window, const FeatureMap& input, int64_t outputs)
    : stride(window.stride_w), channels(input.channels) {
  for (int64_t tap = 0; tap < window.kernel_w; ++tap) {
    const TapPixels pixels = PixelsUnder(tap, window, input.width, outputs);
    if (pixels.begin == pixels.end) continue;
    const auto same = std::find_if(groups.begin(), groups.end(), [&](const TapGroup& group) {
      return (group.taps[0].begin - pixels.begin) % stride == 0;
    });
    TapGroup& group =
        same != groups.end() ? *same : groups.emplace_back(TapGroup{pixels.begin, pixels.end, {}});
    group.begin = std::max(group.begin, pixels.begin);
    group.end = std::min(group.end, pixels.end);
    group.taps.push_back(pixels);
  }
  for (TapGroup& group : groups) {
    if (group.begin >= group.end) group.begin = group.end = input.width + stride;
  }
}

void SumUnderTapsScalar(const float* row, const RowTaps& taps, std::span<double* const> targets) {
  for (int64_t channel = 0; channel < taps.channels; channel += Sums::kChannels) {
    for (const TapGroup& group : taps.groups) {
      Sums shared(row, taps.channels, channel);
      shared.Add(group.begin, group.end, taps.stride);
      for (const TapPixels& tap : group.taps) {
        Sums sums = shared;
        sums.Add(tap.begin, std::min(tap.end, group.begin), taps.stride);
        sums.Add(std::max(tap.begin, group.end), tap.end, taps.stride);
        for (double* const target : targets) sums.AddTo(target + tap.tap * taps.channels + channel);
      }
    }
  }
}

void SumUnderTaps(const float* row, const RowTaps& taps, std::span<double* const> targets,
                  KernelSet set) {
#ifdef IMCC_X86_KERNELS
  if (set == KernelSet::kAvx512Vnni) return SumUnderTapsAvx512(row, taps, targets);
#else
  (void)set;
#endif
  SumUnderTapsScalar(row, taps, targets);
}

}  // namespace imcc
