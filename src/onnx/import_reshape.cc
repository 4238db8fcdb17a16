// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "onnx/channel_shuffle.h"
#include "onnx/operators.h"

namespace imcc {
namespace {

/// Emits the reshape of a value to an ONNX shape. A channels-last value whose bytes lie in the same
/// order either way (one pixel, or one channel) needs no transpose: Plain() sees to that.
Status EmitReshape(Importer& importer, const OnnxNode& node, TensorId x, const Shape& shape) {
  if (ExternalShape(importer.graph().tensor(x)) == shape) return importer.Alias(node, x);
  return importer.Emit(node,
                       {.kind = OpKind::kReshape, .inputs = {importer.Plain(x)}, .shape = shape});
}

bool Holds(const std::vector<int64_t>& sorted, size_t axis) {
  return std::binary_search(sorted.begin(), sorted.end(), static_cast<int64_t>(axis));
}

}  // namespace

Result<Shape> ResolveReshape(const OnnxNode& node, const Shape& input,
                             const std::vector<int64_t>& wanted) {
  std::vector<int64_t> dims = wanted;
  const bool allow_zero = node.Int("allowzero", 0) != 0;
  std::optional<size_t> inferred;
  for (size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] == 0 && !allow_zero) {
      if (i >= input.rank()) return node.Invalid("copies a dimension that its input lacks");
      dims[i] = input[i];
    }
    if (dims[i] != -1) continue;
    if (inferred) return node.Invalid("its shape holds -1 twice");
    inferred = i;
    dims[i] = 1;
  }
  const std::string subject = fmt::format("{} '{}'", node.op(), node.name());
  IMCC_ASSIGN(const int64_t known, CheckedElements(dims, subject));
  if (inferred) {
    if (known == 0 || input.elements() % known != 0) {
      return node.Invalid(fmt::format("{} does not divide into its shape", input.ToString()));
    }
    dims[*inferred] = input.elements() / known;
  } else if (known != input.elements()) {
    return node.Invalid(
        fmt::format("{} cannot be reshaped to {}", input.ToString(), Shape(dims).ToString()));
  }
  return Shape(dims);
}

Result<std::optional<std::vector<int64_t>>> ReadAxes(const Importer& importer,
                                                     const OnnxNode& node) {
  if (node.opset() < 13) return node.Ints("axes");
  if (!node.has_input(1)) return std::optional<std::vector<int64_t>>{};
  IMCC_ASSIGN(std::vector<int64_t> axes, importer.IntsInput(node, 1));
  return std::optional(std::move(axes));
}

Result<Shape> SqueezedShape(const Importer& importer, const OnnxNode& node, const Shape& input) {
  IMCC_ASSIGN(const auto given, ReadAxes(importer, node));
  std::vector<int64_t> axes;
  if (given) {
    IMCC_ASSIGN(axes, NormalizedAxes(node, *given, input.rank()));
  }
  std::vector<int64_t> dims;
  for (size_t i = 0; i < input.rank(); ++i) {
    const bool removed = given ? Holds(axes, i) : input[i] == 1;
    if (!removed) dims.push_back(input[i]);
    if (removed && input[i] != 1) {
      return node.Invalid(fmt::format("axis {} of {} is not 1", i, input.ToString()));
    }
  }
  return Shape(dims);
}

Result<Shape> UnsqueezedShape(const Importer& importer, const OnnxNode& node, const Shape& input) {
  IMCC_ASSIGN(const auto given, ReadAxes(importer, node));
  if (!given) return node.Invalid("axes are missing");
  if (given->size() > 16) return node.Invalid("adds more than 16 axes");
  const size_t rank = input.rank() + given->size();
  IMCC_ASSIGN(const std::vector<int64_t> axes, NormalizedAxes(node, *given, rank));
  std::vector<int64_t> dims;
  size_t next = 0;
  for (size_t i = 0; i < rank; ++i) dims.push_back(Holds(axes, i) ? 1 : input[next++]);
  return Shape(dims);
}

Result<Shape> FlattenedShape(const OnnxNode& node, const Shape& input) {
  const int64_t given = node.Int("axis", 1);
  const auto rank = static_cast<int64_t>(input.rank());
  if (given < -rank || given > rank) {
    return node.Invalid(fmt::format("axis {} is outside rank {}", given, rank));
  }
  const int64_t axis = given < 0 ? given + rank : given;
  int64_t rows = 1;
  int64_t columns = 1;
  for (int64_t i = 0; i < rank; ++i) (i < axis ? rows : columns) *= input[static_cast<size_t>(i)];
  return Shape{rows, columns};
}

Status ImportReshape(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const TensorId x, importer.InputTensor(node, 0));
  IMCC_ASSIGN(const std::vector<int64_t> wanted, importer.IntsInput(node, 1));
  IMCC_ASSIGN(const Shape shape,
              ResolveReshape(node, ExternalShape(importer.graph().tensor(x)), wanted));
  if (auto shuffle = FindChannelShuffle(importer.graph(), x, shape))
    return importer.Emit(node, {.kind = OpKind::kGather,
                                .inputs = {shuffle->from},
                                .attributes = GatherAttributes{3, std::move(shuffle->channels)},
                                .layout = Layout::kChannelsLast});
  return EmitReshape(importer, node, x, shape);
}

Status ImportFlatten(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const TensorId x, importer.InputTensor(node, 0));
  IMCC_ASSIGN(const Shape shape, FlattenedShape(node, ExternalShape(importer.graph().tensor(x))));
  return EmitReshape(importer, node, x, shape);
}

Status ImportSqueeze(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const TensorId x, importer.InputTensor(node, 0));
  IMCC_ASSIGN(const Shape shape,
              SqueezedShape(importer, node, ExternalShape(importer.graph().tensor(x))));
  return EmitReshape(importer, node, x, shape);
}

Status ImportUnsqueeze(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const TensorId x, importer.InputTensor(node, 0));
  IMCC_ASSIGN(const Shape shape,
              UnsqueezedShape(importer, node, ExternalShape(importer.graph().tensor(x))));
  return EmitReshape(importer, node, x, shape);
}

Status ImportShape(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const Value* value, importer.Input(node, 0));
  const std::vector<int64_t> dims = importer.ShapeOf(*value).dims();
  const auto rank = static_cast<int64_t>(dims.size());
  const auto clamp = [&](int64_t i) { return std::clamp<int64_t>(i < 0 ? i + rank : i, 0, rank); };
  const int64_t start = clamp(node.Int("start", 0));
  const int64_t end = std::max(start, clamp(node.Int("end", rank)));
  HostTensor shape;
  shape.is_float = false;
  shape.ints.assign(dims.begin() + start, dims.begin() + end);
  shape.shape = Shape{end - start};
  importer.BindConstant(node.output(), std::move(shape));
  return {};
}

Status ImportSize(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const Value* value, importer.Input(node, 0));
  HostTensor size;
  size.is_float = false;
  size.ints = {importer.ShapeOf(*value).elements()};
  importer.BindConstant(node.output(), std::move(size));
  return {};
}

}  // namespace imcc
