// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// What is read off the finished program equals what mapping meant: cells, MACs, MVMs and bytes of
// every layer on the array, and no weight stands where no row and column meet.
#include <gtest/gtest.h>

#include "compiler/compile.h"
#include "support/graph_builder.h"
#include "support/targets.h"

namespace imcc {
namespace {

class ArrayPictureAgreement : public ::testing::TestWithParam<uint64_t> {
 protected:
  /// The picture of each layer against its row of the layer table.
  static void Compare(const QuantizedGraph& graph, const std::string& target,
                      const CompilationOptions& options) {
    CompileRequest request;
    request.target = testing::ReadTarget(target);
    request.network.options = options;
    PassRunner runner({});
    const auto compiled = CompileQuantized(graph, request, runner);
    if (!compiled.ok() && compiled.error().code == ErrorCode::kCapacity)
      GTEST_SKIP() << "does not fit: " << compiled.error().Format();
    ASSERT_TRUE(compiled.ok()) << compiled.error().Format();
    const Report& report = compiled->report;
    auto picture = report.arrays.begin();
    for (size_t i = 0; i < report.layers.size(); ++i) {
      if (report.layers[i].mvms.count() == 0) continue;
      ASSERT_NE(picture, report.arrays.end());
      ASSERT_EQ(picture->layer, i);
      CompareLayer(*picture++, report.layers[i]);
    }
    EXPECT_EQ(picture, report.arrays.end());
  }

 private:
  static void CompareLayer(const ArrayPicture& picture, const LayerReport& layer) {
    SCOPED_TRACE(layer.name + " " + layer.op);
    EXPECT_EQ(picture.name, layer.name);
    EXPECT_EQ(picture.mvms(), layer.mvms);
    EXPECT_EQ(picture.macs(), layer.macs);
    EXPECT_EQ(picture.weight_bytes(), layer.weight_bytes);
    EXPECT_NEAR(picture.occupancy(), layer.occupancy, 1e-9);
    EXPECT_NEAR(picture.effective_utilisation(), layer.effective_utilisation, 1e-9);
    for (const ArrayTile& tile : picture.tiles) {
      EXPECT_FALSE(tile.column_meaning.empty());
      EXPECT_LE(tile.nonzero_cells, tile.weight_cells);
    }
  }
};

TEST_P(ArrayPictureAgreement, OfRandomNetworks) {
  CompilationOptions options;
  options.icrx_force = static_cast<int64_t>(GetParam() % 9);
  options.imc_double_buffer = GetParam() % 2 == 0;
  options.dma_dual_channel = GetParam() % 3 != 0;
  const QuantizedGraph graph = testing::RandomGraph(GetParam(), 10, 20);
  Compare(graph, GetParam() % 4 == 0 ? "quad512" : "tiny", options);
}

TEST_P(ArrayPictureAgreement, OfGroupedConvolutions) {
  const auto groups = static_cast<int64_t>(1) << (GetParam() % 6);
  testing::GraphBuilder builder(GetParam());
  const QTensorId x = builder.Input(12, 12, 64);
  const QTensorId y = builder.Conv(x, 64, {.kernel_h = 3, .kernel_w = 3}, groups);
  CompilationOptions options;
  options.icrx_force = static_cast<int64_t>(1 + GetParam() % 4);
  Compare(builder.Build({y}), GetParam() % 2 == 0 ? "quad512" : "tiny", options);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ArrayPictureAgreement, ::testing::Range(uint64_t{0}, uint64_t{32}));

}  // namespace
}  // namespace imcc
