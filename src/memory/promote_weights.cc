// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "memory/promote_weights.h"

#include <algorithm>
#include <numeric>

namespace imcc {

namespace {

bool LivesInL1(const Kernel& kernel, const std::vector<bool>& in_l1) {
  return in_l1[kernel.output.buffer.index()] &&
         std::all_of(kernel.inputs.begin(), kernel.inputs.end(),
                     [&](const Operand& input) { return in_l1[input.buffer.index()]; });
}

int64_t StripesOf(const TileGroup& group, size_t kernel) {
  return std::count_if(group.stripes.begin(), group.stripes.end(),
                       [&](const Stripe& s) { return s.kernel.index() == kernel; });
}

/// Weight tiles that take turns in the sets while the group runs.
int64_t TilesOf(const MappedNetwork& network, const TileGroup& group) {
  int64_t sum = 0;
  for (int64_t i = 0; i < group.count; ++i)
    if (const ImcKernel* imc = network.kernels[group.kernel(i)].imc())
      sum += static_cast<int64_t>(imc->tiles.size());
  return sum;
}

}  // namespace

std::vector<int64_t> LoadsOfWeights(const MappedNetwork& network, const TilePlan& tiles,
                                    const std::vector<bool>& in_l1, int64_t weight_sets) {
  std::vector<int64_t> loads(network.kernels.size(), 1);
  for (const TileGroup& group : tiles.groups) {
    if (TilesOf(network, group) <= weight_sets) continue;
    for (int64_t i = 0; i < group.count; ++i) {
      const size_t k = group.kernel(i);
      if (group.is_striped())
        loads[k] = StripesOf(group, k);
      else if (!LivesInL1(network.kernels[k], in_l1))
        loads[k] = static_cast<int64_t>(tiles.kernels[k].tiles.size());
    }
  }
  return loads;
}

Bytes PromoteWeights(const MappedNetwork& network, const std::vector<int64_t>& loads, Region source,
                     Bytes room, int64_t least_loads, bool tile_by_tile, TileHomes& homes) {
  std::vector<size_t> order(network.kernels.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return loads[a] > loads[b]; });
  Bytes moved;
  for (const size_t k : order) {
    if (loads[k] < least_loads || network.kernels[k].imc() == nullptr) continue;
    const std::vector<WeightTile>& tiles = network.kernels[k].imc()->tiles;
    Bytes all;
    for (size_t t = 0; t < homes[k].size(); ++t)  // Computed weights have no homes.
      if (homes[k][t] == source) all += tiles[t].size;
    if (!tile_by_tile && moved + all > room) continue;
    for (size_t t = 0; t < homes[k].size(); ++t) {
      if (homes[k][t] != source || moved + tiles[t].size > room) continue;
      homes[k][t] = Region::kL1;
      moved += tiles[t].size;
    }
  }
  return moved;
}

}  // namespace imcc
