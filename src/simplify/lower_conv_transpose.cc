// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/lower_conv_transpose.h"

#include <fmt/format.h>

#include <optional>

#include "ir/pixel_phases.h"
#include "simplify/graph_editor.h"

namespace imcc {
namespace {

/// One axis of one phase. Output o = stride * t + phase takes tap k of input i where
/// stride * i + k = o + padding: taps first, first + stride, ... meet inputs that go down from
/// t + (phase + padding) / stride, so the convolution has them in reverse.
struct PhaseAxis {
  int64_t first = 0;  // Tap.
  int64_t taps = 0;
  int64_t before = 0, after = 0;  // Padding of the convolution.
};

std::optional<PhaseAxis> MakePhase(int64_t kernel, int64_t stride, int64_t padding, int64_t phase) {
  PhaseAxis axis{.first = (phase + padding) % stride};
  if (axis.first >= kernel) return std::nullopt;  // No tap ever meets these outputs.
  axis.taps = CeilDiv(kernel - axis.first, stride);
  axis.after = (phase + padding) / stride;
  axis.before = axis.taps - 1 - axis.after;
  if (axis.before < 0) return std::nullopt;
  return axis;
}

struct Phase {
  PhaseAxis y, x;
};

/// The phases row by row; nothing if one of them is no convolution.
std::optional<std::vector<Phase>> MakePhases(const Window& w) {
  std::vector<Phase> phases;
  for (int64_t row = 0; row < w.stride_h; ++row) {
    for (int64_t column = 0; column < w.stride_w; ++column) {
      const auto y = MakePhase(w.kernel_h, w.stride_h, w.padding.top, row);
      const auto x = MakePhase(w.kernel_w, w.stride_w, w.padding.left, column);
      if (!y || !x) return std::nullopt;
      phases.push_back({*y, *x});
    }
  }
  return phases;
}

/// Weights [Cout,taps_y,taps_x,Cin] of one phase.
std::vector<float> PhaseWeights(const Tensor& weights, const Window& w, const Phase& phase) {
  const int64_t outputs = weights.shape[0];
  const int64_t depth = weights.shape[3];
  std::vector<float> values;
  for (int64_t output = 0; output < outputs; ++output) {
    for (int64_t y = phase.y.taps; y-- > 0;) {
      for (int64_t x = phase.x.taps; x-- > 0;) {
        const int64_t row = phase.y.first + y * w.stride_h;
        const int64_t column = phase.x.first + x * w.stride_w;
        const int64_t at = ((output * w.kernel_h + row) * w.kernel_w + column) * depth;
        values.insert(values.end(), weights.constant.begin() + at,
                      weights.constant.begin() + at + depth);
      }
    }
  }
  return values;
}

class PhaseLowering {
 public:
  PhaseLowering(GraphEditor& editor, Node& node)
      : editor_(editor),
        node_(node),
        original_(node),
        window_(node.as<ConvTransposeAttributes>().window),
        input_(editor.tensor(node.inputs[0]).shape),
        output_(editor.tensor(node.output)) {}

  void Run(const std::vector<Phase>& phases) {
    std::vector<TensorId> parts;
    for (const Phase& phase : phases) parts.push_back(AddPhase(phase, parts.size()));
    const auto count = static_cast<int64_t>(phases.size());
    const Shape wide{input_[0], input_[1], count * input_[2], output_.shape[3]};
    const TensorId joined =
        Insert("_phases", OpKind::kConcat, std::move(parts), ConcatAttributes{2}, wide);
    const TensorId ordered = Insert(
        "_ordered", OpKind::kGather, {joined},
        GatherAttributes{2, PhaseOrder(window_.stride_h, window_.stride_w, input_[2])}, wide);
    node_.kind = OpKind::kReshape;
    node_.attributes = {};
    node_.activation = {};
    editor_.SetInputs(node_, {ordered});
  }

 private:
  TensorId Insert(const std::string& suffix, OpKind kind, std::vector<TensorId> inputs,
                  Attributes attributes, const Shape& shape, UnaryFunction activation = {}) {
    const TensorId output = editor_.AddActivation(output_.name + suffix, shape, output_.layout);
    editor_.InsertBefore(node_, {.kind = kind,
                                 .name = original_.name + suffix,
                                 .onnx_op = original_.onnx_op,
                                 .inputs = std::move(inputs),
                                 .output = output,
                                 .attributes = std::move(attributes),
                                 .activation = activation});
    return output;
  }

  TensorId AddPhase(const Phase& phase, size_t number) {
    const Tensor weights = editor_.tensor(original_.inputs[1]);
    const Shape shape{weights.shape[0], phase.y.taps, phase.x.taps, weights.shape[3]};
    const std::string suffix = fmt::format("_phase{}", number);
    std::vector<TensorId> inputs = original_.inputs;
    inputs[1] =
        editor_.AddConstant(weights.name + suffix, shape, PhaseWeights(weights, window_, phase));
    const ConvAttributes attributes{
        .window = {.kernel_h = phase.y.taps,
                   .kernel_w = phase.x.taps,
                   .padding = {phase.y.before, phase.x.before, phase.y.after, phase.x.after}}};
    return Insert(suffix, OpKind::kConv, std::move(inputs), attributes,
                  {input_[0], input_[1], input_[2], output_.shape[3]}, original_.activation);
  }

  GraphEditor& editor_;
  Node& node_;
  const Node original_;
  const Window window_;
  const Shape input_;
  const Tensor output_;
};

bool HasWholePhases(const GraphEditor& editor, const Node& node) {
  const auto& [window, groups] = node.as<ConvTransposeAttributes>();
  const Shape& x = editor.tensor(node.inputs[0]).shape;
  const Shape& y = editor.tensor(node.output).shape;
  const bool constant = editor.is_constant(node.inputs[1]) &&
                        (node.inputs.size() < 3 || editor.is_constant(node.inputs[2]));
  // More phases than these are no upsampling anybody trains; each becomes a convolution.
  constexpr int64_t kMaxStride = 8;
  return constant && groups == 1 && window.dilation_h == 1 && window.dilation_w == 1 &&
         std::max(window.stride_h, window.stride_w) <= kMaxStride &&
         y[1] == x[1] * window.stride_h && y[2] == x[2] * window.stride_w;
}

}  // namespace

void LowerConvTranspose(Graph& graph) {
  GraphEditor editor(graph);
  for (size_t i = 0; i < editor.node_count(); ++i) {
    Node& node = editor.node(i);
    if (node.kind != OpKind::kConvTranspose || !HasWholePhases(editor, node)) continue;
    const auto phases = MakePhases(node.as<ConvTransposeAttributes>().window);
    if (phases) PhaseLowering(editor, node).Run(*phases);
  }
  editor.Finish();
}

}  // namespace imcc
