// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/unify_concat_ranges.h"

#include <gtest/gtest.h>

#include "quantize/float_graphs.h"

namespace imcc {
namespace {

/// Tensor i has the range [0, i + 1].
std::vector<TensorRange> RisingRanges(const Graph& graph) {
  std::vector<TensorRange> ranges(graph.tensors.size());
  for (size_t i = 0; i < ranges.size(); ++i) ranges[i].max = static_cast<float>(i + 1);
  return ranges;
}

TensorId Join(testing::FloatGraphs& builder, std::vector<TensorId> parts) {
  return builder.Node(OpKind::kConcat, std::move(parts), ConcatAttributes{.axis = 3});
}

TEST(UnifyConcatRanges, PartsTakeTheRangeOfTheLastConcat) {
  testing::FloatGraphs builder(1);
  const TensorId x = builder.Input({1, 4, 4, 4});
  const TensorId a = builder.Conv(x, 4, {}, 1);
  const TensorId b = builder.Conv(x, 4, {}, 1);
  const TensorId pooled = builder.Node(OpKind::kMaxPool, {b}, PoolAttributes{});
  const TensorId inner = Join(builder, {a, pooled});
  const TensorId c = builder.Conv(x, 4, {}, 1);
  const TensorId outer = Join(builder, {inner, c});
  const Graph graph = builder.Build({builder.Conv(outer, 4, {}, 1)});
  std::vector<TensorRange> ranges = RisingRanges(graph);
  const float wanted = ranges[outer.index()].max;
  UnifyConcatRanges(graph, ranges);
  for (const TensorId part : {a, b, inner, c, outer}) EXPECT_EQ(ranges[part.index()].max, wanted);
  EXPECT_EQ(ranges[x.index()].max, 1);
}

TEST(UnifyConcatRanges, NotWhatSomethingElseReads) {
  testing::FloatGraphs builder(1);
  const TensorId x = builder.Input({1, 4, 4, 4});
  const TensorId shared = builder.Conv(x, 4, {}, 1);
  const TensorId deep = builder.Conv(shared, 4, {}, 1);
  const TensorId twice = builder.Conv(x, 4, {}, 1);
  const TensorId joined = Join(builder, {x, shared, deep, twice});
  const TensorId other = Join(builder, {twice, twice});
  const Graph graph = builder.Build({joined, other});
  std::vector<TensorRange> ranges = RisingRanges(graph);
  const std::vector<TensorRange> before = ranges;
  UnifyConcatRanges(graph, ranges);
  EXPECT_EQ(ranges[deep.index()].max, before[joined.index()].max);
  for (const TensorId kept : {x, shared, twice, joined, other})
    EXPECT_EQ(ranges[kept.index()].max, before[kept.index()].max);
}

TEST(UnifyConcatRanges, TheJoinIsIdentityTables) {
  testing::FloatGraphs builder(1);
  const TensorId x = builder.Input({1, 4, 4, 4});
  const TensorId joined = Join(builder, {builder.Conv(x, 4, {}, 1), builder.Conv(x, 8, {}, 1)});
  const Graph graph = builder.Build({builder.Conv(joined, 4, {}, 1)});
  const SampleSource source = [&](int64_t i) -> Result<std::vector<std::vector<float>>> {
    return testing::RandomSample(graph, static_cast<unsigned>(i));
  };
  const auto moved = [&](bool unified) {
    const auto calibration = Calibrate(graph, source, 4, {.unified_concat_scales = unified});
    const auto quantized = Quantize(graph, *calibration);
    int64_t count = 0;
    for (const QTable& table : std::get<QConcat>(quantized->nodes[2].operation).tables)
      for (size_t i = 0; i < 256; ++i)
        count += table.table[i] == static_cast<int64_t>(i) - 128 ? 0 : 1;
    return count;
  };
  EXPECT_GT(moved(false), 0);
  EXPECT_EQ(moved(true), 0);
}

}  // namespace
}  // namespace imcc
