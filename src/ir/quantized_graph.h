// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/units.h"
#include "ir/graph.h"
#include "ir/shape.h"
#include "ir/unary_function.h"
#include "ir/window.h"
#include "numerics/across_channels.h"
#include "numerics/requantize.h"

/// The int8 graph: what the device computes, exactly. `reference/` is its specification.
namespace imcc {

/// real = scale * (q - zero_point), q in [-128, 127]. One entry, or one per channel (the hybrid
/// scheme's inputs of depthwise convolutions). Convolutions write one zero point in all channels.
struct Quantization {
  std::vector<float> scale = {1.0F};
  std::vector<int32_t> zero_point = {0};

  bool per_channel() const { return scale.size() > 1; }
  float scale_of(int64_t channel) const {
    return scale[per_channel() ? static_cast<size_t>(channel) : 0];
  }
  int32_t zero_point_of(int64_t channel) const {
    return zero_point[per_channel() ? static_cast<size_t>(channel) : 0];
  }
  friend bool operator==(const Quantization&, const Quantization&) = default;
};

struct QTensor {
  std::string name;
  Shape shape;  // As stored: feature maps are [1,H,W,C].
  Layout layout = Layout::kPlain;
  Quantization quantization;
  std::vector<int8_t> constant;  // Values of a constant, in stored order; empty for activations.

  bool is_constant() const { return !constant.empty(); }
};
using QTensorId = Id<QTensor>;

/// Convolution or fully connected layer (window 1x1 over the flattened pixels), any grouping.
/// acc = bias + sum w * (x - zero_point_x); padded taps contribute 0;
/// y = clamp(Scale(acc, M) + zero_point_y), M = float(s_x * s_w / s_y) per output channel.
struct QConv {
  Window window;
  int64_t groups = 1;
  int64_t in_channels = 0;
  int64_t out_channels = 0;
  // [Cout][kh][kw][Cin/groups]; in [-127, 127] but for weights that a model brings, as PyTorch's.
  std::vector<int8_t> weights;
  std::vector<float> weight_scales;       // [Cout]
  std::vector<int32_t> bias;              // [Cout], at scale s_x * s_w. Zero point NOT folded in.
  std::vector<Requantizer> requantizers;  // [Cout]
  ClampRange clamp;
  bool moves_data = false;  // One weight of 1 per output: picks channels, counts no MACs.

  bool is_depthwise() const {
    return groups == in_channels && groups == out_channels && groups > 1;
  }
  int64_t taps_per_output() const { return window.taps() * (in_channels / groups); }
};

/// y = table[x + 128]. Unary functions, and rescaling between quantisations.
struct QTable {
  std::array<int8_t, 256> table{};
  UnaryFunction function;  // The function it tabulates; identity = rescaling. For export only.
};

/// a OP b with broadcasting of b over rows/columns (b is [1,1,1,C]) where `broadcast_b`.
/// Add/Sub: y = clamp(Scale(a - za, b - zb, pair) + zy). Mul: y = clamp(Scale((a-za)(b-zb), mul) +
/// zy). Div: y = clamp(Scale(+-(a - za), quotients[b + 128]) + zy), minus where b < zb; nothing
/// divided by zero is zero, anything else saturates. Max/Min: the larger or smaller of both
/// operands rescaled to y, which is exact, since rescaling keeps the order.
struct QElementwise {
  enum class Kind { kAdd, kSub, kMul, kDiv, kMax, kMin };
  Kind kind = Kind::kAdd;
  bool broadcast_b = false;
  PairRequantizer pair;                              // Add and Sub.
  Requantizer product;                               // Mul.
  std::vector<Requantizer> quotients;                // Div: 256, s_a / (|b - zb| s_b s_y).
  std::array<int8_t, 256> rescale_a{}, rescale_b{};  // Max and Min, by value + 128.
  ClampRange clamp;
};

/// Max: padding never wins. Average: y = clamp(Scale(sum(x - zx), M_n) + zy) with
/// M_n = float(s_x / (n * s_y)), n = taps counted at that position.
struct QPool {
  enum class Kind { kMax, kAverage };
  Kind kind = Kind::kMax;
  Window window;
  bool count_include_pad = false;
  float scale_ratio = 1;  // s_x / s_y, averaging only.
  ClampRange clamp;

  bool is_global(const FeatureMap& input) const {
    return !window.padding.any() && window.kernel_h == input.height &&
           window.kernel_w == input.width && window.dilation_h == 1 && window.dilation_w == 1;
  }
};
/// M_n of an average over n taps.
Requantizer AverageRequantizer(float scale_ratio, int64_t taps);

/// Joins along a stored axis; input i is first mapped by tables[i] (identity where scales agree).
struct QConcat {
  int64_t axis = 0;
  std::vector<QTable> tables;
};

/// Border of constant value around the plane. `value` is already quantised.
struct QPad {
  Padding padding;
  int8_t value = 0;
};

/// One output line of a resize: y = ((2^15 - w) * x[lo] + w * x[hi]) in Q15. Nearest has w = 0.
struct ResizeTap {
  uint16_t lo = 0;
  uint16_t hi = 0;
  uint16_t weight = 0;  // Of `hi`, in [0, 32768].
};
/// Separable resize; y = RoundShift(sum of wy * wx * x, 30). Keeps the quantisation.
struct QResize {
  std::vector<ResizeTap> rows;     // One per output row.
  std::vector<ResizeTap> columns;  // One per output column.
  // What the taps were made from, for export only; nothing where they pick rows or columns.
  std::optional<ResizeAttributes> attributes;
};
/// Source lines and weights of one axis (ONNX Resize coordinate rules; shared with the float side).
std::vector<ResizeTap> MakeResizeTaps(const ResizeAttributes& attributes, int64_t in, int64_t out,
                                      double scale);

/// Softmax over the channels of each pixel.
struct QSoftmax {
  SoftmaxParameters parameters;
};

/// Layer normalisation over the channels of each pixel.
struct QLayerNorm {
  NormalizeParameters parameters;
  // What they were made from, for export only.
  double epsilon = 0;
  std::vector<float> gamma, beta;
};

/// The largest or smallest channel of each pixel through a table, or its index.
struct QExtreme {
  bool smallest = false;
  bool index = false;  // y = index + zero point; the scale is 1.
  bool last = false;   // Of equal values the last one counts.
  std::array<int8_t, 256> rescale{};
};

/// Products of matrices that the network computes (attention): a [..., M, K], b [..., N, K], output
/// [..., M, N]. The axes before are those of a; b has the same or is one matrix for all. b is
/// symmetric (zero point 0), as weights are:
/// acc[m][n] = sum over k of (a[m][k] - zero_point_a) * b[n][k];
/// y = clamp(Scale(acc, requantizer) + zero_point_y), requantizer = float(s_a * s_b / s_y).
struct QMatMul {
  Requantizer requantizer;
  ClampRange clamp;
  bool moves_data = false;  // a holds unit vectors, which read b out: counts no MACs.
};

/// Same values in the same order under another shape (Reshape, Flatten, order-keeping Transpose).
struct QReshape {};

/// Stored output axis i is stored input axis permutation[i].
struct QTranspose {
  std::vector<int64_t> permutation;
};

/// The values at some positions along one stored axis, in any order and any number of times.
struct QGather {
  int64_t axis = 0;
  std::vector<int64_t> indices;
};

using QOperation =
    std::variant<QConv, QTable, QElementwise, QPool, QConcat, QPad, QResize, QReshape, QTranspose,
                 QGather, QSoftmax, QLayerNorm, QExtreme, QMatMul>;

struct QNode {
  std::string name;     // Of the float node it came from.
  std::string onnx_op;  // As the model spells it.
  std::vector<QTensorId> inputs;
  QTensorId output;
  QOperation operation;
};
using QNodeId = Id<QNode>;

struct QuantizedGraph {
  std::string name;
  std::vector<QTensor> tensors;
  std::vector<QNode> nodes;  // Topologically ordered.
  std::vector<QTensorId> inputs;
  std::vector<QTensorId> outputs;

  const QTensor& tensor(QTensorId id) const { return tensors[id.index()]; }
  QTensor& tensor(QTensorId id) { return tensors[id.index()]; }
};

/// Output rows and columns a window produces on a plane (floor mode).
FeatureMap WindowOutput(const Window& window, const FeatureMap& input, int64_t out_channels);

/// Ids, order, shapes, parameter sizes and value ranges of every node.
Status Verify(const QuantizedGraph& graph);
Macs CountMacs(const QuantizedGraph& graph, const QNode& node);
std::string Dump(const QuantizedGraph& graph);

/// Name of an operation: "Conv", "Table", ...
std::string OperationName(const QOperation& operation);

/// float -> int8 with a tensor's quantisation (round half even), and back. Stored order.
std::vector<int8_t> QuantizeValues(const std::vector<float>& values, const QTensor& tensor);
std::vector<float> DequantizeValues(const std::vector<int8_t>& values, const QTensor& tensor);

}  // namespace imcc
