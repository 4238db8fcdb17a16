// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
// A table of the perfectly packed instances of tests/offsets and of networks with many buffers:
//   memplan_benchmark [--max-steps N] [--times N] [--seed N] [--network]
// --times N cuts the instances from a rectangle of N times, however many buffers they have;
// --seed N draws another family of the same kind.
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <cstring>

#include "offsets/offsets.h"
#include "offsets/perfect_packing.h"
#include "offsets/random_buffers.h"

namespace imcc {
namespace {

/// Of each instance of the family. MiniMalloc's instance E took the search in canonical order alone
/// 117,516,551 steps.
constexpr int64_t kFamilySteps = 117'516'551;

constexpr int kNetworks = 10;

void PrintHead() {
  fmt::print("{:28}{:>8}{:>14}{:>9}  {:9}{}\n", "instance", "buffers", "steps", "seconds", "solved",
             "phase");
}

/// One line; whether the goal was reached.
bool PlanOne(const std::string& name, const std::vector<Placeable>& buffers, Bytes capacity,
             int64_t max_steps) {
  const auto start = std::chrono::steady_clock::now();
  const OffsetPlan plan = PlanOffsets(buffers, capacity, {.max_steps = max_steps, .tricks = {}});
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  const bool solved = capacity == kLowestPeak ? plan.optimal() : plan.peak <= capacity;
  const bool valid = Verify(buffers, plan).ok();
  fmt::print("{:28}{:8}{:14}{:9.3f}  {:9}{}\n", name, buffers.size(), plan.steps, took.count(),
             !valid ? "INVALID"
             : solved
                 ? "yes"
                 : fmt::format("+{:.2f} %",
                               100.0 * static_cast<double>((plan.peak - plan.lower_bound).count()) /
                                   static_cast<double>(plan.lower_bound.count())),
             NameOf(plan.phase));
  return solved && valid;
}

struct Options {
  int64_t max_steps = 0;
  int64_t times = 0;
  int64_t seed = 0;
};

void PrintFamily(const Options& options) {
  const int64_t max_steps = options.max_steps > 0 ? options.max_steps : kFamilySteps;
  PrintHead();
  int solved = 0;
  for (int number = 0; number < testing::kPackingFamily; ++number) {
    testing::PackingShape shape = testing::PackingOfFamily(number);
    if (options.times > 0) shape.times = options.times;
    shape.seed += static_cast<uint64_t>(options.seed);
    const std::string name =
        fmt::format("{:03} t{} u{} p{}", number, shape.times, shape.units, shape.pinwheel_percent);
    solved += PlanOne(name, testing::CutPerfectly(shape), shape.capacity, max_steps) ? 1 : 0;
  }
  fmt::print("{} of {} solved within {} steps\n", solved, testing::kPackingFamily, max_steps);
}

void PrintNetworks(int64_t max_steps) {
  PrintHead();
  for (int number = 0; number < kNetworks; ++number) {
    std::mt19937_64 random(static_cast<uint64_t>(number));
    PlanOne(fmt::format("network {}", number), testing::DrawNetwork(2000, random), kLowestPeak,
            max_steps);
  }
}

int Main(int argc, char** argv) {
  Options options;
  bool network = false;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--network") == 0) network = true;
    if (i + 1 == argc) continue;
    if (std::strcmp(argv[i], "--max-steps") == 0) options.max_steps = std::atoll(argv[i + 1]);
    if (std::strcmp(argv[i], "--times") == 0) options.times = std::atoll(argv[i + 1]);
    if (std::strcmp(argv[i], "--seed") == 0) options.seed = std::atoll(argv[i + 1]);
  }
  if (network)
    PrintNetworks(options.max_steps > 0 ? options.max_steps : kLowestPeakSteps);
  else
    PrintFamily(options);
  return 0;
}

}  // namespace
}  // namespace imcc

int main(int argc, char** argv) { return imcc::Main(argc, argv); }
