// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// The observers on real activations: every tensor of trained networks on images, batch by
// batch, beside PyTorch's observers and a model of them.
#include <gtest/gtest.h>

#include <map>

#include "config/network.h"
#include "images/images.h"
#include "onnx/import.h"
#include "quantize/channel_min_max_observer.h"
#include "quantize/histogram_observer.h"
#include "quantize/min_max_observer.h"
#include "quantize/search_range.h"
#include "quantize/torch_witness.h"
#include "reference/float_executor.h"
#include "simplify/simplify.h"

namespace imcc {
namespace {

const std::string kShared = IMCC_SOURCE_DIR "/../shared/";

struct Case {
  const char* name;
  const char* model;
  const char* preprocess;
  const char* images;  // Calibration data.
  int64_t samples;
};

/// The observers of one tensor.
struct Watched {
  explicit Watched(int64_t channels) : per_channel(channels) {}

  void Observe(const float* values, int64_t count) {
    histogram.Observe(values, count);
    min_max.Observe(values, count);
    per_channel.Observe(values, count);
  }
  Interval<float> Range(const std::string& scheme) const {
    if (scheme == "search") return SearchRange(histogram.histogram());
    if (scheme == "min_max") return min_max.Range();
    return per_channel.ChannelRanges().at(std::stoul(scheme));
  }

  HistogramObserver histogram;
  MinMaxObserver min_max;
  ChannelMinMaxObserver per_channel;
};

Network ReadNetwork(const Case& c) {
  const std::string text = fmt::format(
      "name: n\npipeline:\n  - n:\n      input: {{type: image}}\n      preprocess:\n{}"
      "models:\n  n:\n    class: AxONNXModel\n    weight_path: {}models/{}\n    dataset: d\n"
      "datasets:\n  d: {{cal_data: {}images/{}}}\n",
      c.preprocess, kShared, c.model, kShared, c.images);
  auto network = ParseNetwork(text, "network.yaml");
  EXPECT_TRUE(network.ok()) << network.error().Format();
  return std::move(network->network);
}

class TorchActivations : public ::testing::TestWithParam<Case> {};

TEST_P(TorchActivations, GiveTheSameRanges) {
  if (!std::filesystem::exists(kShared + "models/" + GetParam().model))
    GTEST_SKIP() << GetParam().model << " is not at hand";
  const Network network = ReadNetwork(GetParam());
  auto model = ImportOnnx(network.weight_path, {});
  ASSERT_TRUE(model.ok()) << model.error().Format();
  Graph& graph = model->graph;
  PassRunner runner({});
  ASSERT_TRUE(Simplify(graph, runner).ok());
  const auto images = ListCalibrationSamples(network);
  ASSERT_TRUE(images.ok()) << images.error().Format();
  auto executor = FloatExecutor::Create(graph, 1);
  testing::TorchWitness torch(GetParam().name);
  std::map<size_t, Watched> watched;
  size_t ranges_wanted = 0;
  for (int64_t i = 0; i < GetParam().samples; ++i) {
    const FeatureMap map = AsFeatureMap(graph.tensor(graph.inputs[0]).shape);
    const auto input = LoadSample(images->at(static_cast<size_t>(i)), network, map.height,
                                  map.width, map.channels);
    ASSERT_TRUE(input.ok()) << input.error().Format();
    const auto observe = [&](TensorId id, const float* values, int64_t count) {
      const int64_t channels = graph.tensor(id).shape.back();
      auto found = watched.find(id.index());
      if (found == watched.end()) {
        found = watched.try_emplace(id.index(), channels).first;
        ranges_wanted += static_cast<size_t>(2 + channels);
      }
      found->second.Observe(values, count);
      torch.Add(std::to_string(id.index()), values, count, channels);
    };
    ASSERT_TRUE(executor->Run({*input}, observe).ok());
  }
  const int code = torch.Ask();
  if (code == 77 || code == 127) GTEST_SKIP() << "no /usr/bin/python3 with torch";
  ASSERT_EQ(code, 0) << torch.Errors();
  const auto ranges = torch.Ranges();
  EXPECT_EQ(ranges.size(), ranges_wanted);
  for (const auto& [name, scheme, min, max] : ranges) {
    const Watched& tensor = watched.at(std::stoul(name));
    const Interval<float> range = tensor.Range(scheme);
    const float tolerance = 1e-6F * (max - min);
    // The search stops at the first error that grows: a value in another bin (the model counts in
    // float64), and it is a step earlier or later, at a range as good to a thousandth.
    const bool other =
        std::abs(range.begin - min) > tolerance || std::abs(range.end - max) > tolerance;
    if (scheme == "search" && other) {
      EXPECT_LE(tensor.histogram.Loss(range), tensor.histogram.Loss({min, max}) * (1 + 1e-3))
          << graph.tensors[std::stoul(name)].name;
      continue;
    }
    EXPECT_NEAR(range.begin, min, tolerance) << graph.tensors[std::stoul(name)].name << scheme;
    EXPECT_NEAR(range.end, max, tolerance) << graph.tensors[std::stoul(name)].name << scheme;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shared, TorchActivations,
    ::testing::Values(
        Case{"resnet8", "resnet8_cifar10.onnx", "        - torch-totensor: {scale: false}\n",
             "cifar10_train_calib_500x3x32x32.u8", 32},
        Case{"squeezenet", "squeezenet1.1.onnx",
             "        - centercrop: {width: 224, height: 224}\n        - torch-totensor:\n"
             "        - normalize: {mean: \"0.485, 0.456, 0.406\", std: \"0.229, 0.224, 0.225\"}\n",
             "imagenet500", 4},
        Case{"mobilenetv2", "mobilenetv2_1.0_224.onnx",
             "        - centercrop: {width: 224, height: 224}\n        - torch-totensor:\n"
             "        - normalize: {mean: \"0.5, 0.5, 0.5\", std: \"0.5, 0.5, 0.5\"}\n",
             "imagenet500", 2}),
    [](const ::testing::TestParamInfo<Case>& c) { return c.param.name; });

}  // namespace
}  // namespace imcc
