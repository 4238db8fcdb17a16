// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "paging/fit_pages.h"

#include <algorithm>
#include <optional>

namespace imcc {

namespace {

/// Pages of one tensor that could go at a step.
struct Drop {
  size_t tensor = 0;
  std::vector<int64_t> absent;  // By gap, afterwards.
  int64_t cost = 0;             // More than before.
  int64_t relief = 0;           // Pages too many that are gone, summed over all steps.

  /// A fraction compared without division: costs and pages are far below 2^31 each in practice, and
  /// doubles would do for an order if they were not.
  bool IsCheaper(const Drop& other) const {
    const auto left = static_cast<double>(cost) * static_cast<double>(other.relief);
    const auto right = static_cast<double>(other.cost) * static_cast<double>(relief);
    return left != right ? left < right : relief > other.relief;
  }
};

class CheapestDrop {
 public:
  CheapestDrop(const PageState& state, const PagingTricks& tricks, const std::vector<bool>& kept)
      : state_(state), tricks_(tricks), kept_(kept) {}

  std::optional<Drop> At(int64_t step) {
    for (size_t t = 0; t < state_.problem().tensors.size(); ++t) {
      if (!kept_.empty() && kept_[t]) continue;
      const int64_t held = state_.Held(t, step);
      if (held == 0) continue;
      const int64_t most = std::min(held, state_.Excess(step));
      Consider(t, step, held - most);
      if (const int64_t clean = held - AbsentSomewhere(t, held); clean > 0 && clean < most)
        Consider(t, step, held - clean);
    }
    return best_;
  }

 private:
  /// The level down to which pages were written behind for another gap already.
  int64_t AbsentSomewhere(size_t tensor, int64_t held) const {
    const std::vector<int64_t>& absent = state_.absent()[tensor];
    const int64_t most = *std::max_element(absent.begin(), absent.end());
    return std::min(state_.problem().tensors[tensor].pages - most, held);
  }

  void Consider(size_t tensor, int64_t step, int64_t left) {
    const PagedTensor& paged = state_.problem().tensors[tensor];
    Drop drop{.tensor = tensor, .absent = state_.absent()[tensor]};
    for (const size_t g : state_.GapsAt(tensor, step)) {
      const int64_t gone = paged.pages - left - drop.absent[g];
      if (gone <= 0) continue;
      drop.absent[g] += gone;
      drop.relief += gone * StepsTooFull(paged.gaps[g]);
    }
    if (tricks_.dirty_aware)
      drop.cost =
          state_.CostOf(tensor, drop.absent) - state_.CostOf(tensor, state_.absent()[tensor]);
    else
      drop.cost = paged.pages - left;
    if (!best_ || drop.IsCheaper(*best_)) best_ = std::move(drop);
  }

  int64_t StepsTooFull(const PageGap& gap) const {
    int64_t count = 0;
    for (int64_t s = gap.steps.begin; s < gap.steps.end; ++s)
      count += state_.Excess(s % state_.problem().steps) > 0 ? 1 : 0;
    return count;
  }

  const PageState& state_;
  const PagingTricks& tricks_;
  const std::vector<bool>& kept_;
  std::optional<Drop> best_;
};

std::vector<GapId> AllGaps(const PagingProblem& problem) {
  std::vector<GapId> gaps;
  for (size_t t = 0; t < problem.tensors.size(); ++t)
    for (size_t g = 0; g < problem.tensors[t].gaps.size(); ++g) gaps.push_back({t, g});
  return gaps;
}

const PageGap& GapAt(const PagingProblem& problem, GapId id) {
  return problem.tensors[id.tensor].gaps[id.gap];
}

/// What a present page saves per step it takes.
double Density(const PagingProblem& problem, GapId id) {
  const PageGap& gap = GapAt(problem, id);
  return static_cast<double>(gap.read_cost + problem.tensors[id.tensor].write_cost) /
         static_cast<double>(gap.steps.end - gap.steps.begin);
}

}  // namespace

bool DropCheapest(PageState& state, const PagingTricks& tricks, const std::vector<bool>& kept) {
  for (int64_t step = state.FullestStep(); state.Excess(step) > 0; step = state.FullestStep()) {
    const std::optional<Drop> drop = CheapestDrop(state, tricks, kept).At(step);
    if (!drop) return false;
    state.SetAbsent(drop->tensor, drop->absent);
  }
  return true;
}

void FillRoom(PageState& state, const std::vector<bool>& kept) {
  const PagingProblem& problem = state.problem();
  std::vector<GapId> gaps = AllGaps(problem);
  std::stable_sort(gaps.begin(), gaps.end(),
                   [&](GapId a, GapId b) { return Density(problem, a) > Density(problem, b); });
  for (const GapId id : gaps) {
    if (state.Absent(id) == 0 || (!kept.empty() && kept[id.tensor])) continue;
    const int64_t room = state.Room(id);
    if (room > state.Present(id)) state.SetAbsent(id, problem.tensors[id.tensor].pages - room);
  }
}

void DropFurthest(PageState& state) {
  const PagingProblem& problem = state.problem();
  for (int64_t step = 0; step < problem.steps; ++step) {
    std::vector<GapId> gaps;
    for (size_t t = 0; t < problem.tensors.size(); ++t)
      for (const size_t g : state.GapsAt(t, step)) gaps.push_back({t, g});
    std::stable_sort(gaps.begin(), gaps.end(), [&](GapId a, GapId b) {
      return GapAt(problem, a).steps.end > GapAt(problem, b).steps.end;
    });
    for (const GapId id : gaps) {
      const int64_t pages = std::min(state.Excess(step), state.Present(id));
      if (pages > 0) state.SetAbsent(id, state.Absent(id) + pages);
    }
  }
}

}  // namespace imcc
