// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "mapping/what_if_timeline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "mapping/mapping.h"
#include "support/graph_builder.h"
#include "support/targets.h"

namespace imcc {
namespace {

constexpr Window k3x3{.kernel_h = 3, .kernel_w = 3, .padding = {1, 1, 1, 1}};

/// A chain of residual blocks and what its kernels ask for, plain and in another way.
struct Chain {
  Target target = testing::ReadTarget("quad512");
  CompilationOptions options;
  MappedNetwork network;
  Placement placement;
  std::vector<KernelDemand> demands, others;

  explicit Chain(int blocks) {
    testing::GraphBuilder b(1);
    QTensorId x = b.Input(28, 28, 64);
    for (int i = 0; i < blocks; ++i) {
      const QTensorId y = b.Conv(b.Conv(x, 64, k3x3), 64, {});
      x = b.Elementwise(QElementwise::Kind::kAdd, y, x);
    }
    const QuantizedGraph graph = b.Build({x});
    MappingChoices choices = PlainChoices(graph, target);
    network = LayOutNetwork(graph, choices, target, options);
    for (const Kernel& kernel : network.kernels)
      demands.push_back(DemandOf(kernel, target, options));
    for (ConvolutionChoice& choice : choices) choice.replicas = 4;
    for (const Kernel& kernel : LayOutNetwork(graph, choices, target, options).kernels)
      others.push_back(DemandOf(kernel, target, options));
    placement = GuessPlacement(network, demands, target, options);
  }

  double Exact(const std::vector<KernelDemand>& wanted) const {
    double end = 0;
    for (const KernelSpan& span : PredictTimeline(network, wanted, placement, target, options))
      end = std::max(end, span.end);
    return end;
  }

  WhatIfTimeline Timeline() const {
    std::vector<const KernelDemand*> pointers;
    for (const KernelDemand& demand : demands) pointers.push_back(&demand);
    return {network, placement, target, options, pointers};
  }
};

TEST(WhatIfTimeline, PredictsWhatTheWholeTimelineDoes) {
  const Chain chain(40);
  WhatIfTimeline timeline = chain.Timeline();
  EXPECT_DOUBLE_EQ(timeline.end(), chain.Exact(chain.demands));
  size_t close = 0;
  for (size_t k = 0; k < chain.demands.size(); ++k) {
    timeline.GoTo(k);
    std::vector<KernelDemand> changed = chain.demands;
    changed[k] = chain.others[k];
    const double exact = chain.Exact(changed);
    const double estimate = timeline.EndWith(chain.others[k]);
    EXPECT_NEAR(estimate, exact, 1e-2 * exact) << k;
    close += std::abs(estimate - exact) < 1e-4 * exact ? 1 : 0;
    EXPECT_DOUBLE_EQ(timeline.end(), chain.Exact(chain.demands)) << "a trial left its traces";
  }
  EXPECT_GE(close * 10, chain.demands.size() * 9) << "most changes settle";
}

TEST(WhatIfTimeline, BuildsOnWhatWasChanged) {
  const Chain chain(40);
  WhatIfTimeline timeline = chain.Timeline();
  std::vector<KernelDemand> changed = chain.demands;
  for (size_t k = 0; k < chain.demands.size(); k += 3) {
    timeline.GoTo(k);
    changed[k] = chain.others[k];
    const double exact = chain.Exact(changed);
    EXPECT_NEAR(timeline.EndWith(chain.others[k]), exact, 2e-3 * exact) << k;
    timeline.Change(chain.others[k]);
    EXPECT_NEAR(timeline.end(), exact, 2e-3 * exact) << k;
  }
}

}  // namespace
}  // namespace imcc
