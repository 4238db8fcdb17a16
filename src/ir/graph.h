// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/units.h"
#include "ir/shape.h"
#include "ir/unary_function.h"
#include "ir/window.h"

/// The float graph: static shapes, feature maps stored NHWC, nodes in topological order.
namespace imcc {

/// How a tensor's stored axes relate to the axes the ONNX model gave it.
enum class Layout {
  kPlain,         // Stored exactly as in the ONNX model.
  kChannelsLast,  // Rank 4, stored [N,H,W,C]; the ONNX model calls it [N,C,H,W].
};

struct Tensor {
  std::string name;  // Unique; the ONNX value name where there is one.
  Shape shape;       // As stored.
  Layout layout = Layout::kPlain;
  std::vector<float> constant;  // Values of a constant, in stored order; empty for activations.
  // Of weights and biases of a model that is quantised already:
  std::vector<float> weight_scales;  // Of the int8 values: one, or one per output channel.
  std::vector<int32_t> integers;     // The int32 values; float holds 24 bits of them.
  bool has_zero_point = false;       // The int8 values are not symmetric around 0.

  bool is_constant() const { return !constant.empty(); }
};
using TensorId = Id<Tensor>;

enum class OpKind {
  kConv,            // in: x, weights [Cout,kh,kw,Cin/groups], optional bias [Cout]
  kFullyConnected,  // in: x [..., K], weights [M, K], optional bias [M]
  kBatchNorm,  // in: x, scale [C], shift [C]: x * scale + shift per channel (already folded form)
  kUnary,      // in: x
  kAdd,        // in: a, b; numpy broadcasting in stored axes
  kSub,
  kMul,
  kDiv,
  kMaxPool,      // in: x
  kAveragePool,  // in: x
  kConcat,       // in: x...
  kReshape,      // in: x; same elements in the same stored order
  kTranspose,    // in: x
  kPad,          // in: x; constant padding of the spatial axes
  kResize,       // in: x; spatial axes
  kSoftmax,      // in: x
  kSlice,        // in: x
  kMin,          // in: a, b; numpy broadcasting, like the next two
  kMax,
  kPow,            // a ^ b
  kReduce,         // in: x; reduced axes stay, with length 1
  kMatMul,         // in: a, b; the last two axes are matrices, those before broadcast
  kGather,         // in: x; picks along one axis
  kArgMax,         // in: x; the index, as a float
  kConvTranspose,  // in: x, weights [Cout,kh,kw,Cin/groups], optional bias [Cout]
  kFakeQuantize,   // in: x; rounds to an int8 grid
  kLayerNorm,      // in: x, gamma [C], beta [C]; over the last stored axis
};

struct ConvAttributes {
  Window window;
  int64_t groups = 1;
};
struct UnaryAttributes {
  UnaryFunction function;
};
struct PoolAttributes {
  Window window;                   // Global pooling = a window as large as the plane.
  bool count_include_pad = false;  // Average pooling only.
};
struct ConcatAttributes {
  int64_t axis = 0;  // In stored axes.
};
struct TransposeAttributes {
  std::vector<int64_t> permutation;  // Stored output axis i is stored input axis permutation[i].
};
struct PadAttributes {
  Padding padding;
  float value = 0;
};
struct ResizeAttributes {
  enum class Mode { kNearest, kLinear };
  enum class Coordinates { kHalfPixel, kPytorchHalfPixel, kAlignCorners, kAsymmetric };
  enum class Nearest { kRoundPreferFloor, kRoundPreferCeil, kFloor, kCeil };
  Mode mode = Mode::kNearest;
  Coordinates coordinates = Coordinates::kHalfPixel;
  Nearest nearest = Nearest::kRoundPreferFloor;
  double scale_h = 1;  // As ONNX defines scales: out = floor(in * scale); used by the coordinates.
  double scale_w = 1;
};
struct SoftmaxAttributes {
  int64_t axis = 0;  // In stored axes.
};
struct SliceAttributes {
  std::vector<int64_t> starts;  // Per stored axis, clamped.
  std::vector<int64_t> steps;   // Per stored axis, positive.
};
struct ReduceAttributes {
  enum class Kind { kMean, kSum, kMax, kMin, kProduct };
  Kind kind = Kind::kMean;
  int64_t begin = 0;  // Stored axes [begin, end) are reduced.
  int64_t end = 0;
};
struct GatherAttributes {
  int64_t axis = 0;              // In stored axes.
  std::vector<int64_t> indices;  // Of the output's positions along the axis.
};
struct ArgMaxAttributes {
  int64_t axis = 0;       // In stored axes.
  bool smallest = false;  // ArgMin.
  bool last = false;      // Of equal values the last one counts.
};
struct ConvTransposeAttributes {
  Window window;  // Of the convolution it is the transpose of; padding may be negative at the end.
  int64_t groups = 1;
};
/// y = scale * (q - zero_point) with the nearest q (ties to even) in [-128, 127].
struct QuantizeAttributes {
  std::vector<float> scale;         // One, or one per position of the last stored axis.
  std::vector<int32_t> zero_point;  // As many, in [-128, 127].
  friend bool operator==(const QuantizeAttributes&, const QuantizeAttributes&) = default;
};
struct LayerNormAttributes {
  double epsilon = 0;  // Added to the variance.
};
struct MatMulAttributes {
  bool transpose_b = false;  // b is [..., N, K]: a row for each column of the product.
};
using Attributes =
    std::variant<std::monostate, ConvAttributes, UnaryAttributes, PoolAttributes, ConcatAttributes,
                 TransposeAttributes, PadAttributes, ResizeAttributes, SoftmaxAttributes,
                 SliceAttributes, ReduceAttributes, GatherAttributes, ArgMaxAttributes,
                 ConvTransposeAttributes, QuantizeAttributes, LayerNormAttributes,
                 MatMulAttributes>;

/// A node of the ONNX model; empty in graphs that were not imported.
struct NodeOrigin {
  std::string node;
  std::string op;
  friend bool operator==(const NodeOrigin&, const NodeOrigin&) = default;
  friend auto operator<=>(const NodeOrigin&, const NodeOrigin&) = default;
};

struct Node {
  OpKind kind = OpKind::kReshape;
  std::string name;     // ONNX node name, or "Conv_12" style when the model gives none.
  std::string onnx_op;  // Operator as the model spells it, for messages.
  NodeOrigin origin;    // What of the model it stands for, however much was rewritten since.
  std::vector<TensorId> inputs;
  TensorId output;
  Attributes attributes;
  UnaryFunction activation;  // Fused clamp or table applied to the result; identity = none.

  template <class T>
  const T& as() const {
    return std::get<T>(attributes);
  }
  template <class T>
  T& as() {
    return std::get<T>(attributes);
  }
};
using NodeId = Id<Node>;

struct Graph {
  std::string name;
  std::vector<Tensor> tensors;
  std::vector<Node> nodes;  // Topologically ordered; each tensor is written by at most one node.
  std::vector<TensorId> inputs;
  std::vector<TensorId> outputs;

  const Tensor& tensor(TensorId id) const { return tensors[id.index()]; }
  Tensor& tensor(TensorId id) { return tensors[id.index()]; }
  TensorId AddTensor(Tensor tensor);
  /// Nodes reading each tensor, indexed by tensor; a node reading it twice appears twice.
  std::vector<std::vector<NodeId>> Consumers() const;
  /// Node writing each tensor; invalid for inputs and constants.
  std::vector<NodeId> Producers() const;
  /// Node writing one tensor, the last nodes first; null for inputs and constants.
  const Node* ProducerOf(TensorId tensor) const;
};

/// The shape the model's user sees: [N,C,H,W] for channels-last tensors.
Shape ExternalShape(const Tensor& tensor);

/// Output shape of a node from its inputs' shapes, in stored axes. Reads tensor(output) only for
/// kReshape and kSlice, whose output shape is their parameter.
Result<Shape> InferShape(const Graph& graph, const Node& node);

/// The judge of every pass: ids in range, topological order, single writers, shapes consistent
/// with InferShape, constants of the right size. A failure is a bug in the pass before it.
Status Verify(const Graph& graph);

/// Multiply-accumulates of one node (convolutions and products of matrices; 0 otherwise).
Macs CountMacs(const Graph& graph, const Node& node);

/// One line per node, stable; what --dump-after writes.
std::string Dump(const Graph& graph);

/// Remove nodes and tensors that no output depends on; renumbers tensors.
void RemoveDeadCode(Graph& graph);

}  // namespace imcc
