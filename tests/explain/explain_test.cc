// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "explain/explain.h"

#include <gtest/gtest.h>

#include <random>

#include "quantize/float_graphs.h"

namespace imcc {
namespace {

using Sample = std::vector<std::vector<float>>;

Result<Sample> RandomSample(const Graph& graph, int64_t index) {
  std::mt19937 random(static_cast<unsigned>(index));
  std::vector<float> values;
  for (int64_t i = 0; i < graph.tensor(graph.inputs[0]).shape.elements(); ++i)
    values.push_back(static_cast<float>(static_cast<double>(random()) * 0x1p-31 - 1));
  return Sample{std::move(values)};
}

/// Calibrated, quantised and explained on the same samples.
QuantizationReport Explain(const Graph& graph, const ExplainOptions& options = {},
                           const std::function<void(Calibration&)>& change = {}) {
  const SampleSource source = [&](int64_t i) { return RandomSample(graph, i); };
  auto calibration = Calibrate(graph, source, 8, {});
  EXPECT_TRUE(calibration.ok());
  if (change) change(*calibration);
  const auto quantized = Quantize(graph, *calibration);
  EXPECT_TRUE(quantized.ok());
  auto report = ExplainQuantization(graph, *quantized, source, 8, options);
  EXPECT_TRUE(report.ok());
  return *report;
}

Graph Chain(UnaryFunction activation = {.kind = UnaryKind::kRelu}) {
  testing::FloatGraphs b(3);
  TensorId x = b.Input({1, 6, 6, 4});
  for (int i = 0; i < 4; ++i)
    x = b.Conv(x, 4, {.kernel_h = 3, .kernel_w = 3, .padding = {1, 1, 1, 1}}, 1, activation);
  return b.Build({x});
}

TEST(Explain, PartsFollowOneAnother) {
  const QuantizationReport part = Explain(Chain());
  QuantizationReport both;
  Append(part, both);
  EXPECT_EQ(both.samples, 8);
  EXPECT_EQ(both.worst, part.worst);
  Append(part, both);
  ASSERT_EQ(both.tensors.size(), 10U);
  EXPECT_EQ(both.worst.size(), 10U);
  EXPECT_EQ(both.worst[0], part.worst[0]);
  EXPECT_EQ(both.worst[1], part.worst[0] + 5);
}

TEST(Explain, ErrorsAddUpAlongAChain) {
  const QuantizationReport report = Explain(Chain());
  ASSERT_EQ(report.tensors.size(), 5U);
  EXPECT_EQ(report.samples, 8);
  EXPECT_EQ(report.tensors[0].op, "input");
  EXPECT_EQ(report.tensors[0].isolated_db, report.tensors[0].rounded_db);
  EXPECT_EQ(report.tensors[0].accumulated_db, report.tensors[0].rounded_db);
  for (size_t i = 1; i < 5; ++i) {
    EXPECT_EQ(report.tensors[i].values, 8 * 6 * 6 * 4);
    EXPECT_GT(*report.tensors[i].isolated_db, 25) << i;
    EXPECT_LE(*report.tensors[i].isolated_db, *report.tensors[i].rounded_db) << i;
  }
  for (size_t i = 1; i < 5; ++i)
    EXPECT_LT(*report.tensors[i].accumulated_db, *report.tensors[i].isolated_db) << i;
}

/// A range a quarter as wide as it should be costs this layer, alone, most; later ones inherit it.
TEST(Explain, FindsTheLayerThatIsToBlame) {
  const Graph graph = Chain();
  const TensorId bad = graph.nodes[1].output;
  const QuantizationReport report = Explain(
      graph, {}, [&](Calibration& calibration) { calibration.ranges[bad.index()].max /= 4; });
  EXPECT_EQ(report.worst[0], 2U);
  EXPECT_GT(report.tensors[2].clipped_share, 0.05);
  EXPECT_NE(report.tensors[2].suggestion.find("outside its range"), std::string::npos);
  EXPECT_GT(*report.tensors[4].isolated_db, *report.tensors[4].accumulated_db + 6);
  EXPECT_NE(report.tensors[4].suggestion.find("'n1'"), std::string::npos)
      << report.tensors[4].suggestion;
}

/// Activations that become nodes of their own have a line of their own.
TEST(Explain, SplitActivationsAreSeen) {
  const QuantizationReport report = Explain(Chain({.kind = UnaryKind::kSigmoid}));
  EXPECT_EQ(report.tensors.size(), 9U);
}

/// A constant has no line of its own: what its rounding costs is its reader's.
TEST(Explain, ConstantsBelongToTheirReaders) {
  const auto of_sum = [](float largest) {
    testing::FloatGraphs b(3);
    const TensorId x = b.Input({1, 6, 6, 4});
    const TensorId k = b.Constant({1, 6, 6, 4}, largest);
    const TensorId sum = b.Node(OpKind::kAdd, {x, k});
    return Explain(b.Build({b.Node(OpKind::kConcat, {k, sum}, ConcatAttributes{1})}));
  };
  const QuantizationReport report = of_sum(1);
  ASSERT_EQ(report.tensors.size(), 3U);
  EXPECT_EQ(report.tensors[1].layer, "n0");
  EXPECT_GT(*report.tensors[1].isolated_db, 35);
  EXPECT_LT(*report.tensors[1].isolated_db, *report.tensors[1].rounded_db - 0.5);
  EXPECT_GT(*report.tensors[2].isolated_db, 35);
  EXPECT_GT(*of_sum(100).tensors[1].isolated_db, 35);  // The grid follows the constant.
}

TEST(Explain, ThreadsChangeNothing) {
  const Graph graph = Chain();
  const QuantizationReport one = Explain(graph, {.threads = 1});
  const QuantizationReport four = Explain(graph, {.threads = 4});
  ASSERT_EQ(one.tensors.size(), four.tensors.size());
  EXPECT_EQ(one.worst, four.worst);
  for (size_t i = 0; i < one.tensors.size(); ++i) {
    EXPECT_EQ(one.tensors[i].accumulated_db, four.tensors[i].accumulated_db);
    EXPECT_EQ(one.tensors[i].histogram, four.tensors[i].histogram);
  }
}

TEST(Explain, AFailingSampleIsTheError) {
  const Graph graph = Chain();
  const SampleSource good = [&](int64_t i) { return RandomSample(graph, i); };
  const auto quantized = Quantize(graph, *Calibrate(graph, good, 2, {}));
  const SampleSource bad = [](int64_t) -> Result<Sample> {
    return Error{.code = ErrorCode::kData, .message = "unreadable"};
  };
  const auto report = ExplainQuantization(graph, *quantized, bad, 2, {});
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().message, "unreadable");
}

}  // namespace
}  // namespace imcc
