// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "onnx/compose.h"

#include <fmt/format.h>

#include <algorithm>

namespace imcc {
namespace {

// An axis longer than this is no axis anybody picks single elements from.
constexpr size_t kMaxIndices = size_t{1} << 22;

}  // namespace

Result<TensorId> Composer::Unary(TensorId x, UnaryFunction function) {
  return Emit("_function", {.kind = OpKind::kUnary,
                            .inputs = {x},
                            .attributes = UnaryAttributes{function},
                            .layout = tensor(x).layout});
}

/// The tensor with leading dimensions of 1 up to rank 4, stored channels-last.
Result<TensorId> Composer::RankFour(TensorId id) {
  const Shape shape = tensor(id).shape;
  if (shape.rank() < 4) {
    std::vector<int64_t> dims(4 - shape.rank(), 1);
    dims.insert(dims.end(), shape.dims().begin(), shape.dims().end());
    if (tensor(id).is_constant()) {
      std::vector<float> scales = tensor(id).weight_scales;
      id = importer_.AddConstant(tensor(id).name + "_4d", Shape(dims), tensor(id).constant);
      importer_.graph().tensor(id).weight_scales = std::move(scales);
    } else {
      id = importer_.Reshaped(id, Shape(dims), Layout::kPlain, tensor(id).name + "_4d");
    }
  }
  return importer_.ChannelsLast(node_, id);
}

Status Composer::AlignLayouts(TensorId& a, TensorId& b, Layout& layout) {
  const bool channels_last =
      tensor(a).layout == Layout::kChannelsLast || tensor(b).layout == Layout::kChannelsLast;
  const size_t rank = std::max(tensor(a).shape.rank(), tensor(b).shape.rank());
  layout = channels_last && rank == 4 ? Layout::kChannelsLast : Layout::kPlain;
  if (layout == Layout::kPlain) {
    a = importer_.Plain(a);
    b = importer_.Plain(b);
    return {};
  }
  IMCC_ASSIGN(a, RankFour(a));
  IMCC_ASSIGN(b, RankFour(b));
  return {};
}

Result<TensorId> Composer::Binary(OpKind kind, TensorId a, TensorId b) {
  Layout layout = Layout::kPlain;
  IMCC_TRY(AlignLayouts(a, b, layout));
  return Emit("_binary", {.kind = kind, .inputs = {a, b}, .layout = layout});
}

Status Composer::EmitBinary(OpKind kind, TensorId a, TensorId b) {
  Layout layout = Layout::kPlain;
  IMCC_TRY(AlignLayouts(a, b, layout));
  return importer_.Emit(node_, {.kind = kind, .inputs = {a, b}, .layout = layout});
}

Result<TensorId> Composer::Binary(OpKind kind, TensorId a, float b) {
  return Binary(kind, a, importer_.AddConstant(node_.output() + "_scalar", Shape{}, {b}));
}

Result<TensorId> Composer::Reduce(TensorId x, ReduceAttributes::Kind kind,
                                  std::vector<int64_t> axes) {
  const Layout layout = tensor(x).layout;
  for (int64_t& axis : axes) axis = StoredAxis(axis, layout);
  std::sort(axes.begin(), axes.end());
  for (size_t i = 0; i < axes.size();) {
    size_t end = i + 1;
    while (end < axes.size() && axes[end] == axes[end - 1] + 1) ++end;
    IMCC_ASSIGN(x,
                Emit("_reduced", {.kind = OpKind::kReduce,
                                  .inputs = {x},
                                  .attributes = ReduceAttributes{kind, axes[i], axes[end - 1] + 1},
                                  .layout = layout}));
    i = end;
  }
  return x;
}

TensorId Composer::Reshape(TensorId x, const Shape& shape) {
  if (ShapeOf(x) == shape) return x;
  return importer_.Reshaped(importer_.Plain(x), shape, Layout::kPlain,
                            node_.output() + "_reshaped");
}

Result<TensorId> Composer::Transpose(TensorId x, std::vector<int64_t> permutation) {
  return Emit("_transposed", {.kind = OpKind::kTranspose,
                              .inputs = {importer_.Plain(x)},
                              .attributes = TransposeAttributes{std::move(permutation)}});
}

Result<TensorId> Composer::Slice(TensorId x, int64_t axis, int64_t start, int64_t count) {
  const Layout layout = tensor(x).layout;
  const auto stored = static_cast<size_t>(StoredAxis(axis, layout));
  Shape shape = tensor(x).shape;
  if (count == shape[stored]) return x;
  shape[stored] = count;
  SliceAttributes attributes{std::vector<int64_t>(shape.rank(), 0),
                             std::vector<int64_t>(shape.rank(), 1)};
  attributes.starts[stored] = start;
  return Emit("_slice", {.kind = OpKind::kSlice,
                         .inputs = {x},
                         .attributes = std::move(attributes),
                         .layout = layout,
                         .shape = shape});
}

Result<TensorId> Composer::Gather(TensorId x, int64_t axis, std::vector<int64_t> indices) {
  if (indices.size() > kMaxIndices) {
    return node_.Unsupported(fmt::format("picks {} elements of one axis", indices.size()));
  }
  const Layout layout = tensor(x).layout;
  return Emit("_gathered",
              {.kind = OpKind::kGather,
               .inputs = {x},
               .attributes = GatherAttributes{StoredAxis(axis, layout), std::move(indices)},
               .layout = layout});
}

Result<TensorId> Composer::Pad(TensorId x, int64_t axis, int64_t before, int64_t after,
                               float value) {
  if (before == 0 && after == 0) return x;
  // Pad works on two middle axes of four: [before the axis, 1, axis, after it].
  const Layout layout = tensor(x).layout;
  const auto stored = static_cast<size_t>(StoredAxis(axis, layout));
  Shape shape = tensor(x).shape;
  int64_t outer = 1;
  for (size_t i = 0; i < stored; ++i) outer *= shape[i];
  const int64_t inner = shape.elements() / (outer * shape[stored]);
  x = importer_.Reshaped(x, {outer, 1, shape[stored], inner}, Layout::kPlain,
                         node_.output() + "_rows");
  const PadAttributes attributes{Padding{.left = before, .right = after}, value};
  IMCC_ASSIGN(x, Emit("_padded", {.kind = OpKind::kPad, .inputs = {x}, .attributes = attributes}));
  shape[stored] += before + after;
  return importer_.Reshaped(x, shape, layout, node_.output() + "_padded");
}

}  // namespace imcc
