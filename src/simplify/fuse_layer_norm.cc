// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "simplify/fuse_layer_norm.h"

#include <optional>

#include "simplify/graph_editor.h"

namespace imcc {
namespace {

bool IsPlain(const Node& node) { return node.activation.kind == UnaryKind::kIdentity; }

const Node* PlainProducer(GraphEditor& editor, TensorId id, OpKind kind) {
  const Node* node = editor.Producer(id, kind);
  return node != nullptr && IsPlain(*node) ? node : nullptr;
}

/// What `id` is the mean of over the last axis alone.
std::optional<TensorId> MeanOf(GraphEditor& editor, TensorId id) {
  const Node* node = PlainProducer(editor, id, OpKind::kReduce);
  if (node == nullptr) return std::nullopt;
  const auto& reduce = node->as<ReduceAttributes>();
  const auto rank = static_cast<int64_t>(editor.tensor(node->inputs[0]).shape.rank());
  if (reduce.kind != ReduceAttributes::Kind::kMean || reduce.begin != rank - 1) return std::nullopt;
  return node->inputs[0];
}

/// What `id` is a power of.
std::optional<TensorId> PowerOf(GraphEditor& editor, TensorId id, double exponent) {
  const Node* node = PlainProducer(editor, id, OpKind::kUnary);
  if (node == nullptr) return std::nullopt;
  const UnaryFunction& function = node->as<UnaryAttributes>().function;
  const bool root = exponent == 0.5 && function.kind == UnaryKind::kSqrt;
  if (!root && (function.kind != UnaryKind::kPow || function.alpha != exponent))
    return std::nullopt;
  return node->inputs[0];
}

/// What `id` is the square of.
std::optional<TensorId> SquareOf(GraphEditor& editor, TensorId id) {
  if (const auto base = PowerOf(editor, id, 2)) return base;
  const Node* product = PlainProducer(editor, id, OpKind::kMul);
  if (product == nullptr || product->inputs[0] != product->inputs[1]) return std::nullopt;
  return product->inputs[0];
}

/// What `id` is plus a small positive constant, and that constant.
std::optional<std::pair<TensorId, double>> PlusEpsilon(GraphEditor& editor, TensorId id) {
  const Node* add = PlainProducer(editor, id, OpKind::kAdd);
  if (add == nullptr) return std::nullopt;
  for (size_t i = 0; i < 2; ++i) {
    const Tensor& constant = editor.tensor(add->inputs[i]);
    if (constant.constant.size() == 1 && constant.constant[0] >= 0)
      return std::make_pair(add->inputs[1 - i], static_cast<double>(constant.constant[0]));
  }
  return std::nullopt;
}

struct Normalized {
  TensorId x;
  double epsilon = 0;
};

/// x if `centred` is x minus its mean.
std::optional<TensorId> CentredOf(GraphEditor& editor, TensorId centred) {
  const Node* difference = PlainProducer(editor, centred, OpKind::kSub);
  if (difference == nullptr) return std::nullopt;
  const TensorId x = difference->inputs[0];
  return MeanOf(editor, difference->inputs[1]) == x ? std::optional(x) : std::nullopt;
}

/// True if `a` and `b` are the same difference; exporters compute it twice at times.
bool SameCentred(GraphEditor& editor, TensorId a, TensorId b) {
  if (a == b) return true;
  const auto x = CentredOf(editor, a);
  return x && x == CentredOf(editor, b);
}

/// variance + epsilon of `centred`; nothing if `id` is something else.
std::optional<double> VarianceOf(GraphEditor& editor, TensorId id, TensorId centred) {
  const auto sum = PlusEpsilon(editor, id);
  if (!sum) return std::nullopt;
  const auto squares = MeanOf(editor, sum->first);
  const auto base = squares ? SquareOf(editor, *squares) : std::nullopt;
  if (!base || !SameCentred(editor, *base, centred)) return std::nullopt;
  return sum->second;
}

std::optional<Normalized> MatchLayerNorm(GraphEditor& editor, const Node& node) {
  const bool divides = node.kind == OpKind::kDiv;
  if ((!divides && node.kind != OpKind::kMul) || !IsPlain(node)) return std::nullopt;
  for (size_t i = 0; i < (divides ? 1U : 2U); ++i) {
    const TensorId centred = node.inputs[i];
    const auto x = CentredOf(editor, centred);
    const auto variance = PowerOf(editor, node.inputs[1 - i], divides ? 0.5 : -0.5);
    if (!x || !variance) continue;
    if (const auto epsilon = VarianceOf(editor, *variance, centred))
      return Normalized{*x, *epsilon};
  }
  return std::nullopt;
}

/// The constant of one value, or one a channel, that `node` combines `x` with.
std::optional<std::vector<float>> ChannelConstant(const GraphEditor& editor, const Node& node,
                                                  TensorId x) {
  const int64_t channels = editor.tensor(x).shape.back();
  for (size_t i = 0; i < 2; ++i) {
    const Tensor& constant = editor.tensor(node.inputs[i]);
    if (node.inputs[1 - i] != x || !constant.is_constant()) continue;
    const auto count = static_cast<int64_t>(constant.constant.size());
    if (count == 1) return std::vector<float>(static_cast<size_t>(channels), constant.constant[0]);
    if (count == channels && constant.shape.back() == channels) return constant.constant;
  }
  return std::nullopt;
}

/// Takes over what the only reader of `norm` does with a constant, if that is `kind`.
void AbsorbConstant(GraphEditor& editor, Node& norm, Node* reader, OpKind kind, size_t input) {
  if (reader == nullptr || reader->kind != kind || !editor.HasOneUse(norm.output)) return;
  if (editor.tensor(reader->output).shape != editor.tensor(norm.output).shape) return;
  auto values = ChannelConstant(editor, *reader, norm.output);
  if (!values || !IsPlain(norm)) return;
  const std::string name = editor.tensor(reader->output).name;
  const Shape shape{editor.tensor(norm.output).shape.back()};
  std::vector<TensorId> inputs = norm.inputs;
  inputs[input] =
      editor.AddConstant(name + (input == 1 ? "_gamma" : "_beta"), shape, std::move(*values));
  editor.SetInputs(norm, std::move(inputs));
  norm.activation = reader->activation;
  editor.Absorb(norm, *reader);
}

/// The node after `from` that reads `tensor`; null if there is none.
Node* ReaderOf(GraphEditor& editor, size_t from, TensorId tensor) {
  for (size_t i = from + 1; i < editor.node_count(); ++i) {
    if (editor.erased(i)) continue;
    for (const TensorId input : editor.node(i).inputs)
      if (input == tensor) return &editor.node(i);
  }
  return nullptr;
}

}  // namespace

void FuseLayerNorm(Graph& graph) {
  GraphEditor editor(graph);
  for (size_t i = 0; i < editor.node_count(); ++i) {
    if (editor.erased(i)) continue;
    Node& node = editor.node(i);
    const auto match = MatchLayerNorm(editor, node);
    if (!match) continue;
    const int64_t channels = editor.tensor(match->x).shape.back();
    const std::string name = editor.tensor(node.output).name;
    const auto fill = [&](const char* suffix, float value) {
      return editor.AddConstant(name + suffix, Shape{channels},
                                std::vector<float>(static_cast<size_t>(channels), value));
    };
    node.kind = OpKind::kLayerNorm;
    node.attributes = LayerNormAttributes{match->epsilon};
    editor.SetInputs(node, {match->x, fill("_ones", 1), fill("_zeros", 0)});
    AbsorbConstant(editor, node, ReaderOf(editor, i, node.output), OpKind::kMul, 1);
    AbsorbConstant(editor, node, ReaderOf(editor, i, node.output), OpKind::kAdd, 2);
  }
  editor.Finish();
}

}  // namespace imcc
