// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "sim/task_cost.h"

#include <set>

namespace imcc {

namespace {

double Lanes(int64_t elements, int64_t lanes) {
  return static_cast<double>(CeilDiv(elements, lanes));
}

double Pixels(int64_t height, int64_t width) { return static_cast<double>(height * width); }

/// DESIGN 3: cycles and traffic of each kind of task.
struct CostVisitor {
  size_t core;
  const Target& target;
  bool dual_channel;

  double WeightRate() const {
    return dual_channel ? target.bandwidth.weights_dual_channel
                        : target.bandwidth.weights_single_channel;
  }

  TaskCost operator()(const FenceTask&) const { return {}; }

  TaskCost operator()(const DmaTask& t) const {
    TaskCost cost;
    cost.bytes = static_cast<double>(t.bytes());
    cost.paced = static_cast<double>(t.PacedBytes(target.bandwidth.shortest_run));
    const std::set<Region> ends = {t.source.region, t.destination.region};
    const bool l1 = ends.contains(Region::kL1);
    if (ends.contains(Region::kDdr)) cost.links.push_back(kDdrLink);
    if (ends.contains(Region::kL2)) cost.links.push_back(kL2Link);
    // The core's DMA takes DDR streams at its full width, L2 tiles at the activation rate.
    if (l1 && ends.contains(Region::kDdr)) cost.rate_cap = WeightRate();
    if (l1 && !ends.contains(Region::kDdr)) cost.links.push_back(ActivationsLink(core));
    return cost;
  }

  TaskCost operator()(const LoadWeightsTask& t) const {
    TaskCost cost;
    cost.bytes = cost.paced = static_cast<double>(int64_t{t.rows} * t.columns);
    cost.links.push_back(WeightsLink(core));
    if (t.source.region == Region::kL2) cost.links.push_back(kL2Link);
    return cost;
  }

  TaskCost operator()(const MvmTask& t) const {
    return {.compute = static_cast<double>(MvmsOf(Task{.payload = t}).count() *
                                           target.array.mvm_interval.count())};
  }
  TaskCost operator()(const RequantizeTask& t) const {
    return {.compute = Pixels(t.out_h, t.groups()) * Lanes(t.columns, target.vector_lanes)};
  }
  TaskCost operator()(const ElementwiseTask& t) const {
    return {.compute = Pixels(t.height, t.width) * Lanes(t.channels, target.vector_lanes)};
  }
  TaskCost operator()(const TableTask& t) const {
    return {.compute = Pixels(t.height, t.width) * Lanes(t.channels, target.vector_lanes)};
  }
  TaskCost operator()(const WindowTask& t) const {
    const double groups = Lanes(t.channels, target.depthwise_macs);
    if (t.kind == WindowTask::kGlobalAverage || t.kind == WindowTask::kGlobalMax)
      return {.compute = Pixels(t.in_h, t.in_w) * groups};
    return {.compute = Pixels(t.out_h, t.out_w) * t.kernel_h * t.kernel_w * groups};
  }
  TaskCost operator()(const AcrossTask& t) const {
    return {.compute = Pixels(t.height, t.width) * static_cast<double>(PassesOf(t.kind)) *
                       Lanes(t.channels, target.vector_lanes)};
  }
  TaskCost operator()(const ResizeTask& t) const {
    return {.compute =
                Pixels(t.out_h, t.out_w) * t.taps * Lanes(t.channels, target.depthwise_macs)};
  }
};

}  // namespace

Mvms MvmsOf(const Task& task) {
  const auto* mvm = std::get_if<MvmTask>(&task.payload);
  return Mvms(mvm != nullptr ? mvm->multiplies() : 0);
}

TaskCost CostOf(const Task& task, size_t core, const Target& target, bool dual_channel) {
  return std::visit(CostVisitor{core, target, dual_channel}, task.payload);
}

}  // namespace imcc
