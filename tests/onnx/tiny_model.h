// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <onnx/onnx_pb.h>

#include <string>
#include <vector>

#include "onnx/import.h"

namespace imcc {

/// Builds small ONNX models through the protobuf.
class TinyModel {
 public:
  explicit TinyModel(int64_t opset = 13) {
    proto.set_ir_version(7);
    proto.add_opset_import()->set_version(opset);
    proto.mutable_graph()->set_name("tiny");
  }

  TinyModel& Input(const std::string& name, const std::vector<int64_t>& dims,
                   int type = onnx::TensorProto::FLOAT) {
    auto* value = graph().add_input();
    value->set_name(name);
    auto* tensor = value->mutable_type()->mutable_tensor_type();
    tensor->set_elem_type(type);
    for (const int64_t dim : dims) {
      auto* added = tensor->mutable_shape()->add_dim();
      dim < 0 ? added->set_dim_param("n") : added->set_dim_value(dim);
    }
    return *this;
  }
  TinyModel& Output(const std::string& name) {
    graph().add_output()->set_name(name);
    return *this;
  }
  /// Values that differ, if none are given.
  TinyModel& Floats(const std::string& name, const std::vector<int64_t>& dims,
                    std::vector<float> values = {}) {
    auto* tensor = graph().add_initializer();
    tensor->set_name(name);
    tensor->set_data_type(onnx::TensorProto::FLOAT);
    int64_t elements = 1;
    for (const int64_t dim : dims) {
      tensor->add_dims(dim);
      elements *= dim;
    }
    for (int64_t i = 0; values.empty() && i < elements; ++i) {
      tensor->add_float_data(static_cast<float>(i % 13 - 6) / 8);
    }
    for (const float value : values) tensor->add_float_data(value);
    return *this;
  }
  TinyModel& Ints(const std::string& name, const std::vector<int64_t>& values) {
    auto* tensor = graph().add_initializer();
    tensor->set_name(name);
    tensor->set_data_type(onnx::TensorProto::INT64);
    tensor->add_dims(static_cast<int64_t>(values.size()));
    for (const int64_t value : values) tensor->add_int64_data(value);
    return *this;
  }
  onnx::NodeProto& Node(const std::string& op, const std::vector<std::string>& inputs,
                        const std::string& output) {
    auto* node = graph().add_node();
    node->set_op_type(op);
    for (const std::string& input : inputs) node->add_input(input);
    node->add_output(output);
    return *node;
  }
  static void SetInt(onnx::NodeProto& node, const std::string& name, int64_t value) {
    auto* attribute = node.add_attribute();
    attribute->set_name(name);
    attribute->set_type(onnx::AttributeProto::INT);
    attribute->set_i(value);
  }
  static void SetInts(onnx::NodeProto& node, const std::string& name,
                      const std::vector<int64_t>& values) {
    auto* attribute = node.add_attribute();
    attribute->set_name(name);
    attribute->set_type(onnx::AttributeProto::INTS);
    for (const int64_t value : values) attribute->add_ints(value);
  }
  static void SetString(onnx::NodeProto& node, const std::string& name, const std::string& value) {
    auto* attribute = node.add_attribute();
    attribute->set_name(name);
    attribute->set_type(onnx::AttributeProto::STRING);
    attribute->set_s(value);
  }

  onnx::GraphProto& graph() { return *proto.mutable_graph(); }
  Result<ImportedModel> Import(const ImportOptions& options = {}) const {
    return ImportOnnxBytes(proto.SerializeAsString(), ".", options);
  }

  onnx::ModelProto proto;
};

/// Like resnet8: convolutions, a residual, pooling, a shape computation and a classifier.
inline TinyModel ResidualModel() {
  TinyModel m;
  m.Input("x", {1, 3, 8, 8}).Floats("w1", {4, 3, 3, 3}).Floats("b1", {4});
  TinyModel::SetInts(m.Node("Conv", {"x", "w1", "b1"}, "c1"), "pads", {1, 1, 1, 1});
  m.Node("Relu", {"c1"}, "r1");
  m.Floats("w2", {4, 1, 3, 3});
  onnx::NodeProto& depthwise = m.Node("Conv", {"r1", "w2"}, "c2");
  TinyModel::SetInt(depthwise, "group", 4);
  TinyModel::SetString(depthwise, "auto_pad", "SAME_UPPER");
  for (const char* name : {"gamma", "beta", "mean"}) m.Floats(name, {4});
  m.Floats("var", {4}, {1, 2, 3, 4});
  m.Node("BatchNormalization", {"c2", "gamma", "beta", "mean", "var"}, "n2");
  m.Node("Add", {"n2", "r1"}, "s");
  onnx::NodeProto& pool = m.Node("MaxPool", {"s"}, "p");
  TinyModel::SetInts(pool, "kernel_shape", {2, 2});
  TinyModel::SetInts(pool, "strides", {2, 2});
  m.Ints("zero", {0}).Ints("minus1", {-1});
  m.Node("Shape", {"p"}, "shape");
  m.Node("Gather", {"shape", "zero"}, "batch");
  TinyModel::SetInt(m.Node("Concat", {"batch", "minus1"}, "target"), "axis", 0);
  m.Node("Reshape", {"p", "target"}, "flat");
  m.Floats("w3", {64, 5}).Floats("b3", {5});
  m.Node("Gemm", {"flat", "w3", "b3"}, "y");
  m.Output("y");
  return m;
}

}  // namespace imcc
