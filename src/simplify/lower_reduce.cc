// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/lower_reduce.h"

#include <optional>

#include "simplify/graph_editor.h"

namespace imcc {
namespace {

/// A reduction as pooling of a feature map.
struct Pooling {
  Shape input;  // What the map is reshaped to, in the same order of elements.
  Window window;
};

/// No real layer has more channels, and a tiny model must not make us allocate gigabytes.
constexpr int64_t kMostChannels = int64_t{1} << 20;

std::optional<Pooling> AsPooling(const Shape& x, const ReduceAttributes& reduce) {
  const auto rank = static_cast<int64_t>(x.rank());
  if (reduce.end == rank || x.back() > kMostChannels) return std::nullopt;  // Over the channels.
  if (rank == 4 && x[0] == 1 && reduce.begin >= 1)
    return Pooling{
        x, {.kernel_h = reduce.begin == 1 ? x[1] : 1, .kernel_w = reduce.end == 3 ? x[2] : 1}};
  if (reduce.end != rank - 1) return std::nullopt;
  int64_t rows = 1;
  int64_t columns = 1;
  for (int64_t axis = 0; axis < reduce.end; ++axis)
    (axis < reduce.begin ? rows : columns) *= x[static_cast<size_t>(axis)];
  return Pooling{{1, rows, columns, x.back()}, {.kernel_w = columns}};
}

class ReduceLowering {
 public:
  ReduceLowering(GraphEditor& editor, Node& node) : editor_(editor), node_(node), original_(node) {}

  void Run(const Pooling& pooling) {
    using Kind = ReduceAttributes::Kind;
    const Kind kind = original_.as<ReduceAttributes>().kind;
    const Tensor x = editor_.tensor(node_.inputs[0]);
    const bool reshapes = pooling.input != x.shape;
    TensorId value = node_.inputs[0];
    if (reshapes) value = Step("_rows", {.kind = OpKind::kReshape}, value, pooling.input);
    Node pool{.kind = kind == Kind::kMax ? OpKind::kMaxPool : OpKind::kAveragePool,
              .attributes = PoolAttributes{pooling.window}};
    if (!reshapes && kind != Kind::kSum) return Become(std::move(pool), {value});
    Shape pooled = pooling.input;
    pooled[1] /= pooling.window.kernel_h;
    pooled[2] /= pooling.window.kernel_w;
    value = Step("_pooled", std::move(pool), value, pooled);
    if (kind == Kind::kSum) {
      const std::vector<TensorId> scale = ScaleBy(pooling.window.taps(), value);
      if (!reshapes) return Become({.kind = OpKind::kBatchNorm}, scale);
      value = Step("_sum", {.kind = OpKind::kBatchNorm}, scale, pooled);
    }
    Become({.kind = OpKind::kReshape}, {value});
  }

 private:
  /// Operands of a BatchNorm that multiplies `x` by a number.
  std::vector<TensorId> ScaleBy(int64_t factor, TensorId x) {
    const std::string name = editor_.tensor(node_.output).name;
    const Shape shape{editor_.tensor(x).shape.back()};
    const auto count = static_cast<size_t>(shape[0]);
    return {x,
            editor_.AddConstant(name + "_count", shape,
                                std::vector<float>(count, static_cast<float>(factor))),
            editor_.AddConstant(name + "_zero", shape, std::vector<float>(count, 0))};
  }

  /// A node before this one that makes a feature map.
  TensorId Step(const char* suffix, Node step, std::vector<TensorId> inputs, Shape shape) {
    step.name = original_.name + suffix;
    step.onnx_op = original_.onnx_op;
    step.inputs = std::move(inputs);
    step.output = editor_.AddActivation(editor_.tensor(node_.output).name + suffix,
                                        std::move(shape), Layout::kChannelsLast);
    const TensorId output = step.output;
    editor_.InsertBefore(node_, std::move(step));
    return output;
  }
  TensorId Step(const char* suffix, Node step, TensorId input, Shape shape) {
    return Step(suffix, std::move(step), std::vector<TensorId>{input}, std::move(shape));
  }

  void Become(Node last, std::vector<TensorId> inputs) {
    node_.kind = last.kind;
    node_.attributes = std::move(last.attributes);
    editor_.SetInputs(node_, std::move(inputs));
  }

  GraphEditor& editor_;
  Node& node_;
  const Node original_;
};

bool IsPooled(ReduceAttributes::Kind kind) {
  using Kind = ReduceAttributes::Kind;
  return kind == Kind::kMean || kind == Kind::kSum || kind == Kind::kMax;
}

}  // namespace

bool BecomesPooling(const Shape& shape, const ReduceAttributes& reduce) {
  return IsPooled(reduce.kind) && AsPooling(shape, reduce).has_value();
}

void LowerReduce(Graph& graph) {
  GraphEditor editor(graph);
  for (size_t i = 0; i < editor.node_count(); ++i) {
    Node& node = editor.node(i);
    if (node.kind != OpKind::kReduce) continue;
    const Shape& shape = editor.tensor(node.inputs[0]).shape;
    const auto& reduce = node.as<ReduceAttributes>();
    if (BecomesPooling(shape, reduce)) ReduceLowering(editor, node).Run(*AsPooling(shape, reduce));
  }
  editor.Finish();
}

}  // namespace imcc
