// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "conformance/run_node_test.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "onnx/import.h"
#include "reference/float_executor.h"
#include "reference/float_layouts.h"

namespace imcc::testing {
namespace {

constexpr float kTolerance = 1e-4F;  // Of a value, and absolutely below 1.

Outcome Failed(std::string message) { return {Outcome::Kind::kFailed, std::move(message)}; }
Outcome NotRun(std::string message) { return {Outcome::Kind::kNotRun, std::move(message)}; }

std::string CompareTensor(const Tensor& tensor, const FloatValues& stored,
                          const HostTensor& wanted) {
  if (ExternalShape(tensor) != wanted.shape) {
    return fmt::format("output shape {}", ExternalShape(tensor).ToString());
  }
  const FloatValues got = ToExternal(tensor, stored);
  const std::vector<float> expected = Floats(wanted);
  for (size_t i = 0; i < got.size(); ++i) {
    const float tolerance = kTolerance * std::max(1.0F, std::abs(expected[i]));
    const bool both_nan = std::isnan(got[i]) && std::isnan(expected[i]);
    if (std::abs(got[i] - expected[i]) <= tolerance || got[i] == expected[i] || both_nan) continue;
    return fmt::format("element {} is {}, not {}", i, got[i], expected[i]);
  }
  return "";
}

std::vector<FloatValues> StoredInputs(const NodeTestData& test, const Graph& graph) {
  std::vector<FloatValues> inputs;
  for (size_t i = 0; i < test.inputs.size() && i < graph.inputs.size(); ++i) {
    inputs.push_back(ToStored(graph.tensor(graph.inputs[i]), Floats(test.inputs[i])));
  }
  return inputs;
}

Outcome RunOnHost(const NodeTestData& test, const Graph& graph) {
  auto executor = FloatExecutor::Create(graph);
  if (!executor.ok()) return NotRun(executor.error().message);
  const auto outputs = executor->Run(StoredInputs(test, graph));
  if (!outputs.ok()) return Failed(outputs.error().message);
  if (outputs->size() != test.outputs.size()) return Failed("another number of outputs");
  for (size_t i = 0; i < outputs->size(); ++i) {
    std::string difference =
        CompareTensor(graph.tensor(graph.outputs[i]), (*outputs)[i], test.outputs[i]);
    if (!difference.empty()) return Failed(std::move(difference));
  }
  return {Outcome::Kind::kPassed, ""};
}

}  // namespace

NodeTestResult RunNodeTest(const NodeTestData& test, const Target& target) {
  NodeTestResult result;
  result.host = NotRun("has no inputs");
  std::vector<size_t> variants = {test.inputs.size()};
  if (test.inputs.size() > 1) variants.push_back(1);
  for (const size_t kept : variants) {
    NodeTestData variant = test;
    BakeInputs(variant, kept);
    const auto model = ImportOnnxBytes(variant.model.SerializeAsString(), "", {.any_batch = true});
    if (!model.ok()) {
      if (result.host.kind == Outcome::Kind::kNotRun) result.host = NotRun(model.error().message);
      continue;
    }
    if (model->graph.inputs.size() != kept) continue;
    const Outcome host = RunOnHost(variant, model->graph);
    if (host.kind == Outcome::Kind::kNotRun) continue;
    if (result.host.kind != Outcome::Kind::kFailed) result.host = host;
    if (host.kind != Outcome::Kind::kPassed) continue;
    const Outcome device = RunOnDevice(model->graph, StoredInputs(variant, model->graph), target);
    const bool better = result.device.kind == Outcome::Kind::kNotRun;
    if (better || device.kind == Outcome::Kind::kFailed) result.device = device;
  }
  return result;
}

}  // namespace imcc::testing
