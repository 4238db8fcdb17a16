// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
//
// An independent timing model that steps one cycle at a time: no events, no progressive filling.
// On random small programs the event-driven simulator must agree with it within 2 %.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

#include "sim/simulator.h"
#include "support/small_program.h"

namespace imcc {
namespace {

/// One engine of the stepped machine.
struct Engine1 {
  std::vector<size_t> queue;
  size_t next = 0;
  int64_t current = -1;
  int64_t startup = 0;
  int64_t compute = 0;
  double bytes = 0;
};

class SteppedMachine {
 public:
  SteppedMachine(const std::vector<Task>& tasks, const Target& target)
      : tasks_(tasks), target_(target), arrival_(tasks.size(), -1), started_(tasks.size()) {
    for (size_t i = 0; i < tasks.size(); ++i)
      engines_[static_cast<size_t>(tasks[i].engine)].queue.push_back(i);
  }

  int64_t Run() {
    size_t left = tasks_.size();
    for (cycle_ = 0; left > 0; ++cycle_) {
      Fetch();
      for (Engine1& engine : engines_) Start(engine);
      MoveBytes();
      for (Engine1& engine : engines_) left -= Step(engine) ? 1 : 0;
      if (cycle_ > 10'000'000) return -1;
    }
    return cycle_;
  }

 private:
  void Fetch() {
    size_t first = 0;
    while (first < started_.size() && started_[first]) ++first;
    const size_t end = std::min(tasks_.size(), first + static_cast<size_t>(target_.fetch.window));
    for (size_t i = 0; i < end; ++i)
      if (arrival_[i] < 0) arrival_[i] = cycle_ + target_.fetch.latency_ddr.count() + 2;
  }

  void Start(Engine1& engine) {
    if (engine.current >= 0 || engine.next == engine.queue.size()) return;
    const size_t index = engine.queue[engine.next];
    if (arrival_[index] < 0 || arrival_[index] > cycle_) return;
    for (const Wait& wait : tasks_[index].waits)
      if (done_[wait.semaphore] < wait.value) return;
    engine.current = static_cast<int64_t>(index);
    ++engine.next;
    started_[index] = true;
    engine.startup = target_.fetch.task_startup.count();
    engine.compute = 0;
    engine.bytes = 0;
    if (const auto* dma = std::get_if<DmaTask>(&tasks_[index].payload)) engine.bytes = dma->run;
    if (const auto* mvm = std::get_if<MvmTask>(&tasks_[index].payload))
      engine.compute = int64_t{mvm->out_h} * mvm->out_w * 8;
  }

  /// Only L2 -> L1 copies are drawn: they share the activation port equally.
  void MoveBytes() {
    std::vector<Engine1*> moving;
    for (Engine1& engine : engines_)
      if (engine.current >= 0 && engine.startup == 0 && engine.bytes > 0) moving.push_back(&engine);
    for (Engine1* engine : moving)
      engine->bytes -= target_.bandwidth.activations / static_cast<double>(moving.size());
  }

  bool Step(Engine1& engine) {
    if (engine.current < 0) return false;
    if (engine.startup > 0) {
      --engine.startup;
      return false;
    }
    if (engine.compute > 0) --engine.compute;
    if (engine.compute > 0 || engine.bytes > 0) return false;
    ++done_[tasks_[static_cast<size_t>(engine.current)].signal];
    engine.current = -1;
    return true;
  }

  const std::vector<Task>& tasks_;
  const Target& target_;
  std::array<Engine1, kEngines> engines_;
  std::array<uint32_t, kSemaphores> done_ = {};
  std::vector<int64_t> arrival_;
  std::vector<bool> started_;
  int64_t cycle_ = 0;
};

std::vector<Task> RandomTasks(uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Task> tasks;
  std::array<uint32_t, kEngines> counts = {};
  for (int i = 0; i < 40; ++i) {
    Task task;
    if (random() % 2 == 0) {
      task = testing::Copy(random() % 2 == 0 ? Engine::kDma0 : Engine::kDma1, {Region::kL2, 0},
                           {Region::kL1, 65536 * static_cast<uint64_t>(i)},
                           static_cast<uint32_t>(2000 + random() % 30000));
    } else {
      MvmTask mvm{.input = {Region::kL1, 0}, .pixel_stride = 64, .channels = 64};
      mvm.in_h = mvm.in_w = 1;
      mvm.out_h = static_cast<uint16_t>(10 + random() % 100);
      mvm.out_w = 1;
      mvm.pwords = 1;
      mvm.columns = 64;
      task = {.engine = Engine::kMvm, .payload = mvm};
    }
    const size_t other = random() % 4;
    if (other != static_cast<size_t>(task.engine) && counts[other] > 0 && random() % 2 == 0)
      task.waits[0] = {static_cast<uint8_t>(other),
                       static_cast<uint32_t>(1 + random() % counts[other])};
    ++counts[static_cast<size_t>(task.engine)];
    tasks.push_back(task);
  }
  return tasks;
}

TEST(CycleStepped, AgreesWithinTwoPercentOnRandomPrograms) {
  const Target target = testing::ReadTarget("quad512");
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    const Program program = testing::SmallProgram(RandomTasks(seed));
    const auto timing = SimulateTiming(program);
    ASSERT_TRUE(timing.ok()) << timing.error().Format();
    const auto stepped = static_cast<double>(SteppedMachine(program.cores[0], target).Run());
    const auto events = static_cast<double>(timing->cycles.count());
    EXPECT_NEAR(events, stepped, 0.02 * stepped) << "seed " << seed;
  }
}

/// Cycles of one task alone, from the formulas of docs/isa.md.
double AloneCycles(const Task& task, const Target& target) {
  if (const auto* dma = std::get_if<DmaTask>(&task.payload))
    return dma->run / target.bandwidth.activations;
  const auto& mvm = std::get<MvmTask>(task.payload);
  return 8.0 * mvm.out_h * mvm.out_w;
}

// The busiest engine and the busiest port bound a frame from below, one task at a time from above.
TEST(Timing, LiesBetweenTheBoundAndTheSerialSum) {
  const Target target = testing::ReadTarget("quad512");
  for (uint64_t seed = 100; seed < 160; ++seed) {
    const Program program = testing::SmallProgram(RandomTasks(seed));
    const auto timing = SimulateTiming(program);
    ASSERT_TRUE(timing.ok());
    std::array<double, kEngines> engine = {};
    double port = 0;
    double serial = 0;
    int64_t bytes = 0;
    for (const Task& task : program.cores[0]) {
      const double alone = AloneCycles(task, target);
      const double fixed = static_cast<double>(target.fetch.task_startup.count());
      engine[static_cast<size_t>(task.engine)] += alone + fixed;
      serial += alone + fixed + static_cast<double>(target.fetch.latency_ddr.count()) + 2;
      if (const auto* dma = std::get_if<DmaTask>(&task.payload)) {
        port += alone;
        bytes += dma->run;
      }
    }
    const auto cycles = static_cast<double>(timing->cycles.count());
    EXPECT_LE(std::max(port, *std::max_element(engine.begin(), engine.end())), cycles);
    EXPECT_LE(cycles, serial);
    EXPECT_EQ(timing->links[3].name, "core0.activations");
    EXPECT_EQ(timing->links[3].bytes, Bytes(bytes));
    for (const EngineTiming& t : timing->engines[0])
      EXPECT_NEAR(static_cast<double>(
                      (t.busy + t.stall.waiting + t.stall.fetching + t.stall.empty).count()),
                  cycles, 4.0);
  }
}

TEST(Timing, IsTheSameEveryTime) {
  const Program program = testing::SmallProgram(RandomTasks(1));
  const auto first = SimulateTiming(program, {.trace = true});
  const auto second = SimulateTiming(program, {.trace = true});
  ASSERT_TRUE(first.ok() && second.ok());
  ASSERT_EQ(first->trace.size(), second->trace.size());
  for (size_t i = 0; i < first->trace.size(); ++i)
    EXPECT_TRUE(first->trace[i].index == second->trace[i].index &&
                first->trace[i].start == second->trace[i].start);
}

}  // namespace
}  // namespace imcc
