// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/units.h"
#include "isa/parameters.h"
#include "isa/task.h"

namespace imcc {

namespace {

/// `channels` bytes of each pixel of a plane; contiguous pixels become one run a row.
MemoryBox Plane(Address base, int64_t height, int64_t width, int64_t channels, int64_t row_stride,
                int64_t pixel_stride) {
  if (channels == pixel_stride || width == 1)
    return {.base = base,
            .run = (width - 1) * pixel_stride + channels,
            .count0 = height,
            .stride0 = row_stride};
  return {.base = base,
          .run = channels,
          .count0 = width,
          .stride0 = pixel_stride,
          .count1 = height,
          .stride1 = row_stride};
}

/// The same box walked from its first byte on.
MemoryBox Ascending(MemoryBox box) {
  if (box.stride0 < 0) {
    box.base = Plus(box.base, (box.count0 - 1) * box.stride0);
    box.stride0 = -box.stride0;
  }
  if (box.stride1 < 0) {
    box.base = Plus(box.base, (box.count1 - 1) * box.stride1);
    box.stride1 = -box.stride1;
  }
  return box;
}

/// In-plane lines that a window's taps touch: [first, last).
Interval<int64_t> TouchedLines(int64_t origin, int64_t stride, int64_t dilation, int64_t kernel,
                               int64_t out, int64_t in) {
  const int64_t end = origin + (out - 1) * stride + (kernel - 1) * dilation + 1;
  return {std::clamp<int64_t>(origin, 0, in), std::clamp<int64_t>(end, 0, in)};
}

/// Some rows and columns of an input plane; rows in a ring may be in two pieces.
template <class T>
void AddRows(const T& t, Interval<int64_t> rows, Interval<int64_t> columns, int64_t channels,
             int64_t row_stride, int64_t pixel_stride, MemoryUse& use) {
  for (int64_t y = rows.begin; y < rows.end;) {
    const int64_t slot = t.ring.Slot(y);
    const int64_t count = t.ring.Run(y, rows.end - y);
    const Address first = Plus(t.input, slot * row_stride + columns.begin * pixel_stride);
    use.reads.push_back(
        Plane(first, count, columns.end - columns.begin, channels, row_stride, pixel_stride));
    y += count;
  }
}

/// The part of an input plane a sliding window reads. With a stride beyond the kernel some lines in
/// between are not read; they are counted in, which can only add an ordering that is not needed.
template <class T>
void AddWindowInput(const T& t, int64_t channels, MemoryUse& use) {
  const auto rows = TouchedLines(t.origin_y, t.stride_h, t.dilation_h, t.kernel_h, t.out_h, t.in_h);
  const auto columns =
      TouchedLines(t.origin_x, t.stride_w, t.dilation_w, t.kernel_w, t.out_w, t.in_w);
  if (rows.empty() || columns.empty()) return;
  if constexpr (requires { t.row_stride; })
    AddRows(t, rows, columns, channels, t.row_stride, t.pixel_stride, use);
  else
    AddRows(t, rows, columns, channels, t.row_stride_in, t.pixel_stride_in, use);
}

struct Uses {
  MemoryUse use;

  void operator()(const FenceTask&) {}
  void operator()(const DmaTask& t) {
    use.reads.push_back(
        Ascending({t.source, t.run, t.count0, t.source_stride0, t.count1, t.source_stride1}));
    use.writes.push_back(Ascending(
        {t.destination, t.run, t.count0, t.destination_stride0, t.count1, t.destination_stride1}));
  }
  void operator()(const LoadWeightsTask& t) {
    use.reads.push_back(Plane(t.source, 1, t.columns, t.valid, 0, t.column_stride));
  }
  void operator()(const MvmTask& t) {
    AddWindowInput(t, (t.flags & MvmTask::kSubword) != 0 ? t.pixel_stride : t.channels, use);
  }
  void operator()(const RequantizeTask& t) {
    if (t.columns == t.replicas * t.channels)
      DrainPixels(t, 0, 1, {0, t.channels});
    else
      for (int64_t replica = 0; replica < std::min<int64_t>(t.replicas, t.out_w); ++replica)
        DrainPixels(t, replica, t.replicas, ChannelsOf(t, replica));
    const auto has = [&](uint8_t flag) { return (t.flags & flag) != 0 ? 1 : 0; };
    if (t.flags != 0)
      use.reads.push_back({.base = t.tables,
                           .run = has(RequantizeTask::kAdd) * kElementwiseParameterBytes +
                                  has(RequantizeTask::kTable) * kTableBytes +
                                  has(RequantizeTask::kFinalTable) * kTableBytes});
  }
  /// The channels of one replica among the columns of a drain.
  static Interval<int64_t> ChannelsOf(const RequantizeTask& t, int64_t replica) {
    const int64_t first = t.first_column - replica * t.channels;
    return {std::max<int64_t>(first, 0), std::min<int64_t>(first + t.columns, t.channels)};
  }
  /// Some channels of every `step`-th pixel of each row from pixel x0 on.
  void DrainPixels(const RequantizeTask& t, int64_t x0, int64_t step, Interval<int64_t> channels) {
    if (channels.empty()) return;
    const int64_t count = channels.end - channels.begin;
    const int64_t width = CeilDiv(t.out_w - x0, step);
    const auto pixels = [&](Address base, int64_t row_stride, int64_t pixel_stride) {
      return Plane(Plus(base, x0 * pixel_stride + channels.begin), t.out_h, width, count,
                   row_stride, step * pixel_stride);
    };
    use.reads.push_back({.base = Plus(t.parameters, channels.begin * kChannelParameterBytes),
                         .run = count * kChannelParameterBytes});
    if ((t.flags & RequantizeTask::kAdd) != 0)
      use.reads.push_back(pixels(t.residual, t.residual_row_stride, t.residual_pixel_stride));
    use.writes.push_back(pixels(t.output, t.row_stride, t.pixel_stride));
  }
  void operator()(const ElementwiseTask& t) {
    const bool table = (t.flags & ElementwiseTask::kTable) != 0;
    use.reads.push_back({.base = t.parameters,
                         .run = kElementwiseParameterBytes + ElementwiseTableBytes(t.kind) +
                                (table ? kTableBytes : 0)});
    use.reads.push_back(
        Plane(t.a, t.height, t.width, t.channels, t.row_stride_a, t.pixel_stride_a));
    const bool broadcast = (t.flags & ElementwiseTask::kBroadcastB) != 0;
    use.reads.push_back(Plane(t.b, broadcast ? 1 : t.height, broadcast ? 1 : t.width, t.channels,
                              t.row_stride_b, t.pixel_stride_a));
    use.writes.push_back(
        Plane(t.output, t.height, t.width, t.channels, t.row_stride_out, t.pixel_stride_out));
  }
  void operator()(const TableTask& t) {
    if ((t.flags & TableTask::kTable) != 0)
      use.reads.push_back({.base = t.table, .run = kTableBytes});
    use.reads.push_back(
        Plane(t.input, t.height, t.width, t.channels, t.row_stride_in, t.pixel_stride_in));
    use.writes.push_back(
        Plane(t.output, t.height, t.width, t.channels, t.row_stride_out, t.pixel_stride_out));
  }
  void operator()(const WindowTask& t) {
    use.reads.push_back({.base = t.parameters, .run = WindowParameterBytes(t)});
    const bool global = t.kind == WindowTask::kGlobalAverage || t.kind == WindowTask::kGlobalMax;
    if (global)
      AddRows(t, {0, t.in_h}, {0, t.in_w}, t.channels, t.row_stride_in, t.pixel_stride_in, use);
    else
      AddWindowInput(t, t.channels, use);
    if (!global || (t.flags & WindowTask::kLast) != 0)
      use.writes.push_back(
          Plane(t.output, t.out_h, t.out_w, t.channels, t.row_stride_out, t.pixel_stride_out));
  }
  void operator()(const AcrossTask& t) {
    use.reads.push_back({.base = t.parameters, .run = AcrossParameterBytes(t)});
    use.reads.push_back(
        Plane(t.input, t.height, t.width, t.channels, t.row_stride_in, t.pixel_stride_in));
    use.writes.push_back(
        Plane(t.output, t.height, t.width, t.out_channels(), t.row_stride_out, t.pixel_stride_out));
  }
  void operator()(const ResizeTask& t) {
    // The taps are in memory; the header and the whole input tile behind in_y0/in_x0 bound them.
    use.reads.push_back({.base = t.parameters, .run = kResizeHeaderBytes});
    AddRows(t, {0, t.in_h}, {0, t.in_w}, t.channels, t.row_stride_in, t.pixel_stride_in, use);
    use.writes.push_back(
        Plane(t.output, t.out_h, t.out_w, t.channels, t.row_stride_out, t.pixel_stride_out));
  }
};

}  // namespace

std::vector<int64_t> TapColumns(int64_t kernel, int64_t stride, int64_t dilation, int64_t replicas,
                                bool contiguous) {
  const int64_t span = (kernel - 1) * dilation + (replicas - 1) * stride + 1;
  std::vector<bool> touched(static_cast<size_t>(span), contiguous);
  for (int64_t i = 0; i < replicas; ++i)
    for (int64_t k = 0; k < kernel; ++k)
      touched[static_cast<size_t>(k * dilation + i * stride)] = true;
  std::vector<int64_t> columns;
  for (int64_t column = 0; column < span; ++column)
    if (touched[static_cast<size_t>(column)]) columns.push_back(column);
  return columns;
}

MemoryUse UsesOf(const Task& task) {
  Uses uses;
  std::visit(uses, task.payload);
  return std::move(uses.use);
}

}  // namespace imcc
