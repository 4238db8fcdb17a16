// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "onnx/export.h"
#include "onnx/export_nodes.h"

namespace imcc {

Result<std::string> ExportQdq(const Graph& network, const std::vector<ExportedPart>& parts) {
  OnnxBuilder builder(network.name);
  for (const ExportedPart& part : parts) {
    if (part.host != nullptr)
      ReserveNames(*part.host, builder);
    else
      ReserveNames(*part.device, builder);
  }
  for (const TensorId id : network.inputs)
    builder.AddInput(network.tensor(id).name, ExternalShape(network.tensor(id)));
  for (const ExportedPart& part : parts)
    IMCC_TRY(part.host != nullptr ? ExportNodes(*part.host, builder)
                                  : ExportNodes(*part.device, builder));
  for (const TensorId id : network.outputs)
    builder.AddOutput(network.tensor(id).name, ExternalShape(network.tensor(id)));
  return builder.Serialize();
}

}  // namespace imcc
