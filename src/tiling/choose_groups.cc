// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "tiling/choose_groups.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "mapping/budget.h"
#include "tiling/group_cost.h"
#include "tiling/group_rules.h"
#include "tiling/plan_bands.h"
#include "tiling/plan_stripes.h"

namespace imcc {

namespace {

/// Columns of the narrowest bands: a halo costs more than all of it saves in narrower ones.
constexpr int64_t kLeastBand = 8;

struct Candidate {
  TileGroup group;
  double cost = 0;
};

class GroupChooser {
 public:
  GroupChooser(const MappedNetwork& network, const Target& target,
               const CompilationOptions& options, Bytes l1, const GroupSettings& settings)
      : network_(network),
        options_(options),
        l1_(ShareOf(l1, settings.l1_share)),
        links_(LinksOf(network)),
        settings_{.pword = target.pword, .double_buffer = options.double_buffer},
        cost_(CostOf(network, target, options, settings)),
        budget_(options.dfs_search_constraint.value_or(std::numeric_limits<int64_t>::max())) {}

  std::vector<TileGroup> Choose() {
    const size_t count = network_.kernels.size();
    std::vector<Best> best(count + 1, {.cost = std::numeric_limits<double>::infinity()});
    best[0].cost = 0;
    for (size_t i = 0; i < count; ++i) {
      const double alone = best[i].cost + cost_.Alone(i);
      if (alone < best[i + 1].cost) best[i + 1] = {.cost = alone, .first = i, .group = {}};
      ExtendFrom(i, best);
    }
    return Trace(best);
  }

 private:
  static GroupCost CostOf(const MappedNetwork& network, const Target& target,
                          const CompilationOptions& options, const GroupSettings& settings) {
    std::vector<KernelDemand> demands;
    for (const Kernel& kernel : network.kernels)
      demands.push_back(DemandOf(kernel, target, options));
    Placement placement = settings.placement ? *settings.placement
                                             : GuessPlacement(network, demands, target, options);
    return {network, std::move(demands), std::move(placement), target, options};
  }

  /// The cheapest way to compute the kernels before some point, and its last group.
  struct Best {
    double cost = 0;
    size_t first = 0;
    std::optional<TileGroup> group;  // None: a kernel alone.
  };

  void ExtendFrom(size_t first, std::vector<Best>& best) {
    const size_t count = network_.kernels.size();
    const size_t end = std::min(count, first + static_cast<size_t>(options_.tiling_depth));
    double alone = cost_.Alone(first);
    for (size_t last = first + 2; last <= end; ++last) {
      // What forbids a group forbids every longer one that starts with it.
      if (!MayGroup(network_, links_, first, last)) return;
      alone += cost_.Alone(last - 1);
      if (budget_-- <= 0) return;
      std::optional<Candidate> candidate = BestCut({first, last});
      if (!candidate || candidate->cost > alone) continue;
      const double cost = best[first].cost + candidate->cost;
      if (cost < best[last].cost)
        best[last] = {.cost = cost, .first = first, .group = std::move(candidate->group)};
    }
  }

  Bytes L1Of(const TileGroup& group) const {
    Bytes sum;
    for (const LineBuffer& line : group.lines) sum += line.bytes();
    for (int64_t i = 0; i < group.count; ++i)
      sum += Bytes(static_cast<int64_t>(network_.kernels[group.kernel(i)].constants.size()));
    return sum;
  }

  /// Twice as many stripes each time, down to single rows: more of them take less L1 and fill the
  /// engines sooner, fewer start fewer tasks and load weights less often.
  std::optional<Candidate> BestStripes(GroupSpan span, int64_t bands) const {
    const int64_t height = TiledPlane(network_.kernels[span.last - 1]).height;
    std::optional<Candidate> best;
    for (int64_t stripes = 2; stripes <= height; stripes = Next(stripes, height)) {
      TileGroup group = PlanStripes(network_, links_, span, {stripes, bands}, settings_);
      if (L1Of(group) > l1_) continue;
      const double cost = cost_.Of(group);
      if (!best || cost < best->cost) best = {.group = std::move(group), .cost = cost};
    }
    return best;
  }

  /// Rows of full width, unless not even single ones fit: then as few bands as fit.
  std::optional<Candidate> BestCut(GroupSpan span) const {
    const int64_t width = network_.kernels[span.last - 1].output.box.width;
    const bool may_cut = MayCutBands(network_, span.first, span.last);
    const int64_t most = may_cut ? std::max<int64_t>(width / kLeastBand, 1) : 1;
    for (int64_t bands = 1; bands <= most; bands *= 2)
      if (std::optional<Candidate> best = BestStripes(span, bands)) return best;
    return std::nullopt;
  }

  static int64_t Next(int64_t stripes, int64_t height) {
    return stripes < height ? std::min(stripes * 2, height) : height + 1;
  }

  std::vector<TileGroup> Trace(std::vector<Best>& best) const {
    std::vector<TileGroup> groups;
    for (size_t last = best.size() - 1; last > 0;) {
      Best& step = best[last];
      const size_t first = step.first;
      groups.push_back(step.group ? std::move(*step.group)
                                  : TileGroup{.first = KernelId(first), .count = 1});
      last = first;
    }
    std::reverse(groups.begin(), groups.end());
    return groups;
  }

  const MappedNetwork& network_;
  const CompilationOptions& options_;
  const Bytes l1_;
  const BufferLinks links_;
  const StripeSettings settings_;
  const GroupCost cost_;
  int64_t budget_;
};

}  // namespace

std::vector<TileGroup> ChooseGroups(const MappedNetwork& network, const Target& target,
                                    const CompilationOptions& options, Bytes l1,
                                    const GroupSettings& settings) {
  return GroupChooser(network, target, options, l1, settings).Choose();
}

}  // namespace imcc
