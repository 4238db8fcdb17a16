// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "onnx/import.h"

namespace imcc {
namespace {

/// Multiply-accumulates counted by hand from the ONNX files with Debian's python3-onnx: the sum
/// over Conv and Gemm of output elements times weights per output.
struct SharedModel {
  const char* file;
  int64_t macs;
};

class SharedModels : public ::testing::TestWithParam<SharedModel> {
 protected:
  void SetUp() override {
    path_ = std::string(IMCC_SOURCE_DIR "/../shared/models/") + GetParam().file;
    if (!std::filesystem::exists(path_)) GTEST_SKIP() << path_ << " is absent";
  }
  std::string path_;
};

TEST_P(SharedModels, ImportsWithTheRightWork) {
  const Result<ImportedModel> model = ImportOnnx(path_, {});
  ASSERT_TRUE(model.ok()) << model.error().Format();
  EXPECT_THAT(model->notes, ::testing::IsEmpty());
  Macs macs;
  for (const Node& node : model->graph.nodes) macs += CountMacs(model->graph, node);
  EXPECT_EQ(macs.count(), GetParam().macs);
}

INSTANTIATE_TEST_SUITE_P(Import, SharedModels,
                         ::testing::Values(SharedModel{"deeplabv3_mnv2_voc_513.onnx", 8825853632},
                                           SharedModel{"mobilenetv2_1.0_224.onnx", 300775552},
                                           SharedModel{"resnet20_cifar10_jpeg.onnx", 40813184},
                                           SharedModel{"resnet8_cifar10.onnx", 12501632},
                                           SharedModel{"squeezenet1.1.onnx", 349151936},
                                           SharedModel{"ultraface_RFB-320.onnx", 100418560},
                                           SharedModel{"ultraface_RFB-320_simplified.onnx",
                                                       100418560}));

TEST(SharedModelsTest, TextDetectorTakesAnyInputShape) {
  const std::string path = IMCC_SOURCE_DIR "/../shared/models/ch_PP-OCRv4_det_infer.onnx";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is absent";
  const Result<ImportedModel> model = ImportOnnx(path, {.input_shapes = {{"", {1, 3, 320, 640}}}});
  ASSERT_TRUE(model.ok()) << model.error().Format();
  const Graph& graph = model->graph;
  EXPECT_EQ(ExternalShape(graph.tensor(graph.outputs.at(0))), (Shape{1, 1, 320, 640}));
}

}  // namespace
}  // namespace imcc
