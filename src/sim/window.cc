// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "isa/parameters.h"
#include "sim/core.h"

namespace imcc {

namespace {

/// Calls `visit(tap, pixel)` for every tap of output pixel (oy, ox); pixel is null in the padding.
template <class Visit>
void ForTaps(const WindowTask& t, const int8_t* input, int64_t oy, int64_t ox, Visit&& visit) {
  for (int64_t ky = 0, tap = 0; ky < t.kernel_h; ++ky) {
    const int64_t y = t.origin_y + oy * t.stride_h + ky * t.dilation_h;
    for (int64_t kx = 0; kx < t.kernel_w; ++kx, ++tap) {
      const int64_t x = t.origin_x + ox * t.stride_w + kx * t.dilation_w;
      const bool inside = y >= 0 && y < t.in_h && x >= 0 && x < t.in_w;
      visit(tap,
            inside ? input + t.ring.Slot(y) * t.row_stride_in + x * t.pixel_stride_in : nullptr);
    }
  }
}

int8_t Clamp(int32_t value, const WindowParameters& p) {
  return static_cast<int8_t>(std::max<int32_t>(p.lo, std::min<int32_t>(value, p.hi)));
}

}  // namespace

Status Core::Run(const WindowTask& t) {
  switch (t.kind) {
    case WindowTask::kDepthwise:
      Depthwise(t);
      break;
    case WindowTask::kMax:
    case WindowTask::kAverage:
      SlidingPool(t);
      break;
    default:
      GlobalPool(t);
      break;
  }
  return {};
}

void Core::Depthwise(const WindowTask& t) {
  const WindowParameters p = DecodeWindowParameters(t, memory_.At(index_, t.parameters));
  const std::vector<int32_t> no_bias(t.channels);
  std::vector<int8_t> padding(t.channels, p.zero_point_in);
  if (!p.zero_points.empty()) padding = p.zero_points;
  std::vector<int32_t> acc(t.channels);
  for (int64_t oy = 0; oy < t.out_h; ++oy) {
    for (int64_t ox = 0; ox < t.out_w; ++ox) {
      std::copy(p.bias.begin(), p.bias.end(), acc.begin());
      ForTaps(t, Bytes8(t.input), oy, ox, [&](int64_t tap, const int8_t* pixel) {
        MultiplyAccumulateRow(pixel != nullptr ? pixel : padding.data(),
                              p.weights.data() + tap * t.channels, t.channels, acc.data(),
                              kernels_);
      });
      RequantizeRow(acc.data(), no_bias.data(), p.requantizers.data(), t.channels, p.zero_point_out,
                    {p.lo, p.hi},
                    Bytes8(t.output) + oy * t.row_stride_out + ox * t.pixel_stride_out, kernels_);
    }
  }
}

void Core::SlidingPool(const WindowTask& t) {
  const WindowParameters p = DecodeWindowParameters(t, memory_.At(index_, t.parameters));
  const bool max = t.kind == WindowTask::kMax;
  std::vector<int32_t> value(t.channels);
  for (int64_t oy = 0; oy < t.out_h; ++oy) {
    for (int64_t ox = 0; ox < t.out_w; ++ox) {
      std::fill(value.begin(), value.end(), max ? -128 : 0);
      int64_t count = 0;
      ForTaps(t, Bytes8(t.input), oy, ox, [&](int64_t, const int8_t* pixel) {
        if (pixel != nullptr || p.count_include_pad) ++count;
        for (size_t c = 0; c < value.size(); ++c) {
          if (max)
            value[c] = std::max<int32_t>(value[c], pixel != nullptr ? pixel[c] : p.pad_value);
          else if (pixel != nullptr)
            value[c] += pixel[c] - p.zero_point_in;
        }
      });
      int8_t* out = Bytes8(t.output) + oy * t.row_stride_out + ox * t.pixel_stride_out;
      const Requantizer mean =
          max || count == 0 ? Requantizer{}
                            : UnpackRequantizer(p.requantizers[static_cast<size_t>(count - 1)]);
      for (size_t c = 0; c < value.size(); ++c)
        out[c] =
            max ? Clamp(value[c], p) : Requantize(value[c], mean, p.zero_point_out, {p.lo, p.hi});
    }
  }
}

void Core::GlobalPool(const WindowTask& t) {
  const WindowParameters p = DecodeWindowParameters(t, memory_.At(index_, t.parameters));
  const bool max = t.kind == WindowTask::kGlobalMax;
  if ((t.flags & WindowTask::kFirst) != 0) sums_.assign(t.channels, max ? -128 : 0);
  sums_.resize(t.channels);
  for (int64_t y = 0; y < t.in_h; ++y) {
    for (int64_t x = 0; x < t.in_w; ++x) {
      const int8_t* pixel =
          Bytes8(t.input) + t.ring.Slot(y) * t.row_stride_in + x * t.pixel_stride_in;
      for (size_t c = 0; c < sums_.size(); ++c)
        sums_[c] =
            max ? std::max<int32_t>(sums_[c], pixel[c]) : sums_[c] + pixel[c] - p.zero_point_in;
    }
  }
  if ((t.flags & WindowTask::kLast) == 0) return;
  int8_t* out = Bytes8(t.output);
  for (size_t c = 0; c < sums_.size(); ++c)
    out[c] = max ? Clamp(sums_[c], p)
                 : Requantize(sums_[c], UnpackRequantizer(p.requantizers[0]), p.zero_point_out,
                              {p.lo, p.hi});
}

}  // namespace imcc
