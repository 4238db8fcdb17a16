// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include "reference/integer_kernels.h"

namespace imcc {
namespace {

/// Bytes of unfolded input held at a time: about what a second-level cache holds.
constexpr int64_t kUnfoldBytes = int64_t{1} << 20;

/// Unfolds the input below the windows of output pixels: a row of taps * channels bytes a pixel.
class Unfold {
 public:
  Unfold(const Window& window, Int8View x, int64_t first_channel, int64_t channels, int64_t out_w)
      : window_(window),
        in_(x.map()),
        values_(x.values + first_channel),
        channels_(channels),
        out_w_(out_w),
        pad_(static_cast<int8_t>(x.zero_point())) {}

  void Row(int64_t pixel, int8_t* row) const {
    const int64_t top = pixel / out_w_ * window_.stride_h - window_.padding.top;
    const int64_t left = pixel % out_w_ * window_.stride_w - window_.padding.left;
    for (int64_t i = 0; i < window_.kernel_h; ++i) {
      const int64_t line = top + i * window_.dilation_h;
      if (line < 0 || line >= in_.height)
        std::fill_n(row, window_.kernel_w * channels_, pad_);
      else
        Line(values_ + line * in_.width * in_.channels, left, row);
      row += window_.kernel_w * channels_;
    }
  }

 private:
  void Line(const int8_t* line, int64_t left, int8_t* row) const {
    for (int64_t j = 0; j < window_.kernel_w; ++j) {
      const int64_t column = left + j * window_.dilation_w;
      if (column < 0 || column >= in_.width)
        std::fill_n(row, channels_, pad_);
      else
        std::copy_n(line + column * in_.channels, channels_, row);
      row += channels_;
    }
  }

  const Window& window_;
  FeatureMap in_;
  const int8_t* values_;
  int64_t channels_;
  int64_t out_w_;
  int8_t pad_;
};

bool IsPointwise(const Window& window) {
  return window.taps() == 1 && window.stride_h == 1 && window.stride_w == 1 &&
         !window.padding.any();
}

}  // namespace

std::vector<int32_t> FoldZeroPoint(const QConv& conv, const Quantization& input) {
  std::vector<int32_t> folded;
  const int64_t taps = conv.taps_per_output();
  for (int64_t n = 0; n < conv.out_channels; ++n) {
    const int8_t* weights = conv.weights.data() + n * taps;
    int64_t sum = 0;
    for (int64_t k = 0; k < taps; ++k) sum += weights[k];
    // Several zero points only come with depthwise convolutions, whose channels correspond.
    const int64_t bias = conv.bias[static_cast<size_t>(n)] - sum * input.zero_point_of(n);
    folded.push_back(static_cast<int32_t>(static_cast<uint32_t>(bias)));
  }
  return folded;
}

std::vector<uint32_t> PackRequantizers(const QConv& conv) {
  std::vector<uint32_t> packed;
  for (const Requantizer requantizer : conv.requantizers) packed.push_back(Pack(requantizer));
  return packed;
}

void RunConv(const QConv& conv, Int8View x, Int8Output y, KernelSet kernels) {
  const FeatureMap out = y.map();
  const int64_t k = conv.taps_per_output();
  const int64_t in_group = conv.in_channels / conv.groups;
  const int64_t out_group = conv.out_channels / conv.groups;
  const bool direct = IsPointwise(conv.window);
  const int64_t block =
      std::clamp<int64_t>(kUnfoldBytes / k, 32, std::max<int64_t>(out.pixels(), 32));
  std::vector<int8_t> unfolded(direct ? 0 : static_cast<size_t>(block * k));
  std::vector<int32_t> acc(static_cast<size_t>(block * out_group));
  const std::vector<int32_t> bias = FoldZeroPoint(conv, x.tensor->quantization);
  const std::vector<uint32_t> requantizers = PackRequantizers(conv);
  for (int64_t group = 0; group < conv.groups; ++group) {
    const Unfold unfold(conv.window, x, group * in_group, in_group, out.width);
    const int64_t n0 = group * out_group;
    for (int64_t begin = 0; begin < out.pixels(); begin += block) {
      const int64_t rows = std::min(block, out.pixels() - begin);
      for (int64_t row = 0; row < rows && !direct; ++row)
        unfold.Row(begin + row, unfolded.data() + row * k);
      const int8_t* a =
          direct ? x.values + begin * conv.in_channels + group * in_group : unfolded.data();
      GemmInt8({.m = rows,
                .n = out_group,
                .k = k,
                .a = a,
                .lda = direct ? conv.in_channels : k,
                .b = conv.weights.data() + n0 * k,
                .ldb = k,
                .c = acc.data(),
                .ldc = out_group},
               kernels);
      for (int64_t row = 0; row < rows; ++row)
        RequantizeRow(acc.data() + row * out_group, bias.data() + n0, requantizers.data() + n0,
                      out_group, y.zero_point(), conv.clamp,
                      y.values + (begin + row) * conv.out_channels + n0, kernels);
    }
  }
}

}  // namespace imcc
