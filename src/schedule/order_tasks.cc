// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "schedule/order_tasks.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "mapping/mapping.h"

namespace imcc {

namespace {

/// Compute or transfer cycles of each kind of task (DESIGN 3).
struct Estimator {
  const Target& target;
  const CompilationOptions& options;

  static double Ceil(int64_t a, int64_t b) { return static_cast<double>(CeilDiv(a, b)); }
  double operator()(const FenceTask&) const { return 0; }
  double operator()(const DmaTask& t) const {
    const bool ddr = t.source.region == Region::kDdr || t.destination.region == Region::kDdr;
    const double rate = ddr ? target.bandwidth.ddr : target.bandwidth.activations;
    return static_cast<double>(t.PacedBytes(target.bandwidth.shortest_run)) / rate;
  }
  double operator()(const LoadWeightsTask& t) const {
    return static_cast<double>(int64_t{t.rows} * t.columns) / WeightBandwidth(target, options);
  }
  double operator()(const MvmTask& t) const {
    return static_cast<double>(t.multiplies() * target.array.mvm_interval.count());
  }
  double operator()(const RequantizeTask& t) const {
    return static_cast<double>(t.out_h * t.groups()) * Ceil(t.columns, target.vector_lanes);
  }
  double operator()(const ElementwiseTask& t) const {
    return t.height * t.width * Ceil(t.channels, target.vector_lanes);
  }
  double operator()(const TableTask& t) const {
    return t.height * t.width * Ceil(t.channels, target.vector_lanes);
  }
  double operator()(const WindowTask& t) const {
    const double groups = Ceil(t.channels, target.depthwise_macs);
    if (t.kind == WindowTask::kGlobalAverage || t.kind == WindowTask::kGlobalMax)
      return t.in_h * t.in_w * groups;
    return t.out_h * t.out_w * t.kernel_h * t.kernel_w * groups;
  }
  double operator()(const AcrossTask& t) const {
    return static_cast<double>(t.height * t.width * PassesOf(t.kind)) *
           Ceil(t.channels, target.vector_lanes);
  }
  double operator()(const ResizeTask& t) const {
    return t.out_h * t.out_w * t.taps * Ceil(t.channels, target.depthwise_macs);
  }
};

/// The engine queues while tasks are put in order.
class StartOrder {
 public:
  StartOrder(const std::vector<Task>& tasks, const Target& target,
             const CompilationOptions& options) {
    for (size_t i = 0; i < tasks.size(); ++i)
      queues_[static_cast<size_t>(tasks[i].engine)].push_back(i);
    for (const Task& task : tasks) cycles_.push_back(EstimateTask(task, target, options).count());
  }

  std::vector<size_t> Run(const std::vector<Task>& tasks) {
    std::vector<size_t> order;
    while (order.size() < tasks.size()) order.push_back(StartNext(tasks));
    return order;
  }

 private:
  /// Start time of a queue's head, or -1 while a task it waits for has not been started.
  int64_t StartOf(const Task& task, size_t engine) const {
    int64_t start = free_[engine];
    for (const Wait& wait : task.waits) {
      if (wait.value == 0) continue;
      const std::vector<int64_t>& ends = ends_[wait.semaphore];
      if (ends.size() < wait.value) return -1;
      start = std::max(start, ends[wait.value - 1]);
    }
    return start;
  }

  size_t StartNext(const std::vector<Task>& tasks) {
    size_t best_engine = kEngines;
    int64_t best_start = 0;
    for (size_t e = 0; e < kEngines; ++e) {
      if (heads_[e] == queues_[e].size()) continue;
      const int64_t start = StartOf(tasks[queues_[e][heads_[e]]], e);
      if (start >= 0 && (best_engine == kEngines || start < best_start))
        best_engine = e, best_start = start;
    }
    IMCC_CHECK(best_engine < kEngines, "the emitted tasks wait for each other in a circle");
    const size_t index = queues_[best_engine][heads_[best_engine]++];
    free_[best_engine] = best_start + cycles_[index];
    ends_[tasks[index].signal].push_back(free_[best_engine]);
    return index;
  }

  std::array<std::vector<size_t>, kEngines> queues_;
  std::array<size_t, kEngines> heads_ = {};
  std::array<int64_t, kEngines> free_ = {};
  std::array<std::vector<int64_t>, kSemaphores> ends_;  // Finish times of each semaphore's signals.
  std::vector<int64_t> cycles_;
};

}  // namespace

Cycles EstimateTask(const Task& task, const Target& target, const CompilationOptions& options) {
  const double cycles = std::visit(Estimator{target, options}, task.payload);
  return Cycles(static_cast<int64_t>(std::ceil(cycles))) + target.fetch.task_startup;
}

std::vector<Task> OrderTasks(std::vector<Task> tasks, const Target& target,
                             const CompilationOptions& options) {
  const std::vector<size_t> order = StartOrder(tasks, target, options).Run(tasks);
  std::vector<Task> ordered;
  ordered.reserve(tasks.size());
  for (const size_t index : order) ordered.push_back(std::move(tasks[index]));
  return ordered;
}

}  // namespace imcc
