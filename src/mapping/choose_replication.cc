// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "mapping/assign_buffers.h"
#include "mapping/map_convolution.h"
#include "mapping/predict_timeline.h"
#include "mapping/what_if_timeline.h"

namespace imcc {

namespace {

/// One way to compute a convolution and what it costs.
struct Candidate {
  ConvolutionChoice choice;
  KernelDemand demand;

  /// No resource needs less with `other`.
  bool NoWorseThan(const Candidate& other) const {
    return demand.mvm() <= other.demand.mvm() && demand.vector <= other.demand.vector &&
           demand.depthwise <= other.demand.depthwise && demand.weights <= other.demand.weights;
  }
};

/// Numbers of groups per block worth trying: powers of two, and the one with the fewest MVMs (0).
std::vector<int64_t> GroupingsOf(const QConv& conv) {
  std::vector<int64_t> groupings = {0};
  for (int64_t q = 1; conv.groups > 1 && q < conv.groups; q *= 2) groupings.push_back(q);
  return groupings;
}

/// All ways to compute one convolution that are not worse than another in every respect. The first
/// is the plain mapping.
class Candidates {
 public:
  Candidates(const Kernel& kernel, const QConv& conv, const Target& target,
             const CompilationOptions& options)
      : kernel_(kernel), conv_(conv), target_(target), options_(options) {
    list_.push_back({{.on_array = kernel.imc() != nullptr}, DemandOf(kernel, target, options)});
    const int64_t largest = LargestFactor();
    for (int64_t f = options.icrx_force > 0 ? largest : 1; f <= largest; ++f)
      for (const int64_t q : GroupingsOf(conv)) Try({.replicas = f, .groups_per_block = q});
    if (options.icrx_force > 0 && list_.size() > 1 && kernel.imc() != nullptr)
      list_.erase(list_.begin());
  }

  std::vector<Candidate> Take() && { return std::move(list_); }

 private:
  /// Replicas beyond the pixels there are, or beyond what a descriptor can hold, are no use.
  int64_t LargestFactor() const {
    if (!options_.enable_icr) return 1;
    const int64_t columns = UINT16_MAX / conv_.out_channels;
    const FeatureMap& out = kernel_.output.box;
    const bool pointwise = conv_.window == Window{};
    const int64_t wanted = options_.icrx_force > 0
                               ? std::min(options_.icrx_force, options_.icrx_max_factor)
                               : options_.icrx_max_factor;
    return std::max<int64_t>(std::min({wanted, columns, pointwise ? out.pixels() : out.width}), 1);
  }

  void Try(const ConvolutionChoice& choice) {
    const ImcKernel imc = LayOutConvolution(
        conv_, MappingOf(conv_, choice, kernel_.inputs[0].pixel_stride, target_, options_),
        target_);
    for (const ColumnTile& column : imc.column_tiles)
      if (static_cast<int64_t>(column.tiles.size()) > target_.array.max_row_tiles) return;
    Candidate next{choice, ArrayDemandOf(imc, kernel_.output.box, target_, options_)};
    const auto worse = [&](const Candidate& other) { return other.NoWorseThan(next); };
    if (std::any_of(list_.begin(), list_.end(), worse)) return;
    list_.push_back(std::move(next));
  }

  const Kernel& kernel_;
  const QConv& conv_;
  const Target& target_;
  const CompilationOptions& options_;
  std::vector<Candidate> list_;
};

/// Coordinate descent on the predicted end of the frame: one convolution at a time tries its
/// candidates while the others keep theirs.
class Search {
 public:
  Search(const QuantizedGraph& graph, const MappedNetwork& network, const Target& target,
         const CompilationOptions& options)
      : network_(network), target_(target), options_(options) {
    for (const Kernel& kernel : network.kernels) {
      const QConv* conv = std::get_if<QConv>(&graph.nodes[kernel.node].operation);
      const bool per_channel = kernel.window() && kernel.window()->channel_zero_points;
      if (conv == nullptr || per_channel)
        candidates_.push_back({{{}, DemandOf(kernel, target, options)}});
      else
        candidates_.push_back(Candidates(kernel, *conv, target, options).Take());
    }
  }

  void Run() {
    const State plain = Descend(StateOf(std::vector<size_t>(candidates_.size())));
    const State alone = Descend(StateOf(EachAlone()));
    best_ = alone.cost < plain.cost ? alone : plain;
  }

  void Write(MappingChoices& choices) const {
    for (size_t k = 0; k < candidates_.size(); ++k)
      if (candidates_[k].size() > 1 || candidates_[k][0].choice.replicas > 1)
        choices[network_.kernels[k].node] = candidates_[k][best_.picks[k]].choice;
  }

 private:
  /// A candidate of each kernel.
  struct State {
    std::vector<size_t> picks;
    Placement placement;  // As the memory planner is likely to find it then.
    double hidden = 0;    // Work that hides behind the frame.
    double cost = 0;
  };

  /// What hides behind the end of the frame counts a little, so that nothing is wasted for nothing.
  static double CostOf(double end, double hidden) {
    constexpr double kHidden = 0.005;
    return end + kHidden * hidden;
  }

  double HiddenBy(const KernelDemand& demand) const {
    constexpr double kProducts = 4;  // Products of the array take the most energy.
    return kProducts * demand.mvm() + demand.vector + demand.depthwise +
           static_cast<double>(demand.weights.count()) / WeightBandwidth(target_, options_);
  }

  std::vector<KernelDemand> DemandsOf(const std::vector<size_t>& picks) const {
    std::vector<KernelDemand> demands;
    for (size_t k = 0; k < candidates_.size(); ++k)
      demands.push_back(candidates_[k][picks[k]].demand);
    return demands;
  }

  State StateOf(std::vector<size_t> picks) const {
    const std::vector<KernelDemand> demands = DemandsOf(picks);
    return StateOf(std::move(picks), demands);
  }

  State StateOf(std::vector<size_t> picks, const std::vector<KernelDemand>& demands) const {
    State state{.picks = std::move(picks),
                .placement = GuessPlacement(network_, demands, target_, options_)};
    double end = 0;
    for (const KernelSpan& span :
         PredictTimeline(network_, demands, state.placement, target_, options_))
      end = std::max(end, span.end);
    for (const KernelDemand& demand : demands) state.hidden += HiddenBy(demand);
    state.cost = CostOf(end, state.hidden);
    return state;
  }

  /// What each convolution would take if it were the only one.
  std::vector<size_t> EachAlone() const {
    std::vector<size_t> picks;
    for (const std::vector<Candidate>& candidates : candidates_) {
      const auto alone = [&](const Candidate& c) {
        return std::max(
            {c.demand.mvm(), c.demand.vector, c.demand.depthwise,
             static_cast<double>(c.demand.weights.count()) / WeightBandwidth(target_, options_)});
      };
      const auto best = std::min_element(
          candidates.begin(), candidates.end(),
          [&](const Candidate& a, const Candidate& b) { return alone(a) < alone(b); });
      picks.push_back(static_cast<size_t>(best - candidates.begin()));
    }
    return picks;
  }

  State Descend(State state) const {
    constexpr int kRounds = 3;
    for (int round = 0; round < kRounds; ++round) {
      const bool few = candidates_.size() <= kFewKernels;
      State next = few ? ImprovedExactly(state) : Improved(state);
      if (next.cost >= state.cost) break;
      state = std::move(next);
    }
    return state;
  }

  /// One round over all kernels, in time linear in their number. Weights that are streamed from DDR
  /// stay the same share of their kernel.
  State Improved(const State& state) const {
    State next = state;
    Placement placement = state.placement;
    std::vector<const KernelDemand*> demands;
    for (size_t k = 0; k < candidates_.size(); ++k)
      demands.push_back(&candidates_[k][state.picks[k]].demand);
    WhatIfTimeline timeline(network_, placement, target_, options_, demands);
    for (size_t k = 0; k < candidates_.size(); ++k)
      if (candidates_[k].size() > 1) Improve(k, timeline, placement, next);
    return StateOf(std::move(next.picks));
  }

  void Improve(size_t kernel, WhatIfTimeline& timeline, Placement& placement, State& state) const {
    constexpr double kRounding = 1e-6;
    timeline.GoTo(kernel);
    const std::vector<Candidate>& candidates = candidates_[kernel];
    const size_t before = state.picks[kernel];
    std::vector<bool>& streamed = placement.streamed[kernel];
    const std::vector<bool> streamed_before = streamed;
    const double others = state.hidden - HiddenBy(candidates[before].demand);
    double best = CostOf(timeline.end(), state.hidden);
    for (size_t c = 0; c < candidates.size(); ++c) {
      if (c == before) continue;
      const KernelDemand& demand = candidates[c].demand;
      streamed = SameShare(streamed_before, demand.tile_bytes.size());
      const double hidden = others + HiddenBy(demand);
      const double cost = CostOf(timeline.EndWith(demand), hidden);
      if (cost >= best - kRounding) continue;
      best = cost;
      state.hidden = hidden;
      state.picks[kernel] = c;
    }
    const KernelDemand& picked = candidates[state.picks[kernel]].demand;
    streamed = state.picks[kernel] == before ? streamed_before
                                             : SameShare(streamed_before, picked.tile_bytes.size());
    if (state.picks[kernel] != before) timeline.Change(picked);
  }

  /// As many of `tiles` tiles, in proportion, spread evenly.
  static std::vector<bool> SameShare(const std::vector<bool>& streamed, size_t tiles) {
    std::vector<bool> result(tiles);
    const auto count = static_cast<size_t>(std::count(streamed.begin(), streamed.end(), true));
    for (size_t t = 0; t < tiles && !streamed.empty(); ++t)
      result[t] = (t + 1) * count / streamed.size() > t * count / streamed.size();
    return result;
  }

  /// The same with the whole frame and its placement predicted for every candidate: where weights
  /// are streamed, one kernel's choice moves those of others. The time grows with the square of the
  /// kernels.
  State ImprovedExactly(const State& state) const {
    State best = state;
    std::vector<KernelDemand> demands = DemandsOf(best.picks);
    for (size_t k = 0; k < candidates_.size(); ++k) {
      for (size_t c = 0; c < candidates_[k].size(); ++c) {
        if (c == best.picks[k]) continue;
        std::vector<size_t> picks = best.picks;
        picks[k] = c;
        demands[k] = candidates_[k][c].demand;
        State next = StateOf(std::move(picks), demands);
        if (next.cost < best.cost) best = std::move(next);
      }
      demands[k] = candidates_[k][best.picks[k]].demand;
    }
    return best;
  }

  /// Up to so many, ImprovedExactly() takes less than half a second.
  static constexpr size_t kFewKernels = 200;

  const MappedNetwork& network_;
  const Target& target_;
  const CompilationOptions& options_;
  std::vector<std::vector<Candidate>> candidates_;  // By kernel.
  State best_;
};

}  // namespace

MappingChoices ChooseReplication(const QuantizedGraph& graph, const Target& target,
                                 const CompilationOptions& options) {
  MappingChoices choices = PlainChoices(graph, target);
  const MappedNetwork plain = LayOutNetwork(graph, choices, target, options);
  Search search(graph, plain, target, options);
  search.Run();
  search.Write(choices);
  return choices;
}

}  // namespace imcc
