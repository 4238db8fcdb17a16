// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "onnx/schema_notes.h"

#include <fmt/format.h>
#include <onnx/defs/schema.h>
#include <onnx/onnx_pb.h>

namespace imcc {

void AddSchemaNotes(const OnnxNode& node, std::vector<Note>& notes) {
  if (!node.proto().domain().empty() && node.proto().domain() != "ai.onnx") return;
  const onnx::OpSchema* schema =
      onnx::OpSchemaRegistry::Schema(node.op(), static_cast<int>(node.opset()));
  if (schema == nullptr) return;
  const auto warn = [&](const std::string& message) {
    notes.push_back({.severity = Note::Severity::kWarning,
                     .where = fmt::format("{} '{}'", node.op(), node.name()),
                     .message = message});
  };
  const int inputs = node.proto().input_size();
  if (inputs > schema->max_input())
    warn(fmt::format("has {} inputs, the operator takes {}; the others are ignored", inputs,
                     schema->max_input()));
  for (const auto& attribute : node.proto().attribute())
    if (schema->attributes().count(attribute.name()) == 0)
      warn(fmt::format("the operator has no attribute '{}'; it is ignored", attribute.name()));
}

}  // namespace imcc
