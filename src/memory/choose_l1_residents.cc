// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "memory/choose_l1_residents.h"

#include <algorithm>

#include "memory/pack_offsets.h"

namespace imcc {

std::vector<BufferUse> UsesOfBuffers(const MappedNetwork& network, const TilePlan& tiles) {
  const auto steps = static_cast<int64_t>(network.kernels.size());
  std::vector<BufferUse> uses(network.buffers.size(), {.life = {steps, 0}, .traffic = {}});
  const std::vector<size_t> group_of = tiles.GroupOfKernel();
  const auto touch = [&](BufferId id, size_t kernel, Bytes bytes) {
    BufferUse& use = uses[id.index()];
    const Interval<int64_t> life = tiles.groups[group_of[kernel]].life();
    use.life.begin = std::min(use.life.begin, life.begin);
    use.life.end = std::max(use.life.end, life.end);
    use.traffic += bytes;
  };
  for (size_t k = 0; k < network.kernels.size(); ++k) {
    const Kernel& kernel = network.kernels[k];
    for (const Operand& input : kernel.inputs)
      touch(input.buffer, k, Bytes(input.map.pixels() * input.pixel_stride));
    const Destination& output = kernel.output;
    touch(output.buffer, k, Bytes(output.box.pixels() * output.box.channels));
  }
  for (const TileGroup& group : tiles.groups)
    for (const LineBuffer& line : group.lines)
      if (line.is_internal) uses[line.buffer.index()].is_internal = true;
  for (size_t i = 0; i < uses.size(); ++i) {
    const Buffer& buffer = network.buffers[i];
    if (buffer.is_input || buffer.is_constant) uses[i].life.begin = 0;
    if (buffer.is_output || buffer.is_constant || uses[i].life.empty()) uses[i].life.end = steps;
  }
  return uses;
}

Bytes SlotBytes(const MappedNetwork& network, const TilePlan& tiles, const TileGroup& group,
                const std::vector<bool>& in_l1) {
  const size_t kernel = group.first.index();
  const KernelTiles& plan = tiles.kernels[kernel];
  Bytes sum;
  if (group.is_striped()) {
    for (const LineBuffer& line : group.lines)
      if (!in_l1[line.buffer.index()]) sum += Bytes(RoundUp(line.bytes().count(), kAlignment));
    return sum;
  }
  const auto add = [&](BufferId buffer, Bytes slot) {
    if (!in_l1[buffer.index()])
      sum += Bytes(RoundUp(slot.count(), kAlignment)) * plan.slots(tiles.buffers);
  };
  for (size_t i = 0; i < plan.input_slots.size(); ++i)
    add(network.kernels[kernel].inputs[i].buffer, plan.input_slots[i]);
  add(network.kernels[kernel].output.buffer, plan.output_slot);
  return sum;
}

namespace {

/// Value of L1 residency: bytes not moved, per byte and step of L1 taken.
double Density(const Buffer& buffer, const BufferUse& use) {
  const double held = static_cast<double>(buffer.bytes().count()) *
                      static_cast<double>(use.life.end - use.life.begin);
  return static_cast<double>(use.traffic.count()) / std::max(held, 1.0);
}

std::vector<size_t> Candidates(const MappedNetwork& network, const std::vector<BufferUse>& uses) {
  std::vector<size_t> order;
  for (size_t i = 0; i < network.buffers.size(); ++i)
    if (!network.buffers[i].is_input && !network.buffers[i].is_output && !uses[i].is_internal)
      order.push_back(i);
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return Density(network.buffers[a], uses[a]) > Density(network.buffers[b], uses[b]);
  });
  return order;
}

}  // namespace

std::vector<BufferId> ChooseL1Residents(const MappedNetwork& network, const TilePlan& tiles,
                                        const std::vector<Bytes>& other_bytes_by_step,
                                        Bytes capacity) {
  const std::vector<BufferUse> uses = UsesOfBuffers(network, tiles);
  const std::vector<size_t> group_of = tiles.GroupOfKernel();
  std::vector<bool> in_l1(network.buffers.size());
  std::vector<Bytes> held = other_bytes_by_step;  // By step: residents and others, not slots.
  std::vector<BufferId> chosen;
  for (const size_t index : Candidates(network, uses)) {
    const Bytes size(RoundUp(network.buffers[index].bytes().count(), kAlignment));
    in_l1[index] = true;
    bool fits = true;
    for (int64_t step = uses[index].life.begin; fits && step < uses[index].life.end; ++step) {
      const auto s = static_cast<size_t>(step);
      const TileGroup& group = tiles.groups[group_of[s]];
      fits = held[s] + size + SlotBytes(network, tiles, group, in_l1) <= capacity;
    }
    in_l1[index] = fits;
    if (!fits) continue;
    for (int64_t step = uses[index].life.begin; step < uses[index].life.end; ++step)
      held[static_cast<size_t>(step)] += size;
    chosen.push_back(BufferId(index));
  }
  return chosen;
}

}  // namespace imcc
