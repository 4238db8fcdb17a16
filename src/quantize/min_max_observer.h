// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>

#include "quantize/observer.h"

namespace imcc {

/// The running minimum and maximum over all batches (PyTorch's MinMaxObserver).
class MinMaxObserver : public Observer {
 public:
  bool Observe(const float* values, int64_t count) override;
  Interval<float> Range() const override;

 private:
  float min_ = std::numeric_limits<float>::infinity();
  float max_ = -std::numeric_limits<float>::infinity();
};

}  // namespace imcc
