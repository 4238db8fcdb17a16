// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "onnx/quantization_grid.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ir/operator_table.h"

namespace imcc {
namespace {

/// Integers of unsigned types are stored 128 less.
constexpr int64_t kUnsignedOffset = 128;

/// Denormal scales have lost digits, and their reciprocals overflow.
bool IsScale(float value) { return std::isnormal(value) && value > 0; }
constexpr const char* kBadScale = "its scale is not a positive normal number";
constexpr const char* kBadScaleHint = "calibrate the model again: a tensor of zeros has scale 1";

/// True if values pass from the first input to the output unchanged, or rounded to the grid
/// they are on: that is how int8 values are interpolated.
bool KeepsGrid(OpKind kind) {
  return Info(kind).moves_data_only || kind == OpKind::kMaxPool || kind == OpKind::kResize;
}

/// The grid that all parts of a Concat lie on.
const QuantizeAttributes* GridOfParts(const Graph& graph, const Node& concat) {
  const QuantizeAttributes* grid = GridOf(graph, concat.inputs[0]);
  for (const TensorId part : concat.inputs) {
    const QuantizeAttributes* other = GridOf(graph, part);
    if (grid == nullptr || other == nullptr || *other != *grid) return nullptr;
  }
  return grid;
}

}  // namespace

Result<Grid> ReadGrid(const Importer& importer, const OnnxNode& node, size_t scale,
                      Element otherwise) {
  IMCC_ASSIGN(const HostTensor* scales, importer.ConstantInput(node, scale));
  Grid result{.attributes = {.scale = scales->floats, .zero_point = {}}, .element = otherwise};
  QuantizeAttributes& grid = result.attributes;
  if (grid.scale.empty() || !std::all_of(grid.scale.begin(), grid.scale.end(), IsScale))
    return node.Unsupported(kBadScale, kBadScaleHint);
  grid.zero_point.assign(grid.scale.size(), otherwise == Element::kUint8 ? -kUnsignedOffset : 0);
  if (!node.has_input(scale + 1)) return result;
  IMCC_ASSIGN(const Value* zero, importer.Input(node, scale + 1));
  if (!zero->constant || zero->constant->is_float ||
      zero->constant->ints.size() != grid.scale.size())
    return node.Unsupported("its zero point is not a constant with one integer a scale");
  for (size_t i = 0; i < grid.scale.size(); ++i) {
    const int64_t shifted =
        zero->constant->ints[i] - (zero->constant->is_unsigned ? kUnsignedOffset : 0);
    if (shifted < -128 || shifted > 127)
      return node.Unsupported(fmt::format("zero point {} is outside 8 bits", shifted),
                              "quantise activations to int8 or uint8");
    grid.zero_point[i] = static_cast<int32_t>(shifted);
  }
  result.element = zero->constant->is_unsigned ? Element::kUint8 : Element::kInt8;
  return result;
}

const QuantizeAttributes* GridOf(const Graph& graph, TensorId tensor) {
  for (const Node* node = graph.ProducerOf(tensor); node != nullptr;
       node = graph.ProducerOf(node->inputs[0])) {
    if (node->kind == OpKind::kFakeQuantize) return &node->as<QuantizeAttributes>();
    if (!KeepsGrid(node->kind)) return nullptr;
    if (node->kind == OpKind::kConcat) return GridOfParts(graph, *node);
  }
  return nullptr;
}

Status ExpectGrid(const Importer& importer, const OnnxNode& node, size_t i) {
  IMCC_ASSIGN(const Value* value, importer.Input(node, i));
  const Element element = value->element == Element::kInt8 ? Element::kInt8 : Element::kUint8;
  IMCC_ASSIGN(const Grid read, ReadGrid(importer, node, i + 1, element));
  const QuantizeAttributes& said = read.attributes;
  const QuantizeAttributes* grid =
      value->constant ? nullptr : GridOf(importer.graph(), value->tensor);
  if (grid == nullptr)
    return node.Unsupported(
        fmt::format("input '{}' does not come from a QuantizeLinear", node.input(i)),
        "give imcc the float inputs: leave QuantizeLinear in the model");
  if (*grid == said) return {};
  return node.Unsupported(
      fmt::format("input '{}' has scale {} and zero point {}, and is read with {} and {}",
                  node.input(i), grid->scale[0], grid->zero_point[0], said.scale[0],
                  said.zero_point[0]),
      "a tensor must be read with the scale it was written with");
}

Result<HostTensor> QuantizeConstant(const OnnxNode& node, const HostTensor& x, const Grid& grid,
                                    int64_t axis) {
  const std::vector<float>& scale = grid.attributes.scale;
  const auto count = static_cast<int64_t>(scale.size());
  const auto rank = static_cast<int64_t>(x.shape.rank());
  if (count > 1 && (axis < 0 || axis >= rank || x.shape[static_cast<size_t>(axis)] != count))
    return node.Unsupported(
        fmt::format("its {} scales do not lie along an axis of {}", count, x.shape.ToString()));
  int64_t inner = 1;
  for (int64_t i = axis + 1; count > 1 && i < rank; ++i) inner *= x.shape[static_cast<size_t>(i)];
  const bool is_unsigned = grid.element == Element::kUint8;
  HostTensor result{.shape = x.shape, .is_float = false, .is_unsigned = is_unsigned};
  for (size_t i = 0; i < x.floats.size(); ++i) {
    if (std::isnan(x.floats[i])) return node.Invalid("it quantises a NaN");
    const auto c = static_cast<size_t>(static_cast<int64_t>(i) / inner % count);
    const float q =
        std::nearbyint(x.floats[i] / scale[c]) + static_cast<float>(grid.attributes.zero_point[c]);
    result.ints.push_back(static_cast<int64_t>(std::clamp(q, -128.0F, 127.0F)) +
                          (is_unsigned ? kUnsignedOffset : 0));
  }
  return result;
}

Result<HostTensor> Dequantize(const OnnxNode& node, const HostTensor& x, const HostTensor& scale,
                              const HostTensor* zero_point, int64_t axis) {
  if (x.is_float) return node.Invalid("it dequantises a float tensor");
  const auto count = static_cast<int64_t>(scale.floats.size());
  const bool several = count != 1;
  const auto rank = static_cast<int64_t>(x.shape.rank());
  if (several && (axis < 0 || axis >= rank || x.shape[static_cast<size_t>(axis)] != count))
    return node.Unsupported(
        fmt::format("its {} scales do not lie along an axis of {}", count, x.shape.ToString()));
  if (!std::all_of(scale.floats.begin(), scale.floats.end(), IsScale))
    return node.Unsupported(kBadScale, kBadScaleHint);
  if (zero_point != nullptr &&
      (zero_point->is_float || static_cast<int64_t>(zero_point->ints.size()) != count))
    return node.Invalid("it has not one zero point a scale");
  int64_t inner = 1;
  for (int64_t i = axis + 1; several && i < rank; ++i) inner *= x.shape[static_cast<size_t>(i)];
  HostTensor result{.shape = x.shape, .scales = scale.floats, .scale_axis = axis};
  const int64_t offset = x.is_unsigned ? kUnsignedOffset : 0;
  for (size_t i = 0; i < x.ints.size(); ++i) {
    const size_t c = several ? static_cast<size_t>(static_cast<int64_t>(i) / inner % count) : 0;
    const int64_t zero = zero_point != nullptr ? zero_point->ints[c] : 0;
    result.is_symmetric = result.is_symmetric && zero == offset;
    result.ints.push_back(x.ints[i] - offset);
    result.floats.push_back(static_cast<float>(static_cast<double>(x.ints[i] - zero) *
                                               static_cast<double>(scale.floats[c])));
  }
  return result;
}

Status EmitOnGrid(Importer& importer, const OnnxNode& node, TensorId tensor, Grid grid,
                  int64_t axis) {
  if (grid.attributes.scale.size() > 1) {
    if (importer.graph().tensor(tensor).shape.rank() == 4) {
      IMCC_ASSIGN(tensor, importer.ChannelsLast(node, tensor));
    }
    const Tensor& stored = importer.graph().tensor(tensor);
    IMCC_ASSIGN(const int64_t positive, NormalizeAxis(node, axis, stored.shape.rank()));
    const auto last = static_cast<int64_t>(stored.shape.rank()) - 1;
    if (StoredAxis(positive, stored.layout) != last)
      return node.Unsupported("its scales lie along another axis than the channels",
                              "quantise activations per tensor or per channel");
  }
  const Layout layout = importer.graph().tensor(tensor).layout;
  IMCC_TRY(importer.Emit(node, {.kind = OpKind::kFakeQuantize,
                                .inputs = {tensor},
                                .attributes = std::move(grid.attributes),
                                .layout = layout}));
  importer.BindTensor(node.output(), importer.Find(node.output())->tensor, grid.element);
  return {};
}

Status KeepIntegers(Importer& importer, const OnnxNode& node, const HostTensor& from,
                    TensorId constant, int64_t output_axis) {
  if (from.scales.empty()) return {};
  if (from.scales.size() > 1 && from.scale_axis != output_axis)
    return node.Unsupported("the scales of its weights do not lie along its outputs");
  Tensor& tensor = importer.graph().tensor(constant);
  tensor.has_zero_point = !from.is_symmetric;
  if (from.shape.rank() == 1) {
    tensor.integers.assign(from.ints.begin(), from.ints.end());
  } else {
    tensor.weight_scales = from.scales;
  }
  return {};
}

}  // namespace imcc
