// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "onnx/operators.h"
#include "onnx/quantization_grid.h"

/// Operators on int8 values (QOperator models) as the float operator between two grids, which is
/// what they stand for.
namespace imcc {
namespace {

struct QLinearRow {
  std::string_view op;
  const char* computes;        // The float operator.
  std::vector<size_t> values;  // Inputs that are int8 values, each followed by scale, zero point.
  size_t output;               // Input that holds the output's scale.
  size_t bias = 0;             // int32 values with the scale of the products; 0 = none.
};

const QLinearRow* FindQLinearRow(const std::string& op) {
  static const std::array<QLinearRow, 10> kRows = {{
      {"QGemm", "Gemm", {0, 3}, 7, 6},
      {"QLinearAdd", "Add", {0, 3}, 6},
      {"QLinearAveragePool", "AveragePool", {0}, 3},
      {"QLinearConv", "Conv", {0, 3}, 6, 8},
      {"QLinearGlobalAveragePool", "GlobalAveragePool", {0}, 3},
      {"QLinearLeakyRelu", "LeakyRelu", {0}, 3},
      {"QLinearMatMul", "MatMul", {0, 3}, 6},
      {"QLinearMul", "Mul", {0, 3}, 6},
      {"QLinearSigmoid", "Sigmoid", {0}, 3},
      {"QLinearSoftmax", "Softmax", {0}, 3},
  }};
  const auto row =
      std::find_if(kRows.begin(), kRows.end(), [&](const QLinearRow& r) { return r.op == op; });
  return row == kRows.end() ? nullptr : &*row;
}

/// The float operator under construction.
class QLinearNode {
 public:
  QLinearNode(Importer& importer, const OnnxNode& node, const char* computes)
      : importer_(importer), node_(node) {
    proto_ = node.proto();
    proto_.set_op_type(computes);
    proto_.clear_input();
    proto_.clear_output();
    proto_.clear_domain();
  }

  /// Int8 input `i`: an activation on the grid it says, or a constant.
  Status AddValue(size_t i) {
    IMCC_ASSIGN(const Value* value, importer_.Input(node_, i));
    if (value->constant) return AddConstant(i, *value->constant);
    IMCC_TRY(ExpectGrid(importer_, node_, i));
    proto_.add_input(node_.input(i));
    return {};
  }

  /// An int32 bias has the scale of the products: that of the input times those of the weights.
  Status AddBias(size_t i, size_t weights) {
    if (!node_.has_input(i)) return {};
    IMCC_ASSIGN(const Value* bias, importer_.Input(node_, i));
    IMCC_ASSIGN(const HostTensor* x, importer_.ConstantInput(node_, 1));
    IMCC_ASSIGN(const HostTensor* w, importer_.ConstantInput(node_, weights + 1));
    if (!bias->constant || x->floats.size() != 1)
      return node_.Unsupported("its bias is computed, or its input has several scales");
    HostTensor scale = *w;
    for (float& value : scale.floats) value *= x->floats[0];
    IMCC_ASSIGN(HostTensor values, Dequantize(node_, *bias->constant, scale, nullptr, 0));
    Bind(node_.input(i), std::move(values));
    return {};
  }

  Status Finish(size_t scale) {
    const std::string value = importer_.UniqueName(node_.output() + "_float");
    proto_.add_output(value);
    // QLinearSoftmax says itself which opset's Softmax it is.
    const OnnxNode computes(proto_, node_.name(), node_.Int("opset", node_.opset()));
    const ImportOperator import = FindOperator(computes.op());
    IMCC_TRY(import(importer_, computes));
    IMCC_TRY(computes.CheckAttributes());
    const Value* result = importer_.Find(value);
    if (!node_.has_input(scale)) {
      importer_.BindTensor(node_.output(), result->tensor);
      return {};
    }
    IMCC_ASSIGN(Grid grid, ReadGrid(importer_, node_, scale));
    return EmitOnGrid(importer_, node_, result->tensor, std::move(grid), 1);
  }

 private:
  Status AddConstant(size_t i, const HostTensor& constant) {
    IMCC_ASSIGN(const HostTensor* scale, importer_.ConstantInput(node_, i + 1));
    const HostTensor* zero_point = nullptr;
    if (node_.has_input(i + 2)) {
      IMCC_ASSIGN(const Value* zero, importer_.Input(node_, i + 2));
      if (!zero->constant) return node_.Unsupported("a zero point is computed by the network");
      zero_point = &*zero->constant;
    }
    // Weights of a convolution or a transposed Gemm have their outputs first, of a MatMul last.
    const bool last =
        proto_.op_type() == "MatMul" || (proto_.op_type() == "Gemm" && node_.Int("transB", 0) == 0);
    const auto axis = last ? static_cast<int64_t>(constant.shape.rank()) - 1 : 0;
    IMCC_ASSIGN(HostTensor values, Dequantize(node_, constant, *scale, zero_point, axis));
    Bind(node_.input(i), std::move(values));
    return {};
  }

  void Bind(const std::string& name, HostTensor values) {
    const std::string bound = importer_.UniqueName(name + "_dequantized");
    importer_.BindConstant(bound, std::move(values));
    proto_.add_input(bound);
  }

  Importer& importer_;
  const OnnxNode& node_;
  onnx::NodeProto proto_;
};

/// Y_scale, Y_zero_point, then value, scale, zero point of every part.
Status ImportQLinearConcat(Importer& importer, const OnnxNode& node) {
  QLinearNode concat(importer, node, "Concat");
  if (node.input_count() % 3 != 2) return node.Invalid("its parts are not groups of three inputs");
  for (size_t i = 2; i < node.input_count(); i += 3) IMCC_TRY(concat.AddValue(i));
  return concat.Finish(0);
}

}  // namespace

Status ImportQLinear(Importer& importer, const OnnxNode& node) {
  if (node.op() == "QLinearConcat") return ImportQLinearConcat(importer, node);
  const QLinearRow* row = FindQLinearRow(node.op());
  if (row == nullptr) return node.Unsupported("is not an operator imcc knows");
  if (node.Int("channels_last", 0) != 0)
    return node.Unsupported("channels_last is set", "export the model with channels first");
  QLinearNode computes(importer, node, row->computes);
  for (const size_t i : row->values) IMCC_TRY(computes.AddValue(i));
  if (row->bias != 0) IMCC_TRY(computes.AddBias(row->bias, row->values.back()));
  return computes.Finish(row->output);
}

}  // namespace imcc
