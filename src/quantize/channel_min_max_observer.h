// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "quantize/observer.h"

namespace imcc {

/// The running minimum and maximum of every channel; values come in stored order, channels last.
class ChannelMinMaxObserver : public Observer {
 public:
  explicit ChannelMinMaxObserver(int64_t channels);

  bool Observe(const float* values, int64_t count) override;
  /// Of all channels together.
  Interval<float> Range() const override;
  std::vector<Interval<float>> ChannelRanges() const override;

 private:
  std::vector<float> min_;
  std::vector<float> max_;
};

}  // namespace imcc
