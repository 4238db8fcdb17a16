// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "memory/memory.h"

namespace imcc {

Placement PlacementOf(const MemoryPlan& plan, const TilePlan& tiles) {
  Placement placement;
  for (const Address& address : plan.buffers) placement.buffers.push_back(address.region);
  for (const TileGroup& group : tiles.groups)
    for (const LineBuffer& line : group.lines)
      if (line.is_internal) placement.buffers[line.buffer.index()] = Region::kL2;
  for (const std::vector<Address>& kernel : plan.weights) {
    placement.streamed.emplace_back();
    for (const Address& tile : kernel)
      placement.streamed.back().push_back(tile.region == Region::kDdr);
  }
  return placement;
}

}  // namespace imcc
