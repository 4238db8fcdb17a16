// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/graph.h"

namespace imcc {
namespace {

using ::testing::HasSubstr;

/// Shape of one node over inputs of these shapes.
Result<Shape> Infer(OpKind kind, const std::vector<Shape>& inputs, Attributes attributes = {},
                    Shape output = {}) {
  Graph graph;
  Node node{.kind = kind, .name = "n", .onnx_op = "Op", .attributes = std::move(attributes)};
  for (const Shape& shape : inputs) node.inputs.push_back(graph.AddTensor({.shape = shape}));
  node.output = graph.AddTensor({.shape = std::move(output)});
  return InferShape(graph, node);
}

void ExpectFails(const Result<Shape>& result, const std::string& reason) {
  ASSERT_FALSE(result.ok());
  EXPECT_THAT(result.error().message, HasSubstr(reason));
}

TEST(InferShape, ConvolutionRoundsDown) {
  Window w{.kernel_h = 3,
           .kernel_w = 5,
           .stride_h = 2,
           .stride_w = 1,
           .dilation_w = 2,
           .padding = {1, 0, 0, 3}};
  // Rows: (10 + 1 - 3) / 2 + 1 = 5; columns: (12 + 3 - 9) / 1 + 1 = 7.
  EXPECT_EQ(*Infer(OpKind::kConv, {{1, 10, 12, 6}, {8, 3, 5, 3}, {8}}, ConvAttributes{w, 2}),
            (Shape{1, 5, 7, 8}));
}

TEST(InferShape, ConvolutionRefusesMismatches) {
  const Window w{.kernel_h = 3, .kernel_w = 3};
  ExpectFails(Infer(OpKind::kConv, {{1, 9, 9, 6}, {8, 3, 3, 4}}, ConvAttributes{w, 1}),
              "6 input channels");
  ExpectFails(Infer(OpKind::kConv, {{1, 9, 9, 6}, {8, 3, 3, 6}, {7}}, ConvAttributes{w, 1}),
              "its bias is 7");
  ExpectFails(Infer(OpKind::kConv, {{1, 2, 9, 6}, {8, 3, 3, 6}}, ConvAttributes{w, 1}),
              "larger than the padded input");
  ExpectFails(Infer(OpKind::kConv, {{1, 9, 9, 6}, {8, 3, 3, 6}}, ConvAttributes{w, 0}), "groups");
  ExpectFails(Infer(OpKind::kConv, {{1, 9, 9, 6}}, ConvAttributes{w, 1}), "1 inputs");
  Window zero = w;
  zero.stride_h = 0;
  ExpectFails(Infer(OpKind::kConv, {{1, 9, 9, 6}, {8, 3, 3, 6}}, ConvAttributes{zero, 1}),
              "below 1");
}

TEST(InferShape, Broadcasts) {
  EXPECT_EQ(*Infer(OpKind::kAdd, {{1, 4, 5, 6}, {6}}), (Shape{1, 4, 5, 6}));
  EXPECT_EQ(*Infer(OpKind::kMul, {{1, 1, 1, 6}, {1, 4, 5, 1}}), (Shape{1, 4, 5, 6}));
  EXPECT_EQ(*Infer(OpKind::kSub, {Shape{}, {3, 2}}), (Shape{3, 2}));
  ExpectFails(Infer(OpKind::kAdd, {{1, 4, 5, 6}, {5}}), "do not broadcast");
}

TEST(InferShape, ProductsOfMatrices) {
  const MatMulAttributes turned{.transpose_b = true};
  EXPECT_EQ(*Infer(OpKind::kMatMul, {{7, 2, 3}, {1, 3, 5}}, MatMulAttributes{}), (Shape{7, 2, 5}));
  EXPECT_EQ(*Infer(OpKind::kMatMul, {{7, 2, 3}, {7, 5, 3}}, turned), (Shape{7, 2, 5}));
  ExpectFails(Infer(OpKind::kMatMul, {{2, 3}, {3, 5}}, turned), "2x3 and 3x5");
  ExpectFails(Infer(OpKind::kMatMul, {{3}, {3}}, turned), "not matrices");
}

TEST(InferShape, Pools) {
  const Window w{
      .kernel_h = 3, .kernel_w = 3, .stride_h = 2, .stride_w = 2, .padding = {1, 1, 1, 1}};
  EXPECT_EQ(*Infer(OpKind::kMaxPool, {{1, 8, 8, 6}}, PoolAttributes{w}), (Shape{1, 4, 4, 6}));
  Window all_padding = w;
  all_padding.padding.top = 3;
  ExpectFails(Infer(OpKind::kMaxPool, {{1, 8, 8, 6}}, PoolAttributes{all_padding}),
              "not smaller than its window");
}

TEST(InferShape, MovesData) {
  EXPECT_EQ(*Infer(OpKind::kConcat, {{1, 4, 5, 6}, {1, 4, 5, 2}}, ConcatAttributes{3}),
            (Shape{1, 4, 5, 8}));
  ExpectFails(Infer(OpKind::kConcat, {{1, 4, 5, 6}, {1, 4, 4, 2}}, ConcatAttributes{3}), "differ");
  ExpectFails(Infer(OpKind::kConcat, {{1, 4, 5, 6}}, ConcatAttributes{4}), "axis 4");
  EXPECT_EQ(*Infer(OpKind::kReshape, {{1, 4, 5, 6}}, {}, {1, 120}), (Shape{1, 120}));
  ExpectFails(Infer(OpKind::kReshape, {{1, 4, 5, 6}}, {}, {1, 119}), "cannot be reshaped");
  EXPECT_EQ(*Infer(OpKind::kTranspose, {{1, 4, 5, 6}}, TransposeAttributes{{0, 3, 1, 2}}),
            (Shape{1, 6, 4, 5}));
  ExpectFails(Infer(OpKind::kTranspose, {{1, 4, 5, 6}}, TransposeAttributes{{0, 3, 3, 2}}),
              "permutation");
  EXPECT_EQ(*Infer(OpKind::kPad, {{1, 4, 5, 6}}, PadAttributes{{1, 2, 3, 4}}),
            (Shape{1, 8, 11, 6}));
  EXPECT_EQ(*Infer(OpKind::kSlice, {{1, 8}}, SliceAttributes{{0, 1}, {1, 3}}, {1, 3}),
            (Shape{1, 3}));  // 1, 4, 7
  ExpectFails(Infer(OpKind::kSlice, {{1, 7}}, SliceAttributes{{0, 1}, {1, 3}}, {1, 3}),
              "do not lie");
}

TEST(InferShape, ResizeRoundsDownButNotByRoundingError) {
  ResizeAttributes a{.scale_h = 2.5, .scale_w = 513.0 / 65};
  EXPECT_EQ(*Infer(OpKind::kResize, {{1, 5, 65, 3}}, a), (Shape{1, 12, 513, 3}));
  for (int64_t in = 1; in < 300; ++in) {
    for (int64_t out = 1; out < 300; out += 7) {
      a.scale_h = a.scale_w = static_cast<double>(out) / static_cast<double>(in);
      ASSERT_EQ((*Infer(OpKind::kResize, {{1, in, in, 1}}, a))[1], out) << in << " -> " << out;
    }
  }
  a.scale_h = 0.1;
  ExpectFails(Infer(OpKind::kResize, {{1, 5, 65, 3}}, a), "out of range");
}

TEST(InferShape, RefusesHugeTensors) {
  const int64_t huge = int64_t{1} << 20;
  ExpectFails(Infer(OpKind::kAdd, {{huge, 1}, {1, huge}}), "more than 2^28");
}

}  // namespace
}  // namespace imcc
