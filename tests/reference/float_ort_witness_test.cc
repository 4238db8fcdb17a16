// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
// ONNX Runtime as an outside witness (benchmarks/ort_witness). Skipped where it is not installed.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>

#include "base/files.h"
#include "onnx/import.h"
#include "reference/float_graph.h"
#include "reference/float_layouts.h"

namespace imcc::testing {
namespace {

namespace fs = std::filesystem;

fs::path RuntimeFolder() {
  const char* folder = std::getenv("IMCC_ORT_DIR");
  if (folder != nullptr) return folder;
  const char* home = std::getenv("HOME");
  return fs::path(home == nullptr ? "" : home) / ".cache/imcc/ort";
}

/// A model of ../shared, the input it is run on and the range of its pixels.
struct SharedModel {
  const char* file;
  std::vector<int64_t> input_shape;  // NCHW.
  float low, high;
};

class FloatOrtWitness : public ::testing::TestWithParam<SharedModel> {
 protected:
  void SetUp() override {
    if (!fs::exists(ModelPath())) GTEST_SKIP() << "no ../shared beside the project";
    if (!fs::exists(RuntimeFolder() / "node_modules/onnxruntime-node") ||
        std::system("node --version > /dev/null 2>&1") != 0)
      GTEST_SKIP() << "no ONNX Runtime; benchmarks/ort_witness/setup.sh installs it";
    folder_ =
        fs::temp_directory_path() / fmt::format("imcc_witness_{}_{}", ::getpid(), GetParam().file);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  static std::string ModelPath() {
    return std::string(IMCC_SOURCE_DIR "/../shared/models/") + GetParam().file;
  }

  /// Outputs of ONNX Runtime in the model's own layout.
  std::vector<FloatValues> Witness(const FloatValues& input, size_t outputs) const {
    const std::string in = (folder_ / "in.f32").string();
    const std::string out = (folder_ / "out").string();
    std::ofstream(in, std::ios::binary)
        .write(reinterpret_cast<const char*>(input.data()),
               static_cast<std::streamsize>(input.size() * sizeof(float)));
    const std::string command = fmt::format(
        "node '{}/benchmarks/ort_witness/run.mjs' --threads 2 '{}' '{}' '{}@{}' > '{}.json'",
        IMCC_SOURCE_DIR, ModelPath(), out, in, Shape(GetParam().input_shape).ToString(), out);
    if (std::system(command.c_str()) != 0) ADD_FAILURE() << command;
    std::vector<FloatValues> results;
    for (size_t i = 0; i < outputs; ++i) {
      const auto bytes = ReadFile(fmt::format("{}{}.f32", out, i), Bytes(int64_t{1} << 30));
      if (!bytes.ok()) ADD_FAILURE() << bytes.error().Format();
      FloatValues values(bytes.ok() ? bytes->size() / sizeof(float) : 0);
      if (bytes.ok())
        std::copy_n(bytes->data(), bytes->size(), reinterpret_cast<char*>(values.data()));
      results.push_back(std::move(values));
    }
    return results;
  }

  FloatValues RandomInput() const {
    std::mt19937 random(1);
    FloatValues values(static_cast<size_t>(Shape(GetParam().input_shape).elements()));
    for (float& value : values)
      value = GetParam().low +
              (GetParam().high - GetParam().low) * static_cast<float>(random() % 256) / 255.0F;
    return values;
  }

 private:
  fs::path folder_;
};

TEST_P(FloatOrtWitness, AgreesToOneInTenThousand) {
  const auto model = ImportOnnx(ModelPath(), {.input_shapes = {{"", GetParam().input_shape}}});
  ASSERT_TRUE(model.ok()) << model.error().Format();
  const Graph& graph = model->graph;
  const FloatValues input = RandomInput();
  const auto ours = RunGraph(graph, {ToStored(graph.tensor(graph.inputs[0]), input)});
  const auto theirs = Witness(input, graph.outputs.size());
  ASSERT_EQ(ours.size(), theirs.size());
  for (size_t i = 0; i < ours.size(); ++i) {
    const FloatValues got = ToExternal(graph.tensor(graph.outputs[i]), ours[i]);
    ASSERT_EQ(got.size(), theirs[i].size());
    float difference = 0;
    float largest = 0;
    for (size_t k = 0; k < got.size(); ++k) {
      difference = std::max(difference, std::abs(got[k] - theirs[i][k]));
      largest = std::max(largest, std::abs(theirs[i][k]));
    }
    std::cout << graph.tensor(graph.outputs[i]).name << ": largest difference " << difference
              << " of values up to " << largest << '\n';
    EXPECT_LE(difference, 1e-4F * largest);
  }
}

// ch_PP-OCRv4_det_infer.onnx needs ConvTranspose, which imcc does not import.
INSTANTIATE_TEST_SUITE_P(
    Shared, FloatOrtWitness,
    ::testing::Values(SharedModel{"resnet8_cifar10.onnx", {1, 3, 32, 32}, 0, 255},
                      SharedModel{"resnet20_cifar10_jpeg.onnx", {1, 3, 32, 32}, -2, 2},
                      SharedModel{"squeezenet1.1.onnx", {1, 3, 224, 224}, -2, 2},
                      SharedModel{"mobilenetv2_1.0_224.onnx", {1, 3, 224, 224}, -1, 1},
                      SharedModel{"deeplabv3_mnv2_voc_513.onnx", {1, 3, 513, 513}, -1, 1},
                      SharedModel{"ultraface_RFB-320.onnx", {1, 3, 240, 320}, -1, 1},
                      SharedModel{"ultraface_RFB-320_simplified.onnx", {1, 3, 240, 320}, -1, 1}),
    [](const auto& model) {
      std::string name = model.param.file;
      std::replace_if(
          name.begin(), name.end(), [](char c) { return !std::isalnum(c); }, '_');
      return name;
    });

}  // namespace
}  // namespace imcc::testing
