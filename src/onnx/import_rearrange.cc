// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "ir/pixel_phases.h"
#include "onnx/compose.h"
#include "onnx/limits.h"
#include "onnx/operators.h"

namespace imcc {
namespace {

// Squared it is the number of phases, each of which becomes a node.
constexpr int64_t kMaxBlock = 16;

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
  if (CeilDiv(length, chunk) < parts) {
    return node.Invalid(fmt::format("{} parts of {} cover an axis of {} before the last begins",
                                    parts, chunk, length));
  }
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

Result<TensorId> Join(Importer& importer, const OnnxNode& node, std::vector<TensorId> parts,
                      int64_t stored_axis) {
  return importer.EmitStep(node, "_joined",
                           {.kind = OpKind::kConcat,
                            .inputs = std::move(parts),
                            .attributes = ConcatAttributes{stored_axis},
                            .layout = Layout::kChannelsLast});
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

/// Channels are picked for each phase of the output's pixels; the phases side by side with their
/// columns in order are the output (see PhaseOrder). All of it is work the device has units for.
Status ImportDepthToSpace(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const TensorId given, importer.InputTensor(node, 0));
  IMCC_ASSIGN(const TensorId x, importer.ChannelsLast(node, given));
  const Shape s = importer.graph().tensor(x).shape;
  const int64_t block = node.Int("blocksize", 0);
  if (block < 1 || block > kMaxBlock || s[3] % (block * block) != 0) {
    return node.Invalid(fmt::format("blocks of {} do not fit {} channels", block, s[3]));
  }
  const int64_t phases = block * block;
  const int64_t channels = s[3] / phases;
  const bool blocks_first = node.String("mode", "DCR") == "DCR";
  Composer compose(importer, node);
  std::vector<TensorId> parts;
  for (int64_t phase = 0; phase < phases; ++phase) {
    std::vector<int64_t> indices;
    for (int64_t c = 0; c < channels; ++c) {
      indices.push_back(blocks_first ? phase * channels + c : c * phases + phase);
    }
    IMCC_ASSIGN(parts.emplace_back(), compose.Gather(x, 1, std::move(indices)));
  }
  IMCC_ASSIGN(const TensorId joined, Join(importer, node, std::move(parts), 2));
  IMCC_ASSIGN(const TensorId ordered, compose.Gather(joined, 3, PhaseOrder(block, block, s[2])));
  return importer.Emit(node, {.kind = OpKind::kReshape,
                              .inputs = {ordered},
                              .layout = Layout::kChannelsLast,
                              .shape = {s[0], s[1] * block, s[2] * block, channels}});
}

/// The rows of a block side by side, which only reshapes; then the columns of each phase are picked
/// and become channels.
Status ImportSpaceToDepth(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const TensorId given, importer.InputTensor(node, 0));
  IMCC_ASSIGN(TensorId x, importer.ChannelsLast(node, given));
  const Shape s = importer.graph().tensor(x).shape;
  const int64_t block = node.Int("blocksize", 0);
  if (block < 1 || block > kMaxBlock || s[1] % block != 0 || s[2] % block != 0) {
    return node.Invalid(fmt::format("blocks of {} do not fit {}x{} pixels", block, s[1], s[2]));
  }
  x = importer.Reshaped(x, {s[0], s[1] / block, block * s[2], s[3]}, Layout::kChannelsLast,
                        node.output() + "_rows");
  Composer compose(importer, node);
  std::vector<TensorId> parts;
  for (int64_t phase = 0; phase < block * block; ++phase) {
    std::vector<int64_t> indices;
    const int64_t first = phase / block * s[2] + phase % block;
    for (int64_t column = 0; column < s[2] / block; ++column) {
      indices.push_back(first + column * block);
    }
    IMCC_ASSIGN(parts.emplace_back(), compose.Gather(x, 3, std::move(indices)));
  }
  IMCC_ASSIGN(const TensorId joined, Join(importer, node, std::move(parts), 3));
  return importer.Alias(node, joined);
}

}  // namespace imcc
