// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "mapping/assign_buffers.h"
#include "mapping/mapping.h"

namespace imcc {

namespace {

Error Broken(const std::string& kernel, const std::string& what) {
  return Error{.code = ErrorCode::kUnsupported, .subject = kernel, .message = what};
}

/// Position in the im2col vector of (ky, kx, channel), written down independently of the mapper.
int64_t VectorPosition(const ImcKernel& imc, const ColumnTile& column, int64_t pixel_stride,
                       int64_t pword, int64_t ky, int64_t kx, int64_t channel) {
  if (imc.subword)
    return ky * RoundUp(imc.window.kernel_w * pixel_stride, pword) + kx * pixel_stride + channel;
  return (ky * imc.window.kernel_w + kx) * RoundUp(column.in_channels, pword) + channel;
}

const ColumnTile* ColumnOf(const ImcKernel& imc, int64_t out) {
  for (const ColumnTile& column : imc.column_tiles)
    if (out >= column.out_channel0 && out < column.out_channel0 + column.columns) return &column;
  return nullptr;
}

/// The byte of the array that multiplies vector position `position` for output channel `out`.
const int8_t* CellOf(const ImcKernel& imc, const ColumnTile& column, int64_t out, int64_t position,
                     int64_t pword) {
  for (const int64_t index : column.tiles) {
    const WeightTile& tile = imc.tiles[static_cast<size_t>(index)];
    const int64_t row = position - tile.first_pword * pword;
    if (row < 0 || row >= tile.pwords * pword) continue;
    const int64_t cell =
        tile.offset.count() + (out - column.out_channel0) * tile.pwords * pword + row;
    return &imc.weights[static_cast<size_t>(cell)];
  }
  return nullptr;
}

Status VerifyWeights(const Kernel& kernel, const QConv& conv, int64_t pword) {
  const ImcKernel& imc = *kernel.imc();
  const int64_t in_per_group = conv.in_channels / conv.groups;
  const int64_t out_per_group = conv.out_channels / conv.groups;
  size_t index = 0;
  for (int64_t out = 0; out < conv.out_channels; ++out) {
    const ColumnTile* column = ColumnOf(imc, out);
    if (column == nullptr) return Broken(kernel.name, fmt::format("no column for output {}", out));
    const int64_t first = out / out_per_group * in_per_group - column->in_channel0;
    for (int64_t ky = 0; ky < conv.window.kernel_h; ++ky)
      for (int64_t kx = 0; kx < conv.window.kernel_w; ++kx)
        for (int64_t c = 0; c < in_per_group; ++c, ++index) {
          const int64_t position =
              VectorPosition(imc, *column, kernel.inputs[0].pixel_stride, pword, ky, kx, first + c);
          const int8_t* cell = CellOf(imc, *column, out, position, pword);
          if (cell == nullptr || *cell != conv.weights[index])
            return Broken(kernel.name, fmt::format("weight {} is not where it belongs", index));
        }
  }
  const auto nonzero = [](const std::vector<int8_t>& values) {
    return std::count_if(values.begin(), values.end(), [](int8_t v) { return v != 0; });
  };
  if (nonzero(imc.weights) != nonzero(conv.weights))
    return Broken(kernel.name, "array cells hold weights that are not the network's");
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

Status VerifyOrder(const MappedNetwork& network) {
  std::vector<bool> written(network.buffers.size());
  for (size_t i = 0; i < network.buffers.size(); ++i) written[i] = network.buffers[i].is_input;
  for (const Kernel& kernel : network.kernels) {
    for (const Operand& input : kernel.inputs)
      if (!written[input.buffer.index()]) return Broken(kernel.name, "reads before it is written");
    written[kernel.output.buffer.index()] = true;
  }
  return {};
}

}  // namespace

Status Verify(const MappedNetwork& network, const QuantizedGraph& graph, const Target& target) {
  size_t next = 0;
  for (const QNode& node : graph.nodes) {
    const QConv* conv = std::get_if<QConv>(&node.operation);
    if (conv == nullptr || !RunsOnArray(*conv, target)) continue;
    while (next < network.kernels.size() && network.kernels[next].imc() == nullptr) ++next;
    if (next == network.kernels.size()) return Broken(node.name, "has no kernel");
    IMCC_TRY(VerifyTiles(network.kernels[next], target));
    IMCC_TRY(VerifyWeights(network.kernels[next], *conv, target.pword));
    ++next;
  }
  return VerifyOrder(network);
}

}  // namespace imcc
