// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "compiler/report_groups.h"

#include <algorithm>

#include "tiling/group_cost.h"

namespace imcc {

namespace {

/// Bytes of the tensors without a home: one write, and a read by every reader.
Bytes SavedBytes(const ReportInput& in, const TileGroup& group) {
  Bytes saved;
  for (int64_t i = 0; i < group.count; ++i) {
    const Kernel& kernel = in.mapped.kernels[group.kernel(i)];
    const auto index = static_cast<size_t>(i);
    const auto is_internal = [&](int line) {
      return group.lines[static_cast<size_t>(line)].is_internal;
    };
    if (is_internal(group.output_line[index]))
      saved += Bytes(kernel.output.box.pixels() * kernel.output.box.channels);
    for (size_t o = 0; o < kernel.inputs.size(); ++o)
      if (is_internal(group.input_lines[index][o]))
        saved += Bytes(kernel.inputs[o].map.pixels() * kernel.inputs[o].map.channels);
  }
  return saved;
}

GroupReport Describe(const ReportInput& in, const TileGroup& group) {
  GroupReport report{.first_layer = group.first.index(), .layers = group.count};
  int64_t computed = 0;
  int64_t needed = 0;
  const size_t last = group.kernel(group.count - 1);
  for (const Stripe& stripe : group.stripes) {
    const int64_t rows = stripe.rows.end - stripe.rows.begin;
    const size_t kernel = stripe.kernel.index();
    const Interval<int64_t> columns =
        group.bands[stripe.band].computed[kernel - group.first.index()];
    computed += rows * (columns.end - columns.begin);
    if (kernel != last) continue;
    ++report.stripes;
    report.rows = std::max(report.rows, rows);
  }
  report.bands = static_cast<int64_t>(group.bands.size());
  for (int64_t i = 0; i < group.count; ++i) {
    const Kernel& kernel = in.mapped.kernels[group.kernel(i)];
    needed += TiledPlane(kernel).height * kernel.output.box.width;
  }
  report.recompute = static_cast<double>(computed) / static_cast<double>(needed);
  for (const LineBuffer& line : group.lines)
    if (line.is_internal || in.memory.buffers[line.buffer.index()].region != Region::kL1)
      report.line_bytes += line.bytes();
  report.saved_bytes = SavedBytes(in, group);
  return report;
}

/// Shares a sum out in proportion to weights; the last share takes what rounding leaves.
std::vector<Cycles> ShareOut(Cycles sum, const std::vector<int64_t>& weights) {
  int64_t total = 0;
  for (const int64_t weight : weights) total += weight;
  std::vector<Cycles> shares;
  int64_t seen = 0;
  Cycles given;
  for (const int64_t weight : weights) {
    seen += weight;
    const double part =
        total > 0 ? static_cast<double>(seen) / static_cast<double>(total)
                  : static_cast<double>(shares.size() + 1) / static_cast<double>(weights.size());
    const Cycles reached(static_cast<int64_t>(part * static_cast<double>(sum.count())));
    shares.push_back(reached - given);
    given = reached;
  }
  shares.back() += sum - given;
  return shares;
}

}  // namespace

std::vector<PredictedGroup> PredictGroups(const ReportInput& in,
                                          const std::vector<KernelDemand>& demands,
                                          const Placement& placement) {
  const GroupCost cost(in.mapped, demands, placement, in.target, in.network.options);
  std::vector<PredictedGroup> groups;
  for (const TileGroup& group : in.tiles.groups)
    if (group.is_striped())
      groups.push_back({group.first.index(), static_cast<size_t>(group.count), cost.Of(group)});
  return groups;
}

void ReportGroups(const ReportInput& in, Report& report) {
  for (const TileGroup& group : in.tiles.groups) {
    if (!group.is_striped()) continue;
    GroupReport entry = Describe(in, group);
    std::vector<int64_t> busy;
    for (int64_t i = 0; i < group.count; ++i) {
      const size_t k = group.kernel(i);
      const auto& engines = in.timing.layers[k].busy;
      busy.push_back(std::max_element(engines.begin(), engines.end())->count());
      entry.cycles += report.layers[k].cycles;
      entry.predicted_cycles += report.layers[k].predicted_cycles;
    }
    const std::vector<Cycles> cycles = ShareOut(entry.cycles, busy);
    const std::vector<Cycles> predicted = ShareOut(entry.predicted_cycles, busy);
    for (int64_t i = 0; i < group.count; ++i) {
      LayerReport& layer = report.layers[group.kernel(i)];
      layer.cycles = cycles[static_cast<size_t>(i)];
      layer.predicted_cycles = predicted[static_cast<size_t>(i)];
    }
    report.groups.push_back(entry);
  }
}

}  // namespace imcc
