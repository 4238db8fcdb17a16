// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "compiler/part_samples.h"

#include <gtest/gtest.h>

#include "support/attention_network.h"
#include "support/targets.h"

namespace imcc {
namespace {

class PartSamplesTest : public ::testing::Test {
 protected:
  PartSamplesTest()
      : graph_(testing::AttentionNetwork()),
        partition_(PartitionGraph(graph_, testing::ReadTarget("quad512")).value()) {
    source_ = [this](int64_t index) -> Result<std::vector<FloatValues>> {
      ++loads_;
      const auto size = static_cast<size_t>(graph_.tensor(graph_.inputs[0]).shape.elements());
      FloatValues values(size);
      for (size_t i = 0; i < size; ++i)
        values[i] = static_cast<float>((i * 7 + static_cast<size_t>(index) * 5) % 13) / 8;
      return std::vector<FloatValues>{std::move(values)};
    };
  }

  /// What the whole graph computes of a tensor.
  FloatValues Expected(const std::string& tensor, int64_t sample) {
    FloatValues values;
    auto executor = FloatExecutor::Create(graph_, 1);
    const auto outputs =
        executor->Run(source_(sample).value(), [&](TensorId id, const float* v, int64_t count) {
          if (graph_.tensor(id).name == tensor) values.assign(v, v + count);
        });
    EXPECT_TRUE(outputs.ok());
    return values;
  }

  void ExpectInputs(const std::vector<FloatValues>& inputs, size_t part, int64_t sample) {
    const Graph& graph = partition_.parts[part].graph;
    ASSERT_EQ(inputs.size(), graph.inputs.size());
    for (size_t i = 0; i < inputs.size(); ++i)
      EXPECT_EQ(inputs[i], Expected(graph.tensor(graph.inputs[i]).name, sample)) << i;
  }

  Graph graph_;
  Partition partition_;
  SampleSource source_;
  int loads_ = 0;
};

TEST_F(PartSamplesTest, AreWhatThePartsBeforeMake) {
  ASSERT_EQ(partition_.parts.size(), 3U);
  PartSamples samples(graph_, partition_, source_, 2);
  for (int64_t sample = 0; sample < 2; ++sample)
    for (const size_t part : {0, 2}) ExpectInputs(samples.Of(part)(sample).value(), part, sample);
}

TEST_F(PartSamplesTest, WhatIsKeptNeedsNotRunAgain) {
  PartSamples samples(graph_, partition_, source_, 1);
  auto device = FloatExecutor::Create(partition_.parts[0].graph, 1);
  const auto outputs = device->Run(samples.Of(0)(0).value());
  ASSERT_TRUE(outputs.ok());
  EXPECT_EQ(loads_, 1);
  samples.Keep(0, 0, outputs.value());
  const auto inputs = samples.Of(2)(0);
  EXPECT_EQ(loads_, 1);
  ExpectInputs(inputs.value(), 2, 0);
}

TEST_F(PartSamplesTest, FailuresOfTheSourceAreHandedOn) {
  const SampleSource failing = [](int64_t) {
    return Result<std::vector<FloatValues>>(Error{.code = ErrorCode::kData, .message = "gone"});
  };
  PartSamples samples(graph_, partition_, failing, 1);
  EXPECT_EQ(samples.Of(2)(0).error().message, "gone");
}

}  // namespace
}  // namespace imcc
