// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "ir/operator_table.h"

#include <array>

#include "base/check.h"

namespace imcc {
namespace {

// In the order of OpKind. Columns: kind, name, on_device, keeps_quantization, moves_data_only,
// min_inputs, max_inputs.
constexpr std::array<OperatorInfo, 27> kOperators = {{
    {OpKind::kConv, "Conv", true, false, false, 2, 3},
    {OpKind::kFullyConnected, "FullyConnected", true, false, false, 2, 3},
    {OpKind::kBatchNorm, "BatchNorm", false, false, false, 3, 3},
    {OpKind::kUnary, "Unary", true, false, false, 1, 1},
    {OpKind::kAdd, "Add", true, false, false, 2, 2},
    {OpKind::kSub, "Sub", true, false, false, 2, 2},
    {OpKind::kMul, "Mul", true, false, false, 2, 2},
    {OpKind::kDiv, "Div", true, false, false, 2, 2},
    {OpKind::kMaxPool, "MaxPool", true, true, false, 1, 1},
    {OpKind::kAveragePool, "AveragePool", true, false, false, 1, 1},
    {OpKind::kConcat, "Concat", true, false, true, 1, -1},
    {OpKind::kReshape, "Reshape", true, true, true, 1, 1},
    {OpKind::kTranspose, "Transpose", true, true, true, 1, 1},
    {OpKind::kPad, "Pad", true, true, true, 1, 1},
    {OpKind::kResize, "Resize", true, true, false, 1, 1},
    {OpKind::kSoftmax, "Softmax", true, false, false, 1, 1},
    {OpKind::kSlice, "Slice", true, true, true, 1, 1},
    {OpKind::kMin, "Min", true, false, false, 2, 2},
    {OpKind::kMax, "Max", true, false, false, 2, 2},
    {OpKind::kPow, "Pow", false, false, false, 2, 2},
    {OpKind::kReduce, "Reduce", true, false, false, 1, 1},
    {OpKind::kMatMul, "MatMul", true, false, false, 2, 2},
    {OpKind::kGather, "Gather", true, true, true, 1, 1},
    {OpKind::kArgMax, "ArgMax", true, false, false, 1, 1},
    {OpKind::kConvTranspose, "ConvTranspose", false, false, false, 2, 3},
    {OpKind::kFakeQuantize, "FakeQuantize", true, false, false, 1, 1},
    {OpKind::kLayerNorm, "LayerNorm", true, false, false, 3, 3},
}};

constexpr bool RowsFollowOpKind() {
  for (size_t i = 0; i < kOperators.size(); ++i) {
    if (static_cast<size_t>(kOperators[i].kind) != i) return false;
  }
  return true;
}
static_assert(RowsFollowOpKind());

}  // namespace

const OperatorInfo& Info(OpKind kind) {
  const auto row = static_cast<size_t>(kind);
  IMCC_CHECK(row < kOperators.size(), "operator without a row in the operator table");
  return kOperators[row];
}

}  // namespace imcc
