// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "onnx/channel_shuffle.h"

#include <algorithm>
#include <numeric>

namespace imcc {
namespace {

/// Larger maps are left alone: following their elements takes memory.
constexpr int64_t kMaxShuffled = int64_t{1} << 24;

/// Reshapes and transposes from a feature map to a tensor, in execution order; none if it comes
/// from elsewhere. At least one transpose of the model's: the importer's own start at feature maps.
std::vector<const Node*> MovesBefore(const Graph& graph, TensorId tensor) {
  std::vector<const Node*> moves;
  bool shuffles = false;
  for (const Node* node = graph.ProducerOf(tensor); node != nullptr;
       node = graph.ProducerOf(node->inputs[0])) {
    if (node->kind != OpKind::kReshape && node->kind != OpKind::kTranspose) return {};
    moves.push_back(node);
    const Tensor& from = graph.tensor(node->inputs[0]);
    shuffles =
        shuffles || (node->kind == OpKind::kTranspose && from.layout != Layout::kChannelsLast);
    if (shuffles && from.layout == Layout::kChannelsLast) {
      std::reverse(moves.begin(), moves.end());
      return moves;
    }
  }
  return {};
}

std::vector<int64_t> Transposed(const std::vector<int64_t>& elements, const Shape& shape,
                                const std::vector<int64_t>& permutation) {
  const size_t rank = permutation.size();
  std::vector<int64_t> strides(rank, 1);
  for (size_t i = rank - 1; i > 0; --i) strides[i - 1] = strides[i] * shape[i];
  std::vector<int64_t> position(rank);
  std::vector<int64_t> result;
  result.reserve(elements.size());
  for (size_t count = 0; count < elements.size(); ++count) {
    int64_t from = 0;
    for (size_t i = 0; i < rank; ++i)
      from += position[i] * strides[static_cast<size_t>(permutation[i])];
    result.push_back(elements[static_cast<size_t>(from)]);
    for (size_t i = rank; i-- > 0;) {
      if (++position[i] < shape[static_cast<size_t>(permutation[i])]) break;
      position[i] = 0;
    }
  }
  return result;
}

}  // namespace

std::optional<ChannelShuffle> FindChannelShuffle(const Graph& graph, TensorId tensor,
                                                 const Shape& nchw) {
  const std::vector<const Node*> moves = MovesBefore(graph, tensor);
  if (moves.empty() || nchw.rank() != 4 || nchw[0] != 1) return std::nullopt;
  const TensorId from = moves.front()->inputs[0];
  const Shape& shape = graph.tensor(from).shape;  // [1,H,W,C]
  if (shape[0] != 1 || shape[1] != nchw[2] || shape[2] != nchw[3] || shape[3] != nchw[1] ||
      shape.elements() > kMaxShuffled)
    return std::nullopt;
  std::vector<int64_t> elements(static_cast<size_t>(shape.elements()));
  std::iota(elements.begin(), elements.end(), int64_t{0});
  for (const Node* move : moves)
    if (move->kind == OpKind::kTranspose)
      elements = Transposed(elements, graph.tensor(move->inputs[0]).shape,
                            move->as<TransposeAttributes>().permutation);
  ChannelShuffle shuffle{.from = from, .channels = {}};
  const int64_t pixels = nchw[2] * nchw[3];
  const int64_t channels = nchw[1];
  for (int64_t c = 0; c < channels; ++c) {
    const int64_t source = elements[static_cast<size_t>(c * pixels)];  // Of the first pixel.
    if (source >= channels) return std::nullopt;
    for (int64_t p = 0; p < pixels; ++p)
      if (elements[static_cast<size_t>(c * pixels + p)] != p * channels + source)
        return std::nullopt;
    shuffle.channels.push_back(source);
  }
  return shuffle;
}

}  // namespace imcc
