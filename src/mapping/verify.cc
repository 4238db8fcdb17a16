// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "mapping/assign_buffers.h"
#include "mapping/mapping.h"

namespace imcc {

namespace {

Error Broken(const std::string& kernel, const std::string& what) {
  return Error{.code = ErrorCode::kUnsupported, .subject = kernel, .message = what};
}

/// Position in the im2col vector of (ky, input column, channel), written down independently of the
/// mapper: the distinct input columns of all replicas, found by listing them.
class VectorPositions {
 public:
  VectorPositions(const ImcKernel& imc, int64_t in_channels, int64_t pixel_stride, int64_t pword)
      : per_tap_(imc.subword ? pixel_stride : RoundUp(in_channels, pword)) {
    std::set<int64_t> columns;
    for (int64_t i = 0; i < imc.replicas; ++i)
      for (int64_t kx = 0; kx < imc.window.kernel_w; ++kx)
        columns.insert(kx * imc.window.dilation_w + i * imc.window.stride_w);
    if (imc.subword)
      for (int64_t c = *columns.begin(); c < *columns.rbegin(); ++c) columns.insert(c);
    for (const int64_t column : columns) index_.emplace(column, index_.size());
    per_row_ = RoundUp(static_cast<int64_t>(index_.size()) * per_tap_, pword);
  }
  int64_t At(int64_t ky, int64_t column, int64_t channel) const {
    return ky * per_row_ + static_cast<int64_t>(index_.at(column)) * per_tap_ + channel;
  }

 private:
  int64_t per_tap_ = 0, per_row_ = 0;
  std::map<int64_t, size_t> index_;
};

/// The column tile that computes an output channel of a replica.
const ColumnTile* ColumnOf(const ImcKernel& imc, int64_t out, int64_t replica) {
  for (const ColumnTile& column : imc.column_tiles) {
    if (out < column.out_channel0 || out >= column.out_channel0 + column.channels) continue;
    const int64_t n = replica * column.channels + out - column.out_channel0 - column.first_column;
    if (n >= 0 && n < column.columns) return &column;
  }
  return nullptr;
}

/// The byte of the array that multiplies vector position `position` for a column of the tile.
const int8_t* CellOf(const ImcKernel& imc, const ColumnTile& column, int64_t n, int64_t position,
                     int64_t pword) {
  for (const int64_t index : column.tiles) {
    const WeightTile& tile = imc.tiles[static_cast<size_t>(index)];
    const int64_t row = position - tile.first_pword * pword;
    if (row < 0 || row >= tile.pwords * pword) continue;
    return &imc.weights[static_cast<size_t>(tile.offset.count() + n * tile.pwords * pword + row)];
  }
  return nullptr;
}

Status VerifyChannel(const Kernel& kernel, const QConv& conv, int64_t pword, int64_t out,
                     int64_t replica) {
  const ImcKernel& imc = *kernel.imc();
  const int64_t in_per_group = conv.in_channels / conv.groups;
  const ColumnTile* column = ColumnOf(imc, out, replica);
  if (column == nullptr)
    return Broken(kernel.name, fmt::format("no column for output {} of replica {}", out, replica));
  const VectorPositions positions(imc, column->in_channels, kernel.inputs[0].pixel_stride, pword);
  const int64_t n = replica * column->channels + out - column->out_channel0 - column->first_column;
  const int64_t group = out / (conv.out_channels / conv.groups);
  const int64_t first = group * in_per_group - column->in_channel0;
  auto index = static_cast<size_t>(out * conv.taps_per_output());
  for (int64_t ky = 0; ky < conv.window.kernel_h; ++ky)
    for (int64_t kx = 0; kx < conv.window.kernel_w; ++kx) {
      const int64_t x = kx * conv.window.dilation_w + replica * conv.window.stride_w;
      for (int64_t c = 0; c < in_per_group; ++c, ++index) {
        const int8_t* cell = CellOf(imc, *column, n, positions.At(ky, x, first + c), pword);
        if (cell == nullptr || *cell != conv.weights[index])
          return Broken(kernel.name, fmt::format("weight {} of replica {} is not where it belongs",
                                                 index, replica));
      }
    }
  return {};
}

Status VerifyWeights(const Kernel& kernel, const QConv& conv, int64_t pword) {
  const ImcKernel& imc = *kernel.imc();
  for (int64_t out = 0; out < conv.out_channels; ++out)
    for (int64_t replica = 0; replica < imc.replicas; ++replica)
      IMCC_TRY(VerifyChannel(kernel, conv, pword, out, replica));
  const auto nonzero = [](const std::vector<int8_t>& values) {
    return std::count_if(values.begin(), values.end(), [](int8_t v) { return v != 0; });
  };
  if (nonzero(imc.weights) != imc.replicas * nonzero(conv.weights))
    return Broken(kernel.name, "array cells hold weights that are not the network's");
  return {};
}

/// Every row of every column of the matrices is multiplied once: tile by tile, cell by cell.
Status VerifyMatMul(const Kernel& kernel, const QuantizedGraph& graph, const QNode& node,
                    int64_t pword) {
  const ImcKernel& imc = *kernel.imc();
  const Shape& a = graph.tensor(node.inputs[0]).shape;
  const Shape& b = graph.tensor(node.inputs[1]).shape;
  const int64_t columns = b[b.rank() - 2];
  const int64_t rows = b.back();
  const int64_t matrices = b.elements() / (columns * rows);
  if (imc.matrices != matrices || !imc.weights.empty() || imc.replicas != 1 || imc.subword)
    return Broken(kernel.name, "is no product of these two tensors");
  if (kernel.inputs[1].map != FeatureMap{matrices, columns, rows} ||
      kernel.inputs[0].map.elements() != a.elements() || kernel.inputs[0].map.channels != rows ||
      (matrices != 1 && kernel.inputs[0].map.height != matrices))
    return Broken(kernel.name, "sees its operands as something else than matrices");
  std::vector<int> multiplied(static_cast<size_t>(columns * rows));
  for (const WeightTile& tile : imc.tiles) {
    const ColumnTile& column = imc.column_tiles[static_cast<size_t>(tile.column_tile)];
    if (column.out_channel0 != 0 || column.in_channel0 != 0 || column.channels != columns)
      return Broken(kernel.name, "a column tile is not one of the whole matrix");
    for (int64_t n = column.first_column; n < column.first_column + column.columns; ++n)
      for (int64_t k = tile.first_pword * pword; k < (tile.first_pword + tile.pwords) * pword; ++k)
        if (n < columns && k < rows) ++multiplied[static_cast<size_t>(n * rows + k)];
  }
  if (std::any_of(multiplied.begin(), multiplied.end(), [](int count) { return count != 1; }))
    return Broken(kernel.name, "a cell of the matrix is not multiplied once");
  return {};
}

Status VerifyTiles(const Kernel& kernel, const Target& target) {
  for (const WeightTile& tile : kernel.imc()->tiles) {
    const ColumnTile& column = kernel.imc()->column_tiles[static_cast<size_t>(tile.column_tile)];
    if (tile.pwords * target.pword > target.array.rows || column.columns > target.array.columns)
      return Broken(kernel.name, "a weight tile is larger than the array");
  }
  return {};
}

using Numbers = std::vector<int64_t>;

/// The numbers of a node's inputs where it puts them, one axis after the other.
Numbers Moved(const QuantizedGraph& graph, const QNode& node, const Numbers& input) {
  const Shape& from = graph.tensor(node.inputs[0]).shape;
  const Shape& to = graph.tensor(node.output).shape;
  const auto* transpose = std::get_if<QTranspose>(&node.operation);
  const auto* gather = std::get_if<QGather>(&node.operation);
  if (transpose == nullptr && gather == nullptr) return input;
  Numbers result;
  for (int64_t i = 0; i < to.elements(); ++i) {
    Numbers position(to.rank());
    int64_t rest = i;
    for (size_t axis = to.rank(); axis-- > 0; rest /= to[axis]) position[axis] = rest % to[axis];
    Numbers source = position;
    for (size_t axis = 0; transpose != nullptr && axis < to.rank(); ++axis)
      source[static_cast<size_t>(transpose->permutation[axis])] = position[axis];
    if (gather != nullptr) {
      int64_t& along = source[static_cast<size_t>(gather->axis)];
      along = gather->indices[static_cast<size_t>(along)];
    }
    int64_t element = 0;
    for (size_t axis = 0; axis < from.rank(); ++axis) element = element * from[axis] + source[axis];
    result.push_back(input[static_cast<size_t>(element)]);
  }
  return result;
}

/// A move does what the nodes from its operand's tensor to its output do, element by element.
Status VerifyMove(const MappedNetwork& network, const QuantizedGraph& graph, const Kernel& kernel) {
  std::vector<const QNode*> chain = {&graph.nodes[kernel.node]};
  const ElementView& view = kernel.move()->view;
  const auto starts_there = [&](QTensorId id) {
    return network.buffer_of_tensor[id.index()] == kernel.inputs[0].buffer;
  };
  while (!starts_there(chain.back()->inputs[0])) {
    const auto producer =
        std::find_if(graph.nodes.begin(), graph.nodes.end(),
                     [&](const QNode& node) { return node.output == chain.back()->inputs[0]; });
    if (producer == graph.nodes.end()) return Broken(kernel.name, "moves another tensor");
    chain.push_back(&*producer);
  }
  Numbers numbers(static_cast<size_t>(graph.tensor(chain.back()->inputs[0]).shape.elements()));
  std::iota(numbers.begin(), numbers.end(), 0);
  for (auto node = chain.rbegin(); node != chain.rend(); ++node)
    numbers = Moved(graph, **node, numbers);
  if (view.elements() != static_cast<int64_t>(numbers.size()))
    return Broken(kernel.name, "moves the wrong number of elements");
  for (size_t i = 0; i < numbers.size(); ++i)
    if (view.Source(static_cast<int64_t>(i)) != numbers[i])
      return Broken(kernel.name, fmt::format("element {} comes from the wrong place", i));
  return {};
}

Status VerifyOrder(const MappedNetwork& network) {
  std::vector<bool> written(network.buffers.size());
  for (size_t i = 0; i < network.buffers.size(); ++i)
    written[i] = network.buffers[i].is_input || network.buffers[i].is_constant;
  for (const Kernel& kernel : network.kernels) {
    for (const Operand& input : kernel.inputs)
      if (!written[input.buffer.index()]) return Broken(kernel.name, "reads before it is written");
    if (network.buffer(kernel.output.buffer).is_constant)
      return Broken(kernel.name, "writes to a constant");
    written[kernel.output.buffer.index()] = true;
  }
  return {};
}

/// Every value of a constant lies where its readers look for it.
Status VerifyConstants(const MappedNetwork& network, const QuantizedGraph& graph) {
  for (size_t t = 0; t < graph.tensors.size(); ++t) {
    const QTensor& tensor = graph.tensors[t];
    const BufferId id = network.buffer_of_tensor[t];
    if (!tensor.is_constant() || !id.valid()) continue;
    const Buffer& buffer = network.buffer(id);
    const int64_t channels = AsFeatureMap(tensor.shape).channels;
    if (!buffer.is_constant ||
        Bytes(static_cast<int64_t>(buffer.constant.size())) != buffer.bytes())
      return Broken(tensor.name, "is a constant without its bytes");
    for (int64_t i = 0; i < tensor.shape.elements(); ++i) {
      const int64_t at = i / channels * buffer.pixel_stride + i % channels;
      if (static_cast<int8_t>(buffer.constant[static_cast<size_t>(at)]) !=
          tensor.constant[static_cast<size_t>(i)])
        return Broken(tensor.name, fmt::format("value {} is not where it belongs", i));
    }
  }
  return {};
}

}  // namespace

Status Verify(const MappedNetwork& network, const QuantizedGraph& graph,
              const MappingChoices& choices, const Target& target) {
  size_t next = 0;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const QNode& node = graph.nodes[i];
    const QConv* conv = std::get_if<QConv>(&node.operation);
    const bool is_product = std::holds_alternative<QMatMul>(node.operation);
    if (!is_product && (conv == nullptr || !choices[i].on_array)) continue;
    while (next < network.kernels.size() && network.kernels[next].imc() == nullptr) ++next;
    if (next == network.kernels.size()) return Broken(node.name, "has no kernel");
    IMCC_TRY(VerifyTiles(network.kernels[next], target));
    const Kernel& kernel = network.kernels[next];
    IMCC_TRY(is_product ? VerifyMatMul(kernel, graph, node, target.pword)
                        : VerifyWeights(kernel, *conv, target.pword));
    ++next;
  }
  for (const Kernel& kernel : network.kernels)
    if (kernel.move() != nullptr) IMCC_TRY(VerifyMove(network, graph, kernel));
  IMCC_TRY(VerifyConstants(network, graph));
  return VerifyOrder(network);
}

}  // namespace imcc
