// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "ir/graph.h"
#include "onnx/host_tensor.h"
#include "onnx/onnx_node.h"

namespace imcc {

/// What an activation holds in the model. In the graph int8 values are floats on a grid.
enum class Element { kFloat, kInt8, kUint8 };

/// An ONNX value while importing: a constant in ONNX axis order, or a tensor of the graph.
struct Value {
  TensorId tensor;                     // Valid for activations.
  Element element = Element::kFloat;   // Of activations.
  std::optional<HostTensor> constant;  // Set for constants.
};

/// The graph under construction: ONNX value names on one side, stored tensors on the other.
/// Operators ask for their inputs in the layout they need; transposes appear only where the two
/// disagree.
class Importer {
 public:
  explicit Importer(std::string graph_name) { graph_.name = std::move(graph_name); }

  Graph& graph() { return graph_; }
  const Graph& graph() const { return graph_; }
  void ReserveName(const std::string& name) { names_.insert(name); }
  /// `base`, or base_1, base_2, ... if that is taken.
  std::string UniqueName(const std::string& base);

  /// Null if no such value is known (yet).
  const Value* Find(const std::string& name) const;
  void BindConstant(const std::string& name, HostTensor value);
  void BindTensor(const std::string& name, TensorId tensor, Element element = Element::kFloat);

  /// Shape of a value in ONNX axes.
  Shape ShapeOf(const Value& value) const;

  /// Input i of a node, which must be there; an activation or a constant.
  Result<const Value*> Input(const OnnxNode& node, size_t i) const;
  /// Input i as a tensor of the graph, a constant being added to it in ONNX axes.
  Result<TensorId> InputTensor(const OnnxNode& node, size_t i);
  /// Input i as a float constant.
  Result<const HostTensor*> ConstantInput(const OnnxNode& node, size_t i) const;
  /// Input i as a float constant of one element or more.
  Result<const HostTensor*> WeightsInput(const OnnxNode& node, size_t i) const;
  /// Input i as integers; it must be a constant.
  Result<std::vector<int64_t>> IntsInput(const OnnxNode& node, size_t i) const;
  /// Input i as one float; it must be a constant. `otherwise` if the node has no such input.
  Result<float> ScalarInput(const OnnxNode& node, size_t i, float otherwise) const;

  /// The tensor stored [N,H,W,C], inserting a transpose if it is plain. Rank 4 only.
  Result<TensorId> ChannelsLast(const OnnxNode& node, TensorId tensor);
  /// The tensor stored as the ONNX model has it, inserting a transpose if it is channels-last.
  TensorId Plain(TensorId tensor);

  TensorId AddConstant(const std::string& name, Shape shape, std::vector<float> values);

  struct Emission {
    OpKind kind;
    std::vector<TensorId> inputs;
    Attributes attributes = {};
    Layout layout = Layout::kPlain;
    Shape shape = {};  // kReshape and kSlice only, as stored.
  };
  /// Adds a node whose output is an intermediate value `suffix`-named after the node's output.
  Result<TensorId> EmitStep(const OnnxNode& node, const char* suffix, Emission emission);
  /// Adds the node that computes output 0 of `node`.
  Status Emit(const OnnxNode& node, Emission emission);
  /// Output 0 of `node` is `tensor` under another name, int8 if that is what input 0 holds.
  Status Alias(const OnnxNode& node, TensorId tensor);
  /// Adds a byte-order keeping kReshape, or nothing if it would change nothing.
  TensorId Reshaped(TensorId tensor, const Shape& shape, Layout layout, const std::string& name);

 private:
  Element ElementOfInput(const OnnxNode& node) const;
  Result<TensorId> Append(const OnnxNode& node, const std::string& tensor_name, Emission emission);
  TensorId Transposed(TensorId tensor, std::vector<int64_t> permutation, Layout layout,
                      const char* suffix);

  Graph graph_;
  std::map<std::string, Value> values_;
  std::map<TensorId, TensorId> converted_;  // A tensor and the same in the other layout.
  std::set<std::string> names_;
};

/// Where ONNX axis (of [N,C,H,W]) lies in a stored tensor of this layout.
int64_t StoredAxis(int64_t onnx_axis, Layout layout);

/// Stored [N,H,W,C] of an [N,C,H,W] shape.
Shape ChannelsLastShape(const Shape& nchw);

/// A negative axis counted from the end; an error if it lies outside the rank.
Result<int64_t> NormalizeAxis(const OnnxNode& node, int64_t axis, size_t rank);

/// Several axes, sorted; an error too if one is given twice.
Result<std::vector<int64_t>> NormalizedAxes(const OnnxNode& node, std::vector<int64_t> axes,
                                            size_t rank);

}  // namespace imcc
