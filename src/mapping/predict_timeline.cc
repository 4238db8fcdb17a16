// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "mapping/predict_timeline.h"

#include "mapping/timeline.h"

namespace imcc {

double KernelDemand::mvm() const {
  double tiles = 0;
  for (const ColumnDemand& column : columns) tiles += static_cast<double>(column.loads.size());
  return tiles * mvm_per_tile;
}

std::vector<KernelSpan> PredictTimeline(const MappedNetwork& network,
                                        const std::vector<KernelDemand>& demands,
                                        const Placement& placement, const Target& target,
                                        const CompilationOptions& options,
                                        const std::vector<PredictedGroup>& groups) {
  Timeline timeline(network, placement, target, options);
  std::vector<KernelSpan> spans;
  auto group = groups.begin();
  while (spans.size() < demands.size()) {
    const size_t i = spans.size();
    if (group != groups.end() && group->first == i) {
      spans.insert(spans.end(), group->count, timeline.AddGroup(*group));
      ++group;
    } else {
      spans.push_back(timeline.Add(i, demands[i]));
    }
  }
  return spans;
}

}  // namespace imcc
