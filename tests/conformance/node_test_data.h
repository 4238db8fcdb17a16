// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <onnx/onnx_pb.h>

#include <string>
#include <vector>

#include "onnx/host_tensor.h"

/// The operator tests of the ONNX project, as Debian's libonnx-testdata installs them.
namespace imcc::testing {

/// One test: a model, its inputs and the outputs it must give.
struct NodeTestData {
  std::string name;      // Of its folder.
  std::string op;        // The operator it tests; of a function's body the function.
  std::string excluded;  // Why it says nothing about imcc; "" if it does.
  int64_t opset = 0;
  onnx::ModelProto model;
  std::vector<onnx::TensorProto> input_protos;
  std::vector<HostTensor> inputs, outputs;
};

/// All of them in the order of their names; none where the package is not installed.
std::vector<NodeTestData> ReadNodeTests();

/// Makes every input but the first `kept` a constant, as parameters are in real models.
void BakeInputs(NodeTestData& test, size_t kept);

/// Values of a tensor, integers as the floats imcc computes with.
std::vector<float> Floats(const HostTensor& tensor);

}  // namespace imcc::testing
