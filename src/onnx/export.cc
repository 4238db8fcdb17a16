// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "onnx/export.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "onnx/export_nodes.h"
#include "onnx/importer.h"
#include "onnx/onnx_builder.h"

namespace imcc {
namespace {

/// Writes a graph node by node. Operators with a spatial meaning work on [N,C,H,W] values; a tensor
/// stored plain that takes part in one is transposed around it.
class GraphExport {
 public:
  GraphExport(const Graph& graph, OnnxBuilder& builder) : graph_(graph), builder_(builder) {}

  Status Run() {
    for (const Node& node : graph_.nodes) IMCC_TRY(Export(node));
    return {};
  }

 private:
  const Tensor& In(const Node& node, size_t i) const { return graph_.tensor(node.inputs[i]); }
  const Tensor& Out(const Node& node) const { return graph_.tensor(node.output); }

  /// The ONNX value of a tensor in the layout it is stored in. Constants become initializers.
  std::string ValueOf(const Tensor& tensor) {
    if (!tensor.is_constant()) return tensor.name;
    const auto found = constants_.find(&tensor);
    if (found != constants_.end()) return found->second;
    HostTensor host{tensor.shape, true, tensor.constant, {}};
    if (tensor.layout == Layout::kChannelsLast) host = Permute(host, {0, 3, 1, 2});
    return constants_[&tensor] = builder_.AddFloats(tensor.name, host.shape, host.floats);
  }

  /// The value as [N,C,H,W] of a tensor stored [N,H,W,C], whatever its layout says.
  std::string Nchw(const Tensor& tensor) {
    const std::string value = ValueOf(tensor);
    return tensor.layout == Layout::kChannelsLast ? value : builder_.ToNchw(value);
  }

  std::string InLayout(const Tensor& tensor, Layout layout) {
    if (layout == Layout::kChannelsLast) return Nchw(tensor);
    const std::string value = ValueOf(tensor);
    return tensor.layout == layout ? value : builder_.ToNhwc(value);
  }

  /// Calls `emit(output value)` for the operator itself and appends what its output still needs:
  /// the transpose back to a plain tensor, and the fused activation.
  template <class Emit>
  void WithEpilogue(const Node& node, bool emits_nchw, Emit emit) {
    const Tensor& output = Out(node);
    const bool activated = node.activation.kind != UnaryKind::kIdentity;
    const bool transposed = emits_nchw && output.layout == Layout::kPlain;
    const std::string linear =
        activated ? builder_.UniqueName(output.name + "_linear") : output.name;
    const std::string raw = transposed ? builder_.UniqueName(output.name + "_nchw") : linear;
    emit(raw);
    if (transposed) {
      OnnxBuilder::SetInts(builder_.AddNode("Transpose", linear, {raw}, linear), "perm",
                           {0, 2, 3, 1});
    }
    if (activated) {
      builder_.EmitUnary(node.name + "_activation", node.activation, linear, output.name);
    }
  }

  Status Export(const Node& node) {
    switch (node.kind) {
      case OpKind::kConv:
        return ExportConv(node);
      case OpKind::kFullyConnected:
        return ExportFullyConnected(node);
      case OpKind::kBatchNorm:
        return ExportBatchNorm(node);
      case OpKind::kAdd:
        return ExportBinary(node, "Add");
      case OpKind::kSub:
        return ExportBinary(node, "Sub");
      case OpKind::kMul:
        return ExportBinary(node, "Mul");
      case OpKind::kDiv:
        return ExportBinary(node, "Div");
      case OpKind::kMin:
        return ExportBinary(node, "Min");
      case OpKind::kMax:
        return ExportBinary(node, "Max");
      case OpKind::kPow:
        return ExportBinary(node, "Pow");
      case OpKind::kConvTranspose:
        return ExportConvTranspose(node);
      case OpKind::kMaxPool:
      case OpKind::kAveragePool:
        return ExportPool(node);
      case OpKind::kPad:
        return ExportPad(node);
      case OpKind::kResize:
        return ExportResize(node);
      default:
        return ExportAnyLayout(node);
    }
  }

  Status ExportConv(const Node& node) {
    const auto& attributes = node.as<ConvAttributes>();
    const Tensor& weights = In(node, 1);
    const Shape& shape = weights.shape;
    if (!weights.is_constant()) {
      return Error{.code = ErrorCode::kUnsupported,
                   .subject = node.name,
                   .message = "cannot export a convolution whose weights are computed"};
    }
    std::vector<std::string> inputs = {Nchw(In(node, 0))};
    inputs.push_back(builder_.AddFloats(
        weights.name, {shape[0], shape[3], shape[1], shape[2]},
        ToOnnxWeights(weights.constant, shape[0], shape[1] * shape[2], shape[3])));
    if (node.inputs.size() == 3) inputs.push_back(ValueOf(In(node, 2)));
    WithEpilogue(node, true, [&](const std::string& output) {
      onnx::NodeProto& conv = builder_.AddNode("Conv", node.name, inputs, output);
      OnnxBuilder::SetWindow(conv, attributes.window);
      OnnxBuilder::SetInt(conv, "group", attributes.groups);
    });
    return {};
  }

  Status ExportConvTranspose(const Node& node) {
    const auto& attributes = node.as<ConvTransposeAttributes>();
    const Window& window = attributes.window;
    const int64_t groups = attributes.groups;
    const Tensor& weights = In(node, 1);
    const Shape& s = weights.shape;
    if (!weights.is_constant()) {
      return Error{.code = ErrorCode::kUnsupported,
                   .subject = node.name,
                   .message = "cannot export a convolution whose weights are computed"};
    }
    HostTensor kernels{{groups, s[0] / groups, s[1], s[2], s[3]}, true, weights.constant, {}};
    kernels = Permute(kernels, {0, 4, 1, 2, 3});
    std::vector<std::string> inputs = {Nchw(In(node, 0))};
    inputs.push_back(builder_.AddFloats(weights.name, {groups * s[3], s[0] / groups, s[1], s[2]},
                                        kernels.floats));
    if (node.inputs.size() == 3) inputs.push_back(ValueOf(In(node, 2)));
    // Negative padding at the end is what ONNX calls output padding.
    Window given = window;
    const int64_t rows = std::max<int64_t>(-window.padding.bottom, 0);
    const int64_t columns = std::max<int64_t>(-window.padding.right, 0);
    given.padding.bottom += rows;
    given.padding.right += columns;
    WithEpilogue(node, true, [&](const std::string& output) {
      onnx::NodeProto& conv = builder_.AddNode("ConvTranspose", node.name, inputs, output);
      OnnxBuilder::SetWindow(conv, given);
      OnnxBuilder::SetInt(conv, "group", groups);
      OnnxBuilder::SetInts(conv, "output_padding", {rows, columns});
    });
    return {};
  }

  Status ExportFullyConnected(const Node& node) {
    const Tensor& x = In(node, 0);
    const Tensor& y = Out(node);
    std::vector<std::string> inputs = {ValueOf(x)};
    const int64_t rows = x.shape.elements() / x.shape.back();
    const bool matrix = x.shape.rank() == 2 && y.layout == Layout::kPlain;
    if (!matrix) {
      inputs[0] = builder_.UniqueName(x.name + "_rows");
      builder_.EmitReshape(inputs[0], ValueOf(x), x.shape, x.layout, inputs[0],
                           Shape{rows, x.shape.back()}, Layout::kPlain);
    }
    for (size_t i = 1; i < node.inputs.size(); ++i) inputs.push_back(ValueOf(In(node, i)));
    WithEpilogue(node, false, [&](const std::string& output) {
      const std::string product = matrix ? output : builder_.UniqueName(output + "_rows");
      onnx::NodeProto& gemm = builder_.AddNode("Gemm", node.name, inputs, product);
      OnnxBuilder::SetInt(gemm, "transB", 1);
      if (matrix) return;
      builder_.EmitReshape(output, product, Shape{rows, y.shape.back()}, Layout::kPlain, output,
                           y.shape, y.layout);
    });
    return {};
  }

  Status ExportBatchNorm(const Node& node) {
    const Tensor& x = In(node, 0);
    const int64_t channels = x.shape.back();
    const Shape shape =
        x.layout == Layout::kChannelsLast ? Shape{1, channels, 1, 1} : Shape{channels};
    const std::string scale = builder_.AddFloats(In(node, 1).name, shape, In(node, 1).constant);
    const std::string shift = builder_.AddFloats(In(node, 2).name, shape, In(node, 2).constant);
    const std::string scaled = builder_.UniqueName(Out(node).name + "_scaled");
    builder_.AddNode("Mul", scaled, {ValueOf(x), scale}, scaled);
    WithEpilogue(node, false, [&](const std::string& output) {
      builder_.AddNode("Add", node.name, {scaled, shift}, output);
    });
    return {};
  }

  /// An operand broadcast in stored axes; of a channels-last result it must be [N,C,H,W] too.
  std::string Operand(const Tensor& tensor, const Tensor& output) {
    if (output.layout == Layout::kPlain) return InLayout(tensor, Layout::kPlain);
    if (tensor.shape.rank() == 4) return Nchw(tensor);
    std::vector<int64_t> dims(4 - tensor.shape.rank(), 1);
    dims.insert(dims.end(), tensor.shape.dims().begin(), tensor.shape.dims().end());
    std::string value = builder_.UniqueName(tensor.name + "_4d");
    builder_.EmitReshape(value, ValueOf(tensor), tensor.shape, tensor.layout, value, Shape(dims),
                         Layout::kChannelsLast);
    return value;
  }

  Status ExportBinary(const Node& node, const char* op) {
    const std::string a = Operand(In(node, 0), Out(node));
    const std::string b = Operand(In(node, 1), Out(node));
    WithEpilogue(node, false, [&](const std::string& output) {
      builder_.AddNode(op, node.name, {a, b}, output);
    });
    return {};
  }

  Status ExportPool(const Node& node) {
    const auto& attributes = node.as<PoolAttributes>();
    const Window& window = attributes.window;
    const Shape& shape = In(node, 0).shape;
    const bool average = node.kind == OpKind::kAveragePool;
    const bool dilated = window.dilation_h != 1 || window.dilation_w != 1;
    const bool global = !dilated && !window.padding.any() && window.kernel_h == shape[1] &&
                        window.kernel_w == shape[2];
    if (average && dilated) {
      return Error{.code = ErrorCode::kUnsupported,
                   .subject = node.name,
                   .message = "opset 13 has no dilated AveragePool"};
    }
    const std::string x = Nchw(In(node, 0));
    const std::string op = average ? "AveragePool" : "MaxPool";
    WithEpilogue(node, true, [&](const std::string& output) {
      onnx::NodeProto& pool = builder_.AddNode(global ? "Global" + op : op, node.name, {x}, output);
      if (global) return;
      OnnxBuilder::SetWindow(pool, window);
      if (average) OnnxBuilder::SetInt(pool, "count_include_pad", attributes.count_include_pad);
    });
    return {};
  }

  Status ExportPad(const Node& node) {
    const auto& attributes = node.as<PadAttributes>();
    const Padding& p = attributes.padding;
    const std::string& name = Out(node).name;
    const std::string pads =
        builder_.AddInt64s(name + "_pads", {0, 0, p.top, p.left, 0, 0, p.bottom, p.right});
    const std::string value = builder_.AddFloats(name + "_value", {}, {attributes.value});
    const std::string x = Nchw(In(node, 0));
    WithEpilogue(node, true, [&](const std::string& output) {
      builder_.AddNode("Pad", node.name, {x, pads, value}, output);
    });
    return {};
  }

  Status ExportResize(const Node& node) {
    const std::string x = Nchw(In(node, 0));
    const Shape& in = In(node, 0).shape;
    const Shape& out = Out(node).shape;
    WithEpilogue(node, true, [&](const std::string& output) {
      EmitResize(builder_, node.name, node.as<ResizeAttributes>(), x, {in[1], in[2], in[3]}, output,
                 {out[1], out[2], out[3]}, in[0]);
    });
    return {};
  }

  /// Operators that work in the layout of their output.
  Status ExportAnyLayout(const Node& node) {
    WithEpilogue(node, false, [&](const std::string& output) {
      switch (node.kind) {
        case OpKind::kUnary:
          builder_.EmitUnary(node.name, node.as<UnaryAttributes>().function, Same(node), output);
          break;
        case OpKind::kConcat:
          EmitConcat(node, output);
          break;
        case OpKind::kReshape:
          builder_.EmitReshape(node.name, ValueOf(In(node, 0)), In(node, 0).shape,
                               In(node, 0).layout, output, Out(node).shape, Out(node).layout);
          break;
        case OpKind::kTranspose:
          EmitTranspose(node, output);
          break;
        case OpKind::kSoftmax: {
          const int64_t axis = OnnxAxis(node.as<SoftmaxAttributes>().axis, Out(node).layout);
          OnnxBuilder::SetInt(builder_.AddNode("Softmax", node.name, {Same(node)}, output), "axis",
                              axis);
          break;
        }
        case OpKind::kLayerNorm:
          EmitLayerNorm(node, output);
          break;
        case OpKind::kSlice:
          EmitSlice(node, output);
          break;
        case OpKind::kReduce:
          EmitReduce(node, output);
          break;
        case OpKind::kArgMax:
          EmitArgMax(node, output);
          break;
        case OpKind::kFakeQuantize:
          EmitFakeQuantize(node, output);
          break;
        case OpKind::kGather:
          EmitGather(node, output);
          break;
        case OpKind::kMatMul:
          EmitMatMul(node, output);
          break;
        default:
          IMCC_CHECK(false, "operator without an export");
      }
    });
    return {};
  }

  void EmitMatMul(const Node& node, const std::string& output) {
    std::string b = ValueOf(In(node, 1));
    if (node.as<MatMulAttributes>().transpose_b)
      b = builder_.MatricesTransposed(b, In(node, 1).shape.rank());
    builder_.AddNode("MatMul", node.name, {ValueOf(In(node, 0)), b}, output);
  }

  void EmitLayerNorm(const Node& node, const std::string& output) {
    const Shape& shape = Out(node).shape;
    const Layout layout = Out(node).layout;
    builder_.EmitLayerNorm(node.name,
                           {.axis = OnnxAxis(static_cast<int64_t>(shape.rank()) - 1, layout),
                            .parameters = PerChannelShape(shape, layout),
                            .epsilon = node.as<LayerNormAttributes>().epsilon,
                            .gamma = In(node, 1).constant,
                            .beta = In(node, 2).constant},
                           Same(node), output);
  }

  void EmitFakeQuantize(const Node& node, const std::string& output) {
    const auto& grid = node.as<QuantizeAttributes>();
    const std::vector<int8_t> zeros(grid.zero_point.begin(), grid.zero_point.end());
    const bool per_tensor = grid.scale.size() == 1;
    const Shape shape = per_tensor ? Shape{} : Shape{static_cast<int64_t>(grid.scale.size())};
    const std::string scale = builder_.AddFloats(output + "_scale", shape, grid.scale);
    const std::string zero = builder_.AddInt8s(output + "_zero_point", shape, zeros);
    const std::string bytes = builder_.UniqueName(output + "_quantized");
    const auto rank = static_cast<int64_t>(Out(node).shape.rank());
    const auto add = [&](const char* op, const std::string& name, const std::string& from,
                         const std::string& to) {
      onnx::NodeProto& proto = builder_.AddNode(op, name, {from, scale, zero}, to);
      if (!per_tensor) OnnxBuilder::SetInt(proto, "axis", OnnxAxis(rank - 1, Out(node).layout));
    };
    add("QuantizeLinear", node.name, Same(node), bytes);
    add("DequantizeLinear", output, bytes, output);
  }

  std::string Same(const Node& node) { return InLayout(In(node, 0), Out(node).layout); }

  void EmitConcat(const Node& node, const std::string& output) {
    std::vector<std::string> inputs;
    const Layout layout = Out(node).layout;
    for (size_t i = 0; i < node.inputs.size(); ++i) inputs.push_back(InLayout(In(node, i), layout));
    OnnxBuilder::SetInt(builder_.AddNode("Concat", node.name, inputs, output), "axis",
                        OnnxAxis(node.as<ConcatAttributes>().axis, layout));
  }

  void EmitTranspose(const Node& node, const std::string& output) {
    const auto& stored = node.as<TransposeAttributes>().permutation;
    OnnxBuilder::SetInts(builder_.AddNode("Transpose", node.name, {ValueOf(In(node, 0))}, output),
                         "perm", OnnxPermutation(stored, In(node, 0).layout, Out(node).layout));
  }

  void EmitReduce(const Node& node, const std::string& output) {
    constexpr std::array kNames = {"ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin",
                                   "ReduceProd"};
    const auto& attributes = node.as<ReduceAttributes>();
    std::vector<int64_t> axes;
    for (int64_t axis = attributes.begin; axis < attributes.end; ++axis) {
      axes.push_back(OnnxAxis(axis, Out(node).layout));
    }
    std::vector<std::string> inputs = {Same(node)};
    // Of opset 13's reductions only this one takes its axes as an input.
    const bool sum = attributes.kind == ReduceAttributes::Kind::kSum;
    if (sum) inputs.push_back(builder_.AddInt64s(output + "_axes", axes));
    onnx::NodeProto& reduce =
        builder_.AddNode(kNames[static_cast<size_t>(attributes.kind)], node.name, inputs, output);
    if (!sum) OnnxBuilder::SetInts(reduce, "axes", axes);
  }

  void EmitArgMax(const Node& node, const std::string& output) {
    const auto& attributes = node.as<ArgMaxAttributes>();
    builder_.EmitArgMax(node.name,
                        {.axis = OnnxAxis(attributes.axis, Out(node).layout),
                         .smallest = attributes.smallest,
                         .last = attributes.last},
                        Same(node), output);
  }

  void EmitGather(const Node& node, const std::string& output) {
    const auto& attributes = node.as<GatherAttributes>();
    const std::string indices = builder_.AddInt64s(output + "_indices", attributes.indices);
    const std::string x = Same(node);
    OnnxBuilder::SetInt(builder_.AddNode("Gather", node.name, {x, indices}, output), "axis",
                        OnnxAxis(attributes.axis, Out(node).layout));
  }

  void EmitSlice(const Node& node, const std::string& output) {
    const auto& attributes = node.as<SliceAttributes>();
    const Shape& shape = Out(node).shape;
    std::vector<int64_t> ends;
    std::vector<int64_t> axes;
    for (size_t i = 0; i < shape.rank(); ++i) {
      ends.push_back(attributes.starts[i] + (shape[i] - 1) * attributes.steps[i] + 1);
      axes.push_back(OnnxAxis(static_cast<int64_t>(i), Out(node).layout));
    }
    const std::string x = Same(node);
    builder_.AddNode(
        "Slice", node.name,
        {x, builder_.AddInt64s(output + "_starts", attributes.starts),
         builder_.AddInt64s(output + "_ends", ends), builder_.AddInt64s(output + "_axes", axes),
         builder_.AddInt64s(output + "_steps", attributes.steps)},
        output);
  }

  const Graph& graph_;
  OnnxBuilder& builder_;
  std::map<const Tensor*, std::string> constants_;  // Looked up only, never iterated.
};

}  // namespace

void ReserveNames(const Graph& graph, OnnxBuilder& builder) {
  for (const Tensor& tensor : graph.tensors) {
    if (!tensor.is_constant()) builder.ReserveName(tensor.name);
  }
}

Status ExportNodes(const Graph& graph, OnnxBuilder& builder) {
  return GraphExport(graph, builder).Run();
}

Result<std::string> ExportOnnx(const Graph& graph) {
  OnnxBuilder builder(graph.name);
  ReserveNames(graph, builder);
  for (const TensorId id : graph.inputs)
    builder.AddInput(graph.tensor(id).name, ExternalShape(graph.tensor(id)));
  IMCC_TRY(ExportNodes(graph, builder));
  for (const TensorId id : graph.outputs)
    builder.AddOutput(graph.tensor(id).name, ExternalShape(graph.tensor(id)));
  return builder.Serialize();
}

}  // namespace imcc
