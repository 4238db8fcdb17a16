// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "tiling/choose_groups.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "mapping/mapping.h"
#include "support/graph_builder.h"
#include "support/targets.h"
#include "tiling/group_cost.h"
#include "tiling/group_rules.h"
#include "tiling/plan_bands.h"
#include "tiling/plan_stripes.h"

namespace imcc {
namespace {

constexpr Bytes kL1(60'000);
const GroupSettings kWholeL1{.l1_share = 1, .placement = {}};

/// Every way to cut the kernels, each group in every number of stripes the chooser knows.
class BruteForce {
 public:
  BruteForce(const MappedNetwork& network, const GroupCost& cost, const Target& target,
             int64_t depth)
      : network_(network),
        cost_(cost),
        settings_{.pword = target.pword, .double_buffer = true},
        depth_(depth),
        links_(LinksOf(network)) {}

  double Best(size_t first) const {
    if (first == network_.kernels.size()) return 0;
    double best = cost_.Alone(first) + Best(first + 1);
    const size_t end = std::min(network_.kernels.size(), first + static_cast<size_t>(depth_));
    for (size_t last = first + 2; last <= end; ++last)
      if (MayGroup(network_, links_, first, last))
        best = std::min(best, GroupCostOf({first, last}) + Best(last));
    return best;
  }

 private:
  /// Bands are for what does not fit in full width.
  double GroupCostOf(GroupSpan span) const {
    const int64_t width = network_.kernels[span.last - 1].output.box.width;
    const bool may_cut = MayCutBands(network_, span.first, span.last);
    double best = std::numeric_limits<double>::infinity();
    for (int64_t bands = 1; bands == 1 || (may_cut && width / bands >= 8); bands *= 2)
      if (std::isinf(best)) best = CostInBands(span, bands);
    return best;
  }

  double CostInBands(GroupSpan span, int64_t bands) const {
    const int64_t height = TiledPlane(network_.kernels[span.last - 1]).height;
    double best = std::numeric_limits<double>::infinity();
    std::vector<int64_t> counts;
    for (int64_t stripes = 2; stripes < height; stripes *= 2) counts.push_back(stripes);
    counts.push_back(height);
    for (const int64_t stripes : counts) {
      const TileGroup group = PlanStripes(network_, links_, span, {stripes, bands}, settings_);
      Bytes l1;
      for (const LineBuffer& line : group.lines) l1 += line.bytes();
      for (size_t k = span.first; k < span.last; ++k)
        l1 += Bytes(static_cast<int64_t>(network_.kernels[k].constants.size()));
      if (l1 <= kL1) best = std::min(best, cost_.Of(group));
    }
    return best;
  }

  const MappedNetwork& network_;
  const GroupCost& cost_;
  const StripeSettings settings_;
  const int64_t depth_;
  const BufferLinks links_;
};

double CostOfPlan(const std::vector<TileGroup>& groups, const GroupCost& cost) {
  double sum = 0;
  for (const TileGroup& group : groups)
    sum += group.is_striped() ? cost.Of(group) : cost.Alone(group.first.index());
  return sum;
}

// The oracle of DESIGN 6: on small networks dynamic programming finds the cheapest cut.
TEST(ChooseGroups, NoCutIsCheaper) {
  const Target target = testing::ReadTarget("tiny");
  int grouped = 0;
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    const QuantizedGraph graph = testing::RandomGraph(seed, 8, 40);
    auto network = MapNetwork(graph, PlainChoices(graph, target), target, {});
    ASSERT_TRUE(network.ok());
    if (network->kernels.size() > 12) continue;
    CompilationOptions options;
    options.tiling_depth = 2 + static_cast<int64_t>(seed % 5);
    std::vector<KernelDemand> demands;
    for (const Kernel& kernel : network->kernels)
      demands.push_back(DemandOf(kernel, target, options));
    const Placement placement = GuessPlacement(*network, demands, target, options);
    const GroupCost cost(*network, demands, placement, target, options);
    const std::vector<TileGroup> groups = ChooseGroups(*network, target, options, kL1, kWholeL1);
    for (const TileGroup& group : groups) {
      EXPECT_LE(group.count, options.tiling_depth);
      grouped += group.is_striped() ? 1 : 0;
    }
    const double best = BruteForce(*network, cost, target, options.tiling_depth).Best(0);
    EXPECT_NEAR(CostOfPlan(groups, cost), best, 1e-6 * best) << seed;
  }
  EXPECT_GT(grouped, 10);
}

TEST(ChooseGroups, TheSearchConstraintBoundsTheGroupsLookedAt) {
  const Target target = testing::ReadTarget("tiny");
  const QuantizedGraph graph = testing::RandomGraph(3, 10, 40);
  auto network = MapNetwork(graph, PlainChoices(graph, target), target, {});
  ASSERT_TRUE(network.ok());
  CompilationOptions options;
  options.tiling_depth = 6;
  options.dfs_search_constraint = 1;
  int striped = 0;
  for (const TileGroup& group : ChooseGroups(*network, target, options, kL1, kWholeL1))
    striped += group.is_striped() ? 1 : 0;
  EXPECT_LE(striped, 1);
}

}  // namespace
}  // namespace imcc
