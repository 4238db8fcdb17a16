// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/channel_min_max_observer.h"

#include <algorithm>
#include <limits>

#include "quantize/find_extremes.h"

namespace imcc {

ChannelMinMaxObserver::ChannelMinMaxObserver(int64_t channels)
    : min_(static_cast<size_t>(channels), std::numeric_limits<float>::infinity()),
      max_(static_cast<size_t>(channels), -std::numeric_limits<float>::infinity()) {}

bool ChannelMinMaxObserver::Observe(const float* values, int64_t count) {
  const auto channels = static_cast<int64_t>(min_.size());
  float* const low = min_.data();
  float* const high = max_.data();
  for (int64_t first = 0; first < count; first += channels) {
    for (int64_t c = 0; c < channels; ++c) {
      const float value = values[first + c];
      low[c] = value < low[c] ? value : low[c];
      high[c] = value > high[c] ? value : high[c];
    }
  }
  return FindExtremes(values, count).finite;
}

Interval<float> ChannelMinMaxObserver::Range() const {
  const float low = *std::min_element(min_.begin(), min_.end());
  const float high = *std::max_element(max_.begin(), max_.end());
  return low > high ? Interval<float>{0, 0} : Interval<float>{low, high};
}

std::vector<Interval<float>> ChannelMinMaxObserver::ChannelRanges() const {
  std::vector<Interval<float>> ranges(min_.size(), {0, 0});
  for (size_t c = 0; c < ranges.size(); ++c) {
    if (min_[c] <= max_[c]) ranges[c] = {min_[c], max_[c]};
  }
  return ranges;
}

}  // namespace imcc
