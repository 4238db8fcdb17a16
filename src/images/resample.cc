// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
// Pillow's resampling (src/libImaging/Resample.c), because networks are trained on what
// torchvision makes of PIL images.
#include "images/resample.h"

#include <algorithm>
#include <cmath>

namespace imcc {
namespace {

// Pillow's fixed point for 8-bit images: 32 bits less 8 of the sample and 2 of headroom.
constexpr int kPrecisionBits = 22;

double Bilinear(double x) { return std::max(0.0, 1 - std::abs(x)); }

double Bicubic(double x) {
  constexpr double kA = -0.5;
  x = std::abs(x);
  if (x < 1) return ((kA + 2) * x - (kA + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * kA;
  return 0;
}

/// Source samples of one output line and their weights.
struct Filter {
  int64_t first = 0;
  std::vector<double> weights;
};

Filter MakeFilter(int64_t in, int64_t out, int64_t line, Interpolation interpolation) {
  const bool cubic = interpolation == Interpolation::kBicubic;
  const double scale = static_cast<double>(in) / static_cast<double>(out);
  const double stretch = std::max(scale, 1.0);  // Wider when shrinking, against aliasing.
  const double support = (cubic ? 2.0 : 1.0) * stretch;
  const double center = (static_cast<double>(line) + 0.5) * scale;
  Filter filter;
  filter.first = std::max<int64_t>(static_cast<int64_t>(center - support + 0.5), 0);
  const int64_t end = std::min(static_cast<int64_t>(center + support + 0.5), in);
  double sum = 0;
  for (int64_t i = filter.first; i < end; ++i) {
    const double x = (static_cast<double>(i) - center + 0.5) / stretch;
    filter.weights.push_back(cubic ? Bicubic(x) : Bilinear(x));
    sum += filter.weights.back();
  }
  for (double& weight : filter.weights) weight /= sum;
  return filter;
}

std::vector<Filter> MakeFilters(int64_t in, int64_t out, Interpolation interpolation) {
  std::vector<Filter> filters;
  for (int64_t i = 0; i < out; ++i) filters.push_back(MakeFilter(in, out, i, interpolation));
  return filters;
}

int64_t FixedPoint(double weight) {
  const double scaled = weight * (1 << kPrecisionBits);
  return static_cast<int64_t>(scaled + (scaled < 0 ? -0.5 : 0.5));
}

/// Weighted sum of samples `stride` apart.
float Combine(const Filter& filter, const float* samples, int64_t stride, bool is_u8) {
  if (!is_u8) {
    double sum = 0;
    for (const double weight : filter.weights) {
      sum += weight * static_cast<double>(*samples);
      samples += stride;
    }
    return static_cast<float>(sum);
  }
  int64_t sum = int64_t{1} << (kPrecisionBits - 1);
  for (const double weight : filter.weights) {
    sum += FixedPoint(weight) * static_cast<int64_t>(*samples);
    samples += stride;
  }
  return static_cast<float>(std::clamp<int64_t>(sum >> kPrecisionBits, 0, 255));
}

Canvas Empty(const Canvas& like, int64_t width, int64_t height) {
  Canvas canvas{.width = width, .height = height, .channels = like.channels, .is_u8 = like.is_u8};
  canvas.values.resize(static_cast<size_t>(width * height * like.channels));
  return canvas;
}

Canvas ResampleColumns(const Canvas& image, int64_t width, Interpolation interpolation) {
  const auto filters = MakeFilters(image.width, width, interpolation);
  Canvas out = Empty(image, width, image.height);
  float* y = out.values.data();
  for (int64_t row = 0; row < out.height; ++row) {
    for (const Filter& filter : filters) {
      for (int64_t c = 0; c < image.channels; ++c)
        *y++ = Combine(filter, image.at(row, filter.first) + c, image.channels, image.is_u8);
    }
  }
  return out;
}

Canvas ResampleRows(const Canvas& image, int64_t height, Interpolation interpolation) {
  const auto filters = MakeFilters(image.height, height, interpolation);
  Canvas out = Empty(image, image.width, height);
  const int64_t stride = image.width * image.channels;
  float* y = out.values.data();
  for (const Filter& filter : filters) {
    const float* x = image.at(filter.first, 0);
    for (int64_t i = 0; i < stride; ++i) *y++ = Combine(filter, x + i, stride, image.is_u8);
  }
  return out;
}

Canvas PickNearest(const Canvas& image, int64_t width, int64_t height) {
  Canvas out = Empty(image, width, height);
  const auto source = [](int64_t i, int64_t from, int64_t to) {
    return std::min((2 * i + 1) * from / (2 * to), from - 1);  // floor((i + 0.5) * from / to)
  };
  for (int64_t row = 0; row < height; ++row) {
    for (int64_t column = 0; column < width; ++column) {
      const float* x =
          image.at(source(row, image.height, height), source(column, image.width, width));
      std::copy_n(x, image.channels, out.at(row, column));
    }
  }
  return out;
}

}  // namespace

Canvas Resample(const Canvas& image, int64_t width, int64_t height, Interpolation interpolation) {
  if (interpolation == Interpolation::kNearest) return PickNearest(image, width, height);
  Canvas out = width == image.width ? image : ResampleColumns(image, width, interpolation);
  return height == out.height ? out : ResampleRows(out, height, interpolation);
}

}  // namespace imcc
