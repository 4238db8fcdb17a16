// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <limits>
#include <mutex>
#include <thread>

#include "quantize/float_graphs.h"
#include "quantize/quantize.h"

namespace imcc {
namespace {

using ::testing::HasSubstr;

SampleSource RandomSource(const Graph& graph) {
  return [&graph](int64_t index) -> Result<std::vector<std::vector<float>>> {
    return testing::RandomSample(graph, static_cast<unsigned>(index));
  };
}

TEST(Calibrate, TheSameBitsOnAnyNumberOfThreads) {
  const Graph graph = testing::EveryOperation(1);
  for (const auto scheme :
       {QuantizationScheme::kPerTensorMinMax, QuantizationScheme::kPerTensorHistogram}) {
    std::vector<TensorRange> expected;
    std::vector<std::vector<double>> means;
    for (const int threads : {1, 2, 3, 8}) {
      const auto calibration =
          Calibrate(graph, RandomSource(graph), 20, {.scheme = scheme, .threads = threads});
      ASSERT_TRUE(calibration.ok()) << calibration.error().Format();
      if (expected.empty()) {
        expected = calibration->ranges;
        means = calibration->tap_means;
      }
      EXPECT_EQ(calibration->tap_means, means);
      ASSERT_EQ(calibration->ranges.size(), expected.size());
      for (size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(calibration->ranges[i].min, expected[i].min) << i;
        EXPECT_EQ(calibration->ranges[i].max, expected[i].max) << i;
      }
    }
  }
}

TEST(Calibrate, TheSameBitsWhicheverImageIsDecodedFirst) {
  const Graph graph = testing::EveryOperation(1);
  std::vector<TensorRange> expected;
  std::vector<std::vector<double>> means;
  for (const int64_t slow : {-1, 0, 1, 2}) {
    std::vector<int64_t> order;
    std::mutex mutex;
    const SampleSource source = [&](int64_t i) -> Result<std::vector<std::vector<float>>> {
      if (i % 3 == slow) std::this_thread::sleep_for(std::chrono::milliseconds(5));
      const std::lock_guard lock(mutex);
      order.push_back(i);
      return testing::RandomSample(graph, static_cast<unsigned>(i));
    };
    const auto calibration = Calibrate(graph, source, 12, {.threads = slow < 0 ? 1 : 3});
    ASSERT_TRUE(calibration.ok());
    if (slow < 0) {
      expected = calibration->ranges;
      means = calibration->tap_means;
    } else {
      EXPECT_FALSE(std::is_sorted(order.begin(), order.end())) << "the test tests nothing";
    }
    EXPECT_EQ(calibration->tap_means, means);
    for (size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ(calibration->ranges[i].min, expected[i].min) << i;
      EXPECT_EQ(calibration->ranges[i].max, expected[i].max) << i;
    }
  }
}

TEST(Calibrate, MinMaxOfInputsAndOfActivatedOutputs) {
  testing::FloatGraphs builder(1);
  const TensorId x = builder.Input({1, 1, 1, 1});
  const TensorId y = builder.Node(OpKind::kAdd, {x, x}, {}, {.kind = UnaryKind::kRelu});
  const Graph graph = builder.Build({y});
  const SampleSource source = [](int64_t i) -> Result<std::vector<std::vector<float>>> {
    return std::vector<std::vector<float>>{{static_cast<float>(i - 2)}};
  };
  const auto calibration =
      Calibrate(graph, source, 6, {.scheme = QuantizationScheme::kPerTensorMinMax});
  ASSERT_TRUE(calibration.ok());
  EXPECT_EQ(calibration->ranges[x.index()].min, -2);
  EXPECT_EQ(calibration->ranges[x.index()].max, 3);
  EXPECT_EQ(calibration->ranges[y.index()].min, 0);
  EXPECT_EQ(calibration->ranges[y.index()].max, 6);
}

TEST(Calibrate, TheEarliestBadSampleIsNamedOnAnyNumberOfThreads) {
  const Graph graph = testing::EveryOperation(2);
  float bad = 0;
  const SampleSource source = [&](int64_t index) -> Result<std::vector<std::vector<float>>> {
    auto sample = testing::RandomSample(graph, static_cast<unsigned>(index));
    if (index == 5) sample[0][7] = bad;
    if (index == 6) return Error{.code = ErrorCode::kData, .message = "unreadable"};
    return sample;
  };
  const auto name = [](int64_t index) { return fmt::format("photos/{}.jpg", index); };
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for (int round = 0; round < 20; ++round) {
    bad = std::array{std::numeric_limits<float>::quiet_NaN(), kInfinity,
                     -kInfinity}[static_cast<size_t>(round) % 3];
    const auto calibration =
        Calibrate(graph, source, 12, {.threads = 1 + round % 5, .sample_name = name});
    ASSERT_FALSE(calibration.ok());
    EXPECT_THAT(calibration.error().Format(), HasSubstr("sample 5 (photos/5.jpg)"));
    EXPECT_THAT(calibration.error().Format(), HasSubstr(graph.tensors[0].name));
  }
}

TEST(Calibrate, ATensorThatOverflowsInsideIsNamedWithItsImage) {
  testing::FloatGraphs builder(1);
  const TensorId x = builder.Input({1, 2});
  const TensorId large = builder.Node(OpKind::kFullyConnected, {x, builder.Constant({2, 2}, 1)});
  const TensorId y = builder.Node(OpKind::kMul, {large, large});
  const Graph graph = builder.Build({y});
  const SampleSource source = [](int64_t i) -> Result<std::vector<std::vector<float>>> {
    const float value = i == 3 ? 1e30F : 1;
    return std::vector<std::vector<float>>{{value, value}};
  };
  const auto calibration = Calibrate(
      graph, source, 6, {.sample_name = [](int64_t i) { return fmt::format("{}.png", i); }});
  ASSERT_FALSE(calibration.ok());
  EXPECT_THAT(calibration.error().Format(), HasSubstr("sample 3 (3.png)"));
  EXPECT_THAT(calibration.error().Format(), HasSubstr("infinite or NaN"));
  EXPECT_THAT(calibration.error().subject, HasSubstr(graph.tensor(y).name));
}

TEST(Calibrate, OutputsKeepAllTheirValuesUnderEveryScheme) {
  testing::FloatGraphs builder(1);
  const TensorId x = builder.Input({1, 1000});
  const Graph graph = builder.Build({builder.Node(OpKind::kMul, {x, x})});
  // One large value among a million small ones: the input's range leaves it out.
  const SampleSource source = [](int64_t i) -> Result<std::vector<std::vector<float>>> {
    std::vector<float> values;
    for (int k = 0; k < 1000; ++k) values.push_back(static_cast<float>(k + 1) / 1000);
    if (i == 500) values[0] = 2;
    return std::vector<std::vector<float>>{std::move(values)};
  };
  const auto calibration = Calibrate(graph, source, 1000, {.bias_correction = false});
  ASSERT_TRUE(calibration.ok());
  const TensorRange& input = calibration->ranges[x.index()];
  EXPECT_LT(input.max, 2);
  EXPECT_DOUBLE_EQ(input.clipped_share, 1e-6);
  EXPECT_EQ(calibration->ranges[graph.outputs[0].index()].max, 4);
  EXPECT_EQ(calibration->ranges[graph.outputs[0].index()].clipped_share, 0);
}

TEST(Calibrate, ReportsProgressAndRefusesNothing) {
  const Graph graph = testing::EveryOperation(2);
  std::atomic<int64_t> last = 0;
  ASSERT_TRUE(Calibrate(graph, RandomSource(graph), 7,
                        {.progress =
                             [&](int64_t done, int64_t of) {
                               EXPECT_EQ(of, 7);
                               EXPECT_EQ(done, ++last);
                             }})
                  .ok());
  EXPECT_EQ(last, 7);
  EXPECT_FALSE(Calibrate(graph, RandomSource(graph), 0, {}).ok());
}

}  // namespace
}  // namespace imcc
