// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "tiling/tiling.h"

namespace imcc {

namespace {

std::string DumpAlone(const TilePlan& plan, const MappedNetwork& network, size_t i) {
  const Box& first = plan.kernels[i].tiles[0].output;
  std::string text =
      fmt::format("{:3} {:<24} {} tiles of {}x{}, output slot {}", i, network.kernels[i].name,
                  plan.kernels[i].tiles.size(), first.height(), first.width(),
                  plan.kernels[i].output_slot.count());
  for (const Bytes slot : plan.kernels[i].input_slots)
    text += fmt::format(", input slot {}", slot.count());
  return text + "\n";
}

std::string DumpStriped(const TileGroup& group, const MappedNetwork& network) {
  std::string text;
  for (int64_t i = 0; i < group.count; ++i) {
    const size_t kernel = group.kernel(i);
    int64_t stripes = 0;
    int64_t rows = 0;  // Of the largest stripe.
    for (const Stripe& stripe : group.stripes) {
      if (stripe.kernel.index() != kernel) continue;
      ++stripes;
      rows = std::max(rows, stripe.rows.end - stripe.rows.begin);
    }
    text += fmt::format("{:3} {:<24} | {} stripes of up to {} rows\n", kernel,
                        network.kernels[kernel].name, stripes, rows);
  }
  if (group.bands.size() > 1) text += fmt::format("    {} bands\n", group.bands.size());
  for (const LineBuffer& line : group.lines)
    text += fmt::format("    {:<24} | {} lines of {} bytes{}\n", network.buffer(line.buffer).name,
                        line.rows, line.row_stride(), line.is_internal ? ", nowhere else" : "");
  return text;
}

}  // namespace

std::string Dump(const TilePlan& plan, const MappedNetwork& network) {
  std::string text;
  for (const TileGroup& group : plan.groups)
    text += group.is_striped() ? DumpStriped(group, network)
                               : DumpAlone(plan, network, group.first.index());
  return text;
}

}  // namespace imcc
