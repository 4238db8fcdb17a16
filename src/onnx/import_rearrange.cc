// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "onnx/compose.h"
#include "onnx/operators.h"

namespace imcc {
namespace {

constexpr int64_t kMaxLength = int64_t{1} << 30;

/// Lengths of the parts: given, or as equal as num_outputs (opset 18) or the outputs ask for.
Result<std::vector<int64_t>> ReadSplit(const Importer& importer, const OnnxNode& node,
                                       int64_t length) {
  if (node.opset() >= 13 && node.has_input(1)) return importer.IntsInput(node, 1);
  if (const auto given = node.Ints("split")) return *given;
  int64_t parts = 0;
  while (!node.output(static_cast<size_t>(parts)).empty()) ++parts;
  parts = node.Int("num_outputs", parts);
  if (parts < 1 || parts > length) return node.Invalid(fmt::format("{} parts", parts));
  const int64_t chunk = CeilDiv(length, parts);
  std::vector<int64_t> lengths;
  for (int64_t rest = length; rest > 0; rest -= chunk) lengths.push_back(std::min(chunk, rest));
  return lengths;
}

/// The ONNX shape with leading dimensions of 1 up to `rank`.
Shape WithRank(const Shape& shape, size_t rank) {
  if (shape.rank() >= rank) return shape;
  std::vector<int64_t> dims(rank - shape.rank(), 1);
  dims.insert(dims.end(), shape.dims().begin(), shape.dims().end());
  return Shape(dims);
}

Result<TensorId> Repeat(Composer& compose, const OnnxNode& node, TensorId x, size_t axis,
                        int64_t repeats) {
  const int64_t length = compose.ShapeOf(x)[axis];
  if (repeats == 1) return x;
  if (repeats < 1 || repeats > kMaxLength || length > kMaxLength / repeats) {
    return node.Unsupported(fmt::format("repeats an axis of {} {} times", length, repeats));
  }
  // Composer::Gather would refuse it too, but only after the list has been made.
  if (length * repeats > (int64_t{1} << 22)) {
    return node.Unsupported(fmt::format("makes an axis of {} elements", length * repeats));
  }
  std::vector<int64_t> indices(static_cast<size_t>(length * repeats));
  for (size_t i = 0; i < indices.size(); ++i) indices[i] = static_cast<int64_t>(i) % length;
  return compose.Gather(x, static_cast<int64_t>(axis), std::move(indices));
}

/// Stored [N,H,W,C] seen as six axes, permuted and seen as a feature map again.
Status Shuffle(Importer& importer, const OnnxNode& node, TensorId x, const Shape& split,
               const std::vector<int64_t>& permutation, const Shape& result) {
  Composer compose(importer, node);
  x = importer.Reshaped(x, split, Layout::kPlain, node.output() + "_blocks");
  IMCC_ASSIGN(x, compose.Transpose(x, permutation));
  return importer.Emit(
      node,
      {.kind = OpKind::kReshape, .inputs = {x}, .layout = Layout::kChannelsLast, .shape = result});
}

}  // namespace

Status ImportSplit(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const TensorId x, importer.InputTensor(node, 0));
  Composer compose(importer, node);
  const Shape shape = compose.ShapeOf(x);
  IMCC_ASSIGN(const int64_t axis, NormalizeAxis(node, node.Int("axis", 0), shape.rank()));
  const int64_t length = shape[static_cast<size_t>(axis)];
  IMCC_ASSIGN(const std::vector<int64_t> parts, ReadSplit(importer, node, length));
  int64_t start = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i] < 0 || parts[i] > length - start) {
      return node.Invalid(fmt::format("its parts do not add up to {}", length));
    }
    if (!node.output(i).empty()) {
      IMCC_ASSIGN(const TensorId part, compose.Slice(x, axis, start, parts[i]));
      importer.BindTensor(node.output(i), part);
    }
    start += parts[i];
  }
  if (start != length) return node.Invalid(fmt::format("its parts do not add up to {}", length));
  return {};
}

Status ImportGather(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const TensorId x, importer.InputTensor(node, 0));
  Composer compose(importer, node);
  const Shape shape = compose.ShapeOf(x);
  IMCC_ASSIGN(const int64_t axis, NormalizeAxis(node, node.Int("axis", 0), shape.rank()));
  IMCC_ASSIGN(std::vector<int64_t> indices, importer.IntsInput(node, 1));
  const int64_t length = shape[static_cast<size_t>(axis)];
  for (int64_t& index : indices) {
    if (index < -length || index >= length) {
      return node.Invalid(fmt::format("index {} is outside an axis of {}", index, length));
    }
    if (index < 0) index += length;
  }
  IMCC_ASSIGN(const Value* given, importer.Input(node, 1));
  std::vector<int64_t> dims(shape.dims().begin(), shape.dims().begin() + axis);
  const Shape picked = importer.ShapeOf(*given);
  dims.insert(dims.end(), picked.dims().begin(), picked.dims().end());
  dims.insert(dims.end(), shape.dims().begin() + axis + 1, shape.dims().end());
  IMCC_ASSIGN(const TensorId y, compose.Gather(x, axis, std::move(indices)));
  return importer.Alias(node, compose.Reshape(y, Shape(dims)));
}

Status ImportExpand(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(TensorId x, importer.InputTensor(node, 0));
  IMCC_ASSIGN(const std::vector<int64_t> wanted, importer.IntsInput(node, 1));
  Composer compose(importer, node);
  const Shape shape = WithRank(compose.ShapeOf(x), wanted.size());
  x = compose.Reshape(x, shape);
  for (size_t i = 0; i < wanted.size(); ++i) {
    const size_t axis = shape.rank() - wanted.size() + i;
    if (wanted[i] == 1 || wanted[i] == shape[axis]) continue;
    if (shape[axis] != 1) {
      return node.Invalid(
          fmt::format("{} does not broadcast to {} in axis {}", shape.ToString(), wanted[i], axis));
    }
    IMCC_ASSIGN(x, Repeat(compose, node, x, axis, wanted[i]));
  }
  return importer.Alias(node, x);
}

Status ImportTile(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(TensorId x, importer.InputTensor(node, 0));
  IMCC_ASSIGN(const std::vector<int64_t> repeats, importer.IntsInput(node, 1));
  Composer compose(importer, node);
  if (repeats.size() != compose.ShapeOf(x).rank()) {
    return node.Invalid("its repeats are not one per axis");
  }
  for (size_t axis = 0; axis < repeats.size(); ++axis) {
    IMCC_ASSIGN(x, Repeat(compose, node, x, axis, repeats[axis]));
  }
  return importer.Alias(node, x);
}

Status ImportDepthToSpace(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const TensorId given, importer.InputTensor(node, 0));
  IMCC_ASSIGN(const TensorId x, importer.ChannelsLast(node, given));
  const Shape s = importer.graph().tensor(x).shape;
  const int64_t block = node.Int("blocksize", 0);
  if (block < 1 || block > s[3] || s[3] % (block * block) != 0) {
    return node.Invalid(fmt::format("blocks of {} do not fit {} channels", block, s[3]));
  }
  const int64_t channels = s[3] / (block * block);
  const Shape result{s[0], s[1] * block, s[2] * block, channels};
  if (node.String("mode", "DCR") == "DCR") {
    return Shuffle(importer, node, x, {s[0], s[1], s[2], block, block, channels},
                   {0, 1, 3, 2, 4, 5}, result);
  }
  return Shuffle(importer, node, x, {s[0], s[1], s[2], channels, block, block}, {0, 1, 4, 2, 5, 3},
                 result);
}

Status ImportSpaceToDepth(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const TensorId given, importer.InputTensor(node, 0));
  IMCC_ASSIGN(const TensorId x, importer.ChannelsLast(node, given));
  const Shape s = importer.graph().tensor(x).shape;
  const int64_t block = node.Int("blocksize", 0);
  if (block < 1 || s[1] % block != 0 || s[2] % block != 0) {
    return node.Invalid(fmt::format("blocks of {} do not fit {}x{} pixels", block, s[1], s[2]));
  }
  return Shuffle(importer, node, x, {s[0], s[1] / block, block, s[2] / block, block, s[3]},
                 {0, 1, 3, 2, 4, 5}, {s[0], s[1] / block, s[2] / block, block * block * s[3]});
}

}  // namespace imcc
