// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "onnx/compose.h"
#include "onnx/limits.h"
#include "onnx/operators.h"

namespace imcc {
namespace {

/// Slice bounds: attributes before opset 10, inputs 1 (starts), 2 (ends), 3 (axes), 4 (steps)
/// since.
struct SliceBounds {
  std::vector<int64_t> starts;
  std::vector<int64_t> ends;
  std::optional<std::vector<int64_t>> axes;
  std::vector<int64_t> steps;
};

Result<SliceBounds> ReadSliceBounds(const Importer& importer, const OnnxNode& node) {
  SliceBounds bounds;
  if (node.opset() < 10) {
    bounds.starts = node.Ints("starts").value_or(std::vector<int64_t>{});
    bounds.ends = node.Ints("ends").value_or(std::vector<int64_t>{});
    bounds.axes = node.Ints("axes");
  } else {
    IMCC_ASSIGN(bounds.starts, importer.IntsInput(node, 1));
    IMCC_ASSIGN(bounds.ends, importer.IntsInput(node, 2));
    if (node.has_input(3)) {
      IMCC_ASSIGN(bounds.axes, importer.IntsInput(node, 3));
    }
    if (node.has_input(4)) {
      IMCC_ASSIGN(bounds.steps, importer.IntsInput(node, 4));
    }
  }
  if (bounds.steps.empty()) bounds.steps.assign(bounds.starts.size(), 1);
  if (bounds.ends.size() != bounds.starts.size() || bounds.steps.size() != bounds.starts.size() ||
      (bounds.axes && bounds.axes->size() != bounds.starts.size())) {
    return node.Invalid("starts, ends, axes and steps differ in length");
  }
  return bounds;
}

}  // namespace

Status ImportConcat(Importer& importer, const OnnxNode& node) {
  if (node.input_count() == 0) return node.Invalid("has no inputs");
  std::vector<TensorId> inputs;
  bool channels_last = false;
  for (size_t i = 0; i < node.input_count(); ++i) {
    IMCC_ASSIGN(inputs.emplace_back(), importer.InputTensor(node, i));
    channels_last =
        channels_last || importer.graph().tensor(inputs.back()).layout == Layout::kChannelsLast;
  }
  for (TensorId& input : inputs) {
    if (channels_last) {
      IMCC_ASSIGN(input, importer.ChannelsLast(node, input));
    }
  }
  const Layout layout = channels_last ? Layout::kChannelsLast : Layout::kPlain;
  IMCC_ASSIGN(const int64_t axis, NormalizeAxis(node, node.Int("axis", 1),
                                                importer.graph().tensor(inputs[0]).shape.rank()));
  // Here, where the axes are still the model's own.
  const Shape first = importer.ShapeOf(*importer.Find(node.input(0)));
  for (size_t i = 1; i < node.input_count(); ++i) {
    const Shape other = importer.ShapeOf(*importer.Find(node.input(i)));
    for (int64_t a = 0; a < static_cast<int64_t>(first.rank()); ++a)
      if (other.rank() != first.rank() ||
          (a != axis && other[static_cast<size_t>(a)] != first[static_cast<size_t>(a)]))
        return node.Invalid(fmt::format("inputs {} and {} differ outside axis {}", first.ToString(),
                                        other.ToString(), axis));
  }
  return importer.Emit(node, {.kind = OpKind::kConcat,
                              .inputs = std::move(inputs),
                              .attributes = ConcatAttributes{StoredAxis(axis, layout)},
                              .layout = layout});
}

Status ImportTranspose(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const TensorId x, importer.InputTensor(node, 0));
  const Tensor input = importer.graph().tensor(x);
  const auto rank = static_cast<int64_t>(input.shape.rank());
  std::vector<int64_t> permutation;
  for (int64_t i = rank; i-- > 0;) permutation.push_back(i);
  if (const auto given = node.Ints("perm")) permutation = *given;
  std::vector<int64_t> sorted = permutation;
  std::sort(sorted.begin(), sorted.end());
  for (int64_t i = 0; i < static_cast<int64_t>(sorted.size()); ++i) {
    if (static_cast<int64_t>(sorted.size()) != rank || sorted[static_cast<size_t>(i)] != i) {
      return node.Invalid("perm is not a permutation of the axes of " + input.shape.ToString());
    }
  }
  if (static_cast<int64_t>(sorted.size()) != rank) return node.Invalid("perm misses axes");

  // As stored: output axis i of a plain result, and of a channels-last result.
  std::vector<int64_t> plain;
  for (const int64_t axis : permutation) plain.push_back(StoredAxis(axis, input.layout));
  if (rank == 4 && !KeepsOrder(input.shape, plain)) {
    const std::vector<int64_t> last = {plain[0], plain[2], plain[3], plain[1]};
    if (KeepsOrder(input.shape, last)) {
      Shape shape = input.shape;
      for (size_t i = 0; i < 4; ++i) shape[i] = input.shape[static_cast<size_t>(last[i])];
      return importer.Emit(node, {.kind = OpKind::kReshape,
                                  .inputs = {x},
                                  .layout = Layout::kChannelsLast,
                                  .shape = shape});
    }
  }
  if (KeepsOrder(input.shape, plain)) {
    Shape shape = input.shape;
    for (size_t i = 0; i < plain.size(); ++i) shape[i] = input.shape[static_cast<size_t>(plain[i])];
    return importer.Emit(node, {.kind = OpKind::kReshape, .inputs = {x}, .shape = shape});
  }
  return importer.Emit(node, {.kind = OpKind::kTranspose,
                              .inputs = {x},
                              .attributes = TransposeAttributes{std::move(plain)}});
}

Result<SliceRange> ReadSlice(const Importer& importer, const OnnxNode& node, const Shape& input) {
  IMCC_ASSIGN(const SliceBounds bounds, ReadSliceBounds(importer, node));
  SliceRange range{std::vector<int64_t>(input.rank(), 0), std::vector<int64_t>(input.rank(), 1),
                   input.dims()};
  for (size_t i = 0; i < bounds.starts.size(); ++i) {
    IMCC_ASSIGN(const int64_t axis_signed,
                NormalizeAxis(node, bounds.axes ? (*bounds.axes)[i] : static_cast<int64_t>(i),
                              input.rank()));
    const auto axis = static_cast<size_t>(axis_signed);
    const int64_t length = input[axis];
    const int64_t step = std::clamp(bounds.steps[i], -kMaxLength, kMaxLength);
    if (step == 0) return node.Invalid("a step is 0");
    // Going down, a range may start at the last element at most and ends before element 0.
    const int64_t lowest = step > 0 ? 0 : -1;
    const int64_t highest = step > 0 ? length : length - 1;
    const auto clamp = [&](int64_t at) {
      return std::clamp<int64_t>(at < 0 ? at + length : at, lowest, std::max(lowest, highest));
    };
    const int64_t start = clamp(bounds.starts[i]);
    const int64_t span = (clamp(bounds.ends[i]) - start) * (step > 0 ? 1 : -1);
    range.starts[axis] = start;
    range.steps[axis] = step;
    range.counts[axis] = span <= 0 ? 0 : (span - 1) / std::abs(step) + 1;
  }
  return range;
}

namespace {

/// Any step below 0 makes every axis a list of the positions it picks.
Status SliceBackwards(Importer& importer, const OnnxNode& node, TensorId x,
                      const SliceRange& range) {
  Composer compose(importer, node);
  const Shape shape = compose.ShapeOf(x);
  for (size_t axis = 0; axis < shape.rank(); ++axis) {
    if (range.counts[axis] == shape[axis] && range.steps[axis] == 1) continue;
    if (range.counts[axis] > (int64_t{1} << 22)) {
      return node.Unsupported(fmt::format("turns an axis of {} around", range.counts[axis]));
    }
    std::vector<int64_t> indices;
    for (int64_t i = 0; i < range.counts[axis]; ++i) {
      indices.push_back(range.starts[axis] + i * range.steps[axis]);
    }
    IMCC_ASSIGN(x, compose.Gather(x, static_cast<int64_t>(axis), std::move(indices)));
  }
  return importer.Alias(node, x);
}

}  // namespace

Status ImportSlice(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(const TensorId x, importer.InputTensor(node, 0));
  const Tensor input = importer.graph().tensor(x);
  IMCC_ASSIGN(const SliceRange range, ReadSlice(importer, node, ExternalShape(input)));
  if (std::any_of(range.steps.begin(), range.steps.end(), [](int64_t s) { return s < 1; })) {
    return SliceBackwards(importer, node, x, range);
  }
  SliceAttributes attributes{range.starts, range.steps};
  Shape shape = input.shape;
  for (size_t i = 0; i < range.starts.size(); ++i) {
    const auto axis = static_cast<size_t>(StoredAxis(static_cast<int64_t>(i), input.layout));
    attributes.starts[axis] = range.starts[i];
    attributes.steps[axis] = range.steps[i];
    shape[axis] = range.counts[i];
  }
  return importer.Emit(node, {.kind = OpKind::kSlice,
                              .inputs = {x},
                              .attributes = std::move(attributes),
                              .layout = input.layout,
                              .shape = shape});
}

}  // namespace imcc
