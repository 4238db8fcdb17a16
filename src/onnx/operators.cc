// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "onnx/operators.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace imcc {
namespace {

struct Row {
  std::string_view op;
  ImportOperator import;
};

constexpr std::array kRows = std::to_array<Row>({
    {"Add", ImportBinary},
    {"AveragePool", ImportPool},
    {"BatchNormalization", ImportBatchNormalization},
    {"Cast", ImportCast},
    {"Clip", ImportClip},
    {"Concat", ImportConcat},
    {"Conv", ImportConv},
    {"Div", ImportBinary},
    {"Dropout", ImportDropout},
    {"Exp", ImportExp},
    {"Flatten", ImportFlatten},
    {"Gemm", ImportGemm},
    {"GlobalAveragePool", ImportGlobalPool},
    {"GlobalMaxPool", ImportGlobalPool},
    {"HardSigmoid", ImportUnary},
    {"HardSwish", ImportUnary},
    {"Identity", ImportIdentity},
    {"LeakyRelu", ImportUnary},
    {"MatMul", ImportMatMul},
    {"MaxPool", ImportPool},
    {"Mul", ImportBinary},
    {"Pad", ImportPad},
    {"ReduceMean", ImportReduceMean},
    {"Relu", ImportUnary},
    {"Reshape", ImportReshape},
    {"Resize", ImportResize},
    {"Shape", ImportShape},
    {"Sigmoid", ImportUnary},
    {"Slice", ImportSlice},
    {"Softmax", ImportSoftmax},
    {"Squeeze", ImportSqueeze},
    {"Sub", ImportBinary},
    {"Tanh", ImportUnary},
    {"Transpose", ImportTranspose},
    {"Unsqueeze", ImportUnsqueeze},
    {"Upsample", ImportResize},
});

}  // namespace

ImportOperator FindOperator(const std::string& op) {
  const auto found =
      std::find_if(kRows.begin(), kRows.end(), [&](const Row& r) { return r.op == op; });
  return found == kRows.end() ? nullptr : found->import;
}

}  // namespace imcc
