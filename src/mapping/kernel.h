// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/units.h"
#include "ir/element_view.h"
#include "ir/quantized_graph.h"
#include "ir/shape.h"
#include "ir/window.h"
#include "isa/task.h"

/// What mapping hands to tiling, memory and schedule: whole-tensor device operations.
namespace imcc {

/// Storage of a tensor: [height][width][pixel_stride] bytes. Reshapes that keep the byte order
/// share one buffer, each tensor under its own shape.
struct Buffer {
  std::string name;
  FeatureMap map;
  int64_t pixel_stride = 0;  // Channels padded to the pword, or packed: no padding.
  bool is_input = false;
  bool is_output = false;
  bool is_constant = false;       // No kernel writes it: it is loaded with the program.
  std::vector<uint8_t> constant;  // Its bytes, padding included; filled in with the weights.

  Bytes bytes() const { return Bytes(map.pixels() * pixel_stride); }
};
using BufferId = Id<Buffer>;

/// Bytes a copy moves per pixel: padding is left behind where that saves a quarter, otherwise whole
/// rows go in one run.
inline int64_t CopiedBytes(int64_t channels, int64_t pixel_stride) {
  return channels * 4 <= pixel_stride * 3 ? channels : pixel_stride;
}

/// A whole tensor read by a kernel.
struct Operand {
  BufferId buffer;
  FeatureMap map;  // Of the tensor; the buffer may be shaped differently (reshapes).
  int64_t pixel_stride = 0;
  int64_t row_stride() const { return map.width * pixel_stride; }
};

/// The box of a tensor a kernel writes. Concat's kernels write different boxes of one tensor.
struct Destination {
  BufferId buffer;
  FeatureMap whole;  // The tensor the box lies in.
  FeatureMap box;    // Extent of the box.
  int64_t y0 = 0, x0 = 0, channel0 = 0;
  int64_t pixel_stride = 0;
  int64_t row_stride() const { return whole.width * pixel_stride; }
  bool covers_channels() const { return box.channels == whole.channels; }
};

/// One weight matrix as it is loaded into a set.
struct WeightTile {
  int64_t column_tile = 0;  // Index into ImcKernel::column_tiles.
  int64_t row_tile = 0;     // Partial sums of a column tile are added over its row tiles.
  int64_t first_pword = 0;  // Slice of the im2col vector.
  int64_t pwords = 0;
  Bytes offset;            // In the kernel's weight buffer; of computed weights 0.
  Bytes size;              // pwords * pword * columns, column after column.
  int64_t used_cells = 0;  // Cells of the array that hold a weight of the network.
};

/// Columns of the array computed together. The output channels of a channel block stand side by
/// side once per replica; a column tile is a range of these replicas * channels columns.
struct ColumnTile {
  int64_t out_channel0 = 0;  // The block's output channels ...
  int64_t channels = 0;
  int64_t in_channel0 = 0;  // ... and the input channels they read.
  int64_t in_channels = 0;
  int64_t first_column = 0;
  int64_t columns = 0;
  std::vector<int64_t> tiles;  // Indices into ImcKernel::tiles, in row order.
};

/// Convolution, fully connected layer or product of two activations on the IMC array.
struct ImcKernel {
  Window window;
  /// Of a product of two activations: how many matrices operand 1 holds, one in each of its rows.
  /// Pixel n of a row is column n of the weights that the same row of operand 0 is multiplied with,
  /// or all rows with the only one. 0: the weights are constants.
  int64_t matrices = 0;
  int64_t replicas = 1;  // Neighbouring output pixels of one MVM: the ICR factor.
  bool subword = false;  // Kernel rows of packed pixels are read as one run of bytes.
  int8_t input_zero_point = 0;
  int32_t output_zero_point = 0;
  ClampRange clamp;
  // Behind the channel parameters in the constant block: the block of the addition, the tables.
  bool fused_table = false;
  bool fused_add = false;    // Operand 1 is added to the result.
  bool final_table = false;  // A table after the addition.
  std::vector<ColumnTile> column_tiles;
  std::vector<WeightTile> tiles;
  std::vector<int8_t> weights;  // All tiles, one after the other.

  bool has_computed_weights() const { return matrices > 0; }
  /// How often all weight tiles are loaded while the kernel runs once, each time with others.
  int64_t weight_turns() const { return has_computed_weights() ? matrices : 1; }
  /// A 1x1 convolution sees rows of pixels, not a plane: where they lie one after the other in
  /// memory they can be one long row.
  bool is_pointwise() const { return window == Window{}; }
  /// Groups of `replicas` pixels, hence MVMs per weight tile, of a box of output pixels.
  int64_t Groups(int64_t height, int64_t width) const {
    return is_pointwise() ? CeilDiv(height * width, replicas) : height * CeilDiv(width, replicas);
  }
};

/// Depthwise convolution, pooling and padding on the depthwise unit.
struct WindowKernel {
  WindowTask::Kind kind = WindowTask::kDepthwise;
  Window window;
  bool channel_zero_points = false;  // Hybrid scheme: the input is quantised per channel.
  bool is_global() const {
    return kind == WindowTask::kGlobalAverage || kind == WindowTask::kGlobalMax;
  }
};

struct ElementwiseKernel {
  ElementwiseTask::Kind kind = ElementwiseTask::kAddSub;
  bool broadcast_b = false;
  bool has_table = false;  // Behind the parameter block.
};

/// Copy, optionally through a table.
struct TableKernel {
  bool has_table = false;
};

struct ResizeKernel {
  std::vector<ResizeTap> rows, columns;
  uint8_t taps = 1;  // Source pixels read per output pixel.
};

/// A function of all channels of each pixel on the vector unit.
struct AcrossKernel {
  AcrossTask::Kind kind = AcrossTask::kSoftmax;
  bool last = false;
};

/// Transposes, gathers and reshapes that put elements elsewhere: copies of the DMA within L1.
struct MoveKernel {
  ElementView view;  // Of the operand, by elements of the output.
};

using KernelBody = std::variant<ImcKernel, WindowKernel, ElementwiseKernel, TableKernel,
                                ResizeKernel, AcrossKernel, MoveKernel>;

/// One device operation over whole tensors. Its index is the layer number of its tasks.
struct Kernel {
  size_t node = 0;   // Of the quantised graph; the first of those fused.
  std::string name;  // ONNX node name.
  std::string op;    // For people: "Conv 3x3 s2", "Add".
  std::vector<Operand> inputs;
  Destination output;
  KernelBody body;
  std::vector<uint8_t> constants;  // Parameter blocks, read by the engines from L1.
  Bytes table_offset;              // Of the table in `constants`, where there is one.
  Macs macs;

  const ImcKernel* imc() const { return std::get_if<ImcKernel>(&body); }
  const WindowKernel* window() const { return std::get_if<WindowKernel>(&body); }
  const ElementwiseKernel* elementwise() const { return std::get_if<ElementwiseKernel>(&body); }
  const TableKernel* table() const { return std::get_if<TableKernel>(&body); }
  const ResizeKernel* resize() const { return std::get_if<ResizeKernel>(&body); }
  const AcrossKernel* across() const { return std::get_if<AcrossKernel>(&body); }
  const MoveKernel* move() const { return std::get_if<MoveKernel>(&body); }
  bool is_global_pool() const { return window() && window()->is_global(); }
  /// Whether tiles of an operand are brought to L1. Computed weights go from where they live to the
  /// array.
  bool HasTiles(size_t operand) const {
    return operand != 1 || imc() == nullptr || !imc()->has_computed_weights();
  }
  Bytes weight_bytes() const {
    return Bytes(imc() ? static_cast<int64_t>(imc()->weights.size()) : 0);
  }
};
using KernelId = Id<Kernel>;

struct MappedNetwork {
  std::vector<Buffer> buffers;
  std::vector<Kernel> kernels;             // In execution order.
  std::vector<BufferId> buffer_of_tensor;  // By QTensorId; none for tensors fused away.
  std::vector<QTensorId> inputs, outputs;

  const Buffer& buffer(BufferId id) const { return buffers[id.index()]; }
};

}  // namespace imcc
