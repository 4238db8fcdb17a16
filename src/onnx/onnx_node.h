// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"

namespace onnx {
class AttributeProto;
class NodeProto;
}  // namespace onnx

namespace imcc {

/// One node of the model: typed access to its attributes and errors that name it. An attribute of
/// the wrong type reads as absent and is remembered; `CheckAttributes` reports it.
class OnnxNode {
 public:
  OnnxNode(const onnx::NodeProto& proto, std::string name, int64_t opset)
      : proto_(proto), name_(std::move(name)), opset_(opset) {}

  const onnx::NodeProto& proto() const { return proto_; }
  const std::string& name() const { return name_; }
  const std::string& op() const;
  int64_t opset() const { return opset_; }

  size_t input_count() const;
  bool has_input(size_t i) const;
  /// Name of input or output i; "" if the node does not have it.
  const std::string& input(size_t i) const;
  const std::string& output(size_t i = 0) const;

  bool has(const char* attribute) const;
  int64_t Int(const char* attribute, int64_t otherwise) const;
  float Float(const char* attribute, float otherwise) const;
  std::string String(const char* attribute, const char* otherwise) const;
  std::optional<std::vector<int64_t>> Ints(const char* attribute) const;
  std::optional<std::vector<float>> Floats(const char* attribute) const;
  /// The attribute itself if it has this AttributeProto type.
  const onnx::AttributeProto* Attribute(const char* attribute, int type) const;

  /// An error if an attribute that was read had another type than the operator defines.
  Status CheckAttributes() const;

  /// The model is damaged or inconsistent at this node.
  Error Invalid(const std::string& message) const;
  /// Valid ONNX that imcc does not compile.
  Error Unsupported(const std::string& message, const std::string& hint = "") const;

 private:
  const onnx::NodeProto& proto_;
  std::string name_;
  int64_t opset_;
  mutable std::string mistyped_;
};

}  // namespace imcc
