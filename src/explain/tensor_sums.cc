// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "explain/tensor_sums.h"

#include <algorithm>
#include <cmath>

namespace imcc {
namespace {

constexpr int64_t kBins = kHistogramBins + 2 * kHistogramMargin;

double Squared(float x) { return static_cast<double>(x) * static_cast<double>(x); }

/// Ends of what rounds to a value of the range, for one channel.
Interval<float> Reach(const Quantization& q, int64_t channel) {
  const float scale = q.scale_of(channel);
  const auto zero = static_cast<float>(q.zero_point_of(channel));
  return {scale * (-128.5F - zero), scale * (127.5F - zero)};
}

/// Which bin a value belongs to.
struct Bins {
  explicit Bins(const Quantization& quantization) {
    const Interval<float> range = RangeOf(quantization);
    first = static_cast<double>(range.begin);
    width = (static_cast<double>(range.end) - first) / kHistogramBins;
  }
  size_t Of(float value) const {
    const double bin = std::floor((static_cast<double>(value) - first) / width) + kHistogramMargin;
    return static_cast<size_t>(std::clamp(bin, 0.0, static_cast<double>(kBins - 1)));
  }
  double first = 0;
  double width = 1;
};

}  // namespace

Interval<float> RangeOf(const Quantization& quantization) {
  Interval<float> hull{0, 0};
  for (size_t i = 0; i < quantization.scale.size(); ++i) {
    const auto zero = static_cast<float>(quantization.zero_point[i]);
    hull.begin = std::min(hull.begin, quantization.scale[i] * (-128 - zero));
    hull.end = std::max(hull.end, quantization.scale[i] * (127 - zero));
  }
  return hull;
}

TensorSums TensorSums::Of(const TensorValues& values, const QTensor& tensor) {
  TensorSums sums;
  sums.values = static_cast<int64_t>(values.real.size());
  sums.histogram.resize(kBins);
  const Bins bins(tensor.quantization);
  const int64_t channels = tensor.quantization.per_channel() ? tensor.shape.back() : 1;
  std::vector<Interval<float>> reach;
  for (int64_t c = 0; c < channels; ++c) reach.push_back(Reach(tensor.quantization, c));
  for (size_t i = 0; i < values.real.size(); ++i) {
    const float real = values.real[i];
    const Interval<float>& inside = reach[i % reach.size()];
    const bool clipped = real < inside.begin || real > inside.end;
    const double rounding = Squared(values.rounded[i] - real);
    sums.smallest = std::min(sums.smallest, real);
    sums.largest = std::max(sums.largest, real);
    sums.signal += Squared(real);
    sums.rounding += rounding;
    sums.clipping += clipped ? rounding : 0;
    sums.clipped += clipped ? 1 : 0;
    sums.isolated += Squared(values.isolated.got[i] - values.isolated.expected[i]);
    sums.accumulated += Squared(values.accumulated[i] - real);
    ++sums.histogram[bins.Of(real)];
  }
  return sums;
}

void TensorSums::Add(const TensorSums& other) {
  values += other.values;
  clipped += other.clipped;
  smallest = std::min(smallest, other.smallest);
  largest = std::max(largest, other.largest);
  signal += other.signal;
  rounding += other.rounding;
  clipping += other.clipping;
  isolated += other.isolated;
  accumulated += other.accumulated;
  histogram.resize(kBins);
  for (size_t i = 0; i < other.histogram.size(); ++i) histogram[i] += other.histogram[i];
}

}  // namespace imcc
