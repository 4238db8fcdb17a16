// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "offsets/best_fit.h"
#include "offsets/branch_and_bound.h"
#include "offsets/hill_climb.h"
#include "offsets/offsets.h"

namespace imcc {

namespace {

/// Hill-climbing first gets this many steps for each buffer. That is for the loose problems, which
/// it solves at once; the exact search is faster on tight ones.
constexpr int64_t kFirstClimbStepsPerBuffer = 5000;

/// One attempt, of either method, gets at most one in this many of the steps that are left.
constexpr int64_t kAttemptShare = 4;

/// Above this many colliding pairs (160 MB of lists) only best-fit is tried.
constexpr size_t kMaxPairs = 20'000'000;

/// A number that divides every offset of some lowest plan: buffers pushed down until they rest on
/// each other stand at sums of sizes, rounded up to alignments.
int64_t GrainOf(const std::vector<Placeable>& buffers) {
  int64_t grain = 0;
  for (const Placeable& buffer : buffers) grain = std::gcd(grain, buffer.size.count());
  for (bool changed = true; changed;) {
    changed = false;
    for (const Placeable& buffer : buffers) {
      const int64_t alignment = buffer.alignment.count();
      if (grain % alignment == 0 || alignment % grain == 0) continue;
      grain = std::gcd(grain, alignment);
      changed = true;
    }
  }
  return grain;
}

/// Buffers that no gap in time separates, all of positive size.
class GroupPlanner {
 public:
  GroupPlanner(std::vector<Placeable> buffers, const OffsetOptions& options, StepBudget& budget)
      : buffers_(std::move(buffers)),
        options_(options),
        budget_(budget),
        grain_(GrainOf(buffers_)),
        sections_(CutIntoSections(buffers_, options.tricks.only_maximal_sections)) {
    lower_bound_ = *std::max_element(sections_.live.begin(), sections_.live.end());
    Offer(PlaceBestFit(buffers_, budget_), OffsetPhase::kBestFit);
  }

  /// Works until the peak is within the goal or nothing is left to try. With `lower`, a goal that
  /// cannot be reached is replaced by the lowest peak that can be found.
  void Reach(Bytes goal, bool lower) {
    if (peak_ <= goal || (lower_bound_ > goal && !lower) || budget_.Exhausted()) return;
    const auto pairs = static_cast<size_t>(std::min<int64_t>(budget_.left(), kMaxPairs));
    neighbors_ = FindNeighbors(sections_, pairs);
    if (!neighbors_) return;
    const int64_t first = kFirstClimbStepsPerBuffer * static_cast<int64_t>(buffers_.size());
    Climb(goal, std::min(first, Share()));
    if (!options_.branch_and_bound) return;
    if (lower)
      Lower(goal);
    else if (peak_ > goal)
      Search(goal, budget_.left());
  }

  Bytes peak() const { return peak_; }
  Bytes lower_bound() const { return lower_bound_; }
  OffsetPhase phase() const { return phase_; }
  const std::vector<Bytes>& offsets() const { return offsets_; }

 private:
  /// The next possible peak above `capacity`.
  Bytes NextGrain(Bytes capacity) const { return Bytes((capacity.count() / grain_ + 1) * grain_); }

  void Offer(std::vector<Bytes> offsets, OffsetPhase phase) {
    const Bytes peak = PeakOf(buffers_, offsets);
    if (!offsets_.empty() && peak >= peak_) return;
    offsets_ = std::move(offsets);
    peak_ = peak;
    phase_ = phase;
  }

  /// Steps for the next attempt.
  int64_t Share() const { return CeilDiv(budget_.left(), kAttemptShare); }

  void Climb(Bytes goal, int64_t steps) {
    StepBudget share(steps);
    Offer(ClimbHill(buffers_, sections_, *neighbors_, goal, options_.hill_climb, share),
          OffsetPhase::kHillClimb);
    budget_.Spend(static_cast<size_t>(share.used()));
  }

  /// Searches for the goal itself. If that is neither found nor disproved, climbs longer. Then has
  /// the exact search halve the distance between the peak and what failed, again and again.
  void Lower(Bytes goal) {
    Bytes failed_below = std::max(goal, lower_bound_);
    Bytes attempt = failed_below;
    bool climbed = !options_.hill_climb;
    while (peak_ > failed_below && !budget_.Exhausted()) {
      Search(attempt, Share());
      if (peak_ > attempt) failed_below = std::max(NextGrain(attempt), lower_bound_);
      const bool open = peak_ > attempt && lower_bound_ <= attempt;
      if (open && !std::exchange(climbed, true)) Climb(failed_below, Share());
      const int64_t distance = std::max<int64_t>(0, (peak_ - failed_below).count() / 2);
      attempt = std::max(failed_below, Bytes((failed_below.count() + distance) / grain_ * grain_));
    }
  }

  void Search(Bytes capacity, int64_t steps) {
    StepBudget share(steps);
    SearchResult result =
        SearchOffsets(buffers_, sections_, *neighbors_, capacity, options_.tricks, share);
    budget_.Spend(static_cast<size_t>(share.used()));
    if (result.outcome == SearchResult::Outcome::kFound)
      Offer(std::move(result.offsets), OffsetPhase::kBranchAndBound);
    if (result.outcome == SearchResult::Outcome::kProvedImpossible)
      lower_bound_ = std::max(lower_bound_, NextGrain(capacity));
  }

  const std::vector<Placeable> buffers_;
  const OffsetOptions& options_;
  StepBudget& budget_;
  const int64_t grain_;
  const Sections sections_;
  std::optional<Neighbors> neighbors_;
  std::vector<Bytes> offsets_;
  Bytes peak_;
  Bytes lower_bound_;
  OffsetPhase phase_ = OffsetPhase::kBestFit;
};

/// Groups of buffers to be planned on their own. Those without bytes stay where they are, at 0.
std::vector<std::vector<size_t>> GroupsOf(const std::vector<Placeable>& buffers, bool split) {
  std::vector<size_t> sized;
  for (size_t i = 0; i < buffers.size(); ++i)
    if (buffers[i].size.count() > 0) sized.push_back(i);
  if (sized.empty()) return {};
  if (!split) return {sized};
  std::vector<Placeable> chosen;
  for (const size_t i : sized) chosen.push_back(buffers[i]);
  std::vector<std::vector<size_t>> groups = SplitAtGaps(chosen);
  for (std::vector<size_t>& group : groups)
    for (size_t& index : group) index = sized[index];
  return groups;
}

/// Puts the plan of one group into that of all.
void Adopt(const GroupPlanner& group, const std::vector<size_t>& members, OffsetPlan& plan) {
  for (size_t i = 0; i < members.size(); ++i) plan.offsets[members[i]] = group.offsets()[i];
  plan.peak = std::max(plan.peak, group.peak());
  plan.lower_bound = std::max(plan.lower_bound, group.lower_bound());
  plan.phase = std::max(plan.phase, group.phase());
}

OffsetPlan::Verdict Judge(const OffsetPlan& plan, Bytes capacity) {
  if (capacity == kLowestPeak || plan.peak <= capacity) return OffsetPlan::Verdict::kFits;
  return plan.lower_bound > capacity ? OffsetPlan::Verdict::kImpossible
                                     : OffsetPlan::Verdict::kGaveUp;
}

}  // namespace

const char* NameOf(OffsetPhase phase) {
  return phase == OffsetPhase::kBestFit     ? "best-fit"
         : phase == OffsetPhase::kHillClimb ? "hill-climb"
                                            : "branch-and-bound";
}

OffsetPlan PlanOffsets(const std::vector<Placeable>& buffers, Bytes capacity,
                       const OffsetOptions& options) {
  const Status valid = CheckPlaceables(buffers);
  IMCC_CHECK(valid.ok(), valid.error().message);
  StepBudget budget(options.max_steps);
  OffsetPlan plan;
  plan.offsets.resize(buffers.size());
  const bool lower = capacity == kLowestPeak;
  Bytes goal = lower ? MostLiveBytes(buffers).most : capacity;
  for (const std::vector<size_t>& members : GroupsOf(buffers, options.tricks.split_at_gaps)) {
    std::vector<Placeable> chosen;
    for (const size_t i : members) chosen.push_back(buffers[i]);
    GroupPlanner group(std::move(chosen), options, budget);
    // One group that is known to fail is enough.
    if (lower || plan.lower_bound <= goal) group.Reach(goal, lower);
    if (lower) goal = std::max(goal, group.lower_bound());
    Adopt(group, members, plan);
  }
  plan.verdict = Judge(plan, capacity);
  plan.steps = budget.used();
  const Status verdict = Verify(buffers, plan);
  IMCC_CHECK(verdict.ok(), verdict.error().message);
  return plan;
}

}  // namespace imcc
