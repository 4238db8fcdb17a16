// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "onnx/onnx_node.h"

#include <fmt/format.h>
#include <onnx/onnx_pb.h>

namespace imcc {
namespace {

using onnx::AttributeProto;

const std::string kAbsent;

}  // namespace

const std::string& OnnxNode::op() const { return proto_.op_type(); }

size_t OnnxNode::input_count() const { return static_cast<size_t>(proto_.input_size()); }

bool OnnxNode::has_input(size_t i) const { return !input(i).empty(); }

const std::string& OnnxNode::input(size_t i) const {
  return i < input_count() ? proto_.input(static_cast<int>(i)) : kAbsent;
}

const std::string& OnnxNode::output(size_t i) const {
  return i < static_cast<size_t>(proto_.output_size()) ? proto_.output(static_cast<int>(i))
                                                       : kAbsent;
}

const AttributeProto* OnnxNode::Attribute(const char* attribute, int type) const {
  for (const AttributeProto& candidate : proto_.attribute()) {
    if (candidate.name() != attribute) continue;
    if (candidate.type() == type) return &candidate;
    mistyped_ = attribute;
  }
  return nullptr;
}

bool OnnxNode::has(const char* attribute) const {
  for (const AttributeProto& candidate : proto_.attribute()) {
    if (candidate.name() == attribute) return true;
  }
  return false;
}

int64_t OnnxNode::Int(const char* attribute, int64_t otherwise) const {
  const AttributeProto* found = Attribute(attribute, AttributeProto::INT);
  return found != nullptr ? found->i() : otherwise;
}

float OnnxNode::Float(const char* attribute, float otherwise) const {
  const AttributeProto* found = Attribute(attribute, AttributeProto::FLOAT);
  return found != nullptr ? found->f() : otherwise;
}

std::string OnnxNode::String(const char* attribute, const char* otherwise) const {
  const AttributeProto* found = Attribute(attribute, AttributeProto::STRING);
  return found != nullptr ? found->s() : otherwise;
}

std::optional<std::vector<int64_t>> OnnxNode::Ints(const char* attribute) const {
  const AttributeProto* found = Attribute(attribute, AttributeProto::INTS);
  if (found == nullptr) return std::nullopt;
  return std::vector<int64_t>(found->ints().begin(), found->ints().end());
}

std::optional<std::vector<float>> OnnxNode::Floats(const char* attribute) const {
  const AttributeProto* found = Attribute(attribute, AttributeProto::FLOATS);
  if (found == nullptr) return std::nullopt;
  return std::vector<float>(found->floats().begin(), found->floats().end());
}

Status OnnxNode::CheckAttributes() const {
  if (mistyped_.empty()) return {};
  return Invalid(fmt::format("attribute '{}' has the wrong type", mistyped_));
}

Error OnnxNode::Invalid(const std::string& message) const {
  return Error{.code = ErrorCode::kModel,
               .subject = fmt::format("{} '{}'", op(), name_),
               .message = fmt::format("{} (opset {})", message, opset_)};
}

Error OnnxNode::Unsupported(const std::string& message, const std::string& hint) const {
  return Error{.code = ErrorCode::kUnsupported,
               .subject = fmt::format("{} '{}'", op(), name_),
               .message = fmt::format("{} (opset {})", message, opset_),
               .hint = hint};
}

}  // namespace imcc
