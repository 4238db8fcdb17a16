// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "sim/core.h"

#include <algorithm>
#include <cstring>

#include "isa/parameters.h"

namespace imcc {

namespace {

Error Illegal(const char* what) { return Error{.code = ErrorCode::kSimulation, .message = what}; }

}  // namespace

Core::Core(size_t index, const Target& target, DeviceMemory& memory)
    : index_(index),
      target_(target),
      memory_(memory),
      sets_(static_cast<size_t>(target.array.weight_sets),
            std::vector<int8_t>(static_cast<size_t>(target.array.set_bytes().count()))),
      accumulators_(static_cast<size_t>(AccumulatorElements(target))) {}

Status CheckArrayLimits(const Task& task, const Target& target) {
  const ImcArray& array = target.array;
  const int64_t elements = AccumulatorElements(target);
  if (const auto* t = std::get_if<LoadWeightsTask>(&task.payload)) {
    if (t->set >= array.weight_sets || t->row0 + t->rows > array.rows ||
        t->column0 + t->columns > array.columns)
      return Illegal("loads weights outside a set");
    if (t->rows % target.pword != 0 || t->row0 % target.pword != 0)
      return Illegal("loads weights that are not whole pwords");
    if (t->source.region == Region::kDdr) return Illegal("loads weights straight from DDR");
  }
  if (const auto* t = std::get_if<MvmTask>(&task.payload)) {
    if (t->set >= array.weight_sets || t->set_column0 + t->columns > array.columns ||
        (t->set_pword0 + t->pwords) * target.pword > array.rows)
      return Illegal("multiplies with cells outside a set");
    if (t->accumulator + t->elements() > elements)
      return Illegal("accumulates outside the accumulators");
    if ((t->flags & MvmTask::kSubword) != 0 && (t->dilation_w != 1 || t->pixel_stride == 0))
      return Illegal("packs the taps of a dilated kernel");
  }
  if (const auto* t = std::get_if<RequantizeTask>(&task.payload)) {
    if (t->accumulator + t->elements() > elements) return Illegal("reads outside the accumulators");
  }
  return {};
}

Status Core::Execute(const Task& task, KernelSet kernels) {
  kernels_ = kernels;
  return std::visit([this](const auto& payload) { return Run(payload); }, task.payload);
}

Status Core::Run(const DmaTask& t) {
  const uint8_t* source = memory_.At(index_, t.source);
  uint8_t* destination = memory_.At(index_, t.destination);
  for (int64_t plane = 0; plane < t.count1; ++plane)
    for (int64_t run = 0; run < t.count0; ++run)
      std::memmove(destination + plane * t.destination_stride1 + run * t.destination_stride0,
                   source + plane * t.source_stride1 + run * t.source_stride0, t.run);
  return {};
}

Status Core::Run(const LoadWeightsTask& t) {
  const int8_t* source = Bytes8(t.source);
  int8_t* set = sets_[t.set].data();
  for (int64_t column = 0; column < t.columns; ++column) {
    int8_t* cells = set + (t.column0 + column) * target_.array.rows + t.row0;
    std::memcpy(cells, source + column * t.column_stride, t.valid);
    std::memset(cells + t.valid, 0, static_cast<size_t>(t.rows - t.valid));
  }
  return {};
}

Status Core::Run(const MvmTask& t) {
  const int64_t length = t.pwords * target_.pword;
  const int64_t pixels = t.vectors();
  constexpr int64_t kChunk = 256;  // Groups multiplied at once; their vectors stay in L2 cache.
  vectors_.resize(static_cast<size_t>(std::min(pixels, kChunk) * length));
  const int8_t* weights =
      sets_[t.set].data() + t.set_column0 * target_.array.rows + t.set_pword0 * target_.pword;
  for (int64_t first = 0; first < pixels; first += kChunk) {
    const int64_t count = std::min(kChunk, pixels - first);
    FillVectors(t, first, count, vectors_.data());
    Multiply(t, weights, count, accumulators_.data() + t.accumulator + first * t.columns,
             (t.flags & MvmTask::kAccumulate) != 0);
  }
  if ((t.flags & MvmTask::kCentred) != 0) TakeOffZeroPoint(t, weights);
  return {};
}

/// The first `count` of `vectors_` with the cells of a task.
void Core::Multiply(const MvmTask& t, const int8_t* weights, int64_t count, int32_t* results,
                    bool accumulate) const {
  const int64_t length = t.pwords * target_.pword;
  GemmInt8({.m = count,
            .n = t.columns,
            .k = length,
            .a = vectors_.data(),
            .lda = length,
            .b = weights,
            .ldb = target_.array.rows,
            .c = results,
            .ldc = t.columns,
            .accumulate = accumulate},
           kernels_);
}

/// Sums wrap, as those of the array do.
void Core::TakeOffZeroPoint(const MvmTask& t, const int8_t* weights) {
  const int64_t length = t.pwords * target_.pword;
  vectors_.assign(static_cast<size_t>(length), t.zero_point);
  std::vector<int32_t> offsets(t.columns);
  Multiply(t, weights, 1, offsets.data(), false);
  int32_t* acc = accumulators_.data() + t.accumulator;
  for (int64_t vector = 0; vector < t.vectors(); ++vector, acc += t.columns)
    for (size_t n = 0; n < offsets.size(); ++n)
      acc[n] =
          static_cast<int32_t>(static_cast<uint32_t>(acc[n]) - static_cast<uint32_t>(offsets[n]));
}

namespace {

/// Bytes of one pword of the im2col vector.
struct PwordSource {
  int64_t ky = 0;
  int64_t column = 0;  // Input column, relative to the group's first window.
  int64_t byte = 0;    // First byte: of the pixel, or of the kernel row with kSubword.
  int64_t length = 0;  // Bytes that carry data; the rest is 0.
};

std::vector<PwordSource> SourcesOf(const MvmTask& t, int64_t pword) {
  const bool subword = (t.flags & MvmTask::kSubword) != 0;
  const std::vector<int64_t> columns =
      TapColumns(t.kernel_w, t.stride_w, t.dilation_w, t.replicas, subword);
  const auto taps = static_cast<int64_t>(columns.size());
  const int64_t unit = subword ? taps * t.pixel_stride : t.channels;
  const int64_t per_unit = CeilDiv(unit, pword);
  const int64_t per_row = subword ? per_unit : per_unit * taps;
  std::vector<PwordSource> sources;
  for (int64_t p = t.first_pword; p < t.first_pword + t.pwords; ++p) {
    PwordSource source{.ky = p / per_row};
    if (!subword) source.column = columns[static_cast<size_t>(p % per_row / per_unit)];
    source.byte = (subword ? p % per_row : p % per_unit) * pword;
    source.length = source.ky < t.kernel_h ? std::min(pword, unit - source.byte) : 0;
    sources.push_back(source);
  }
  return sources;
}

/// Input columns from here on belong to no output pixel of the task.
int64_t ColumnsRead(const MvmTask& t) {
  const int64_t last = t.origin_x + (int64_t{t.out_w} - 1) * t.stride_w;
  return std::clamp<int64_t>(last + (t.kernel_w - 1) * t.dilation_w + 1, 0, t.in_w);
}

}  // namespace

void Core::FillVectors(const MvmTask& t, int64_t first, int64_t count, int8_t* out) const {
  const int64_t pword = target_.pword;
  const std::vector<PwordSource> sources = SourcesOf(t, pword);
  const bool subword = (t.flags & MvmTask::kSubword) != 0;
  const int64_t groups = t.groups();
  const int64_t columns = ColumnsRead(t);
  const int8_t* input = Bytes8(t.input);
  for (int64_t group = first; group < first + count; ++group) {
    const int64_t y = t.origin_y + group / groups * t.stride_h;
    const int64_t x = t.origin_x + group % groups * t.replicas * t.stride_w;
    for (const PwordSource& source : sources) {
      const int64_t line = y + source.ky * t.dilation_h;
      const int64_t column = x + source.column;
      // Bytes of the input line this pword covers: [begin, begin + length).
      const int64_t begin = column * t.pixel_stride + source.byte;
      const int64_t low = subword ? std::clamp<int64_t>(-begin, 0, source.length) : 0;
      int64_t high = source.length;
      if (subword) high = std::clamp<int64_t>(columns * t.pixel_stride - begin, low, source.length);
      const bool inside =
          line >= 0 && line < t.in_h && (subword ? low < high : column >= 0 && column < columns);
      if (!inside) {
        std::memset(out, t.zero_point, static_cast<size_t>(source.length));
      } else {
        std::memset(out, t.zero_point, static_cast<size_t>(low));
        std::memcpy(out + low, input + t.ring.Slot(line) * t.row_stride + begin + low,
                    static_cast<size_t>(high - low));
        std::memset(out + high, t.zero_point, static_cast<size_t>(source.length - high));
      }
      std::memset(out + source.length, 0, static_cast<size_t>(pword - source.length));
      out += pword;
    }
  }
}

namespace {

/// out = table[in], element by element; in and out may be the same.
void ApplyTable(const int8_t* table, const int8_t* in, int64_t count, int8_t* out) {
  for (int64_t c = 0; c < count; ++c) out[c] = table[in[c] + 128];
}

/// out = a + b as ElementwiseTask::kAddSub defines it.
void AddRow(const int8_t* a, const int8_t* b, int64_t count, const ElementwiseParameters& p,
            int8_t* out) {
  const PairRequantizer pair{p.multiplier_a, p.multiplier_b, p.shift};
  for (int64_t c = 0; c < count; ++c) {
    const int64_t sum =
        int64_t{Scale(a[c] - p.zero_point_a, b[c] - p.zero_point_b, pair)} + p.zero_point_out;
    out[c] = static_cast<int8_t>(std::max<int64_t>(p.lo, std::min<int64_t>(sum, p.hi)));
  }
}

void MultiplyRow(const int8_t* a, const int8_t* b, int64_t count, const ElementwiseParameters& p,
                 int8_t* out) {
  const Requantizer product = UnpackRequantizer(p.product);
  for (int64_t c = 0; c < count; ++c) {
    const int32_t exact = (a[c] - p.zero_point_a) * (b[c] - p.zero_point_b);
    const int64_t value = int64_t{Scale(exact, product)} + p.zero_point_out;
    out[c] = static_cast<int8_t>(std::max<int64_t>(p.lo, std::min<int64_t>(value, p.hi)));
  }
}

/// Operands of one pixel of an ElementwiseTask.
struct ElementwiseRow {
  const int8_t* a;
  const int8_t* b;
  int64_t count;
  const ElementwiseParameters& parameters;
  const int8_t* lookup;  // What stands behind the parameters.
};

void DivideRow(const ElementwiseRow& row, int8_t* out) {
  const ElementwiseParameters& p = row.parameters;
  for (int64_t c = 0; c < row.count; ++c) {
    uint32_t packed = 0;
    std::memcpy(&packed, row.lookup + (row.b[c] + 128) * static_cast<int64_t>(sizeof packed),
                sizeof packed);
    const int64_t value = int64_t{DividedBy(row.a[c] - p.zero_point_a, row.b[c] - p.zero_point_b,
                                            UnpackRequantizer(packed))} +
                          p.zero_point_out;
    out[c] = static_cast<int8_t>(std::max<int64_t>(p.lo, std::min<int64_t>(value, p.hi)));
  }
}

void ExtremeRow(const ElementwiseRow& row, bool smallest, int8_t* out) {
  const ElementwiseParameters& p = row.parameters;
  for (int64_t c = 0; c < row.count; ++c) {
    const int8_t a = row.lookup[row.a[c] + 128];
    const int8_t b = row.lookup[kTableBytes + row.b[c] + 128];
    out[c] = std::max(p.lo, std::min(smallest ? std::min(a, b) : std::max(a, b), p.hi));
  }
}

void RunElementwiseRow(uint8_t kind, const ElementwiseRow& row, int8_t* out) {
  switch (kind) {
    case ElementwiseTask::kMul:
      return MultiplyRow(row.a, row.b, row.count, row.parameters, out);
    case ElementwiseTask::kDiv:
      return DivideRow(row, out);
    case ElementwiseTask::kMax:
    case ElementwiseTask::kMin:
      return ExtremeRow(row, kind == ElementwiseTask::kMin, out);
    default:
      return AddRow(row.a, row.b, row.count, row.parameters, out);
  }
}

/// The accumulator columns one drain writes to one pixel: channels [channel, channel + count).
struct ReplicaSlice {
  int64_t replica = 0, column = 0, channel = 0, count = 0;
};

std::vector<ReplicaSlice> SlicesOf(const RequantizeTask& t) {
  std::vector<ReplicaSlice> slices;
  for (int64_t column = 0; column < t.columns;) {
    const int64_t v = t.first_column + column;
    const int64_t channel = v % t.channels;
    const int64_t count = std::min<int64_t>(t.channels - channel, t.columns - column);
    slices.push_back({v / t.channels, column, channel, count});
    column += count;
  }
  return slices;
}

}  // namespace

Status Core::Run(const RequantizeTask& t) {
  std::vector<int32_t> bias(t.channels);
  std::vector<uint32_t> requantizers(t.channels);
  const uint8_t* parameters = memory_.At(index_, t.parameters);
  const std::vector<ReplicaSlice> slices = SlicesOf(t);
  for (const ReplicaSlice& slice : slices) {
    for (int64_t i = slice.channel; i < slice.channel + slice.count; ++i) {
      const auto c = static_cast<size_t>(i);
      std::memcpy(&bias[c], parameters + c * kChannelParameterBytes, 4);
      std::memcpy(&requantizers[c], parameters + c * kChannelParameterBytes + 4, 4);
    }
  }
  const bool has_table = (t.flags & RequantizeTask::kTable) != 0;
  const bool has_add = (t.flags & RequantizeTask::kAdd) != 0;
  const int8_t* table =
      has_table ? Bytes8(t.tables) + (has_add ? kElementwiseParameterBytes : 0) : nullptr;
  const int8_t* final_table = nullptr;
  if ((t.flags & RequantizeTask::kFinalTable) != 0)
    final_table = Bytes8(t.tables) + kElementwiseParameterBytes + (has_table ? kTableBytes : 0);
  ElementwiseParameters add;
  if (has_add) add = DecodeElementwiseParameters(memory_.At(index_, t.tables));
  if (add.shift < 0 || add.shift > 62) return Illegal("the shift of an addition is out of range");
  const int32_t* acc = accumulators_.data() + t.accumulator;
  for (int64_t y = 0; y < t.out_h; ++y) {
    for (int64_t x0 = 0; x0 < t.out_w; x0 += t.replicas, acc += t.columns) {
      for (const ReplicaSlice& slice : slices) {
        const int64_t x = x0 + slice.replica;
        if (x >= t.out_w) break;
        const auto c = static_cast<size_t>(slice.channel);
        const int64_t offset = x * t.pixel_stride + slice.channel;
        int8_t* out = Bytes8(t.output) + y * t.row_stride + offset;
        RequantizeRow(acc + slice.column, &bias[c], &requantizers[c], slice.count, t.zero_point,
                      {t.lo, t.hi}, out, kernels_);
        if (has_table) ApplyTable(table, out, slice.count, out);
        if (has_add)
          AddRow(out,
                 Bytes8(t.residual) + y * t.residual_row_stride + x * t.residual_pixel_stride +
                     slice.channel,
                 slice.count, add, out);
        if (final_table != nullptr) ApplyTable(final_table, out, slice.count, out);
      }
    }
  }
  return {};
}

Status Core::Run(const ElementwiseTask& t) {
  const ElementwiseParameters p = DecodeElementwiseParameters(memory_.At(index_, t.parameters));
  if (p.shift < 0 || p.shift > 62) return Illegal("the shift of an addition is out of range");
  const bool broadcast = (t.flags & ElementwiseTask::kBroadcastB) != 0;
  const int8_t* lookup = Bytes8(t.parameters) + kElementwiseParameterBytes;
  const int8_t* table = nullptr;
  if ((t.flags & ElementwiseTask::kTable) != 0) table = lookup + ElementwiseTableBytes(t.kind);
  for (int64_t y = 0; y < t.height; ++y) {
    for (int64_t x = 0; x < t.width; ++x) {
      const int8_t* a = Bytes8(t.a) + y * t.row_stride_a + x * t.pixel_stride_a;
      const int8_t* b = Bytes8(t.b) + (broadcast ? 0 : y * t.row_stride_b + x * t.pixel_stride_a);
      int8_t* out = Bytes8(t.output) + y * t.row_stride_out + x * t.pixel_stride_out;
      RunElementwiseRow(t.kind, {a, b, t.channels, p, lookup}, out);
      if (table != nullptr) ApplyTable(table, out, t.channels, out);
    }
  }
  return {};
}

Status Core::Run(const TableTask& t) {
  const int8_t* table = (t.flags & TableTask::kTable) != 0 ? Bytes8(t.table) : nullptr;
  for (int64_t y = 0; y < t.height; ++y) {
    for (int64_t x = 0; x < t.width; ++x) {
      const int8_t* in = Bytes8(t.input) + y * t.row_stride_in + x * t.pixel_stride_in;
      int8_t* out = Bytes8(t.output) + y * t.row_stride_out + x * t.pixel_stride_out;
      if (table == nullptr)
        std::memmove(out, in, t.channels);
      else
        ApplyTable(table, in, t.channels, out);
    }
  }
  return {};
}

Status Core::Run(const ResizeTask& t) {
  const uint8_t* block = memory_.At(index_, t.parameters);
  const int64_t rows = block[0] | block[1] << 8U;
  const int64_t columns = block[2] | block[3] << 8U;
  const int64_t size = kResizeHeaderBytes + (rows + columns) * kResizeTapBytes;
  if (t.out_y0 + t.out_h > rows || t.out_x0 + t.out_w > columns ||
      t.parameters.offset + static_cast<uint64_t>(size) > memory_.size(t.parameters.region))
    return Illegal("resizes lines its table does not have");
  const auto tap = [&](int64_t index) {
    return DecodeResizeTap(block + kResizeHeaderBytes + index * kResizeTapBytes);
  };
  const auto inside = [](const ResizeTap& r, int64_t first, int64_t count) {
    return r.lo >= first && r.hi >= first && r.lo < first + count && r.hi < first + count;
  };
  for (int64_t y = 0; y < t.out_h; ++y) {
    const ResizeTap row = tap(t.out_y0 + y);
    for (int64_t x = 0; x < t.out_w; ++x) {
      const ResizeTap column = tap(rows + t.out_x0 + x);
      if (!inside(row, t.in_y0, t.in_h) || !inside(column, t.in_x0, t.in_w))
        return Illegal("resizes from lines outside its input tile");
      const auto pixel = [&](int64_t line, int64_t position) {
        return Bytes8(t.input) + t.ring.Slot(line - t.in_y0) * t.row_stride_in +
               (position - t.in_x0) * t.pixel_stride_in;
      };
      constexpr int64_t kOne = 1 << 15;
      const int8_t* corners[4] = {pixel(row.lo, column.lo), pixel(row.lo, column.hi),
                                  pixel(row.hi, column.lo), pixel(row.hi, column.hi)};
      const int64_t weights[4] = {
          (kOne - row.weight) * (kOne - column.weight), (kOne - row.weight) * column.weight,
          row.weight * (kOne - column.weight), int64_t{row.weight} * column.weight};
      int8_t* out = Bytes8(t.output) + y * t.row_stride_out + x * t.pixel_stride_out;
      if (row.weight == 0 && column.weight == 0) {
        std::memcpy(out, corners[0], t.channels);
        continue;
      }
      for (int64_t c = 0; c < t.channels; ++c) {
        int64_t sum = 0;
        for (int corner = 0; corner < 4; ++corner) sum += weights[corner] * corners[corner][c];
        out[c] = static_cast<int8_t>(RoundShift(sum, 30));
      }
    }
  }
  return {};
}

}  // namespace imcc
