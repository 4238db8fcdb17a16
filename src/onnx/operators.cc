// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "onnx/operators.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace imcc {
namespace {

struct OperatorRow {
  std::string_view op;
  ImportOperator import;
  int64_t since;  // The oldest opset whose definition of the operator imcc reads.
};

constexpr std::array kRows = std::to_array<OperatorRow>({
    {"Abs", ImportUnary, 1},
    {"Add", ImportBinary, 7},
    {"ArgMax", ImportArgMax, 1},
    {"ArgMin", ImportArgMax, 1},
    {"AveragePool", ImportPool, 1},
    {"BatchNormalization", ImportBatchNormalization, 7},
    {"Cast", ImportCast, 6},
    {"Ceil", ImportUnary, 1},
    {"Celu", ImportUnary, 12},
    {"Clip", ImportClip, 1},
    {"Concat", ImportConcat, 1},
    {"Conv", ImportConv, 1},
    {"ConvTranspose", ImportConvTranspose, 1},
    {"Cos", ImportUnary, 7},
    {"DepthToSpace", ImportDepthToSpace, 1},
    {"DequantizeLinear", ImportDequantizeLinear, 10},
    {"Div", ImportBinary, 7},
    {"Dropout", ImportDropout, 7},
    {"Elu", ImportUnary, 1},
    {"Erf", ImportUnary, 9},
    {"Exp", ImportUnary, 1},
    {"Expand", ImportExpand, 8},
    {"Flatten", ImportFlatten, 1},
    {"Floor", ImportUnary, 1},
    {"Gather", ImportGather, 1},
    {"Gelu", ImportGelu, 20},
    {"Gemm", ImportGemm, 7},
    {"GlobalAveragePool", ImportGlobalPool, 1},
    {"GlobalMaxPool", ImportGlobalPool, 1},
    {"HardSigmoid", ImportUnary, 1},
    {"HardSwish", ImportUnary, 14},
    {"Identity", ImportIdentity, 1},
    {"InstanceNormalization", ImportInstanceNormalization, 1},
    {"LayerNormalization", ImportLayerNormalization, 17},
    {"LeakyRelu", ImportUnary, 1},
    {"Log", ImportUnary, 1},
    {"LogSoftmax", ImportSoftmax, 1},
    {"MatMul", ImportMatMul, 1},
    {"Max", ImportVariadic, 1},
    {"MaxPool", ImportPool, 1},
    {"Mean", ImportVariadic, 1},
    {"Min", ImportVariadic, 1},
    {"Mish", ImportUnary, 18},
    {"Mul", ImportBinary, 7},
    {"Neg", ImportUnary, 1},
    {"PRelu", ImportPRelu, 7},
    {"Pad", ImportPad, 2},
    {"Pow", ImportPow, 7},
    {"QGemm", ImportQLinear, 1},
    {"QLinearAdd", ImportQLinear, 1},
    {"QLinearAveragePool", ImportQLinear, 1},
    {"QLinearConcat", ImportQLinear, 1},
    {"QLinearConv", ImportQLinear, 10},
    {"QLinearGlobalAveragePool", ImportQLinear, 1},
    {"QLinearLeakyRelu", ImportQLinear, 1},
    {"QLinearMatMul", ImportQLinear, 10},
    {"QLinearMul", ImportQLinear, 1},
    {"QLinearSigmoid", ImportQLinear, 1},
    {"QLinearSoftmax", ImportQLinear, 1},
    {"QuantizeLinear", ImportQuantizeLinear, 10},
    {"Reciprocal", ImportUnary, 1},
    {"ReduceL1", ImportReduce, 1},
    {"ReduceL2", ImportReduce, 1},
    {"ReduceLogSum", ImportReduce, 1},
    {"ReduceLogSumExp", ImportReduce, 1},
    {"ReduceMax", ImportReduce, 1},
    {"ReduceMean", ImportReduce, 1},
    {"ReduceMin", ImportReduce, 1},
    {"ReduceProd", ImportReduce, 1},
    {"ReduceSum", ImportReduce, 1},
    {"ReduceSumSquare", ImportReduce, 1},
    {"Relu", ImportUnary, 1},
    {"Reshape", ImportReshape, 5},
    {"Resize", ImportResize, 10},
    {"Round", ImportUnary, 11},
    {"Selu", ImportUnary, 6},
    {"Shape", ImportShape, 1},
    {"Sigmoid", ImportUnary, 1},
    {"Sign", ImportUnary, 9},
    {"Sin", ImportUnary, 7},
    {"Size", ImportSize, 1},
    {"Slice", ImportSlice, 1},
    {"Softmax", ImportSoftmax, 1},
    {"Softplus", ImportUnary, 1},
    {"Softsign", ImportUnary, 1},
    {"SpaceToDepth", ImportSpaceToDepth, 1},
    {"Split", ImportSplit, 2},
    {"Sqrt", ImportUnary, 1},
    {"Squeeze", ImportSqueeze, 1},
    {"Sub", ImportBinary, 7},
    {"Sum", ImportVariadic, 1},
    {"Tanh", ImportUnary, 1},
    {"ThresholdedRelu", ImportUnary, 10},
    {"Tile", ImportTile, 6},
    {"Transpose", ImportTranspose, 1},
    {"Unsqueeze", ImportUnsqueeze, 1},
    {"Upsample", ImportResize, 9},
});

const OperatorRow* FindOperatorRow(const std::string& op) {
  const auto* found =
      std::find_if(kRows.begin(), kRows.end(), [&](const OperatorRow& r) { return r.op == op; });
  return found == kRows.end() ? nullptr : found;
}

}  // namespace

std::vector<OperatorVersion> ImportedOperators() {
  std::vector<OperatorVersion> operators;
  for (const OperatorRow& row : kRows) operators.push_back({std::string(row.op), row.since});
  return operators;
}

ImportOperator FindOperator(const std::string& op) {
  const OperatorRow* row = FindOperatorRow(op);
  return row == nullptr ? nullptr : row->import;
}

int64_t OldestOpset(const std::string& op) {
  const OperatorRow* row = FindOperatorRow(op);
  return row == nullptr ? 0 : row->since;
}

}  // namespace imcc
