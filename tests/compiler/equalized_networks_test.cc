// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// Cross-layer equalisation of trained networks, with ReLU and with ReLU6: on the samples it
// observed the float device part computes what the network computed.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <random>

#include "base/files.h"
#include "compiler/compile.h"
#include "reference/float_executor.h"
#include "support/targets.h"

namespace imcc {
namespace {

constexpr int64_t kSamples = 3;

/// Planar inputs in [-2, 2], one after another.
std::vector<std::vector<float>> Inputs(int64_t values) {
  std::mt19937 random(5);
  std::vector<std::vector<float>> inputs(kSamples);
  for (std::vector<float>& input : inputs) {
    for (int64_t i = 0; i < values; ++i)
      input.push_back(static_cast<float>(static_cast<double>(random()) * 0x1p-30 - 2));
  }
  return inputs;
}

/// NCHW to NHWC.
std::vector<float> Stored(const std::vector<float>& planar, const Shape& stored) {
  const auto channels = static_cast<size_t>(stored.back());
  const size_t pixels = planar.size() / channels;
  std::vector<float> result(planar.size());
  for (size_t c = 0; c < channels; ++c)
    for (size_t i = 0; i < pixels; ++i) result[i * channels + c] = planar[c * pixels + i];
  return result;
}

float Largest(const std::vector<float>& values) {
  float largest = 0;
  for (const float value : values) largest = std::max(largest, std::abs(value));
  return largest;
}

class EqualizedNetworks : public ::testing::TestWithParam<std::string> {};

TEST_P(EqualizedNetworks, ComputeWhatTheyDidOnTheirSamples) {
  const std::string path = IMCC_SOURCE_DIR "/../shared/models/" + GetParam();
  if (!std::filesystem::exists(path)) GTEST_SKIP() << GetParam() << " is not at hand";
  const auto inputs = Inputs(3 * 224 * 224);
  const std::string data = ::testing::TempDir() + "/" + GetParam() + "_3x3x224x224.f32";
  std::string bytes;
  for (const std::vector<float>& input : inputs)
    bytes.append(reinterpret_cast<const char*>(input.data()), input.size() * sizeof(float));
  ASSERT_TRUE(WriteFile(data, bytes).ok());

  CompileRequest request;
  request.network = NetworkFromModel(path);
  request.network.dataset = Dataset{.calibration_data = data};
  request.network.options.cross_layer_equalization = true;
  request.target = testing::ReadTarget("quad512");
  PassRunner runner({});
  const auto network = QuantizeNetwork(request, runner);
  std::filesystem::remove(data);
  ASSERT_TRUE(network.ok()) << network.error().Format();
  ASSERT_EQ(network->partition.parts.size(), 1U);

  const Graph& before = network->float_graph;
  const Graph& after = network->partition.parts[0].graph;
  EXPECT_NE(before.tensor(before.nodes[0].inputs[1]).constant,
            after.tensor(after.nodes[0].inputs[1]).constant);
  auto original = FloatExecutor::Create(before, 1);
  auto equalized = FloatExecutor::Create(after, 1);
  for (const std::vector<float>& input : inputs) {
    const std::vector<float> sample = Stored(input, before.tensor(before.inputs[0]).shape);
    const std::vector<float> expected = original->Run({sample})->at(0);
    const std::vector<float> actual = equalized->Run({sample})->at(0);
    const float tolerance = 1e-5F * Largest(expected);
    for (size_t i = 0; i < expected.size(); ++i) ASSERT_NEAR(actual[i], expected[i], tolerance);
  }
}

INSTANTIATE_TEST_SUITE_P(Shared, EqualizedNetworks,
                         ::testing::Values("mobilenetv2_1.0_224.onnx", "squeezenet1.1.onnx"));

}  // namespace
}  // namespace imcc
