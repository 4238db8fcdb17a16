// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
// The operator tests of the ONNX project itself (Debian: libonnx-testdata): every one whose model
// imcc imports must give the published outputs.
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <map>
#include <optional>

#include "base/files.h"
#include "onnx/import.h"
#include "reference/float_graph.h"
#include "reference/float_layouts.h"

namespace imcc::testing {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolder = "/usr/share/libonnx-testdata/data/node";

/// One test: a model, its inputs and the outputs it must give.
struct NodeTest {
  onnx::ModelProto model;
  std::vector<onnx::TensorProto> inputs, outputs;
};

std::string Read(const fs::path& path) {
  return ReadFile(path.string(), Bytes(int64_t{1} << 28)).value();
}

std::vector<onnx::TensorProto> ReadTensors(const fs::path& folder, const std::string& prefix) {
  std::vector<onnx::TensorProto> tensors;
  for (int i = 0;; ++i) {
    const fs::path file = folder / fmt::format("{}_{}.pb", prefix, i);
    if (!fs::exists(file)) return tensors;
    tensors.emplace_back();
    tensors.back().ParseFromString(Read(file));
  }
}

NodeTest ReadTest(const fs::path& folder) {
  NodeTest test;
  test.model.ParseFromString(Read(folder / "model.onnx"));
  test.inputs = ReadTensors(folder / "test_data_set_0", "input");
  test.outputs = ReadTensors(folder / "test_data_set_0", "output");
  return test;
}

std::optional<std::vector<float>> Floats(const onnx::TensorProto& tensor) {
  if (tensor.data_type() != onnx::TensorProto::FLOAT) return {};
  if (!tensor.has_raw_data())
    return std::vector<float>(tensor.float_data().begin(), tensor.float_data().end());
  std::vector<float> values(tensor.raw_data().size() / sizeof(float));
  std::memcpy(values.data(), tensor.raw_data().data(), values.size() * sizeof(float));
  return values;
}

/// Makes every input but the first `kept` a constant, as it is in real models.
void BakeInputs(NodeTest& test, int kept) {
  onnx::GraphProto& graph = *test.model.mutable_graph();
  while (static_cast<int>(test.inputs.size()) > kept) {
    const auto last = static_cast<int>(test.inputs.size()) - 1;
    onnx::TensorProto* constant = graph.add_initializer();
    *constant = test.inputs.back();
    constant->set_name(graph.input(last).name());
    graph.mutable_input()->RemoveLast();
    test.inputs.pop_back();
  }
}

/// Empty if all is well, else what differs.
std::string CompareOutputs(const NodeTest& test, const Graph& graph) {
  std::vector<FloatValues> inputs;
  for (size_t i = 0; i < test.inputs.size(); ++i) {
    const auto values = Floats(test.inputs[i]);
    const Tensor& tensor = graph.tensor(graph.inputs[i]);
    if (!values || static_cast<int64_t>(values->size()) != tensor.shape.elements())
      return "input " + tensor.name + " became " + tensor.shape.ToString();
    inputs.push_back(ToStored(tensor, *values));
  }
  const auto outputs = RunGraph(graph, inputs);
  if (outputs.size() != test.outputs.size()) return "another number of outputs";
  for (size_t i = 0; i < outputs.size(); ++i) {
    const Tensor& tensor = graph.tensor(graph.outputs[i]);
    const Shape shape = ExternalShape(tensor);
    const onnx::TensorProto& wanted = test.outputs[i];
    if (!std::equal(shape.dims().begin(), shape.dims().end(), wanted.dims().begin(),
                    wanted.dims().end()))
      return "output shape " + shape.ToString();
    const FloatValues got = ToExternal(tensor, outputs[i]);
    const auto expected = Floats(wanted);
    for (size_t k = 0; k < got.size(); ++k) {
      const float tolerance = 1e-4F * std::max(1.0F, std::abs(expected->at(k)));
      if (!(std::abs(got[k] - expected->at(k)) <= tolerance) && got[k] != expected->at(k))
        return fmt::format("element {} is {}, not {}", k, got[k], expected->at(k));
    }
  }
  return "";
}

/// Why a test does not concern the float executor, or nothing.
std::string NotForUs(const std::string& name, const NodeTest& test) {
  if (name.find("training_dropout") != std::string::npos) return "training drops at random";
  // It wants corners aligned to the unrounded output width; ONNX Runtime excludes it too.
  if (name == "test_resize_downsample_scales_linear_align_corners") return "not what runtimes do";
  if (test.inputs.empty() || test.outputs.empty()) return "no inputs or outputs";
  if (static_cast<int>(test.inputs.size()) != test.model.graph().input_size())
    return "optional or sequence inputs";
  for (const onnx::TensorProto& tensor : test.outputs)
    if (!Floats(tensor)) return "outputs are not float32";
  if (!Floats(test.inputs[0])) return "inputs are not float32";
  return "";
}

struct Tally {
  std::vector<std::string> passed;
  std::map<std::string, int> skipped;  // By reason.
};

/// Runs the test with all inputs given, else with all but the first as constants.
void RunTest(const fs::path& folder, Tally& tally) {
  const NodeTest test = ReadTest(folder);
  std::string reason = NotForUs(folder.filename().string(), test);
  if (!reason.empty()) {
    ++tally.skipped[reason];
    return;
  }
  bool ran = false;
  for (const int kept : {static_cast<int>(test.inputs.size()), 1}) {
    if (kept == 1 && test.inputs.size() == 1 && ran) break;
    NodeTest variant = test;
    BakeInputs(variant, kept);
    const auto model = ImportOnnxBytes(variant.model.SerializeAsString(), folder.string(), {});
    if (!model.ok()) {
      reason = model.error().message;
      continue;
    }
    if (!FloatExecutor::Create(model->graph, 1).ok() && kept > 1) continue;  // Computed weights.
    ran = true;
    EXPECT_EQ(CompareOutputs(variant, model->graph), "")
        << folder.filename() << ", " << kept << " inputs";
  }
  if (ran) tally.passed.push_back(folder.filename().string());
  if (!ran) ++tally.skipped[reason];
}

TEST(FloatOnnxNodes, GiveThePublishedOutputs) {
  if (!fs::exists(kFolder)) GTEST_SKIP() << "no Debian package libonnx-testdata";
  std::vector<fs::path> folders(fs::directory_iterator(kFolder), {});
  std::sort(folders.begin(), folders.end());
  Tally tally;
  for (const fs::path& folder : folders) RunTest(folder, tally);
  std::cout << tally.passed.size() << " operator tests ran:";
  for (const std::string& name : tally.passed) std::cout << ' ' << name.substr(5);
  std::cout << "\nskipped:\n";
  for (const auto& [reason, count] : tally.skipped) std::cout << count << "\t" << reason << '\n';
  // What ran when this was written; fewer means that the importer lost operators.
  EXPECT_GE(tally.passed.size(), 130U);
}

}  // namespace
}  // namespace imcc::testing
