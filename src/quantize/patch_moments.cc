// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/patch_moments.h"

#include <algorithm>
#include <cmath>

#include "numerics/int8_kernels.h"

namespace imcc {
namespace {

/// The bytes of a vector register: rows of patches are padded to it with zeros, which add nothing.
constexpr int64_t kRowAlignment = 64;

/// A number that looks random for each index, the same everywhere (splitmix64; Steele et al.,
/// "Fast splittable pseudorandom number generators", OOPSLA 2014).
uint64_t Scramble(uint64_t index) {
  uint64_t z = (index + 1) * 0x9E3779B97F4A7C15ULL;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31U);
}

}  // namespace

PatchMoments::PatchMoments(const QConv& conv, const Quantization& x, const FeatureMap& input,
                           int64_t patches_per_sample)
    : window_(conv.window),
      groups_(conv.groups),
      group_channels_(conv.in_channels / conv.groups),
      taps_(conv.taps_per_output()),
      quantization_(x),
      input_(input),
      output_(WindowOutput(conv.window, input, conv.out_channels)),
      per_sample_(std::min(patches_per_sample, output_.pixels())),
      products_(static_cast<size_t>(groups_ * taps_ * taps_)),
      sums_(static_cast<size_t>(groups_ * taps_)) {}

Bytes PatchMoments::Size(const QConv& conv) {
  const int64_t taps = conv.taps_per_output();
  return Bytes(conv.groups * taps * (taps * int64_t{sizeof(int32_t)} + int64_t{sizeof(int64_t)}));
}

void PatchMoments::Add(const float* values, int64_t sample) {
  const std::vector<Position> positions = Pick(sample);
  const auto count = static_cast<int64_t>(positions.size());
  if (patches_ + count > kMaxPatches) return;
  patches_ += count;
  const int64_t row = (count + kRowAlignment - 1) / kRowAlignment * kRowAlignment;
  gathered_.assign(static_cast<size_t>(taps_ * row), 0);
  for (int64_t g = 0; g < groups_; ++g) {
    Gather(values, positions, g);
    GemmInt8({.m = taps_,
              .n = taps_,
              .k = row,
              .a = gathered_.data(),
              .lda = row,
              .b = gathered_.data(),
              .ldb = row,
              .c = products_.data() + g * taps_ * taps_,
              .ldc = taps_,
              .accumulate = true},
             BestKernelSet());
    for (int64_t k = 0; k < taps_; ++k) {
      int64_t& sum = sums_[static_cast<size_t>(g * taps_ + k)];
      for (int64_t i = 0; i < count; ++i) sum += gathered_[static_cast<size_t>(k * row + i)];
    }
  }
}

/// One position from each of equal stretches of the output.
std::vector<PatchMoments::Position> PatchMoments::Pick(int64_t sample) const {
  std::vector<Position> positions;
  const int64_t pixels = output_.pixels();
  for (int64_t i = 0; i < per_sample_; ++i) {
    const int64_t begin = i * pixels / per_sample_;
    const int64_t length = (i + 1) * pixels / per_sample_ - begin;
    const uint64_t random = Scramble(static_cast<uint64_t>(sample * per_sample_ + i));
    const int64_t pixel = begin + static_cast<int64_t>(random % static_cast<uint64_t>(length));
    positions.push_back({pixel / output_.width, pixel % output_.width});
  }
  return positions;
}

void PatchMoments::Gather(const float* values, const std::vector<Position>& positions,
                          int64_t group) {
  const auto row = static_cast<int64_t>(gathered_.size()) / taps_;
  for (size_t i = 0; i < positions.size(); ++i) {
    int8_t* to = gathered_.data() + i;
    for (int64_t tap = 0; tap < window_.taps(); ++tap) {
      const int64_t y = positions[i].y * window_.stride_h - window_.padding.top +
                        tap / window_.kernel_w * window_.dilation_h;
      const int64_t x = positions[i].x * window_.stride_w - window_.padding.left +
                        tap % window_.kernel_w * window_.dilation_w;
      for (int64_t c = 0; c < group_channels_; ++c, to += row)
        *to = Quantized(values, y, x, group * group_channels_ + c);
    }
  }
}

/// Padding reads as the zero point.
int8_t PatchMoments::Quantized(const float* values, int64_t y, int64_t x, int64_t channel) const {
  const auto zero = static_cast<float>(quantization_.zero_point_of(channel));
  if (y < 0 || y >= input_.height || x < 0 || x >= input_.width) return static_cast<int8_t>(zero);
  const float value = values[(y * input_.width + x) * input_.channels + channel];
  const float q = std::nearbyint(value / quantization_.scale_of(channel)) + zero;
  return static_cast<int8_t>(std::clamp(q, -128.0F, 127.0F));
}

double PatchMoments::ZeroPoint(int64_t group, int64_t k) const {
  return quantization_.zero_point_of(group * group_channels_ + k % group_channels_);
}

std::vector<double> PatchMoments::Matrix(int64_t group, bool centred) const {
  std::vector<double> matrix(static_cast<size_t>(taps_ * taps_));
  if (patches_ == 0) return matrix;
  const auto count = static_cast<double>(patches_);
  const int64_t first = group * taps_;
  // E[(q_i - a_i)(q_j - a_j)] = E[q_i q_j] - a_i E[q_j] - a_j E[q_i] + a_i a_j.
  std::vector<double> mean;
  std::vector<double> away;
  for (int64_t k = 0; k < taps_; ++k) {
    mean.push_back(static_cast<double>(sums_[static_cast<size_t>(first + k)]) / count);
    away.push_back(centred ? mean.back() : ZeroPoint(group, k));
  }
  for (size_t i = 0; i < mean.size(); ++i) {
    for (size_t j = 0; j < mean.size(); ++j) {
      const size_t index = i * mean.size() + j;
      const double product = products_[static_cast<size_t>(first * taps_) + index];
      matrix[index] = product / count - away[i] * mean[j] - away[j] * mean[i] + away[i] * away[j];
    }
  }
  return matrix;
}

}  // namespace imcc
