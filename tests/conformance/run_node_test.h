// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "conformance/node_test_data.h"
#include "ir/graph.h"
#include "target/target.h"

namespace imcc::testing {

/// What became of one test on one of the two roads.
struct Outcome {
  enum class Kind { kPassed, kFailed, kNotRun };
  Kind kind = Kind::kNotRun;
  std::string message;  // What differs, or why it was not run.
};

struct NodeTestResult {
  Outcome host;    // Importer and float executor.
  Outcome device;  // Quantised, compiled and simulated.
};

/// Runs a test that is not excluded: with all inputs given, else with all but the first constant.
NodeTestResult RunNodeTest(const NodeTestData& test, const Target& target);

/// Quantises the graph for these inputs, compiles it and runs the ELF: every bit must be the
/// integer reference executor's, and every node's output as close to the float node's on the same
/// inputs as the scales allow. Not run where the device does not take the whole graph.
Outcome RunOnDevice(const Graph& graph, const std::vector<std::vector<float>>& inputs,
                    const Target& target);

}  // namespace imcc::testing
