// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/units.h"

/// The instruction set of the NPU: typed tasks and their 64-byte encoding. Shared by schedule/,
/// program/ and sim/. docs/isa.md describes every field.
namespace imcc {

enum class Region : uint8_t { kL1 = 1, kL2 = 2, kDdr = 3 };  // L1 is the executing core's own.
inline constexpr std::array kRegions = {Region::kL1, Region::kL2, Region::kDdr};

constexpr const char* RegionName(Region region) {
  return region == Region::kL1 ? "L1" : region == Region::kL2 ? "L2" : "DDR";
}

/// A byte address. Encoded in 5 bytes: region in the top 4 bits, offset in the low 36.
struct Address {
  Region region = Region::kDdr;
  uint64_t offset = 0;
  friend bool operator==(Address, Address) = default;
};

inline Address Plus(Address address, int64_t bytes) {
  address.offset += static_cast<uint64_t>(bytes);
  return address;
}

/// Rows of a plane in circular line buffers: row y lies in slot (first + y) mod `rows`. Without
/// rows there is no ring, and row y lies in slot y.
struct RowRing {
  uint16_t rows = 0;
  uint16_t first = 0;  // < rows.
  int64_t Slot(int64_t y) const { return rows == 0 ? y : (first + y) % rows; }
  /// How many of the `count` rows from y on lie in consecutive slots.
  int64_t Run(int64_t y, int64_t count) const {
    return rows == 0 ? count : std::min(count, rows - Slot(y));
  }
  /// True if a plane of this height fits.
  bool Holds(int64_t height) const {
    return rows == 0 ? first == 0 : first < rows && height <= rows;
  }
  friend bool operator==(RowRing, RowRing) = default;
};

/// One in-order queue per engine and core.
enum class Engine : uint8_t { kDma0 = 0, kDma1, kWeightLoad, kMvm, kVector, kDepthwise };
inline constexpr int kEngines = 6;

/// Waits until a core's semaphore has reached `value`. Semaphores are monotone counters that start
/// a frame at zero. By convention semaphore e (< kEngines) counts the finished tasks of engine e.
struct Wait {
  uint8_t semaphore = 0;  // < kSemaphores.
  uint32_t value = 0;     // <= kMaxSemaphoreValue; 0 = no wait.
  friend bool operator==(Wait, Wait) = default;
};
inline constexpr int kSemaphores = 64;
inline constexpr uint32_t kMaxSemaphoreValue = (1U << 18U) - 1;
inline constexpr int kMaxWaits = 3;

/// Strided 3-D copy: for i1 < count1, i0 < count0: copy `run` bytes. Copies undefinedness too.
/// Strides may be negative.
struct DmaTask {
  Address source;
  Address destination;
  uint32_t run = 0;            // Contiguous bytes.
  uint16_t count0 = 1;         // Runs per plane.
  int32_t source_stride0 = 0;  // Bytes between runs.
  int32_t destination_stride0 = 0;
  uint16_t count1 = 1;  // Planes.
  int32_t source_stride1 = 0;
  int32_t destination_stride1 = 0;
  int64_t bytes() const { return int64_t{run} * count0 * count1; }
  /// Bytes of long runs that take as long.
  int64_t PacedBytes(int64_t shortest_run) const {
    return std::max<int64_t>(run, shortest_run) * count0 * count1;
  }
  friend bool operator==(const DmaTask&, const DmaTask&) = default;
};

/// Loads a weight tile into a set at (row0, column0): `rows` cells of each of `columns` columns
/// (rows is a multiple of the pword). In memory the columns begin `column_stride` bytes apart. The
/// first `valid` rows of each are read, the others become 0: an activation whose pixels are the
/// columns has bytes of padding between them that nobody wrote. The rest of the set keeps its
/// contents.
struct LoadWeightsTask {
  Address source;
  uint8_t set = 0;
  uint16_t row0 = 0;
  uint16_t column0 = 0;
  uint16_t rows = 0;
  uint16_t columns = 0;
  uint16_t column_stride = 0;
  uint16_t valid = 0;  // In [1, rows].
  int64_t cells() const { return int64_t{rows} * columns; }
  friend bool operator==(const LoadWeightsTask&, const LoadWeightsTask&) = default;
};

/// Matrix-vector multiplies for out_h * out_w output pixels, int32 results into the accumulator.
///
/// One multiply computes `replicas` neighbouring pixels of a row at once (in-core replication): the
/// group g of row y holds pixels x = g*replicas ... The last group of a row may be partial.
/// The input vector of group (y, g) reads, at input row origin_y + y*stride_h + ky*dilation_h, the
/// columns origin_x + g*replicas*stride_w + TapColumns(...)[t], relative to `input`, which points
/// at slot 0 of the rows (RowRing), column 0 of an in_h x in_w plane. Taps outside the plane, and
/// columns behind the last one that a pixel before out_w needs, read zero_point. Rows of the
/// vector: for ky, for t, the `channels` bytes of that pixel, padded to whole pwords (pad rows are
/// 0). With kSubword: for ky, all bytes from the first to the last tap column (pixel_stride each),
/// padded to whole pwords (dilation_w must be 1). The task multiplies pwords [first_pword,
/// first_pword + pwords) of the vector with rows [set_row0, ...) of columns [set_column0, +columns)
/// of the set. Accumulator element of group p = y*groups + g, column n: accumulator + p * columns +
/// n (elements).
///
/// With kCentred the products are those of (input - zero_point): one more multiply, of a vector
/// that is zero_point in every row, comes first, and what it gives for a column is taken off every
/// result of that column. Weights that are constants need it not: their sums are folded into the
/// bias.
struct MvmTask {
  static constexpr uint8_t kAccumulate = 1;  // Add to the accumulator instead of overwriting.
  static constexpr uint8_t kSubword = 2;
  static constexpr uint8_t kCentred = 4;
  Address input;
  RowRing ring;
  uint32_t row_stride = 0;    // Bytes between input rows; 24 bits.
  uint16_t pixel_stride = 0;  // Bytes between input pixels.
  uint16_t channels = 0;      // Valid bytes per tap; with kSubword unused.
  uint16_t in_h = 0, in_w = 0;
  uint16_t out_h = 0, out_w = 0;
  int16_t origin_y = 0, origin_x = 0;
  uint8_t kernel_h = 1, kernel_w = 1;
  uint8_t stride_h = 1, stride_w = 1;
  uint8_t dilation_h = 1, dilation_w = 1;
  uint16_t first_pword = 0;
  uint8_t pwords = 0;  // <= array rows / pword.
  uint16_t columns = 0;
  uint8_t set = 0;         // Encoded in one byte with the flags.
  uint8_t set_pword0 = 0;  // First set row used, in pwords.
  uint16_t set_column0 = 0;
  int8_t zero_point = 0;
  uint8_t flags = 0;
  uint32_t accumulator = 0;  // Element index; 24 bits.
  uint8_t replicas = 1;      // <= kMaxReplicas.
  int64_t groups() const { return CeilDiv(out_w, replicas); }
  int64_t vectors() const { return out_h * groups(); }
  int64_t multiplies() const { return vectors() + ((flags & kCentred) != 0 ? 1 : 0); }
  int64_t elements() const { return vectors() * columns; }  // Of the accumulator.
  friend bool operator==(const MvmTask&, const MvmTask&) = default;
};
inline constexpr int kMaxReplicas = 8;

/// Input columns the windows of `replicas` neighbouring output pixels touch, relative to the first
/// window: the distinct values of kx*dilation + i*stride, ascending; with `contiguous` every column
/// in between too.
std::vector<int64_t> TapColumns(int64_t kernel, int64_t stride, int64_t dilation, int64_t replicas,
                                bool contiguous);

/// Drains accumulators: Requantize(acc + bias[c], M[c]), then optionally a table, the addition of
/// another tensor of the output's shape (a residual), and another table, in this order.
/// `parameters`: `channels` entries of {int32 bias, uint32 packed requantizer}.
///
/// Accumulator column n of group g holds channel c = v % channels of pixel x = g*replicas +
/// v / channels of the row, where v = first_column + n. Pixels beyond out_w are dropped.
struct RequantizeTask {
  static constexpr uint8_t kTable = 1;       // Apply the 256-byte table.
  static constexpr uint8_t kAdd = 2;         // Add the residual, as ElementwiseTask kAddSub does.
  static constexpr uint8_t kFinalTable = 4;  // Apply a 256-byte table to the sum. With kAdd only.
  uint32_t accumulator = 0;                  // Element index of group 0, column 0; 24 bits.
  uint16_t out_h = 0, out_w = 0;             // Pixels.
  uint16_t columns = 0;                      // Accumulator columns a group.
  uint16_t channels = 0;                     // Of one replica.
  uint16_t first_column = 0;                 // first_column + columns <= replicas * channels.
  uint8_t replicas = 1;
  Address parameters;  // Of channel 0.
  Address output;      // Pixel (0, 0), channel 0.
  uint32_t row_stride = 0;
  uint16_t pixel_stride = 0;
  Address tables;    // With kAdd the 32-byte element-wise block (a = the product), then the tables.
  Address residual;  // Pixel (0, 0), channel 0.
  uint32_t residual_row_stride = 0;  // 24 bits.
  uint16_t residual_pixel_stride = 0;
  int8_t zero_point = 0, lo = -128, hi = 127;
  uint8_t flags = 0;  // Encoded in one byte with the replicas.
  int64_t groups() const { return CeilDiv(out_w, replicas); }
  int64_t elements() const { return out_h * groups() * columns; }
  friend bool operator==(const RequantizeTask&, const RequantizeTask&) = default;
};

/// a OP b, element by element. `parameters` points at a 32-byte block: int32 multiplier_a,
/// multiplier_b, shift (Add/Sub) ; uint32 packed requantizer (Mul); int8 za, zb, zy, lo, hi. Behind
/// it stand, with kDiv, 256 packed requantizers, the one of b at b + 128 (QElementwise); with kMax
/// and kMin the 256-byte tables of a and of b; and with kTable a 256-byte table applied to the
/// result.
struct ElementwiseTask {
  enum Kind : uint8_t { kAddSub = 0, kMul, kDiv, kMax, kMin };
  static constexpr uint8_t kBroadcastB = 1;  // b is one pixel, used for all.
  static constexpr uint8_t kTable = 2;
  Address a, b, output, parameters;
  uint16_t height = 0, width = 0, channels = 0;
  uint32_t row_stride_a = 0, row_stride_b = 0, row_stride_out = 0;
  uint16_t pixel_stride_a = 0, pixel_stride_out = 0;  // b has a's pixel stride.
  uint8_t kind = kAddSub;
  uint8_t flags = 0;
  friend bool operator==(const ElementwiseTask&, const ElementwiseTask&) = default;
};

/// out = table[x + 128], or a plain copy without kTable.
struct TableTask {
  static constexpr uint8_t kTable = 1;
  Address input, output, table;
  uint16_t height = 0, width = 0, channels = 0;
  uint32_t row_stride_in = 0, row_stride_out = 0;
  uint16_t pixel_stride_in = 0, pixel_stride_out = 0;
  uint8_t flags = 0;
  friend bool operator==(const TableTask&, const TableTask&) = default;
};

/// Sliding window of the depthwise unit. Window position and rows as in MvmTask. `parameters` lies
/// in L1.
///
/// `parameters` points at a block: int8 zero_point_in, zero_point_out, lo, hi, pad_value; uint8
/// count_include_pad; 10 bytes 0 (16 bytes in all); then
/// - kDepthwise: channels x {int32 bias, uint32 requantizer}, then taps x channels weights, then
///   channels int8 zero points with kChannelZeroPoints. acc = bias + sum w * x, padded taps read
///   the zero point (zero point already folded into bias).
/// - kAverage: uint32 requantizers for n = 1..kernel_h*kernel_w; y = Scale(sum(x - z), M_n) + zy.
/// - kMax: nothing; padded taps read pad_value.
/// - kGlobalAverage: one uint32 requantizer; sums the in_h x in_w plane; kFirst clears the sums,
///   kLast writes one pixel. kGlobalMax likewise.
struct WindowTask {
  enum Kind : uint8_t { kDepthwise = 0, kMax, kAverage, kGlobalAverage, kGlobalMax };
  static constexpr uint8_t kFirst = 1;              // Global kinds: this tile starts the plane.
  static constexpr uint8_t kLast = 2;               // Global kinds: this tile ends the plane.
  static constexpr uint8_t kChannelZeroPoints = 4;  // Depthwise: one input zero point a channel.
  Address input, output, parameters;
  RowRing ring;
  uint16_t in_h = 0, in_w = 0, out_h = 0, out_w = 0;
  int16_t origin_y = 0, origin_x = 0;
  uint8_t kernel_h = 1, kernel_w = 1, stride_h = 1, stride_w = 1, dilation_h = 1, dilation_w = 1;
  uint16_t channels = 0;
  uint32_t row_stride_in = 0, row_stride_out = 0;  // 24 bits.
  uint16_t pixel_stride_in = 0, pixel_stride_out = 0;
  uint8_t kind = kDepthwise;  // Encoded in one byte with the flags.
  uint8_t flags = 0;
  friend bool operator==(const WindowTask&, const WindowTask&) = default;
};

/// Separable resize. `parameters`: uint16 rows, uint16 columns, then rows + columns entries of
/// {uint16 lo, uint16 hi, uint16 weight} (whole tensor coordinates, see QResize). The task makes
/// output rows [out_y0, +out_h), columns [out_x0, +out_w) from an input tile of in_h x in_w
/// pixels whose first is whole-tensor row in_y0, column in_x0; its rows lie as those of MvmTask.
struct ResizeTask {
  Address input, output, parameters;
  RowRing ring;
  uint16_t out_h = 0, out_w = 0, out_y0 = 0, out_x0 = 0;
  uint16_t in_h = 0, in_w = 0, in_y0 = 0, in_x0 = 0;
  uint16_t channels = 0;
  uint32_t row_stride_in = 0, row_stride_out = 0;  // 24 bits.
  uint16_t pixel_stride_in = 0, pixel_stride_out = 0;
  uint8_t taps = 1;  // Source pixels read per output pixel: 1 (nearest) or 4 (linear); timing only.
  friend bool operator==(const ResizeTask&, const ResizeTask&) = default;
};

/// A function of all channels of each pixel (numerics/across_channels). `parameters`, in L1:
/// - kSoftmax: int8 zero_point, 3 bytes 0, uint32 packed inverse scale, 256 uint32 exponentials.
/// - kLayerNorm: int8 zero_point_x, zero_point_y, lo, hi; int32 shift; int64 epsilon; then for each
///   channel int64 offset, then for each channel int32 gain.
/// - kLargest, kSmallest: a 256-byte table. The output has one channel.
/// - kIndexOfLargest, kIndexOfSmallest: int8 zero_point, 3 bytes 0. Likewise.
struct AcrossTask {
  enum Kind : uint8_t {
    kSoftmax = 0,
    kLayerNorm,
    kLargest,
    kSmallest,
    kIndexOfLargest,
    kIndexOfSmallest
  };
  static constexpr uint8_t kLast = 1;  // Indices: of equal values the last one counts.
  Address input, output, parameters;
  uint16_t height = 0, width = 0, channels = 0;  // Of the input.
  uint32_t row_stride_in = 0, row_stride_out = 0;
  uint16_t pixel_stride_in = 0, pixel_stride_out = 0;
  uint8_t kind = kSoftmax;
  uint8_t flags = 0;
  int64_t out_channels() const { return kind <= kLayerNorm ? channels : 1; }
  friend bool operator==(const AcrossTask&, const AcrossTask&) = default;
};
/// How often the channels of a pixel pass through the vector unit: once to find the largest, then
/// to sum (softmax) or to sum and square (normalisation), then to write.
inline int64_t PassesOf(uint8_t kind) {
  return kind == AcrossTask::kSoftmax ? 3 : kind == AcrossTask::kLayerNorm ? 2 : 1;
}

/// Does nothing; carries waits that did not fit.
struct FenceTask {
  friend bool operator==(const FenceTask&, const FenceTask&) = default;
};

using TaskPayload = std::variant<FenceTask, DmaTask, LoadWeightsTask, MvmTask, RequantizeTask,
                                 ElementwiseTask, TableTask, WindowTask, ResizeTask, AcrossTask>;

struct Task {
  Engine engine = Engine::kDma0;
  uint8_t signal = 0;                      // Semaphore incremented by 1 when done.
  uint16_t layer = 0;                      // For attribution in reports only.
  std::array<Wait, kMaxWaits> waits = {};  // value 0 = unused.
  TaskPayload payload;
  friend bool operator==(const Task&, const Task&) = default;
};

inline constexpr size_t kTaskBytes = 64;
using EncodedTask = std::array<uint8_t, kTaskBytes>;

/// Little-endian; unused bytes are zero. Encode of a task out of field range is an internal error.
EncodedTask Encode(const Task& task);

/// Checks opcode, engine, region and semaphore ranges and that unused bytes are zero.
Result<Task> Decode(const uint8_t* bytes);

/// One line of assembly, e.g. "mvm  L1:0x1200 56x56 ... wait(dma0>=3)".
std::string Disassemble(const Task& task);

/// Memory a task reads and writes, for checkers: strided boxes of bytes.
struct MemoryBox {
  Address base;
  int64_t run = 0;  // Contiguous bytes.
  int64_t count0 = 1, stride0 = 0;
  int64_t count1 = 1, stride1 = 0;
};
struct MemoryUse {
  std::vector<MemoryBox> reads;
  std::vector<MemoryBox> writes;
};
MemoryUse UsesOf(const Task& task);

}  // namespace imcc
