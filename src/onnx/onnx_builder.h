// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <onnx/onnx_pb.h>

#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "ir/graph.h"
#include "ir/shape.h"
#include "ir/window.h"

namespace imcc {

/// Writes a standard ONNX model (opset 13, IR 7) value by value. Shapes given to it are ONNX shapes
/// unless a parameter says "stored".
class OnnxBuilder {
 public:
  explicit OnnxBuilder(const std::string& graph_name);

  /// Keeps a value name from being given to an intermediate value.
  void ReserveName(const std::string& name) { names_.insert(name); }
  std::string UniqueName(const std::string& base);

  void AddInput(const std::string& name, const Shape& shape,
                int element_type = onnx::TensorProto::FLOAT);
  void AddOutput(const std::string& name, const Shape& shape,
                 int element_type = onnx::TensorProto::FLOAT);

  /// Initializers; the name returned is `base` made unique.
  std::string AddFloats(const std::string& base, const Shape& shape,
                        const std::vector<float>& values);
  std::string AddInt64s(const std::string& base, const std::vector<int64_t>& values);
  std::string AddInt32s(const std::string& base, const Shape& shape,
                        const std::vector<int32_t>& values);
  std::string AddInt8s(const std::string& base, const Shape& shape,
                       const std::vector<int8_t>& values);

  /// A node with one output. "" among the inputs is an absent one.
  onnx::NodeProto& AddNode(const std::string& op, const std::string& name,
                           const std::vector<std::string>& inputs, const std::string& output);
  static void SetInt(onnx::NodeProto& node, const std::string& attribute, int64_t value);
  static void SetFloat(onnx::NodeProto& node, const std::string& attribute, double value);
  static void SetString(onnx::NodeProto& node, const std::string& attribute,
                        const std::string& value);
  static void SetInts(onnx::NodeProto& node, const std::string& attribute,
                      const std::vector<int64_t>& values);
  /// kernel_shape, strides, pads and, unless 1, dilations.
  static void SetWindow(onnx::NodeProto& node, const Window& window);

  /// The value with its axes permuted, as a new value; itself if that changes nothing.
  std::string Transposed(const std::string& value, const std::vector<int64_t>& permutation);
  /// The value with its last two axes swapped, as a new value.
  std::string MatricesTransposed(const std::string& value, size_t rank);
  /// Stored [N,H,W,C] <-> ONNX [N,C,H,W].
  std::string ToNchw(const std::string& nhwc) { return Transposed(nhwc, {0, 3, 1, 2}); }
  std::string ToNhwc(const std::string& nchw) { return Transposed(nchw, {0, 2, 3, 1}); }

  /// Writes `to` = `from` with the same elements in the same stored order under another stored
  /// shape and layout; transposes only where the two orders differ.
  void EmitReshape(const std::string& name, const std::string& from, const Shape& from_stored,
                   Layout from_layout, const std::string& to, const Shape& to_stored,
                   Layout to_layout);

  /// Writes `to` = function(`from`) with operators of opset 13.
  void EmitUnary(const std::string& name, const UnaryFunction& function, const std::string& from,
                 const std::string& to);

  /// Writes `to` = the index of the largest (or smallest) value along an ONNX axis, as float;
  /// ONNX's own result is an integer. Of equal values the first counts, or the last.
  struct ArgMax {
    int64_t axis = -1;
    bool smallest = false;
    bool last = false;
  };
  void EmitArgMax(const std::string& name, const ArgMax& pick, const std::string& from,
                  const std::string& to);

  /// Writes `to` = gamma (from - mean) / sqrt(variance + epsilon) + beta over one ONNX axis with
  /// operators of opset 13. `parameters` is the shape gamma and beta broadcast with.
  struct LayerNorm {
    int64_t axis = -1;
    Shape parameters;
    double epsilon = 0;
    const std::vector<float>& gamma;
    const std::vector<float>& beta;
  };
  void EmitLayerNorm(const std::string& name, const LayerNorm& norm, const std::string& from,
                     const std::string& to);

  /// The model's bytes; an error above protobuf's 2 GiB.
  Result<std::string> Serialize() const;

 private:
  // Functions that opset 13 lacks, out of those it has.
  void EmitMish(const std::string& name, const std::string& from, const std::string& to);
  void EmitGelu(const std::string& name, bool tanh, const std::string& from, const std::string& to);

  onnx::ModelProto model_;
  std::set<std::string> names_;  // Of values.
  std::set<std::string> node_names_;
};

/// Shape in which one value per position of the last stored axis broadcasts with the tensor.
Shape PerChannelShape(const Shape& stored, Layout layout);

/// ONNX axis of a stored axis.
int64_t OnnxAxis(int64_t stored_axis, Layout layout);

/// ONNX permutation of a permutation of stored axes.
std::vector<int64_t> OnnxPermutation(const std::vector<int64_t>& stored, Layout from, Layout to);

/// [Cout][kh][kw][Cin/groups] -> ONNX's [Cout][Cin/groups][kh][kw].
template <class T>
std::vector<T> ToOnnxWeights(const std::vector<T>& weights, int64_t outputs, int64_t taps,
                             int64_t channels) {
  std::vector<T> result(weights.size());
  size_t from = 0;
  for (int64_t m = 0; m < outputs; ++m) {
    for (int64_t tap = 0; tap < taps; ++tap) {
      for (int64_t c = 0; c < channels; ++c) {
        result[static_cast<size_t>((m * channels + c) * taps + tap)] = weights[from++];
      }
    }
  }
  return result;
}

/// Attributes and inputs of a Resize node (opset 13) over [N,C,H,W].
void EmitResize(OnnxBuilder& builder, const std::string& name, const ResizeAttributes& attributes,
                const std::string& from, const FeatureMap& in, const std::string& to,
                const FeatureMap& out, int64_t batch = 1);

}  // namespace imcc
