// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "compiler/build_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compiler/report_groups.h"
#include "mapping/mapping.h"
#include "mapping/predict_timeline.h"
#include "program/array_picture.h"

namespace imcc {

namespace {

Cycles TransferCycles(Bytes bytes, double rate) {
  return Cycles(static_cast<int64_t>(std::ceil(static_cast<double>(bytes.count()) / rate)));
}

std::string EngineOf(const Kernel& kernel) {
  if (kernel.imc()) return "imc";
  if (kernel.move()) return "dma";
  return kernel.window() || kernel.resize() ? "depthwise" : "vector";
}

/// Cycles each resource needs for a layer, the cost model's and the transfers the program makes.
struct LayerDemand {
  std::vector<std::pair<std::string, Cycles>> resources;

  std::pair<std::string, Cycles> largest() const {
    return *std::max_element(resources.begin(), resources.end(),
                             [](const auto& a, const auto& b) { return a.second < b.second; });
  }
};

LayerDemand DemandOf(const KernelCost& cost, const LayerTiming& timing, Bytes weights_from_l2,
                     const Target& target) {
  LayerDemand demand;
  // Without its weights a layer's L2 traffic is activations and tables.
  demand.resources = {{"mvm", cost.mvm},
                      {"weights", cost.weight_load},
                      {"vector", cost.vector},
                      {"depthwise", cost.depthwise},
                      {"move", cost.move},
                      {"l2", TransferCycles(std::max(timing.l2_bytes - weights_from_l2, Bytes(0)),
                                            target.bandwidth.activations)},
                      {"ddr", TransferCycles(timing.ddr_bytes, target.bandwidth.ddr)}};
  return demand;
}

/// A layer that takes this much longer than any of its resources is waiting, not working.
constexpr double kLatencyFactor = 1.5;

/// What the cost model makes of the plan: each layer's cycles beyond the end of those before it, as
/// the simulator counts them.
std::vector<Cycles> PredictLayers(const ReportInput& in) {
  const CompilationOptions& options = in.network.options;
  std::vector<KernelDemand> demands;
  const Placement placement = PlacementOf(in.memory, in.tiles);
  for (const Kernel& kernel : in.mapped.kernels)
    demands.push_back(DemandOf(kernel, in.target, options));
  std::vector<Cycles> cycles;
  double reached = 0;
  for (const KernelSpan& span : PredictTimeline(in.mapped, demands, placement, in.target, options,
                                                PredictGroups(in, demands, placement))) {
    cycles.emplace_back(std::llround(std::max(span.end - reached, 0.0)));
    reached = std::max(reached, span.end);
  }
  return cycles;
}

/// What each layer loads into weight sets straight from L2, reloads included.
std::vector<Bytes> WeightsFromL2(const ReportInput& in) {
  std::vector<Bytes> bytes(in.mapped.kernels.size());
  for (const Task& task : in.schedule.tasks)
    if (const auto* load = std::get_if<LoadWeightsTask>(&task.payload))
      if (load->source.region == Region::kL2)
        bytes[task.layer] += Bytes(int64_t{load->rows} * load->columns);
  return bytes;
}

LayerReport LayerRow(const ReportInput& in, Cycles predicted, size_t index) {
  const Kernel& kernel = in.mapped.kernels[index];
  const KernelCost cost = CostOf(kernel, in.target, in.network.options);
  const LayerTiming& timing = in.timing.layers[index];
  LayerReport row;
  row.name = kernel.name;
  row.op = kernel.op;
  row.shape = fmt::format("{}x{}x{}", kernel.output.box.height, kernel.output.box.width,
                          kernel.output.box.channels);
  row.engine = EngineOf(kernel);
  row.macs = kernel.macs;
  row.mvms = timing.mvms;
  row.weight_bytes = kernel.weight_bytes();
  // Of the MVMs there are: tiles may cut groups of pixels that the cost model keeps whole.
  const double capacity = static_cast<double>(in.target.array.set_bytes().count()) *
                          static_cast<double>(row.mvms.count());
  if (capacity > 0) row.effective_utilisation = static_cast<double>(row.macs.count()) / capacity;
  row.occupancy = cost.occupancy;
  row.cycles = timing.cycles;
  row.ddr_bytes = timing.ddr_bytes;
  row.l2_bytes = timing.l2_bytes;
  row.tiles = static_cast<int64_t>(in.tiles.kernels[index].tiles.size());
  row.predicted_cycles = predicted;
  return row;
}

/// Names what bounds a layer, once its cycles are known.
void SetBoundBy(const ReportInput& in, Bytes weights_from_l2, size_t index, LayerReport& row) {
  const KernelCost cost = CostOf(in.mapped.kernels[index], in.target, in.network.options);
  const LayerDemand demand = DemandOf(cost, in.timing.layers[index], weights_from_l2, in.target);
  const bool waits = static_cast<double>(row.cycles.count()) >
                     kLatencyFactor * static_cast<double>(demand.largest().second.count());
  row.bound_by = waits ? "latency" : demand.largest().first;
}

Bounds BoundsOf(const ReportInput& in) {
  Bounds bounds;
  Bytes weights;
  Cycles computed_weights;
  size_t tiles = 0;
  for (const Kernel& kernel : in.mapped.kernels) {
    const KernelCost cost = CostOf(kernel, in.target, in.network.options);
    bounds.mvm += cost.mvm;
    bounds.vector += cost.vector;
    bounds.depthwise += cost.depthwise;
    weights += kernel.weight_bytes();
    if (kernel.imc()) tiles += kernel.imc()->tiles.size();
    if (kernel.imc() && kernel.imc()->has_computed_weights()) computed_weights += cost.weight_load;
  }
  // A network that fits the sets whole would never have to load a weight again.
  if (static_cast<int64_t>(tiles) > in.target.array.weight_sets)
    bounds.weight_load = TransferCycles(weights, WeightBandwidth(in.target, in.network.options));
  bounds.weight_load += computed_weights;  // Others in every frame.
  bounds.l2 = TransferCycles(in.schedule.traffic.l2_activations, in.target.bandwidth.activations);
  bounds.ddr = TransferCycles(in.schedule.traffic.ddr, in.target.bandwidth.ddr);
  return bounds;
}

void AddTotals(const ReportInput& in, Report& report) {
  double used_cells = 0;
  int64_t set_cells = 0;
  for (const LayerReport& layer : report.layers) {
    report.macs += layer.macs;
    report.mvms += layer.mvms;
    report.weight_bytes += layer.weight_bytes;
  }
  int64_t imc_macs = 0;
  for (const Kernel& kernel : in.mapped.kernels) {
    if (!kernel.imc()) continue;
    imc_macs += kernel.macs.count();
    for (const WeightTile& tile : kernel.imc()->tiles) {
      used_cells += static_cast<double>(tile.used_cells);
      set_cells += in.target.array.set_bytes().count();
    }
  }
  const double capacity = static_cast<double>(in.target.array.set_bytes().count()) *
                          static_cast<double>(report.mvms.count());
  report.effective_utilisation = capacity > 0 ? static_cast<double>(imc_macs) / capacity : 0;
  report.occupancy = set_cells > 0 ? used_cells / static_cast<double>(set_cells) : 0;
  report.set_cells = set_cells;
}

void AddTiming(const ReportInput& in, Report& report) {
  static constexpr const char* kEngineNames[] = {"dma0", "dma1",   "weight load",
                                                 "mvm",  "vector", "depthwise"};
  report.cycles = in.timing.cycles;
  report.clock_hz = in.target.clock_hz;
  report.frame_seconds = in.timing.frame_seconds;
  report.latency_seconds = in.timing.latency_seconds;
  report.frames_per_second = in.timing.frames_per_second;
  for (const LinkTraffic& link : in.timing.links) {
    report.links.push_back({link.name, link.bytes, link.busy});
    if (link.name == "ddr") report.ddr_bytes = link.bytes;
    if (link.name == "l2") report.l2_bytes = link.bytes;
  }
  for (size_t e = 0; e < kEngines; ++e) {
    const EngineTiming& engine = in.timing.engines[0][e];
    report.engines.push_back({kEngineNames[e], engine.busy, engine.stall.waiting,
                              engine.stall.fetching, engine.stall.empty, engine.tasks});
  }
}

}  // namespace

Report BuildReport(const ReportInput& in) {
  Report report;
  report.network = in.network.name;
  report.model = in.network.model_name;
  report.target = in.target.name;
  for (const OptionInfo& info : OptionTable())
    report.options[std::string(info.flat)] = OptionValue(in.network.options, info.flat);
  const std::vector<Cycles> predicted = PredictLayers(in);
  const std::vector<Bytes> weights = WeightsFromL2(in);
  for (size_t i = 0; i < in.mapped.kernels.size(); ++i)
    report.layers.push_back(LayerRow(in, predicted[i], i));
  ReportGroups(in, report);
  for (size_t i = 0; i < report.layers.size(); ++i) SetBoundBy(in, weights[i], i, report.layers[i]);
  Result<std::vector<ArrayPicture>> arrays = DrawArrays(in.program, in.target);
  IMCC_CHECK(arrays.ok(), "the program cannot be drawn: " + arrays.error().Format());
  report.arrays = std::move(arrays).value();
  report.memory = SummarizeMemory(in.program);
  AddTotals(in, report);
  AddTiming(in, report);
  report.tasklist_bytes = Bytes(static_cast<int64_t>(in.schedule.tasks.size() * kTaskBytes));
  report.elf_bytes = in.elf_bytes;
  report.planned_l2_bytes = in.schedule.traffic.l2();
  report.intermediate_bytes = in.schedule.traffic.intermediates;
  report.planned_ddr_bytes = in.schedule.traffic.ddr;
  (in.program.tasks_in_ddr ? report.planned_ddr_bytes : report.planned_l2_bytes) +=
      report.tasklist_bytes;
  if (const auto bound = in.memory.paging_bound)
    report.ddr_lower_bound = report.planned_ddr_bytes - in.schedule.traffic.pageable_ddr +
                             std::min(*bound, in.schedule.traffic.pageable_ddr);
  report.bounds = BoundsOf(in);
  report.lower_bound_cycles = report.bounds.largest().second;
  report.efficiency = static_cast<double>(report.lower_bound_cycles.count()) /
                      static_cast<double>(std::max<int64_t>(report.cycles.count(), 1));
  report.memories = {{"L1", in.memory.budget.l1, in.memory.Peak(Region::kL1)},
                     {"L2", in.memory.budget.l2, in.memory.Peak(Region::kL2)},
                     {"DDR", in.memory.budget.ddr, in.memory.Peak(Region::kDdr)}};
  return report;
}

}  // namespace imcc
