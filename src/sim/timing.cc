// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "sim/share_links.h"
#include "sim/simulator.h"
#include "sim/task_cost.h"
#include "target/target.h"

namespace imcc {

namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();
constexpr double kEpsilon = 1e-6;  // Cycles; far below one, far above rounding of the sums.

/// The option double_buffer; true if the program does not say.
bool DoubleBuffers(const std::string& options_json) {
  const auto options = nlohmann::json::parse(options_json, nullptr, false);
  if (!options.is_object() || !options.contains("double_buffer")) return true;
  const auto& value = options["double_buffer"];
  return value != "false" && value != false;
}

/// The task an engine is working on.
struct Running {
  bool active = false;
  size_t task = 0;
  double start = 0;
  double compute_end = 0;
  double transfer_start = kNever;
  double bytes_left = 0;  // At the pace of long runs.
  Transfer transfer;
};

/// One core's queues and fetch unit.
struct CoreState {
  std::array<std::vector<size_t>, kEngines> queues;
  std::array<size_t, kEngines> heads = {};
  std::array<Running, kEngines> running;
  std::array<uint32_t, kSemaphores> semaphores = {};
  std::vector<double> arrival;  // Of descriptors requested so far.
  std::vector<bool> started;
  size_t first_unstarted = 0;
};

class TimingSimulation {
 public:
  TimingSimulation(const Program& program, const Target& target, const TimingOptions& options)
      : program_(program), target_(target), options_(options) {
    const Bandwidths& rates = target.bandwidth;
    capacity_ = {rates.ddr, rates.l2};
    for (size_t core = 0; core < program.cores.size(); ++core) {
      capacity_.push_back(program.dma_dual_channel ? rates.weights_dual_channel
                                                   : rates.weights_single_channel);
      capacity_.push_back(rates.activations);
      cores_.emplace_back();
      CoreState& state = cores_.back();
      const std::vector<Task>& tasks = program.cores[core];
      for (size_t i = 0; i < tasks.size(); ++i)
        state.queues[static_cast<size_t>(tasks[i].engine)].push_back(i);
      state.started.resize(tasks.size());
      left_ += tasks.size();
    }
    result_.engines.resize(program.cores.size());
    result_.layers.resize(program.layers.size());
    link_bytes_.resize(capacity_.size());
    link_busy_.resize(capacity_.size());
    layer_end_.resize(program.layers.size());
  }

  Result<FrameTiming> Run() {
    for (size_t core = 0; core < cores_.size(); ++core) Fetch(core);
    while (left_ > 0) {
      while (StartTasks()) {
      }
      const double next = NextEvent();
      if (next == kNever)
        return Error{.code = ErrorCode::kSimulation,
                     .subject = "frame",
                     .message = "every engine waits: the program is deadlocked"};
      Advance(next);
      FinishTasks();
    }
    return Summarise();
  }

 private:
  const Task& TaskAt(size_t core, size_t index) const { return program_.cores[core][index]; }

  /// Requests descriptors while the window has room: descriptor i follows the start of i - window.
  void Fetch(size_t core) {
    CoreState& state = cores_[core];
    const auto window = static_cast<size_t>(target_.fetch.window);
    const size_t link = program_.tasks_in_ddr ? kDdrLink : kL2Link;
    const Cycles latency =
        program_.tasks_in_ddr ? target_.fetch.latency_ddr : target_.fetch.latency_l2;
    while (state.first_unstarted < state.started.size() && state.started[state.first_unstarted])
      ++state.first_unstarted;
    const size_t end = std::min(state.started.size(), state.first_unstarted + window);
    while (state.arrival.size() < end) {
      const double stream = static_cast<double>(kTaskBytes) / capacity_[link];
      double arrival = now_ + static_cast<double>(latency.count()) + stream;
      if (!state.arrival.empty()) arrival = std::max(arrival, state.arrival.back() + stream);
      const Task& task = TaskAt(core, state.arrival.size());
      state.arrival.push_back(arrival);
      link_bytes_[link] += static_cast<double>(kTaskBytes);
      LayerTiming& layer = result_.layers[task.layer];
      (program_.tasks_in_ddr ? layer.ddr_bytes : layer.l2_bytes) +=
          Bytes(static_cast<int64_t>(kTaskBytes));
    }
  }

  bool Arrived(size_t core, size_t index) const {
    const CoreState& state = cores_[core];
    return index < state.arrival.size() && state.arrival[index] <= now_ + kEpsilon;
  }

  bool WaitsMet(size_t core, size_t index) const {
    const Task& task = TaskAt(core, index);
    return std::all_of(task.waits.begin(), task.waits.end(), [&](const Wait& wait) {
      return cores_[core].semaphores[wait.semaphore] >= wait.value;
    });
  }

  /// With one DMA channel the two DMA queues take turns.
  bool ChannelFree(size_t core, size_t engine) const {
    constexpr auto kDma0 = static_cast<size_t>(Engine::kDma0);
    constexpr auto kDma1 = static_cast<size_t>(Engine::kDma1);
    if (program_.dma_dual_channel || (engine != kDma0 && engine != kDma1)) return true;
    return !cores_[core].running[kDma0 + kDma1 - engine].active;
  }

  bool StartTasks() {
    bool any = false;
    for (size_t core = 0; core < cores_.size(); ++core) {
      CoreState& state = cores_[core];
      for (size_t e = 0; e < kEngines; ++e) {
        if (state.running[e].active || state.heads[e] == state.queues[e].size()) continue;
        const size_t index = state.queues[e][state.heads[e]];
        if (!Arrived(core, index) || !WaitsMet(core, index) || !ChannelFree(core, e)) continue;
        Start(core, e, index);
        any = true;
      }
    }
    return any;
  }

  void Start(size_t core, size_t engine, size_t index) {
    CoreState& state = cores_[core];
    const TaskCost cost = CostOf(TaskAt(core, index), core, target_, program_.dma_dual_channel);
    const double ready = now_ + static_cast<double>(target_.fetch.task_startup.count());
    state.running[engine] = {.active = true,
                             .task = index,
                             .start = now_,
                             .compute_end = ready + cost.compute,
                             .transfer_start = cost.bytes > 0 ? ready : kNever,
                             .bytes_left = cost.paced,
                             .transfer = {.links = cost.links, .rate_cap = cost.rate_cap}};
    ++state.heads[engine];
    state.started[index] = true;
    CountTraffic(TaskAt(core, index), cost);
    Fetch(core);
  }

  void CountTraffic(const Task& task, const TaskCost& cost) {
    LayerTiming& layer = result_.layers[task.layer];
    layer.mvms += MvmsOf(task);
    const Bytes bytes(std::llround(cost.bytes));
    for (const size_t link : cost.links) {
      link_bytes_[link] += cost.bytes;
      if (link == kDdrLink) layer.ddr_bytes += bytes;
      if (link == kL2Link) layer.l2_bytes += bytes;
    }
  }

  template <class Visit>
  void ForRunning(Visit&& visit) {
    for (size_t core = 0; core < cores_.size(); ++core)
      for (size_t e = 0; e < kEngines; ++e)
        if (cores_[core].running[e].active) visit(core, e, cores_[core].running[e]);
  }

  bool Transferring(const Running& running) const {
    return running.bytes_left > 0 && running.transfer_start <= now_ + kEpsilon;
  }

  double NextEvent() {
    std::vector<Transfer*> transfers;
    ForRunning([&](size_t, size_t, Running& running) {
      if (Transferring(running)) transfers.push_back(&running.transfer);
    });
    ShareLinks(transfers, capacity_);
    double next = kNever;
    ForRunning([&](size_t, size_t, const Running& running) {
      if (running.compute_end > now_ + kEpsilon) next = std::min(next, running.compute_end);
      if (Transferring(running))
        next = std::min(next, now_ + running.bytes_left / running.transfer.rate);
      else if (running.bytes_left > 0)
        next = std::min(next, running.transfer_start);
    });
    for (const CoreState& state : cores_)
      for (size_t e = 0; e < kEngines; ++e) {
        if (state.running[e].active || state.heads[e] == state.queues[e].size()) continue;
        const size_t index = state.queues[e][state.heads[e]];
        if (index < state.arrival.size() && state.arrival[index] > now_ + kEpsilon)
          next = std::min(next, state.arrival[index]);
      }
    return next;
  }

  void Advance(double next) {
    const double span = next - now_;
    std::vector<bool> busy(capacity_.size());
    ForRunning([&](size_t, size_t, Running& running) {
      if (!Transferring(running)) return;
      running.bytes_left -= running.transfer.rate * span;
      if (running.bytes_left <= kEpsilon * running.transfer.rate) running.bytes_left = 0;
      for (const size_t link : running.transfer.links) busy[link] = true;
    });
    for (size_t link = 0; link < busy.size(); ++link)
      if (busy[link]) link_busy_[link] += span;
    for (size_t core = 0; core < cores_.size(); ++core) AccountStalls(core, span);
    now_ = next;
  }

  void AccountStalls(size_t core, double span) {
    CoreState& state = cores_[core];
    for (size_t e = 0; e < kEngines; ++e) {
      std::array<double, 4>& time = engine_time_[core * kEngines + e];
      size_t kind = 0;  // busy, waiting, fetching, empty
      if (!state.running[e].active) {
        const bool empty = state.heads[e] == state.queues[e].size();
        kind = empty ? 3 : Arrived(core, state.queues[e][state.heads[e]]) ? 1 : 2;
      }
      time[kind] += span;
    }
  }

  void FinishTasks() {
    ForRunning([&](size_t core, size_t engine, Running& running) {
      if (running.compute_end > now_ + kEpsilon || running.bytes_left > 0) return;
      const Task& task = TaskAt(core, running.task);
      ++cores_[core].semaphores[task.signal];
      running.active = false;
      --left_;
      ++result_.engines[core][engine].tasks;
      layer_end_[task.layer] = std::max(layer_end_[task.layer], now_);
      result_.layers[task.layer].busy[engine] += Cycles(std::llround(now_ - running.start));
      if (options_.trace)
        result_.trace.push_back({static_cast<int32_t>(core), static_cast<int32_t>(running.task),
                                 Cycles(std::llround(running.start)), Cycles(std::llround(now_))});
    });
  }

  FrameTiming Summarise() {
    result_.cycles = Cycles(static_cast<int64_t>(std::ceil(now_ - kEpsilon)));
    Cycles reached;
    for (size_t i = 0; i < layer_end_.size(); ++i) {
      const Cycles end(static_cast<int64_t>(std::ceil(layer_end_[i] - kEpsilon)));
      result_.layers[i].cycles = std::max(end - reached, Cycles(0));
      reached = std::max(reached, end);
    }
    for (size_t core = 0; core < cores_.size(); ++core)
      for (size_t e = 0; e < kEngines; ++e) {
        const std::array<double, 4>& time = engine_time_[core * kEngines + e];
        EngineTiming& engine = result_.engines[core][e];
        const auto cycles = [&](size_t kind) { return Cycles(std::llround(time[kind])); };
        engine.busy = cycles(0);
        engine.stall = {cycles(1), cycles(2), cycles(3)};
      }
    AddLinks();
    AddSeconds();
    return std::move(result_);
  }

  void AddLinks() {
    for (size_t link = 0; link < capacity_.size(); ++link) {
      std::string name = link == kDdrLink ? "ddr" : "l2";
      if (link > kL2Link)
        name =
            "core" + std::to_string((link - 2) / 2) + (link % 2 == 0 ? ".weights" : ".activations");
      result_.links.push_back({std::move(name), Bytes(std::llround(link_bytes_[link])),
                               Cycles(std::llround(link_busy_[link]))});
    }
    result_.links.push_back({"host", HostBytes(), Cycles(std::llround(HostCycles()))});
  }

  Bytes HostBytes() const {
    Bytes bytes;
    for (const auto* tensors : {&program_.inputs, &program_.outputs})
      for (const IoTensor& tensor : *tensors) bytes += Bytes(tensor.bytes());
    return bytes;
  }
  double HostCycles() const {
    return static_cast<double>(HostBytes().count()) / target_.bandwidth.host;
  }

  /// Host transfers of the next and last frame overlap this one where the host double-buffers.
  void AddSeconds() {
    const bool overlap = DoubleBuffers(program_.options_json);
    const double host = HostCycles() / target_.clock_hz;
    result_.launch_seconds = target_.launch_seconds;
    result_.frame_seconds = target_.launch_seconds + target_.Seconds(result_.cycles);
    result_.latency_seconds = host + result_.frame_seconds;
    const double period = overlap ? std::max(host, result_.frame_seconds) : result_.latency_seconds;
    result_.frames_per_second = 1 / period;
  }

  const Program& program_;
  const Target& target_;
  const TimingOptions& options_;
  std::vector<double> capacity_;  // Bytes per cycle of each link.
  std::vector<CoreState> cores_;
  double now_ = 0;
  size_t left_ = 0;
  std::vector<double> link_bytes_, link_busy_, layer_end_;
  std::vector<std::array<double, 4>> engine_time_ =
      std::vector<std::array<double, 4>>(program_.cores.size() * kEngines);
  FrameTiming result_;
};

}  // namespace

Result<FrameTiming> SimulateTiming(const Program& program, const TimingOptions& options) {
  IMCC_ASSIGN(const Target target, ParseEmbeddedTarget(program.target_yaml));
  for (const std::vector<Task>& tasks : program.cores)
    for (const Task& task : tasks)
      if (task.layer >= program.layers.size())
        return Error{.code = ErrorCode::kFormat,
                     .subject = Disassemble(task),
                     .message = "belongs to no layer"};
  return TimingSimulation(program, target, options).Run();
}

}  // namespace imcc
