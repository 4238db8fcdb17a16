// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "sim/join_timings.h"

#include <algorithm>

namespace imcc {
namespace {

void AddEngines(const FrameTiming& timing, FrameTiming& sum) {
  sum.engines.resize(std::max(sum.engines.size(), timing.engines.size()));
  for (size_t core = 0; core < timing.engines.size(); ++core)
    for (size_t e = 0; e < kEngines; ++e) {
      const EngineTiming& from = timing.engines[core].at(e);
      EngineTiming& to = sum.engines[core].at(e);
      to.busy += from.busy;
      to.stall.waiting += from.stall.waiting;
      to.stall.fetching += from.stall.fetching;
      to.stall.empty += from.stall.empty;
      to.tasks += from.tasks;
    }
}

void AddLinks(const FrameTiming& timing, FrameTiming& sum) {
  for (const LinkTraffic& link : timing.links) {
    const auto same = std::find_if(sum.links.begin(), sum.links.end(),
                                   [&](const LinkTraffic& l) { return l.name == link.name; });
    if (same == sum.links.end()) {
      sum.links.push_back(link);
    } else {
      same->bytes += link.bytes;
      same->busy += link.busy;
    }
  }
}

}  // namespace

Bytes ResidentBytes(const Program& program) {
  Bytes bytes;
  for (const Segment& segment : program.segments)
    if (segment.address.region != Region::kDdr)
      bytes += Bytes(static_cast<int64_t>(segment.bytes.size()));
  for (const std::vector<Task>& tasks : program.cores)
    if (!program.tasks_in_ddr) bytes += Bytes(static_cast<int64_t>(tasks.size() * kTaskBytes));
  return bytes;
}

FrameTiming JoinTimings(const std::vector<const Program*>& programs,
                        const std::vector<FrameTiming>& timings, const Target& target) {
  if (timings.size() == 1) return timings[0];
  FrameTiming sum;
  sum.launches = 0;
  for (size_t i = 0; i < timings.size(); ++i) {
    const FrameTiming& timing = timings[i];
    const Bytes reloaded = ResidentBytes(*programs[i]);
    const double reload_seconds =
        static_cast<double>(reloaded.count()) / target.bandwidth.ddr / target.clock_hz;
    sum.cycles += timing.cycles;
    sum.launches += timing.launches;
    sum.launch_seconds += timing.launch_seconds;
    sum.reload_bytes += reloaded;
    sum.reload_seconds += reload_seconds;
    sum.frame_seconds += timing.frame_seconds + reload_seconds;
    sum.latency_seconds += timing.latency_seconds + reload_seconds;
    AddEngines(timing, sum);
    AddLinks(timing, sum);
    sum.layers.insert(sum.layers.end(), timing.layers.begin(), timing.layers.end());
  }
  if (sum.latency_seconds > 0) sum.frames_per_second = 1 / sum.latency_seconds;
  return sum;
}

}  // namespace imcc
