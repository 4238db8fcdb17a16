// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>
#include <map>

#include "onnx/operators.h"

namespace imcc {
namespace {

using Mode = ResizeAttributes::Mode;
using Coordinates = ResizeAttributes::Coordinates;
using Nearest = ResizeAttributes::Nearest;

/// What Resize asks for on one axis of the input.
struct Target {
  double scale = 1;
  int64_t length = 0;
};

template <class T>
Result<T> Choose(const OnnxNode& node, const char* attribute, const char* otherwise,
                 const std::map<std::string, T>& choices) {
  const std::string given = node.String(attribute, otherwise);
  const auto found = choices.find(given);
  if (found != choices.end()) return found->second;
  std::string known;
  for (const auto& [name, value] : choices) known += (known.empty() ? "" : ", ") + name;
  return node.Unsupported(fmt::format("{} '{}' is not supported", attribute, given),
                          "supported: " + known);
}

Result<ResizeAttributes> ReadAttributes(const OnnxNode& node) {
  ResizeAttributes attributes;
  IMCC_ASSIGN(attributes.mode,
              (Choose<Mode>(node, "mode", "nearest",
                            {{"nearest", Mode::kNearest}, {"linear", Mode::kLinear}})));
  if (node.op() == "Upsample" || node.opset() < 11) {
    attributes.coordinates = Coordinates::kAsymmetric;
    attributes.nearest = Nearest::kFloor;
    return attributes;
  }
  IMCC_ASSIGN(attributes.coordinates,
              (Choose<Coordinates>(node, "coordinate_transformation_mode", "half_pixel",
                                   {{"half_pixel", Coordinates::kHalfPixel},
                                    {"pytorch_half_pixel", Coordinates::kPytorchHalfPixel},
                                    {"align_corners", Coordinates::kAlignCorners},
                                    {"asymmetric", Coordinates::kAsymmetric}})));
  IMCC_ASSIGN(attributes.nearest,
              (Choose<Nearest>(node, "nearest_mode", "round_prefer_floor",
                               {{"round_prefer_floor", Nearest::kRoundPreferFloor},
                                {"round_prefer_ceil", Nearest::kRoundPreferCeil},
                                {"floor", Nearest::kFloor},
                                {"ceil", Nearest::kCeil}})));
  if (node.Int("antialias", 0) != 0) return node.Unsupported("antialias is not supported");
  const std::string policy = node.String("keep_aspect_ratio_policy", "stretch");
  if (policy != "stretch") {
    return node.Unsupported(fmt::format("keep_aspect_ratio_policy '{}' is not supported", policy));
  }
  return attributes;
}

/// Positions of the inputs, which moved with the opset.
struct InputPlaces {
  size_t scales;
  size_t sizes;  // 0 if there is none.
};
InputPlaces Places(const OnnxNode& node) {
  if (node.op() == "Upsample" || node.opset() < 11) return {1, 0};
  return {2, 3};
}

Target Scaled(int64_t length, double scale) {
  // ONNX Runtime multiplies in float; where that rounds up to the next integer, so do we.
  const float product = static_cast<float>(length) * static_cast<float>(scale);
  if (!(product >= 1) || product > 2e9F) return {scale, 0};
  const auto out = static_cast<int64_t>(product);
  if (static_cast<int64_t>(std::floor(static_cast<double>(length) * scale + 1e-8)) == out) {
    return {scale, out};
  }
  return {static_cast<double>(out) / static_cast<double>(length), out};
}

Target Sized(int64_t length, int64_t size) {
  return {static_cast<double>(size) / static_cast<double>(length), size};
}

bool IsGiven(const Importer& importer, const OnnxNode& node, size_t input) {
  if (input == 0 || !node.has_input(input)) return false;
  const Value* value = importer.Find(node.input(input));
  return value == nullptr || !value->constant || value->constant->elements() != 0;
}

/// Which ONNX axis each entry of scales or sizes is for.
Result<std::vector<int64_t>> ReadResizeAxes(const OnnxNode& node, size_t rank) {
  std::vector<int64_t> axes;
  for (size_t i = 0; i < rank; ++i) axes.push_back(static_cast<int64_t>(i));
  if (const auto given = node.Ints("axes")) axes = *given;
  for (int64_t& axis : axes) {
    IMCC_ASSIGN(axis, NormalizeAxis(node, axis, rank));
  }
  return axes;
}

Result<std::vector<Target>> ReadTargets(const Importer& importer, const OnnxNode& node,
                                        const Shape& shape) {
  std::vector<Target> targets;
  for (const int64_t dim : shape.dims()) targets.push_back({1, dim});
  IMCC_ASSIGN(const std::vector<int64_t> axes, ReadResizeAxes(node, shape.rank()));
  const InputPlaces places = Places(node);
  if (IsGiven(importer, node, places.sizes)) {
    IMCC_ASSIGN(const std::vector<int64_t> sizes, importer.IntsInput(node, places.sizes));
    if (sizes.size() != axes.size()) return node.Invalid("sizes does not have one entry per axis");
    for (size_t i = 0; i < axes.size(); ++i) {
      const auto axis = static_cast<size_t>(axes[i]);
      if (sizes[i] < 1 || sizes[i] > 2000000000) return node.Invalid("a size is out of range");
      targets[axis] = Sized(shape[axis], sizes[i]);
    }
    return targets;
  }
  std::optional<std::vector<float>> scales = node.Floats("scales");
  if (!scales) {
    IMCC_ASSIGN(const HostTensor* constant, importer.ConstantInput(node, places.scales));
    scales = constant->floats;
  }
  if (scales->size() != axes.size()) return node.Invalid("scales does not have one entry per axis");
  for (size_t i = 0; i < axes.size(); ++i) {
    const auto axis = static_cast<size_t>(axes[i]);
    targets[axis] = Scaled(shape[axis], (*scales)[i]);
    if (targets[axis].length == 0) {
      return node.Invalid(fmt::format("scale {} is out of range", (*scales)[i]));
    }
  }
  return targets;
}

}  // namespace

Status ImportResize(Importer& importer, const OnnxNode& node) {
  IMCC_ASSIGN(ResizeAttributes attributes, ReadAttributes(node));
  IMCC_ASSIGN(TensorId x, importer.InputTensor(node, 0));
  const Tensor input = importer.graph().tensor(x);
  const Shape shape = ExternalShape(input);
  if (shape.rank() != 4) return node.Unsupported("resizes a tensor that is not [N,C,H,W]");
  IMCC_ASSIGN(const std::vector<Target> targets, ReadTargets(importer, node, shape));
  const bool plain_spatial = input.layout == Layout::kPlain && targets[3].length == shape[3] &&
                             targets[0].length == shape[0] && targets[1].length != shape[1];
  if (!plain_spatial) {
    if (targets[0].length != shape[0] || targets[1].length != shape[1]) {
      return node.Unsupported("resizes the batch or channel axis");
    }
    IMCC_ASSIGN(x, importer.ChannelsLast(node, x));
  }
  attributes.scale_h = targets[plain_spatial ? 1 : 2].scale;
  attributes.scale_w = targets[plain_spatial ? 2 : 3].scale;
  // ONNX Runtime before opset 11: shrinking takes the next source line, not the previous one.
  const bool shrinks = attributes.scale_h < 1 || attributes.scale_w < 1;
  if (node.opset() < 11 && attributes.mode == Mode::kNearest && shrinks) {
    attributes.nearest = Nearest::kCeil;
  }
  return importer.Emit(node, {.kind = OpKind::kResize,
                              .inputs = {x},
                              .attributes = attributes,
                              .layout = importer.graph().tensor(x).layout});
}

}  // namespace imcc
