// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "onnx/export.h"
#include "onnx/export_nodes.h"
#include "onnx/onnx_builder.h"

namespace imcc {
namespace {

/// Writes a quantised graph node by node. Every tensor is one int8 value; operators compute in
/// float between a DequantizeLinear and a QuantizeLinear, which runtimes fuse into int8 kernels.
/// What only moves bytes works on the int8 values themselves.
class QdqExport {
 public:
  QdqExport(const QuantizedGraph& graph, OnnxBuilder& builder)
      : graph_(graph), builder_(builder), quantized_(graph.tensors.size()) {}

  Status Run() {
    for (const QTensorId id : graph_.inputs) QuantizeTo(id, graph_.tensor(id).name);
    for (const QNode& node : graph_.nodes) {
      node_ = &node;
      IMCC_TRY(
          std::visit([this](const auto& operation) { return Export(operation); }, node.operation));
    }
    for (const QTensorId id : graph_.outputs)
      if (dequantized_.find(id) == dequantized_.end()) Dequantized(id);
    return {};
  }

 private:
  const QTensor& In(size_t i = 0) const { return graph_.tensor(node_->inputs[i]); }
  const QTensor& Out() const { return graph_.tensor(node_->output); }

  std::string Scales(const std::string& base, const std::vector<float>& scales) {
    if (scales.size() == 1) return builder_.AddFloats(base + "_scale", {}, scales);
    return builder_.AddFloats(base + "_scale", {static_cast<int64_t>(scales.size())}, scales);
  }
  std::string ZeroPoints(const std::string& base, const std::vector<int32_t>& zero_points) {
    const std::vector<int8_t> values(zero_points.begin(), zero_points.end());
    if (values.size() == 1) return builder_.AddInt8s(base + "_zero_point", {}, values);
    return builder_.AddInt8s(base + "_zero_point", {static_cast<int64_t>(values.size())}, values);
  }

  /// A QuantizeLinear or DequantizeLinear with the tensor's scales.
  void AddConversion(const char* op, const QTensor& tensor, const std::string& from,
                     const std::string& to, Layout layout, size_t rank) {
    const std::string scale = Scales(tensor.name, tensor.quantization.scale);
    const std::string zero_point = ZeroPoints(tensor.name, tensor.quantization.zero_point);
    onnx::NodeProto& node = builder_.AddNode(op, to, {from, scale, zero_point}, to);
    if (tensor.quantization.per_channel())
      OnnxBuilder::SetInt(node, "axis", OnnxAxis(static_cast<int64_t>(rank) - 1, layout));
  }

  /// The tensor's int8 value is the float value `from`, quantised.
  void QuantizeTo(QTensorId id, const std::string& from) {
    const QTensor& tensor = graph_.tensor(id);
    quantized_[id.index()] = builder_.UniqueName(tensor.name + "_quantized");
    AddConversion("QuantizeLinear", tensor, from, quantized_[id.index()], tensor.layout,
                  tensor.shape.rank());
  }

  /// The int8 values of a constant under a stored shape and layout.
  std::string Initializer(const QTensor& tensor, const Shape& shape, Layout layout) {
    const std::string name = tensor.name + "_quantized";
    if (layout != Layout::kChannelsLast) return builder_.AddInt8s(name, shape, tensor.constant);
    return builder_.AddInt8s(
        name, {shape[0], shape[3], shape[1], shape[2]},
        ToOnnxWeights(tensor.constant, shape[0], shape[1] * shape[2], shape[3]));
  }

  /// The int8 value of a tensor in its own layout.
  const std::string& Int8Of(QTensorId id) {
    std::string& name = quantized_[id.index()];
    const QTensor& tensor = graph_.tensor(id);
    if (name.empty() && tensor.is_constant())
      name = Initializer(tensor, tensor.shape, tensor.layout);
    return name;
  }

  bool IsOutput(QTensorId id) const {
    return std::find(graph_.outputs.begin(), graph_.outputs.end(), id) != graph_.outputs.end();
  }

  /// The float value of a tensor in its own layout.
  std::string Dequantized(QTensorId id) {
    const auto found = dequantized_.find(id);
    if (found != dequantized_.end()) return found->second;
    const QTensor& tensor = graph_.tensor(id);
    std::string name =
        IsOutput(id) ? tensor.name : builder_.UniqueName(tensor.name + "_dequantized");
    AddConversion("DequantizeLinear", tensor, Int8Of(id), name, tensor.layout, tensor.shape.rank());
    return dequantized_[id] = std::move(name);
  }

  /// The float value of input `i` seen under another stored shape and layout.
  std::string DequantizedAs(size_t i, const Shape& shape, Layout layout) {
    const QTensor& tensor = In(i);
    const QTensorId id = node_->inputs[i];
    if (tensor.shape == shape && tensor.layout == layout) return Dequantized(id);
    const std::string bytes =
        tensor.is_constant() ? Initializer(tensor, shape, layout) : ReshapedTo(id, shape, layout);
    std::string name = builder_.UniqueName(tensor.name + "_dequantized");
    AddConversion("DequantizeLinear", tensor, bytes, name, layout, shape.rank());
    return name;
  }

  std::string ReshapedTo(QTensorId id, const Shape& shape, Layout layout) {
    const QTensor& tensor = graph_.tensor(id);
    std::string bytes = builder_.UniqueName(tensor.name + "_reshaped");
    builder_.EmitReshape(bytes, quantized_[id.index()], tensor.shape, tensor.layout, bytes, shape,
                         layout);
    return bytes;
  }

  static Shape PlaneShape(const FeatureMap& map) {
    return {1, map.height, map.width, map.channels};
  }
  /// Input `i` as [1,C,H,W].
  std::string Plane(size_t i = 0) {
    return DequantizedAs(i, PlaneShape(AsFeatureMap(In(i).shape)), Layout::kChannelsLast);
  }

  /// `value` after what is left of the fused clamp where saturation does not already do it.
  std::string Clamped(const std::string& value, ClampRange clamp) {
    if (clamp == ClampRange{}) return value;
    const Quantization& q = Out().quantization;
    std::string to = builder_.UniqueName(Out().name + "_clamped");
    if (clamp.lo == q.zero_point[0] && clamp.hi == 127 && !q.per_channel()) {
      builder_.AddNode("Relu", to, {value}, to);
      return to;
    }
    const auto bound = [&](const char* suffix, int8_t bound_q) {
      const float real = static_cast<float>(bound_q - q.zero_point[0]) * q.scale[0];
      return builder_.AddFloats(Out().name + suffix, {}, {real});
    };
    builder_.AddNode("Clip", to,
                     {value, clamp.lo == -128 ? "" : bound("_min", clamp.lo),
                      clamp.hi == 127 ? "" : bound("_max", clamp.hi)},
                     to);
    return to;
  }

  std::string FloatOutput() { return builder_.UniqueName(Out().name + "_float"); }

  /// The output tensor is `value`, computed on the shape and layout of the output itself.
  void Finish(const std::string& value, ClampRange clamp = {}) {
    QuantizeTo(node_->output, Clamped(value, clamp));
  }

  /// The output tensor is `value`, computed as [1,C,H,W].
  void FinishPlane(const std::string& value, ClampRange clamp = {}) {
    const QTensor& tensor = Out();
    Finish(value, clamp);
    const Shape plane = PlaneShape(AsFeatureMap(tensor.shape));
    if (tensor.shape == plane && tensor.layout == Layout::kChannelsLast) return;
    std::string& bytes = quantized_[node_->output.index()];
    const std::string reshaped = builder_.UniqueName(tensor.name + "_quantized");
    builder_.EmitReshape(reshaped, bytes, plane, Layout::kChannelsLast, reshaped, tensor.shape,
                         tensor.layout);
    bytes = reshaped;
  }

  /// Weights and bias as float values: initializers behind DequantizeLinear.
  std::string Weights(const QConv& conv, bool matrix) {
    const int64_t channels = conv.in_channels / conv.groups;
    const std::string base = node_->name + "_weight";
    const Shape shape =
        matrix ? Shape{conv.out_channels, channels}
               : Shape{conv.out_channels, channels, conv.window.kernel_h, conv.window.kernel_w};
    const std::string bytes = builder_.AddInt8s(
        base, shape, ToOnnxWeights(conv.weights, conv.out_channels, conv.window.taps(), channels));
    const std::vector<int32_t> zeros(conv.weight_scales.size());
    std::string to = builder_.UniqueName(base + "_dequantized");
    PerOutput(bytes, builder_.AddFloats(base + "_scale", {conv.out_channels}, conv.weight_scales),
              builder_.AddInt8s(base + "_zero_point", {conv.out_channels},
                                std::vector<int8_t>(zeros.begin(), zeros.end())),
              to);
    return to;
  }
  std::string Bias(const QConv& conv) {
    const std::string base = node_->name + "_bias";
    std::vector<float> scales;
    for (int64_t n = 0; n < conv.out_channels; ++n)
      scales.push_back(In().quantization.scale_of(conv.is_depthwise() ? n : 0) *
                       conv.weight_scales[static_cast<size_t>(n)]);
    const std::string bytes = builder_.AddInt32s(base, {conv.out_channels}, conv.bias);
    std::string to = builder_.UniqueName(base + "_dequantized");
    PerOutput(bytes, builder_.AddFloats(base + "_scale", {conv.out_channels}, scales),
              builder_.AddInt32s(base + "_zero_point", {conv.out_channels},
                                 std::vector<int32_t>(scales.size())),
              to);
    return to;
  }
  void PerOutput(const std::string& bytes, const std::string& scale, const std::string& zero_point,
                 const std::string& to) {
    OnnxBuilder::SetInt(builder_.AddNode("DequantizeLinear", to, {bytes, scale, zero_point}, to),
                        "axis", 0);
  }

  Status Export(const QConv& conv) {
    const bool matrix = In().shape.rank() == 2 && In().layout == Layout::kPlain &&
                        Out().shape.rank() == 2 && Out().layout == Layout::kPlain;
    const std::string x = matrix ? Dequantized(node_->inputs[0]) : Plane();
    const std::string weights = Weights(conv, matrix);
    const std::string bias = Bias(conv);
    const std::string to = FloatOutput();
    if (matrix) {
      OnnxBuilder::SetInt(builder_.AddNode("Gemm", node_->name, {x, weights, bias}, to), "transB",
                          1);
      Finish(to, conv.clamp);
      return {};
    }
    onnx::NodeProto& node = builder_.AddNode("Conv", node_->name, {x, weights, bias}, to);
    OnnxBuilder::SetWindow(node, conv.window);
    OnnxBuilder::SetInt(node, "group", conv.groups);
    FinishPlane(to, conv.clamp);
    return {};
  }

  Status Export(const QTable& table) {
    const std::string x = DequantizedAs(0, Out().shape, Out().layout);
    const std::string to = FloatOutput();
    builder_.EmitUnary(node_->name, table.function, x, to);
    Finish(to);
    return {};
  }

  Status Export(const QElementwise& op) {
    const std::string a = Plane(0);
    const std::string b = Plane(1);
    const std::string to = FloatOutput();
    builder_.AddNode(OperationName(op), node_->name, {a, b}, to);
    FinishPlane(to, op.clamp);
    return {};
  }

  Status Export(const QPool& pool) {
    const bool average = pool.kind == QPool::Kind::kAverage;
    const bool dilated = pool.window.dilation_h != 1 || pool.window.dilation_w != 1;
    if (average && dilated) {
      return Error{.code = ErrorCode::kUnsupported,
                   .subject = node_->name,
                   .message = "opset 13 has no dilated AveragePool"};
    }
    const std::string x = Plane();
    const std::string to = FloatOutput();
    const bool global = pool.is_global(AsFeatureMap(In().shape));
    const std::string op = average ? "AveragePool" : "MaxPool";
    onnx::NodeProto& node = builder_.AddNode(global ? "Global" + op : op, node_->name, {x}, to);
    if (!global) {
      OnnxBuilder::SetWindow(node, pool.window);
      if (average) OnnxBuilder::SetInt(node, "count_include_pad", pool.count_include_pad ? 1 : 0);
    }
    FinishPlane(to, pool.clamp);
    return {};
  }

  Status Export(const QConcat& concat) {
    std::vector<std::string> inputs;
    for (size_t i = 0; i < node_->inputs.size(); ++i)
      inputs.push_back(DequantizedAs(i, In(i).shape, Out().layout));
    const std::string to = FloatOutput();
    OnnxBuilder::SetInt(builder_.AddNode("Concat", node_->name, inputs, to), "axis",
                        OnnxAxis(concat.axis, Out().layout));
    Finish(to);
    return {};
  }

  Status Export(const QPad& pad) {
    const Padding& p = pad.padding;
    const std::string pads =
        builder_.AddInt64s(Out().name + "_pads", {0, 0, p.top, p.left, 0, 0, p.bottom, p.right});
    const float real = static_cast<float>(pad.value - Out().quantization.zero_point[0]) *
                       Out().quantization.scale[0];
    const std::string value = builder_.AddFloats(Out().name + "_value", {}, {real});
    const std::string x = Plane();
    const std::string to = FloatOutput();
    builder_.AddNode("Pad", node_->name, {x, pads, value}, to);
    FinishPlane(to);
    return {};
  }

  Status Export(const QResize& resize) {
    const std::string x = Plane();
    const std::string to = FloatOutput();
    if (!resize.attributes) {
      EmitPick(resize, x, to);
      FinishPlane(to);
      return {};
    }
    EmitResize(builder_, node_->name, *resize.attributes, x, AsFeatureMap(In().shape), to,
               AsFeatureMap(Out().shape));
    FinishPlane(to);
    return {};
  }

  /// A resize that picks rows and columns.
  void EmitPick(const QResize& resize, const std::string& x, const std::string& to) {
    const auto gather = [&](const std::vector<ResizeTap>& taps, int64_t axis,
                            const std::string& name, const std::string& from,
                            const std::string& result) {
      std::vector<int64_t> indices;
      for (const ResizeTap& tap : taps) indices.push_back(tap.lo);
      const std::string constant = builder_.AddInt64s(result + "_indices", indices);
      OnnxBuilder::SetInt(builder_.AddNode("Gather", name, {from, constant}, result), "axis", axis);
    };
    const std::string rows = builder_.UniqueName(to + "_rows");
    gather(resize.rows, 2, rows, x, rows);
    gather(resize.columns, 3, node_->name, rows, to);
  }

  /// ONNX axis of the channels of the output.
  int64_t ChannelAxis() const {
    return OnnxAxis(static_cast<int64_t>(Out().shape.rank()) - 1, Out().layout);
  }
  /// The input in the layout of the output, whose channels may be fewer.
  std::string ForChannels() { return DequantizedAs(0, In().shape, Out().layout); }

  Status Export(const QSoftmax&) {
    const std::string x = ForChannels();
    const std::string to = FloatOutput();
    OnnxBuilder::SetInt(builder_.AddNode("Softmax", node_->name, {x}, to), "axis", ChannelAxis());
    Finish(to);
    return {};
  }

  Status Export(const QLayerNorm& norm) {
    const std::string x = ForChannels();
    const std::string to = FloatOutput();
    builder_.EmitLayerNorm(node_->name,
                           {.axis = ChannelAxis(),
                            .parameters = PerChannelShape(Out().shape, Out().layout),
                            .epsilon = norm.epsilon,
                            .gamma = norm.gamma,
                            .beta = norm.beta},
                           x, to);
    Finish(to, norm.parameters.clamp);
    return {};
  }

  Status Export(const QExtreme& extreme) {
    const std::string x = ForChannels();
    const std::string to = FloatOutput();
    if (extreme.index)
      builder_.EmitArgMax(
          node_->name, {.axis = ChannelAxis(), .smallest = extreme.smallest, .last = extreme.last},
          x, to);
    else
      OnnxBuilder::SetInts(builder_.AddNode(OperationName(extreme), node_->name, {x}, to), "axes",
                           {ChannelAxis()});
    Finish(to);
    return {};
  }

  Status Export(const QMatMul& product) {
    const std::string a = DequantizedAs(0, In(0).shape, Layout::kPlain);
    // One matrix for all broadcasts over the axes of a.
    Shape shape = In(1).shape;
    if (shape.rank() != In(0).shape.rank()) {
      const Matrices matrices = AsMatrices(shape);
      shape = {matrices.rows, matrices.columns};
    }
    const std::string b =
        builder_.MatricesTransposed(DequantizedAs(1, shape, Layout::kPlain), shape.rank());
    const std::string to = FloatOutput();
    builder_.AddNode("MatMul", node_->name, {a, b}, to);
    Finish(Out().layout == Layout::kChannelsLast ? builder_.ToNchw(to) : to, product.clamp);
    return {};
  }

  Status Export(const QReshape&) {
    std::string& bytes = quantized_[node_->output.index()];
    bytes = builder_.UniqueName(Out().name + "_quantized");
    builder_.EmitReshape(node_->name, Int8Of(node_->inputs[0]), In().shape, In().layout, bytes,
                         Out().shape, Out().layout);
    return {};
  }

  Status Export(const QTranspose& transpose) {
    std::string& bytes = quantized_[node_->output.index()];
    bytes = builder_.UniqueName(Out().name + "_quantized");
    OnnxBuilder::SetInts(
        builder_.AddNode("Transpose", node_->name, {quantized_[node_->inputs[0].index()]}, bytes),
        "perm", OnnxPermutation(transpose.permutation, In().layout, Out().layout));
    return {};
  }

  Status Export(const QGather& gather) {
    std::string x = quantized_[node_->inputs[0].index()];
    if (In().layout != Out().layout) {
      const std::string same = builder_.UniqueName(In().name + "_reordered");
      builder_.EmitReshape(same, x, In().shape, In().layout, same, In().shape, Out().layout);
      x = same;
    }
    std::string& bytes = quantized_[node_->output.index()];
    bytes = builder_.UniqueName(Out().name + "_quantized");
    const std::string indices = builder_.AddInt64s(bytes + "_indices", gather.indices);
    OnnxBuilder::SetInt(builder_.AddNode("Gather", node_->name, {x, indices}, bytes), "axis",
                        OnnxAxis(gather.axis, Out().layout));
    return {};
  }

  const QuantizedGraph& graph_;
  OnnxBuilder& builder_;
  const QNode* node_ = nullptr;         // Being written.
  std::vector<std::string> quantized_;  // Int8 value of every tensor so far.
  std::map<QTensorId, std::string> dequantized_;
};

Shape ExternalShapeOf(const QTensor& tensor) {
  const Shape& s = tensor.shape;
  return tensor.layout == Layout::kChannelsLast ? Shape{s[0], s[3], s[1], s[2]} : s;
}

}  // namespace

void ReserveNames(const QuantizedGraph& graph, OnnxBuilder& builder) {
  for (const QTensor& tensor : graph.tensors) builder.ReserveName(tensor.name);
}

Status ExportNodes(const QuantizedGraph& graph, OnnxBuilder& builder) {
  return QdqExport(graph, builder).Run();
}

Result<std::string> ExportQdq(const QuantizedGraph& graph) {
  OnnxBuilder builder(graph.name);
  ReserveNames(graph, builder);
  for (const QTensorId id : graph.inputs)
    builder.AddInput(graph.tensor(id).name, ExternalShapeOf(graph.tensor(id)));
  IMCC_TRY(ExportNodes(graph, builder));
  for (const QTensorId id : graph.outputs)
    builder.AddOutput(graph.tensor(id).name, ExternalShapeOf(graph.tensor(id)));
  return builder.Serialize();
}

}  // namespace imcc
