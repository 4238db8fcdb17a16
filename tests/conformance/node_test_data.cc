// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "conformance/node_test_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>

#include "base/files.h"

namespace imcc::testing {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolder = "/usr/share/libonnx-testdata/data/node";

std::string Read(const fs::path& path) {
  return ReadFile(path.string(), Bytes(int64_t{1} << 28)).value();
}

/// Nothing if one of them is no tensor of numbers (a sequence, an optional, strings).
std::optional<std::vector<onnx::TensorProto>> ReadTensors(const fs::path& folder,
                                                          const std::string& prefix) {
  std::vector<onnx::TensorProto> tensors;
  for (int i = 0;; ++i) {
    const fs::path file = folder / fmt::format("{}_{}.pb", prefix, i);
    if (!fs::exists(file)) return tensors;
    tensors.emplace_back();
    if (!tensors.back().ParseFromString(Read(file)) || tensors.back().data_type() == 0) return {};
  }
}

std::vector<HostTensor> Decode(const std::vector<onnx::TensorProto>& protos) {
  std::vector<HostTensor> tensors;
  for (const onnx::TensorProto& proto : protos) {
    Result<HostTensor> tensor = ReadTensor(proto, "");
    if (!tensor.ok()) return {};
    tensors.push_back(std::move(*tensor));
  }
  return tensors;
}

/// The only operator of the model, constants aside; "" if there are several.
std::string OnlyOperator(const onnx::ModelProto& model) {
  std::set<std::string> ops;
  for (const auto& node : model.graph().node()) {
    if (node.op_type() != "Constant") ops.insert(node.op_type());
  }
  return ops.size() == 1 ? *ops.begin() : "";
}

bool HasFloatInput(const NodeTestData& test) {
  return !test.inputs.empty() && test.inputs[0].is_float;
}

std::string WhyExcluded(const NodeTestData& test, bool is_tensors) {
  if (!is_tensors || test.inputs.size() != test.input_protos.size()) {
    return "sequences, optional values, strings or types without numbers";
  }
  if (test.name.find("training") != std::string::npos || test.name.ends_with("_mode")) {
    if (test.op == "Dropout" || test.op == "BatchNormalization") return "training mode";
  }
  // It wants corners aligned to the unrounded output width; ONNX Runtime excludes it too.
  if (test.name == "test_resize_downsample_scales_linear_align_corners" ||
      test.name == "test_resize_downsample_sizes_linear_align_corners") {
    return "aligns corners to an unrounded width, which no runtime does";
  }
  if (test.op.find("QuantizeLinear") != std::string::npos || test.op.starts_with("QLinear") ||
      test.op == "DequantizeLinear") {
    return "int8 values are floats on a grid inside imcc (tests/onnx/quantized_model_test has "
           "them)";
  }
  const auto is_narrow = [](const auto& value) {
    const int type = value.type().tensor_type().elem_type();
    return type == onnx::TensorProto::FLOAT16 || type == onnx::TensorProto::BFLOAT16;
  };
  const auto& outputs = test.model.graph().output();
  if (std::any_of(outputs.begin(), outputs.end(), is_narrow)) {
    return "rounds to a narrower float type; imcc computes in float32 and int8";
  }
  if (test.inputs.empty()) return "has no inputs: nothing depends on the data";
  if (!HasFloatInput(test)) return "computes on integers or booleans";
  if (test.model.graph().input_size() != static_cast<int>(test.inputs.size())) {
    return "leaves out an optional input";
  }
  return "";
}

NodeTestData ReadTest(const fs::path& folder) {
  NodeTestData test{.name = folder.filename().string()};
  test.model.ParseFromString(Read(folder / "model.onnx"));
  for (const auto& import : test.model.opset_import()) {
    if (import.domain().empty() || import.domain() == "ai.onnx") test.opset = import.version();
  }
  test.op = OnlyOperator(test.model);
  const auto inputs = ReadTensors(folder / "test_data_set_0", "input");
  const auto outputs = ReadTensors(folder / "test_data_set_0", "output");
  if (inputs) {
    test.input_protos = *inputs;
    test.inputs = Decode(*inputs);
  }
  if (outputs) test.outputs = Decode(*outputs);
  test.excluded = WhyExcluded(test, inputs && outputs && !test.outputs.empty());
  return test;
}

}  // namespace

std::vector<NodeTestData> ReadNodeTests() {
  std::vector<NodeTestData> tests;
  if (!fs::exists(kFolder)) return tests;
  std::vector<fs::path> folders(fs::directory_iterator(kFolder), {});
  std::sort(folders.begin(), folders.end());
  std::map<std::string, std::string> op_of;
  for (const fs::path& folder : folders) {
    tests.push_back(ReadTest(folder));
    op_of[tests.back().name] = tests.back().op;
  }
  for (NodeTestData& test : tests) {
    const size_t body = test.name.find("_expanded");
    if (body == std::string::npos) continue;
    const auto function = op_of.find(test.name.substr(0, body));
    test.op = function == op_of.end() ? "" : function->second;
  }
  return tests;
}

void BakeInputs(NodeTestData& test, size_t kept) {
  onnx::GraphProto& graph = *test.model.mutable_graph();
  while (test.inputs.size() > kept) {
    onnx::TensorProto* constant = graph.add_initializer();
    *constant = test.input_protos.back();
    constant->set_name(graph.input(static_cast<int>(test.inputs.size()) - 1).name());
    graph.mutable_input()->RemoveLast();
    test.inputs.pop_back();
    test.input_protos.pop_back();
  }
}

std::vector<float> Floats(const HostTensor& tensor) {
  if (tensor.is_float) return tensor.floats;
  std::vector<float> values;
  for (const int64_t value : tensor.ints) values.push_back(static_cast<float>(value));
  return values;
}

}  // namespace imcc::testing
