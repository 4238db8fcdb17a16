// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "compiler/join_reports.h"

#include <algorithm>

#include "sim/join_timings.h"

namespace imcc {
namespace {

/// Mean of two shares, each of so much.
double Mean(double a, double weight_a, double b, double weight_b) {
  const double weight = weight_a + weight_b;
  return weight > 0 ? (a * weight_a + b * weight_b) / weight : 0;
}

void AddBounds(const Bounds& from, Bounds& to) {
  to.mvm += from.mvm;
  to.weight_load += from.weight_load;
  to.vector += from.vector;
  to.depthwise += from.depthwise;
  to.l2 += from.l2;
  to.ddr += from.ddr;
}

/// Layers of `from` come `layers` later.
void AppendMemory(const MemoryTimeline& from, size_t layers, MemoryTimeline& to) {
  const size_t blocks = to.blocks.size();
  for (MemoryBlock block : from.blocks) {
    block.layers.begin += static_cast<int64_t>(layers);
    block.layers.end += static_cast<int64_t>(layers);
    to.blocks.push_back(std::move(block));
  }
  for (size_t i = 0; i < to.levels.size(); ++i) {
    LevelUse& level = to.levels[i];
    const LevelUse& added = from.levels[i];
    level.highest = std::max(level.highest, added.highest);
    if (!added.live.empty() &&
        (level.live.empty() || added.live[added.fullest] > level.live[level.fullest])) {
      level.fullest = added.fullest + layers;
      level.at_fullest.clear();
      for (const size_t block : added.at_fullest) level.at_fullest.push_back(block + blocks);
    }
    level.live.insert(level.live.end(), added.live.begin(), added.live.end());
  }
  to.tensors.insert(to.tensors.end(), from.tensors.begin(), from.tensors.end());
}

void AppendLayers(const Report& from, Report& to) {
  const size_t layers = to.layers.size();
  AppendMemory(from.memory, layers, to.memory);
  to.layers.insert(to.layers.end(), from.layers.begin(), from.layers.end());
  for (GroupReport group : from.groups) {
    group.first_layer += layers;
    to.groups.push_back(group);
  }
  for (ArrayPicture picture : from.arrays) {
    picture.layer += layers;
    to.arrays.push_back(std::move(picture));
  }
}

/// Everything but what JoinTimings knows.
void Add(const Report& from, Report& to) {
  const auto mvms = [](const Report& report) { return static_cast<double>(report.mvms.count()); };
  const auto cells = [](const Report& report) { return static_cast<double>(report.set_cells); };
  to.effective_utilisation =
      Mean(to.effective_utilisation, mvms(to), from.effective_utilisation, mvms(from));
  to.occupancy = Mean(to.occupancy, cells(to), from.occupancy, cells(from));
  to.set_cells += from.set_cells;
  to.macs += from.macs;
  to.mvms += from.mvms;
  to.weight_bytes += from.weight_bytes;
  to.ddr_bytes += from.ddr_bytes;
  to.l2_bytes += from.l2_bytes;
  to.planned_ddr_bytes += from.planned_ddr_bytes;
  to.planned_l2_bytes += from.planned_l2_bytes;
  to.intermediate_bytes += from.intermediate_bytes;
  to.elf_bytes += from.elf_bytes;
  to.tasklist_bytes += from.tasklist_bytes;
  if (to.ddr_lower_bound && from.ddr_lower_bound)
    *to.ddr_lower_bound += *from.ddr_lower_bound;
  else
    to.ddr_lower_bound.reset();
  AddBounds(from.bounds, to.bounds);
  for (size_t i = 0; i < to.memories.size(); ++i)
    to.memories[i].peak = std::max(to.memories[i].peak, from.memories[i].peak);
  for (size_t i = 0; i < to.engines.size(); ++i) {
    EngineReport& engine = to.engines[i];
    engine.busy += from.engines[i].busy;
    engine.waiting += from.engines[i].waiting;
    engine.fetching += from.engines[i].fetching;
    engine.empty += from.engines[i].empty;
    engine.tasks += from.engines[i].tasks;
  }
  AppendLayers(from, to);
}

Bytes HostLinkBytes(const FrameTiming& timing) {
  for (const LinkTraffic& link : timing.links)
    if (link.name == "host") return link.bytes;
  return Bytes(0);
}

void SetTiming(const FrameTiming& timing, const Target& target, Report& report) {
  report.cycles = timing.cycles;
  report.clock_hz = target.clock_hz;
  report.frame_seconds = timing.frame_seconds;
  report.latency_seconds = timing.latency_seconds;
  report.frames_per_second = timing.frames_per_second;
  report.launches = timing.launches;
  report.host_link_bytes = HostLinkBytes(timing);
  report.reload_bytes = timing.reload_bytes;
  report.reload_seconds = timing.reload_seconds;
  report.links.clear();
  for (const LinkTraffic& link : timing.links)
    report.links.push_back({link.name, link.bytes, link.busy});
  report.lower_bound_cycles = report.bounds.largest().second;
  report.efficiency = static_cast<double>(report.lower_bound_cycles.count()) /
                      static_cast<double>(std::max<int64_t>(report.cycles.count(), 1));
}

/// The parts of the network, and what runs on the host.
void DescribeParts(const Partition& partition, const std::vector<CompiledProgram>& programs,
                   Report& report) {
  Macs all;
  size_t program = 0;
  for (const Part& part : partition.parts) {
    PartReport row{.file = part.name + (part.on_device ? ".elf" : ".onnx"),
                   .on_device = part.on_device,
                   .nodes = static_cast<int64_t>(part.graph.nodes.size())};
    for (const Node& node : part.graph.nodes) row.macs += CountMacs(part.graph, node);
    all += row.macs;
    if (part.on_device) {
      const CompiledProgram& compiled = programs[program++];
      row.cycles = compiled.timing.cycles;
      row.frame_seconds = compiled.timing.frame_seconds;
      row.host_link_bytes = HostLinkBytes(compiled.timing);
      if (programs.size() > 1) row.reload_bytes = ResidentBytes(compiled.program);
    }
    report.parts.push_back(std::move(row));
  }
  report.device_mac_share = partition.device_mac_share;
  for (const HostNode& node : partition.host_nodes) {
    const double share =
        all.count() > 0 ? static_cast<double>(node.macs.count()) / static_cast<double>(all.count())
                        : 0;
    report.host_nodes.push_back(
        {node.node, node.op, node.reason, node.part, node.macs, share, node.crossing});
  }
}

/// Of a network without a device part: nothing but its names.
Report EmptyReport(const CompileRequest& request) {
  Report report;
  report.network = request.network.name;
  report.model = request.network.model_name;
  report.target = request.target.name;
  for (const OptionInfo& info : OptionTable())
    report.options[std::string(info.flat)] = OptionValue(request.network.options, info.flat);
  return report;
}

}  // namespace

Report JoinReports(const QuantizedNetwork& network, const std::vector<CompiledProgram>& programs,
                   const CompileRequest& request) {
  const std::vector<size_t> parts = network.partition.DeviceParts();
  std::vector<const Program*> timed;
  std::vector<FrameTiming> timings;
  Report report = EmptyReport(request);
  for (size_t i = 0; i < parts.size(); ++i) {
    const CompiledProgram& compiled = programs[i];
    Report part = compiled.report;
    for (LayerReport& layer : part.layers) layer.part = parts[i];
    if (i == 0)
      report = std::move(part);
    else
      Add(part, report);
    timed.push_back(&compiled.program);
    timings.push_back(compiled.timing);
  }
  SetTiming(JoinTimings(timed, timings, request.target), request.target, report);
  DescribeParts(network.partition, programs, report);
  return report;
}

}  // namespace imcc
