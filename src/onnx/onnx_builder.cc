// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "onnx/onnx_builder.h"

#include <fmt/format.h>

#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include "onnx/importer.h"

namespace imcc {
namespace {

constexpr int64_t kOpset = 13;
constexpr int64_t kIrVersion = 7;

void FillValueInfo(onnx::ValueInfoProto& info, const std::string& name, const Shape& shape,
                   int element_type) {
  info.set_name(name);
  auto& tensor = *info.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(element_type);
  tensor.mutable_shape();  // Present even for scalars.
  for (const int64_t dim : shape.dims()) tensor.mutable_shape()->add_dim()->set_dim_value(dim);
}

onnx::AttributeProto& AddAttribute(onnx::NodeProto& node, const std::string& name,
                                   onnx::AttributeProto::AttributeType type) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(type);
  return attribute;
}

template <class T>
void FillTensor(onnx::TensorProto& tensor, const std::string& name, const Shape& shape, int type,
                const std::vector<T>& values) {
  tensor.set_name(name);
  tensor.set_data_type(type);
  for (const int64_t dim : shape.dims()) tensor.add_dims(dim);
  tensor.set_raw_data(values.data(), values.size() * sizeof(T));
}

}  // namespace

Shape PerChannelShape(const Shape& stored, Layout layout) {
  if (layout == Layout::kChannelsLast) return {stored.back(), 1, 1};
  return {stored.back()};
}

int64_t OnnxAxis(int64_t stored_axis, Layout layout) {
  if (layout == Layout::kPlain || stored_axis == 0) return stored_axis;
  return stored_axis == 3 ? 1 : stored_axis + 1;
}

std::vector<int64_t> OnnxPermutation(const std::vector<int64_t>& stored, Layout from, Layout to) {
  std::vector<int64_t> permutation;
  for (size_t i = 0; i < stored.size(); ++i) {
    const int64_t axis = StoredAxis(static_cast<int64_t>(i), to);
    permutation.push_back(OnnxAxis(stored[static_cast<size_t>(axis)], from));
  }
  return permutation;
}

OnnxBuilder::OnnxBuilder(const std::string& graph_name) {
  model_.set_ir_version(kIrVersion);
  model_.set_producer_name("imcc");
  auto& opset = *model_.add_opset_import();
  opset.set_domain("");
  opset.set_version(kOpset);
  model_.mutable_graph()->set_name(graph_name.empty() ? "graph" : graph_name);
}

std::string OnnxBuilder::UniqueName(const std::string& base) {
  std::string name = base;
  for (int i = 1; !names_.insert(name).second; ++i) name = fmt::format("{}_{}", base, i);
  return name;
}

void OnnxBuilder::AddInput(const std::string& name, const Shape& shape, int element_type) {
  ReserveName(name);
  FillValueInfo(*model_.mutable_graph()->add_input(), name, shape, element_type);
}

void OnnxBuilder::AddOutput(const std::string& name, const Shape& shape, int element_type) {
  ReserveName(name);
  FillValueInfo(*model_.mutable_graph()->add_output(), name, shape, element_type);
}

std::string OnnxBuilder::AddFloats(const std::string& base, const Shape& shape,
                                   const std::vector<float>& values) {
  std::string name = UniqueName(base);
  FillTensor(*model_.mutable_graph()->add_initializer(), name, shape, onnx::TensorProto::FLOAT,
             values);
  return name;
}

std::string OnnxBuilder::AddInt64s(const std::string& base, const std::vector<int64_t>& values) {
  std::string name = UniqueName(base);
  FillTensor(*model_.mutable_graph()->add_initializer(), name,
             Shape{static_cast<int64_t>(values.size())}, onnx::TensorProto::INT64, values);
  return name;
}

std::string OnnxBuilder::AddInt32s(const std::string& base, const Shape& shape,
                                   const std::vector<int32_t>& values) {
  std::string name = UniqueName(base);
  FillTensor(*model_.mutable_graph()->add_initializer(), name, shape, onnx::TensorProto::INT32,
             values);
  return name;
}

std::string OnnxBuilder::AddInt8s(const std::string& base, const Shape& shape,
                                  const std::vector<int8_t>& values) {
  std::string name = UniqueName(base);
  FillTensor(*model_.mutable_graph()->add_initializer(), name, shape, onnx::TensorProto::INT8,
             values);
  return name;
}

onnx::NodeProto& OnnxBuilder::AddNode(const std::string& op, const std::string& name,
                                      const std::vector<std::string>& inputs,
                                      const std::string& output) {
  onnx::NodeProto& node = *model_.mutable_graph()->add_node();
  node.set_op_type(op);
  std::string unique = name;  // ONNX Runtime refuses a model with two nodes of one name.
  for (int i = 1; !node_names_.insert(unique).second; ++i) unique = fmt::format("{}_{}", name, i);
  node.set_name(unique);
  for (const std::string& input : inputs) node.add_input(input);
  node.add_output(output);
  return node;
}

void OnnxBuilder::SetInt(onnx::NodeProto& node, const std::string& attribute, int64_t value) {
  AddAttribute(node, attribute, onnx::AttributeProto::INT).set_i(value);
}

void OnnxBuilder::SetFloat(onnx::NodeProto& node, const std::string& attribute, double value) {
  AddAttribute(node, attribute, onnx::AttributeProto::FLOAT).set_f(static_cast<float>(value));
}

void OnnxBuilder::SetString(onnx::NodeProto& node, const std::string& attribute,
                            const std::string& value) {
  AddAttribute(node, attribute, onnx::AttributeProto::STRING).set_s(value);
}

void OnnxBuilder::SetInts(onnx::NodeProto& node, const std::string& attribute,
                          const std::vector<int64_t>& values) {
  auto& added = AddAttribute(node, attribute, onnx::AttributeProto::INTS);
  for (const int64_t value : values) added.add_ints(value);
}

void OnnxBuilder::SetWindow(onnx::NodeProto& node, const Window& window) {
  SetInts(node, "kernel_shape", {window.kernel_h, window.kernel_w});
  SetInts(node, "strides", {window.stride_h, window.stride_w});
  const Padding& p = window.padding;
  SetInts(node, "pads", {p.top, p.left, p.bottom, p.right});
  if (window.dilation_h != 1 || window.dilation_w != 1) {
    SetInts(node, "dilations", {window.dilation_h, window.dilation_w});
  }
}

std::string OnnxBuilder::MatricesTransposed(const std::string& value, size_t rank) {
  std::vector<int64_t> permutation(rank);
  std::iota(permutation.begin(), permutation.end(), int64_t{0});
  std::swap(permutation[rank - 2], permutation[rank - 1]);
  return Transposed(value, permutation);
}

std::string OnnxBuilder::Transposed(const std::string& value,
                                    const std::vector<int64_t>& permutation) {
  bool identity = true;
  for (size_t i = 0; i < permutation.size(); ++i) {
    identity = identity && permutation[i] == static_cast<int64_t>(i);
  }
  if (identity) return value;
  std::string name = UniqueName(value + "_transposed");
  SetInts(AddNode("Transpose", name, {value}, name), "perm", permutation);
  return name;
}

void OnnxBuilder::EmitReshape(const std::string& name, const std::string& from,
                              const Shape& from_stored, Layout from_layout, const std::string& to,
                              const Shape& to_stored, Layout to_layout) {
  std::string value = from;
  // One pixel or one channel: [N,C,H,W] and [N,H,W,C] have their bytes in the same order.
  const auto orders_differ = [](const Shape& stored, Layout layout) {
    return layout == Layout::kChannelsLast && !KeepsOrder(stored, {0, 3, 1, 2});
  };
  if (orders_differ(from_stored, from_layout)) value = ToNhwc(value);
  const bool transposes = orders_differ(to_stored, to_layout);
  const bool nchw = to_layout == Layout::kChannelsLast && !transposes;
  const Shape target =
      nchw ? Shape{to_stored[0], to_stored[3], to_stored[1], to_stored[2]} : to_stored;
  const std::string reshaped = transposes ? UniqueName(to + "_nhwc") : to;
  AddNode("Reshape", name, {value, AddInt64s(to + "_shape", target.dims())}, reshaped);
  if (transposes) SetInts(AddNode("Transpose", to, {reshaped}, to), "perm", {0, 3, 1, 2});
}

void OnnxBuilder::EmitUnary(const std::string& name, const UnaryFunction& function,
                            const std::string& from, const std::string& to) {
  switch (function.kind) {
    case UnaryKind::kIdentity:
      AddNode("Identity", name, {from}, to);
      return;
    case UnaryKind::kRelu:
      AddNode("Relu", name, {from}, to);
      return;
    case UnaryKind::kSigmoid:
      AddNode("Sigmoid", name, {from}, to);
      return;
    case UnaryKind::kTanh:
      AddNode("Tanh", name, {from}, to);
      return;
    case UnaryKind::kClip: {
      const std::string lo = AddFloats(to + "_min", {}, {static_cast<float>(function.alpha)});
      const std::string hi = AddFloats(to + "_max", {}, {static_cast<float>(function.beta)});
      AddNode("Clip", name, {from, lo, hi}, to);
      return;
    }
    case UnaryKind::kLeakyRelu:
      SetFloat(AddNode("LeakyRelu", name, {from}, to), "alpha", function.alpha);
      return;
    case UnaryKind::kHardSigmoid: {
      onnx::NodeProto& node = AddNode("HardSigmoid", name, {from}, to);
      SetFloat(node, "alpha", function.alpha);
      SetFloat(node, "beta", function.beta);
      return;
    }
    case UnaryKind::kPow: {
      const std::string exponent =
          AddFloats(to + "_exponent", {}, {static_cast<float>(function.alpha)});
      AddNode("Pow", name, {from, exponent}, to);
      return;
    }
    case UnaryKind::kSelu: {
      onnx::NodeProto& node = AddNode("Selu", name, {from}, to);
      SetFloat(node, "alpha", function.alpha);
      SetFloat(node, "gamma", function.beta);
      return;
    }
    case UnaryKind::kCelu:
    case UnaryKind::kElu:
    case UnaryKind::kThresholdedRelu:
      SetFloat(AddNode(std::string(Name(function.kind)), name, {from}, to), "alpha",
               function.alpha);
      return;
    case UnaryKind::kMish:
      EmitMish(name, from, to);
      return;
    case UnaryKind::kGelu:
    case UnaryKind::kGeluTanh:
      EmitGelu(name, function.kind == UnaryKind::kGeluTanh, from, to);
      return;
    case UnaryKind::kHardSwish:
    case UnaryKind::kSilu: {  // Opset 13 has neither: x times its gate.
      const bool silu = function.kind == UnaryKind::kSilu;
      const std::string gate = UniqueName(to + "_gate");
      EmitUnary(gate,
                silu ? UnaryFunction{UnaryKind::kSigmoid}
                     : UnaryFunction{UnaryKind::kHardSigmoid, 1.0 / 6, 0.5},
                from, gate);
      AddNode("Mul", name, {from, gate}, to);
      return;
    }
    default:  // ONNX has it, without attributes.
      AddNode(std::string(Name(function.kind)), name, {from}, to);
  }
}

void OnnxBuilder::EmitMish(const std::string& name, const std::string& from,
                           const std::string& to) {
  const std::string softplus = UniqueName(to + "_softplus");
  const std::string gate = UniqueName(to + "_gate");
  AddNode("Softplus", softplus, {from}, softplus);
  AddNode("Tanh", gate, {softplus}, gate);
  AddNode("Mul", name, {from, gate}, to);
}

void OnnxBuilder::EmitArgMax(const std::string& name, const ArgMax& pick, const std::string& from,
                             const std::string& to) {
  const std::string index = UniqueName(to + "_index");
  onnx::NodeProto& node = AddNode(pick.smallest ? "ArgMin" : "ArgMax", name, {from}, index);
  SetInt(node, "axis", pick.axis);
  SetInt(node, "select_last_index", pick.last ? 1 : 0);
  SetInt(AddNode("Cast", to, {index}, to), "to", onnx::TensorProto::FLOAT);
}

void OnnxBuilder::EmitLayerNorm(const std::string& name, const LayerNorm& norm,
                                const std::string& from, const std::string& to) {
  const auto step = [&](const char* op, const std::vector<std::string>& inputs,
                        const char* suffix) -> std::string {
    std::string result = UniqueName(to + suffix);
    AddNode(op, result, inputs, result);
    return result;
  };
  const auto mean = [&](const std::string& of, const char* suffix) {
    std::string result = UniqueName(to + suffix);
    SetInts(AddNode("ReduceMean", result, {of}, result), "axes", {norm.axis});
    return result;
  };
  const std::string centred = step("Sub", {from, mean(from, "_mean")}, "_centred");
  const std::string two = AddFloats(to + "_two", {}, {2});
  const std::string variance = mean(step("Pow", {centred, two}, "_squares"), "_variance");
  const std::string epsilon = AddFloats(to + "_epsilon", {}, {static_cast<float>(norm.epsilon)});
  const std::string deviation =
      step("Sqrt", {step("Add", {variance, epsilon}, "_biased")}, "_deviation");
  const std::string normalized = step("Div", {centred, deviation}, "_normalized");
  const std::string gamma = AddFloats(to + "_gamma", norm.parameters, norm.gamma);
  const std::string beta = AddFloats(to + "_beta", norm.parameters, norm.beta);
  AddNode("Add", name, {step("Mul", {normalized, gamma}, "_scaled"), beta}, to);
}

void OnnxBuilder::EmitGelu(const std::string& name, bool tanh, const std::string& from,
                           const std::string& to) {
  const auto binary = [&](const char* op, const std::string& a, const std::string& b,
                          const char* suffix) {
    std::string result = UniqueName(to + suffix);
    AddNode(op, result, {a, b}, result);
    return result;
  };
  const auto scalar = [&](double value) {
    return AddFloats(to + "_scalar", {}, {static_cast<float>(value)});
  };
  std::string inner = from;
  if (tanh) {
    const std::string cube = binary("Pow", from, scalar(3), "_cube");
    inner = binary("Add", from, binary("Mul", cube, scalar(0.044715), "_term"), "_sum");
  }
  const double factor = tanh ? std::sqrt(2 / std::numbers::pi) : 1 / std::numbers::sqrt2;
  inner = binary("Mul", inner, scalar(factor), "_inner");
  const std::string curve = UniqueName(to + "_curve");
  AddNode(tanh ? "Tanh" : "Erf", curve, {inner}, curve);
  const std::string half = binary("Mul", from, scalar(0.5), "_half");
  AddNode("Mul", name, {half, binary("Add", curve, scalar(1), "_gate")}, to);
}

Result<std::string> OnnxBuilder::Serialize() const {
  std::string bytes;
  if (model_.ByteSizeLong() > INT32_MAX || !model_.SerializeToString(&bytes)) {
    return Error{.code = ErrorCode::kCapacity,
                 .message = "the ONNX model to write is larger than 2 GiB"};
  }
  return bytes;
}

void EmitResize(OnnxBuilder& builder, const std::string& name, const ResizeAttributes& attributes,
                const std::string& from, const FeatureMap& in, const std::string& to,
                const FeatureMap& out, int64_t batch) {
  using Coordinates = ResizeAttributes::Coordinates;
  using Nearest = ResizeAttributes::Nearest;
  const auto keeps_scale = [](int64_t length, double scale, int64_t result) {
    return std::floor(static_cast<float>(length) * static_cast<float>(scale)) ==
           static_cast<float>(result);
  };
  std::vector<std::string> inputs = {from, ""};
  if (keeps_scale(in.height, attributes.scale_h, out.height) &&
      keeps_scale(in.width, attributes.scale_w, out.width)) {
    inputs.push_back(builder.AddFloats(
        to + "_scales", {4},
        {1, 1, static_cast<float>(attributes.scale_h), static_cast<float>(attributes.scale_w)}));
  } else {
    inputs.emplace_back();
    inputs.push_back(
        builder.AddInt64s(to + "_sizes", {batch, out.channels, out.height, out.width}));
  }
  onnx::NodeProto& node = builder.AddNode("Resize", name, inputs, to);
  const bool nearest = attributes.mode == ResizeAttributes::Mode::kNearest;
  OnnxBuilder::SetString(node, "mode", nearest ? "nearest" : "linear");
  const char* coordinates = "half_pixel";
  if (attributes.coordinates == Coordinates::kPytorchHalfPixel) coordinates = "pytorch_half_pixel";
  if (attributes.coordinates == Coordinates::kAlignCorners) coordinates = "align_corners";
  if (attributes.coordinates == Coordinates::kAsymmetric) coordinates = "asymmetric";
  OnnxBuilder::SetString(node, "coordinate_transformation_mode", coordinates);
  if (!nearest) return;
  const char* rounding = "round_prefer_floor";
  if (attributes.nearest == Nearest::kRoundPreferCeil) rounding = "round_prefer_ceil";
  if (attributes.nearest == Nearest::kFloor) rounding = "floor";
  if (attributes.nearest == Nearest::kCeil) rounding = "ceil";
  OnnxBuilder::SetString(node, "nearest_mode", rounding);
}

}  // namespace imcc
