// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "onnx/feature_map.h"

#include <fmt/format.h>

#include "onnx/compose.h"

namespace imcc {

Result<TensorId> FeatureMapOf(Importer& importer, const OnnxNode& node, TensorId x,
                              size_t spatial_axes) {
  const Shape shape = ExternalShape(importer.graph().tensor(x));
  if (shape.rank() != spatial_axes + 2) {
    return node.Invalid(fmt::format("input {} does not have {} spatial dimensions",
                                    shape.ToString(), spatial_axes));
  }
  if (spatial_axes == 1) {
    x = Composer(importer, node).Reshape(x, {shape[0], shape[1], 1, shape[2]});
  }
  return importer.ChannelsLast(node, x);
}

Status EmitFeatureMap(Importer& importer, const OnnxNode& node, size_t spatial_axes,
                      Importer::Emission emission) {
  if (spatial_axes != 1) return importer.Emit(node, std::move(emission));
  IMCC_ASSIGN(const TensorId y, importer.EmitStep(node, "_2d", std::move(emission)));
  const Shape shape = ExternalShape(importer.graph().tensor(y));
  return importer.Alias(node, Composer(importer, node).Reshape(y, {shape[0], shape[1], shape[3]}));
}

}  // namespace imcc
