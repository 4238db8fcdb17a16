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

/// Pads of each ONNX axis, begins then ends, as a full-rank list.
Result<std::vector<int64_t>> ReadPadList(const Importer& importer, const OnnxNode& node,
                                         size_t rank) {
  std::vector<int64_t> pads;
  if (node.opset() < 11) {
    pads = node.Ints("pads").value_or(std::vector<int64_t>{});
  } else {
    IMCC_ASSIGN(pads, importer.IntsInput(node, 1));
  }
  if (!node.has_input(3)) {
    if (pads.size() != 2 * rank) return node.Invalid("pads does not have two entries per axis");
    return pads;
  }
  IMCC_ASSIGN(const std::vector<int64_t> axes, importer.IntsInput(node, 3));
  if (pads.size() != 2 * axes.size()) {
    return node.Invalid("pads does not have two entries per axis");
  }
  std::vector<int64_t> all(2 * rank, 0);
  for (size_t i = 0; i < axes.size(); ++i) {
    IMCC_ASSIGN(const int64_t axis, NormalizeAxis(node, axes[i], rank));
    all[static_cast<size_t>(axis)] = pads[i];
    all[static_cast<size_t>(axis) + rank] = pads[i + axes.size()];
  }
  return all;
}

/// Where position i, possibly outside [0, length), reads from.
int64_t SourceOf(const std::string& mode, int64_t i, int64_t length) {
  if (mode == "edge") return std::clamp<int64_t>(i, 0, length - 1);
  if (mode == "wrap") return ((i % length) + length) % length;
  // Reflect: 2 1 | 0 1 2 | 1 0, with the period of going there and back.
  const int64_t period = std::max<int64_t>(2 * (length - 1), 1);
  const int64_t at = ((i % period) + period) % period;
  return std::min(at, period - at);
}

/// Copies of elements of the axis itself, before and after it.
Result<TensorId> PadWithElements(Composer& compose, TensorId x, int64_t axis, int64_t before,
                                 int64_t after, const std::string& mode) {
  const int64_t length = compose.ShapeOf(x)[static_cast<size_t>(axis)];
  std::vector<int64_t> indices;
  for (int64_t i = -before; i < length + after; ++i) {
    indices.push_back(SourceOf(mode, i, length));
  }
  return compose.Gather(x, axis, std::move(indices));
}

/// Negative pads cut elements off; what is left of `before` and `after` is 0 or more.
Result<TensorId> Crop(Composer& compose, const OnnxNode& node, TensorId x, int64_t axis,
                      int64_t& before, int64_t& after) {
  const int64_t length = compose.ShapeOf(x)[static_cast<size_t>(axis)];
  const int64_t start = std::max<int64_t>(-before, 0);
  const int64_t count = length - start - std::max<int64_t>(-after, 0);
  if (count < 1) return node.Invalid(fmt::format("leaves nothing of axis {}", axis));
  before = std::max<int64_t>(before, 0);
  after = std::max<int64_t>(after, 0);
  return compose.Slice(x, axis, start, count);
}

Status PadAnyAxis(Importer& importer, const OnnxNode& node, TensorId x,
                  const std::vector<int64_t>& pads, const std::string& mode, float value) {
  Composer compose(importer, node);
  const size_t rank = pads.size() / 2;
  for (size_t i = 0; i < rank; ++i) {
    const auto axis = static_cast<int64_t>(i);
    int64_t before = pads[i];
    int64_t after = pads[i + rank];
    IMCC_ASSIGN(x, Crop(compose, node, x, axis, before, after));
    if (before == 0 && after == 0) continue;
    if (mode == "constant") {
      IMCC_ASSIGN(x, compose.Pad(x, axis, before, after, value));
    } else {
      const int64_t length = compose.ShapeOf(x)[i] + before + after;
      if (length > (int64_t{1} << 22)) {
        return node.Unsupported(fmt::format("pads an axis to {} elements", length));
      }
      IMCC_ASSIGN(x, PadWithElements(compose, x, axis, before, after, mode));
    }
  }
  return importer.Alias(node, x);
}

/// Height and width only, by constants: the padding a window can take over.
bool IsSpatial(const std::vector<int64_t>& pads) {
  if (pads.size() != 8) return false;
  return pads[0] == 0 && pads[1] == 0 && pads[4] == 0 && pads[5] == 0 &&
         *std::min_element(pads.begin(), pads.end()) >= 0;
}
bool IsPlainSpatial(const std::vector<int64_t>& pads) {
  if (pads.size() != 8) return false;
  return pads[0] == 0 && pads[3] == 0 && pads[4] == 0 && pads[7] == 0 &&
         *std::min_element(pads.begin(), pads.end()) >= 0;
}

}  // namespace

Status ImportPad(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(TensorId x, importer.InputTensor(node, 0));
  const size_t rank = importer.graph().tensor(x).shape.rank();
  IMCC_ASSIGN(const std::vector<int64_t> pads, ReadPadList(importer, node, rank));
  if (std::all_of(pads.begin(), pads.end(), [](int64_t pad) { return pad == 0; })) {
    return importer.Alias(node, x);
  }
  const std::string mode = node.String("mode", "constant");
  if (mode != "constant" && mode != "reflect" && mode != "edge" && mode != "wrap") {
    return node.Invalid(fmt::format("mode '{}' is unknown", mode));
  }
  float value = node.Float("value", 0);
  if (node.opset() >= 11) {
    IMCC_ASSIGN(value, importer.ScalarInput(node, 2, 0));
  }
  for (const int64_t pad : pads) {
    if (pad <= -kMaxLength || pad >= kMaxLength) {
      return node.Unsupported(fmt::format("padding {} is out of range", pad));
    }
  }
  const bool plain_spatial =
      IsPlainSpatial(pads) && importer.graph().tensor(x).layout == Layout::kPlain;
  if (mode != "constant" || (!plain_spatial && !IsSpatial(pads))) {
    return PadAnyAxis(importer, node, x, pads, mode, value);
  }
  Padding padding{pads[1], pads[2], pads[5], pads[6]};
  if (!plain_spatial) {
    padding = {pads[2], pads[3], pads[6], pads[7]};
    IMCC_ASSIGN(x, importer.ChannelsLast(node, x));
  }
  return importer.Emit(node, {.kind = OpKind::kPad,
                              .inputs = {x},
                              .attributes = PadAttributes{padding, value},
                              .layout = importer.graph().tensor(x).layout});
}

}  // namespace imcc
