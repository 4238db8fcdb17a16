// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace imcc {

/// Counts work in steps, one for each look at a buffer, against a limit.
class StepBudget {
 public:
  explicit StepBudget(int64_t limit) : limit_(limit) {}

  void Spend(size_t steps) { used_ += static_cast<int64_t>(steps); }
  bool Exhausted() const { return used_ >= limit_; }
  int64_t used() const { return used_; }
  int64_t left() const { return std::max<int64_t>(0, limit_ - used_); }

 private:
  int64_t limit_;
  int64_t used_ = 0;
};

}  // namespace imcc
