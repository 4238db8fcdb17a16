// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "onnx/importer.h"

#include <fmt/format.h>

#include <algorithm>

#include "ir/operator_table.h"

namespace imcc {

int64_t StoredAxis(int64_t onnx_axis, Layout layout) {
  if (layout == Layout::kPlain || onnx_axis == 0) return onnx_axis;
  return onnx_axis == 1 ? 3 : onnx_axis - 1;
}

Shape ChannelsLastShape(const Shape& nchw) { return {nchw[0], nchw[2], nchw[3], nchw[1]}; }

Result<int64_t> NormalizeAxis(const OnnxNode& node, int64_t axis, size_t rank) {
  const auto signed_rank = static_cast<int64_t>(rank);
  if (axis < -signed_rank || axis >= signed_rank) {
    return node.Invalid(fmt::format("axis {} is outside rank {}", axis, rank));
  }
  return axis < 0 ? axis + signed_rank : axis;
}

Result<std::vector<int64_t>> NormalizedAxes(const OnnxNode& node, std::vector<int64_t> axes,
                                            size_t rank) {
  for (int64_t& axis : axes) {
    IMCC_ASSIGN(axis, NormalizeAxis(node, axis, rank));
  }
  std::sort(axes.begin(), axes.end());
  if (std::adjacent_find(axes.begin(), axes.end()) != axes.end()) {
    return node.Invalid("an axis is given twice");
  }
  return axes;
}

std::string Importer::UniqueName(const std::string& base) {
  std::string name = base;
  for (int i = 1; !names_.insert(name).second; ++i) name = fmt::format("{}_{}", base, i);
  return name;
}

const Value* Importer::Find(const std::string& name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? nullptr : &found->second;
}

void Importer::BindConstant(const std::string& name, HostTensor value) {
  values_[name] = Value{.constant = std::move(value)};
}

void Importer::BindTensor(const std::string& name, TensorId tensor, Element element) {
  values_[name] = Value{.tensor = tensor, .element = element};
}

Shape Importer::ShapeOf(const Value& value) const {
  return value.constant ? value.constant->shape : ExternalShape(graph_.tensor(value.tensor));
}

Result<const Value*> Importer::Input(const OnnxNode& node, size_t i) const {
  if (!node.has_input(i)) return node.Invalid(fmt::format("input {} is missing", i));
  const Value* value = Find(node.input(i));
  if (value != nullptr) return value;
  return node.Invalid(
      fmt::format("input '{}' is neither an initializer, a graph input nor computed "
                  "by a node",
                  node.input(i)));
}

Result<TensorId> Importer::InputTensor(const OnnxNode& node, size_t i) {
  IMCC_ASSIGN(const Value* value, Input(node, i));
  if (!value->constant) return value->tensor;
  IMCC_ASSIGN(const HostTensor* constant, ConstantInput(node, i));
  if (constant->elements() == 0) {
    return node.Invalid(fmt::format("input '{}' is empty", node.input(i)));
  }
  const TensorId added = AddConstant(node.input(i), constant->shape, constant->floats);
  if (constant->scales.size() == 1) graph_.tensor(added).weight_scales = constant->scales;
  return added;
}

Result<const HostTensor*> Importer::ConstantInput(const OnnxNode& node, size_t i) const {
  IMCC_ASSIGN(const Value* value, Input(node, i));
  if (!value->constant) {
    return node.Unsupported(fmt::format("input '{}' is computed by the network; only a constant is "
                                        "supported there",
                                        node.input(i)),
                            "simplify the model (onnx-simplifier) so that it becomes a constant");
  }
  if (!value->constant->is_float) {
    return node.Unsupported(fmt::format("input '{}' is an integer tensor", node.input(i)),
                            "use a float model; imcc quantises it itself");
  }
  return &*value->constant;
}

Result<std::vector<int64_t>> Importer::IntsInput(const OnnxNode& node, size_t i) const {
  IMCC_ASSIGN(const Value* value, Input(node, i));
  if (!value->constant) {
    return node.Unsupported(
        fmt::format("input '{}' depends on the data of the network", node.input(i)),
        "export the model with static shapes");
  }
  if (value->constant->is_float) {
    return node.Invalid(fmt::format("input '{}' must be an integer tensor", node.input(i)));
  }
  return value->constant->ints;
}

Result<float> Importer::ScalarInput(const OnnxNode& node, size_t i, float otherwise) const {
  if (!node.has_input(i)) return otherwise;
  IMCC_ASSIGN(const HostTensor* constant, ConstantInput(node, i));
  if (constant->floats.size() != 1) {
    return node.Invalid(fmt::format("input '{}' must be a single value", node.input(i)));
  }
  return constant->floats[0];
}

Result<const HostTensor*> Importer::WeightsInput(const OnnxNode& node, size_t i) const {
  IMCC_ASSIGN(const HostTensor* weights, ConstantInput(node, i));
  if (weights->elements() == 0) return node.Invalid("its weights are empty");
  return weights;
}

TensorId Importer::AddConstant(const std::string& name, Shape shape, std::vector<float> values) {
  return graph_.AddTensor(
      {.name = UniqueName(name), .shape = std::move(shape), .constant = std::move(values)});
}

TensorId Importer::Reshaped(TensorId tensor, const Shape& shape, Layout layout,
                            const std::string& name) {
  const Tensor& from = graph_.tensor(tensor);
  if (from.shape == shape && from.layout == layout) return tensor;
  const TensorId output =
      graph_.AddTensor({.name = UniqueName(name), .shape = shape, .layout = layout});
  graph_.nodes.push_back({.kind = OpKind::kReshape,
                          .name = graph_.tensor(output).name,
                          .onnx_op = "Reshape",
                          .inputs = {tensor},
                          .output = output});
  return output;
}

TensorId Importer::Transposed(TensorId tensor, std::vector<int64_t> permutation, Layout layout,
                              const char* suffix) {
  if (const auto found = converted_.find(tensor); found != converted_.end()) return found->second;
  const Tensor& from = graph_.tensor(tensor);
  const std::string name = from.name + suffix;
  std::vector<int64_t> dims;
  for (const int64_t axis : permutation) dims.push_back(from.shape[static_cast<size_t>(axis)]);
  TensorId output;
  if (KeepsOrder(from.shape, permutation)) {
    output = Reshaped(tensor, Shape(dims), layout, name);
  } else {
    output = graph_.AddTensor({.name = UniqueName(name), .shape = Shape(dims), .layout = layout});
    graph_.nodes.push_back({.kind = OpKind::kTranspose,
                            .name = graph_.tensor(output).name,
                            .onnx_op = "Transpose",
                            .inputs = {tensor},
                            .output = output,
                            .attributes = TransposeAttributes{std::move(permutation)}});
  }
  converted_[tensor] = output;
  converted_[output] = tensor;
  return output;
}

Result<TensorId> Importer::ChannelsLast(const OnnxNode& node, TensorId tensor) {
  Tensor& from = graph_.tensor(tensor);
  if (from.shape.rank() != 4) {
    return node.Unsupported(
        fmt::format("input {} does not have the shape [N,C,H,W]", from.shape.ToString()),
        "reshape 1-D and 3-D feature maps to two spatial dimensions before export");
  }
  if (from.layout == Layout::kChannelsLast) return tensor;
  if (from.is_constant()) {
    const HostTensor permuted = Permute({from.shape, true, from.constant, {}}, {0, 2, 3, 1});
    std::vector<float> scales = from.weight_scales;
    const TensorId stored = AddConstant(from.name + "_nhwc", permuted.shape, permuted.floats);
    graph_.tensor(stored).layout = Layout::kChannelsLast;
    graph_.tensor(stored).weight_scales = std::move(scales);
    return stored;
  }
  return Transposed(tensor, {0, 2, 3, 1}, Layout::kChannelsLast, "_nhwc");
}

TensorId Importer::Plain(TensorId tensor) {
  if (graph_.tensor(tensor).layout == Layout::kPlain) return tensor;
  return Transposed(tensor, {0, 3, 1, 2}, Layout::kPlain, "_nchw");
}

Result<TensorId> Importer::Append(const OnnxNode& node, const std::string& tensor_name,
                                  Emission emission) {
  const TensorId output = graph_.AddTensor(
      {.name = tensor_name, .shape = std::move(emission.shape), .layout = emission.layout});
  Node added{.kind = emission.kind,
             .name = UniqueName("node:" + node.name()).substr(5),
             .onnx_op = node.op(),
             .inputs = std::move(emission.inputs),
             .output = output,
             .attributes = std::move(emission.attributes)};
  Result<Shape> shape = InferShape(graph_, added);
  if (!shape.ok() && shape.error().code == ErrorCode::kUnsupported)
    return node.Unsupported(shape.error().message, shape.error().hint);
  if (!shape.ok()) return node.Invalid(shape.error().message);
  graph_.tensor(output).shape = *shape;
  graph_.nodes.push_back(std::move(added));
  return output;
}

Result<TensorId> Importer::EmitStep(const OnnxNode& node, const char* suffix, Emission emission) {
  return Append(node, UniqueName(node.output() + suffix), std::move(emission));
}

Element Importer::ElementOfInput(const OnnxNode& node) const {
  const Value* value = node.has_input(0) ? Find(node.input(0)) : nullptr;
  return value == nullptr ? Element::kFloat : value->element;
}

Status Importer::Emit(const OnnxNode& node, Emission emission) {
  const bool keeps = Info(emission.kind).moves_data_only || emission.kind == OpKind::kMaxPool ||
                     emission.kind == OpKind::kResize;
  IMCC_ASSIGN(const TensorId output, Append(node, node.output(), std::move(emission)));
  BindTensor(node.output(), output, keeps ? ElementOfInput(node) : Element::kFloat);
  return {};
}

Status Importer::Alias(const OnnxNode& node, TensorId tensor) {
  BindTensor(node.output(), tensor, ElementOfInput(node));
  return {};
}

}  // namespace imcc
