// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "ir/quantized_graph.h"

namespace imcc {

/// Second moments of what the weights of a convolution multiply: for every group the matrix of
/// E[x_i x_j] over patches of its int8 input, zero point removed, i and j in the order of the
/// weights of one output channel. Patches are picked without regard to their values, as many from
/// every sample. Sums are integers: neither the order of samples nor the CPU changes a bit, and
/// memory is that of the matrices, however many samples there are.
class PatchMoments {
 public:
  PatchMoments(const QConv& conv, const Quantization& x, const FeatureMap& input,
               int64_t patches_per_sample);

  /// Bytes that an object for this convolution holds.
  static Bytes Size(const QConv& conv);
  /// More patches in all could overflow 32 bits.
  static constexpr int64_t kMaxPatches = 131'000;

  /// Adds patches of one sample: its float values in stored order. Not thread-safe.
  void Add(const float* values, int64_t sample);

  int64_t patches() const { return patches_; }
  /// Row by row; in squared steps of the input. `centred`: of x less its mean, for layers
  /// whose bias makes up for the mean. Zeros before anything was added.
  std::vector<double> Matrix(int64_t group, bool centred) const;

 private:
  struct Position {
    int64_t y;
    int64_t x;
  };
  std::vector<Position> Pick(int64_t sample) const;
  void Gather(const float* values, const std::vector<Position>& positions, int64_t group);
  int8_t Quantized(const float* values, int64_t y, int64_t x, int64_t channel) const;
  double ZeroPoint(int64_t group, int64_t k) const;

  Window window_;
  int64_t groups_;
  int64_t group_channels_;  // Input channels of a group.
  int64_t taps_;            // Weights of an output channel.
  Quantization quantization_;
  FeatureMap input_;
  FeatureMap output_;
  int64_t per_sample_;
  int64_t patches_ = 0;
  std::vector<int8_t> gathered_;   // [tap][patch] of the group and sample at hand.
  std::vector<int32_t> products_;  // [group][tap][tap], of q as it is.
  std::vector<int64_t> sums_;      // [group][tap]
};

}  // namespace imcc
