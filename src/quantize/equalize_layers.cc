// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/equalize_layers.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace imcc {
namespace {

/// A channel under a clip may grow by this beyond what calibration saw before it meets the clip.
constexpr float kClipHeadroom = 2;
/// Factors stay within 2^8: eight bits are what int8 could gain at most.
constexpr float kLargestFactor = 256;

bool HasWeights(const Node& node) {
  return node.kind == OpKind::kConv || node.kind == OpKind::kFullyConnected;
}

int64_t Groups(const Node& node) {
  return node.kind == OpKind::kConv ? node.as<ConvAttributes>().groups : 1;
}

/// The upper end of a clip to [0, end]; infinity for ReLU and none at all.
std::optional<float> UpperClip(const UnaryFunction& activation) {
  constexpr float kNone = std::numeric_limits<float>::infinity();
  if (activation.kind == UnaryKind::kIdentity || activation.kind == UnaryKind::kRelu) return kNone;
  if (activation.kind != UnaryKind::kClip || activation.alpha != 0 || activation.beta <= 0)
    return std::nullopt;
  return static_cast<float>(activation.beta);
}

/// Operators with f(s * x) = s * f(x) for every channel by itself.
bool PassesFactors(const Node& node) {
  if (node.activation.kind != UnaryKind::kIdentity && node.activation.kind != UnaryKind::kRelu)
    return false;
  return node.kind == OpKind::kMaxPool || node.kind == OpKind::kAveragePool ||
         node.kind == OpKind::kResize;
}

/// A layer that reads channel c of the tensor as its channel first_channel + c.
struct Reader {
  NodeId node;
  int64_t first_channel = 0;
};

class Links {
 public:
  explicit Links(const Graph& graph)
      : graph_(graph), consumers_(graph.Consumers()), outputs_(graph.tensors.size(), false) {
    for (const TensorId id : graph.outputs) outputs_[id.index()] = true;
  }

  /// The layers that read what `node` writes; none where something else does, too.
  std::vector<Reader> ReadersOf(const Node& node) const {
    std::vector<Reader> readers;
    if (!HasOwnWeights(node) || !UpperClip(node.activation)) return {};
    return Collect(node.output, 0, readers) ? readers : std::vector<Reader>{};
  }

 private:
  bool HasOwnWeights(const Node& node) const {
    if (!HasWeights(node) || graph_.tensor(node.inputs[0]).is_constant()) return false;
    return std::all_of(node.inputs.begin() + 1, node.inputs.end(), [&](TensorId id) {
      return graph_.tensor(id).is_constant() && consumers_[id.index()].size() == 1;
    });
  }

  bool Collect(TensorId id, int64_t first_channel, std::vector<Reader>& readers) const {
    if (outputs_[id.index()]) return false;
    const auto& consumers = consumers_[id.index()];
    return std::all_of(consumers.begin(), consumers.end(), [&](NodeId reader) {
      const Node& node = graph_.nodes[reader.index()];
      if (HasOwnWeights(node)) {
        readers.push_back({reader, first_channel});
        return true;
      }
      if (PassesFactors(node)) return Collect(node.output, first_channel, readers);
      return node.kind == OpKind::kConcat && CollectJoined(node, id, first_channel, readers);
    });
  }

  bool CollectJoined(const Node& concat, TensorId id, int64_t first_channel,
                     std::vector<Reader>& readers) const {
    const auto rank = static_cast<int64_t>(graph_.tensor(id).shape.rank());
    if (concat.as<ConcatAttributes>().axis != rank - 1 ||
        concat.activation.kind != UnaryKind::kIdentity ||
        std::count(concat.inputs.begin(), concat.inputs.end(), id) != 1)
      return false;
    for (const TensorId part : concat.inputs) {
      if (part == id) break;
      first_channel += graph_.tensor(part).shape.back();
    }
    return Collect(concat.output, first_channel, readers);
  }

  const Graph& graph_;
  std::vector<std::vector<NodeId>> consumers_;
  std::vector<bool> outputs_;
};

/// Weights of a layer as rows of one output channel each, and who reads which input channel.
struct Rows {
  std::vector<float>& weights;
  int64_t outputs = 0;
  int64_t channels = 0;  // Of one row: input channels of a group.
  int64_t groups = 1;

  Rows(Graph& graph, const Node& node)
      : weights(graph.tensor(node.inputs[1]).constant),
        outputs(graph.tensor(node.inputs[1]).shape[0]),
        channels(graph.tensor(node.inputs[1]).shape.back()),
        groups(Groups(node)) {}

  int64_t length() const { return static_cast<int64_t>(weights.size()) / outputs; }
  float* row(int64_t n) { return weights.data() + n * length(); }
  bool depthwise() const { return channels == 1 && groups > 1; }

  float Largest(int64_t n) {
    float largest = 0;
    for (int64_t k = 0; k < length(); ++k) largest = std::max(largest, std::abs(row(n)[k]));
    return largest;
  }
  /// Calls visit(n, weight) for all weights that read input channel `c`.
  template <class Visit>
  void ForEachOf(int64_t c, const Visit& visit) {
    const int64_t per_group = outputs / groups;
    const int64_t first = c / channels * per_group;
    for (int64_t n = first; n < first + per_group; ++n)
      for (int64_t k = c % channels; k < length(); k += channels) visit(n, row(n)[k]);
  }
};

class Equalizer {
 public:
  Equalizer(Graph& graph, const Node& layer, const std::vector<Reader>& readers)
      : graph_(graph), layer_(layer), readers_(readers) {}

  bool Run(const std::vector<Interval<float>>& ranges) {
    const std::vector<float> factors = Factors(ranges);
    if (std::all_of(factors.begin(), factors.end(), [](float s) { return s == 1; })) return false;
    DivideLayer(factors);
    for (const Reader& reader : readers_) MultiplyReader(reader, factors);
    return true;
  }

 private:
  std::vector<float> Factors(const std::vector<Interval<float>>& ranges) const {
    std::vector<float> magnitudes;
    for (const Interval<float>& range : ranges)
      magnitudes.push_back(std::max(std::abs(range.begin), std::abs(range.end)));
    const float largest = *std::max_element(magnitudes.begin(), magnitudes.end());
    const std::vector<float> shares = Shares(ranges.size());
    const float largest_share = *std::max_element(shares.begin(), shares.end());
    const float clip = *UpperClip(layer_.activation);
    std::vector<float> factors(ranges.size(), 1.0F);
    for (size_t c = 0; c < factors.size(); ++c) {
      // Nothing is known of channels that were never awake or that nobody listens to.
      if (magnitudes[c] <= 0 || shares[c] <= 0 || magnitudes[c] >= clip) continue;
      const float range = magnitudes[c] / largest;
      const float wanted = OnlyDepthwise() ? range : std::sqrt(range * largest_share / shares[c]);
      const float least = std::max(1 / kLargestFactor, kClipHeadroom * magnitudes[c] / clip);
      factors[c] = std::clamp(wanted, std::min(least, 1.0F), kLargestFactor);
    }
    return factors;
  }

  bool OnlyDepthwise() const {
    return std::all_of(readers_.begin(), readers_.end(), [&](const Reader& reader) {
      return Rows(graph_, graph_.nodes[reader.node.index()]).depthwise();
    });
  }

  /// Largest share of the range of a reader's row that each channel's weights have.
  std::vector<float> Shares(size_t channels) const {
    std::vector<float> shares(channels, 0.0F);
    for (const Reader& reader : readers_) {
      Rows rows(graph_, graph_.nodes[reader.node.index()]);
      std::vector<float> largest;
      for (int64_t n = 0; n < rows.outputs; ++n) largest.push_back(rows.Largest(n));
      for (size_t c = 0; c < channels; ++c)
        rows.ForEachOf(reader.first_channel + static_cast<int64_t>(c), [&](int64_t n, float w) {
          const float of_row = largest[static_cast<size_t>(n)];
          if (of_row > 0) shares[c] = std::max(shares[c], std::abs(w) / of_row);
        });
    }
    return shares;
  }

  void DivideLayer(const std::vector<float>& factors) {
    Rows rows(graph_, layer_);
    for (int64_t n = 0; n < rows.outputs; ++n)
      for (int64_t k = 0; k < rows.length(); ++k) rows.row(n)[k] /= factors[static_cast<size_t>(n)];
    if (layer_.inputs.size() < 3) return;
    std::vector<float>& bias = graph_.tensor(layer_.inputs[2]).constant;
    for (size_t n = 0; n < bias.size(); ++n) bias[n] /= factors[n];
  }

  void MultiplyReader(const Reader& reader, const std::vector<float>& factors) {
    Rows rows(graph_, graph_.nodes[reader.node.index()]);
    for (size_t c = 0; c < factors.size(); ++c)
      rows.ForEachOf(reader.first_channel + static_cast<int64_t>(c),
                     [&](int64_t, float& w) { w *= factors[c]; });
  }

  Graph& graph_;
  const Node& layer_;
  const std::vector<Reader>& readers_;
};

}  // namespace

std::vector<bool> FindEqualizable(const Graph& graph) {
  std::vector<bool> found(graph.tensors.size(), false);
  const Links links(graph);
  for (const Node& node : graph.nodes)
    if (!links.ReadersOf(node).empty()) found[node.output.index()] = true;
  return found;
}

int64_t EqualizeLayers(Graph& graph, const std::vector<TensorRange>& ranges) {
  const Links links(graph);
  int64_t changed = 0;
  for (const Node& node : graph.nodes) {
    const std::vector<Reader> readers = links.ReadersOf(node);
    if (readers.empty()) continue;
    changed += Equalizer(graph, node, readers).Run(ranges[node.output.index()].per_channel) ? 1 : 0;
  }
  return changed;
}

}  // namespace imcc
