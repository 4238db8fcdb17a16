// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "tiling/group_rules.h"

#include <algorithm>

#include "mapping/predict_timeline.h"
#include "tiling/tiling.h"

namespace imcc {

namespace {

bool Broadcasts(const Kernel& kernel, size_t operand) {
  return operand == 1 && kernel.elementwise() && kernel.elementwise()->broadcast_b;
}

bool AllWithin(const std::vector<size_t>& kernels, size_t first, size_t last) {
  return std::all_of(kernels.begin(), kernels.end(),
                     [&](size_t k) { return k >= first && k < last; });
}

/// A tensor that passes from one kernel of the group to another.
bool MayPass(const MappedNetwork& network, const std::vector<size_t>& writers, const Kernel& reader,
             size_t operand) {
  const Operand& input = reader.inputs[operand];
  if (Broadcasts(reader, operand)) return false;
  return std::all_of(writers.begin(), writers.end(), [&](size_t w) {
    const Kernel& writer = network.kernels[w];
    const Destination& out = writer.output;
    return !writer.is_global_pool() && out.whole == input.map &&
           out.box.height == out.whole.height && out.box.width == out.whole.width;
  });
}

bool MayRead(const MappedNetwork& network, const BufferLinks& links, size_t kernel, size_t first,
             size_t last) {
  const Kernel& reader = network.kernels[kernel];
  for (size_t i = 0; i < reader.inputs.size(); ++i) {
    const std::vector<size_t>& writers = links.writers[reader.inputs[i].buffer.index()];
    const bool inside = std::any_of(writers.begin(), writers.end(),
                                    [&](size_t w) { return w >= first && w < last; });
    // All of its writers come before a reader, so that within the group means before it.
    if (inside && (!AllWithin(writers, first, last) || !MayPass(network, writers, reader, i)))
      return false;
  }
  return true;
}

}  // namespace

BufferLinks LinksOf(const MappedNetwork& network) {
  BufferLinks links;
  links.writers.resize(network.buffers.size());
  links.readers.resize(network.buffers.size());
  for (size_t k = 0; k < network.kernels.size(); ++k) {
    links.writers[network.kernels[k].output.buffer.index()].push_back(k);
    for (const Operand& input : network.kernels[k].inputs)
      links.readers[input.buffer.index()].push_back(k);
  }
  return links;
}

Interval<int64_t> RowsRead(const Kernel& kernel, size_t operand, Interval<int64_t> rows) {
  if (kernel.is_global_pool()) return rows;
  return InputBox(kernel, operand, {rows, {0, kernel.output.box.width}}).rows;
}

int64_t RowsNeeded(const Kernel& kernel, size_t operand, int64_t rows) {
  return rows == 0 ? 0 : RowsRead(kernel, operand, {0, rows}).end;
}

bool MayGroup(const MappedNetwork& network, const BufferLinks& links, size_t first, size_t last) {
  int pools = 0;
  for (size_t k = first; k < last; ++k) {
    const Kernel& kernel = network.kernels[k];
    if (kernel.move()) return false;  // Its last row may need the first of its input.
    pools += kernel.is_global_pool() ? 1 : 0;
    if (TiledPlane(kernel).height < 2 || pools > 1) return false;
    if (kernel.imc() && kernel.imc()->has_computed_weights()) return false;
    if (!MayRead(network, links, k, first, last)) return false;
  }
  return true;
}

bool IsInternal(const MappedNetwork& network, const BufferLinks& links, BufferId buffer,
                size_t first, size_t last) {
  const Buffer& data = network.buffer(buffer);
  return !data.is_input && !data.is_output && !data.is_constant &&
         AllWithin(links.writers[buffer.index()], first, last) &&
         AllWithin(links.readers[buffer.index()], first, last);
}

}  // namespace imcc
