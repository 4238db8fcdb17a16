// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "program/memory_timeline.h"

#include <algorithm>
#include <map>

namespace imcc {

namespace {

/// Running sums of what begins and ends at each layer.
std::vector<Bytes> SumByLayer(const std::vector<Bytes>& changes) {
  std::vector<Bytes> sums;
  Bytes sum;
  for (size_t layer = 0; layer + 1 < changes.size(); ++layer) {
    sum += changes[layer];
    sums.push_back(sum);
  }
  return sums;
}

LevelUse UseOf(Region region, const Program& program) {
  LevelUse use{.region = region, .capacity = program.memory.Budget(region)};
  const std::vector<MemoryBlock>& blocks = program.memory.blocks;
  std::vector<Bytes> changes(program.layers.size() + 1);
  for (const MemoryBlock& block : blocks) {
    if (block.address.region != region) continue;
    changes[static_cast<size_t>(block.layers.begin)] += block.size;
    changes[static_cast<size_t>(block.layers.end)] -= block.size;
    use.highest =
        std::max(use.highest, Bytes(static_cast<int64_t>(block.address.offset)) + block.size);
  }
  use.live = SumByLayer(changes);
  use.fullest =
      static_cast<size_t>(std::max_element(use.live.begin(), use.live.end()) - use.live.begin());
  for (size_t i = 0; i < blocks.size(); ++i)
    if (blocks[i].address.region == region &&
        blocks[i].layers.Contains(static_cast<int64_t>(use.fullest)))
      use.at_fullest.push_back(i);
  std::stable_sort(use.at_fullest.begin(), use.at_fullest.end(),
                   [&](size_t a, size_t b) { return blocks[a].size > blocks[b].size; });
  return use;
}

/// Most bytes of one tensor in one memory at any time.
Bytes MostAtATime(const std::vector<const MemoryBlock*>& blocks) {
  std::map<int64_t, Bytes> changes;
  for (const MemoryBlock* block : blocks) {
    changes[block->layers.begin] += block->size;
    changes[block->layers.end] -= block->size;
  }
  Bytes sum;
  Bytes most;
  for (const auto& [layer, change] : changes) {
    sum += change;
    most = std::max(most, sum);
  }
  return most;
}

std::vector<TensorPlaces> PlacesOf(const std::vector<MemoryBlock>& blocks) {
  std::vector<std::string> names;
  std::map<std::string, std::array<std::vector<const MemoryBlock*>, 3>> by_name;
  std::vector<const MemoryBlock*> in_order;
  for (const MemoryBlock& block : blocks) in_order.push_back(&block);
  std::stable_sort(in_order.begin(), in_order.end(),
                   [](const auto* a, const auto* b) { return a->layers.begin < b->layers.begin; });
  for (const MemoryBlock* block : in_order) {
    const auto [place, is_new] = by_name.try_emplace(block->name);
    if (is_new) names.push_back(block->name);
    for (size_t r = 0; r < kRegions.size(); ++r)
      if (block->address.region == kRegions.at(r)) place->second.at(r).push_back(block);
  }
  std::vector<TensorPlaces> places;
  for (const std::string& name : names) {
    TensorPlaces tensor{.name = name, .bytes = {}};
    for (size_t r = 0; r < kRegions.size(); ++r)
      tensor.bytes.at(r) = MostAtATime(by_name.at(name).at(r));
    places.push_back(std::move(tensor));
  }
  return places;
}

}  // namespace

MemoryTimeline SummarizeMemory(const Program& program) {
  MemoryTimeline use{.blocks = program.memory.blocks, .levels = {}, .tensors = {}};
  for (const Region region : kRegions) use.levels.push_back(UseOf(region, program));
  use.tensors = PlacesOf(use.blocks);
  return use;
}

}  // namespace imcc
