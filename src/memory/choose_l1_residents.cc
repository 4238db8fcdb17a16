// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "memory/choose_l1_residents.h"

#include <algorithm>

#include "memory/pack_offsets.h"

namespace imcc {

std::vector<BufferUse> UsesOfBuffers(const MappedNetwork& network) {
  const auto steps = static_cast<int64_t>(network.kernels.size());
  std::vector<BufferUse> uses(network.buffers.size(), {.life = {steps, 0}, .traffic = {}});
  const auto touch = [&](BufferId id, int64_t step, Bytes bytes) {
    BufferUse& use = uses[id.index()];
    use.life.begin = std::min(use.life.begin, step);
    use.life.end = std::max(use.life.end, step + 1);
    use.traffic += bytes;
  };
  for (int64_t step = 0; step < steps; ++step) {
    const Kernel& kernel = network.kernels[static_cast<size_t>(step)];
    for (const Operand& input : kernel.inputs)
      touch(input.buffer, step, Bytes(input.map.pixels() * input.pixel_stride));
    const Destination& output = kernel.output;
    touch(output.buffer, step, Bytes(output.box.pixels() * output.box.channels));
  }
  for (size_t i = 0; i < uses.size(); ++i) {
    if (network.buffers[i].is_input) uses[i].life.begin = 0;
    if (network.buffers[i].is_output || uses[i].life.empty()) uses[i].life.end = steps;
  }
  return uses;
}

Bytes SlotBytes(const MappedNetwork& network, const TilePlan& tiles, size_t kernel,
                const std::vector<bool>& in_l1) {
  const KernelTiles& plan = tiles.kernels[kernel];
  Bytes sum;
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
    if (!network.buffers[i].is_input && !network.buffers[i].is_output) order.push_back(i);
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return Density(network.buffers[a], uses[a]) > Density(network.buffers[b], uses[b]);
  });
  return order;
}

}  // namespace

std::vector<BufferId> ChooseL1Residents(const MappedNetwork& network, const TilePlan& tiles,
                                        const std::vector<Bytes>& other_bytes_by_step,
                                        Bytes capacity) {
  const std::vector<BufferUse> uses = UsesOfBuffers(network);
  std::vector<bool> in_l1(network.buffers.size());
  std::vector<Bytes> held = other_bytes_by_step;  // By step: residents and others, not slots.
  std::vector<BufferId> chosen;
  for (const size_t index : Candidates(network, uses)) {
    const Bytes size(RoundUp(network.buffers[index].bytes().count(), kAlignment));
    in_l1[index] = true;
    bool fits = true;
    for (int64_t step = uses[index].life.begin; fits && step < uses[index].life.end; ++step) {
      const auto s = static_cast<size_t>(step);
      fits = held[s] + size + SlotBytes(network, tiles, s, in_l1) <= capacity;
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
