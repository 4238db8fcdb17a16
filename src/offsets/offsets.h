// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "base/units.h"

namespace imcc {

/// A buffer that needs a place in one memory, contiguous and the same for its whole life.
struct Placeable {
  Interval<int64_t> life;  // In any unit of time; never empty.
  Bytes size;              // At least 0.
  Bytes alignment{1};      // Its offset is a multiple of this; at least 1.
};

/// What makes the exact search fast. Each one may be off: the search stays complete, only slower.
struct SearchTricks {
  /// Times that no buffer spans cut the problem into independent ones.
  bool split_at_gaps = true;
  /// A moment whose live buffers are all live at another moment too constrains nothing.
  bool only_maximal_sections = true;
  /// Any plan can be pushed down until every buffer rests on another one or on 0 (Moffitt's
  /// "canonical" solutions): place in order of offset, then only one order per plan is looked at.
  bool canonical_order = true;
  /// A buffer above the place where another one would still fit whole leaves a gap for nothing.
  bool skip_dominated = true;
  /// In each section the rest must be stacked above the lowest offset each buffer can still have:
  /// one machine with release dates, whose shortest makespan is known (earliest release first).
  bool stack_by_release = true;
  /// A buffer that lies below the current offset can only rise: onto a buffer not yet placed.
  bool raise_unsupported = true;
  /// The same buffers placed under the same skyline end the same way, in whatever order.
  bool remember_dead_ends = true;
  /// Buffers with the same life, size and alignment can be swapped: place them in one order.
  bool order_twins = true;
  /// Several static orders in turn with growing budgets: one of them is usually lucky.
  bool several_orders = true;

  /// The search by which these are: fast where many buffers are live at once and space is loose.
  bool bottom_up = true;

  // Of a second search, which takes turns with the first (tightest_first.h).

  /// The canonical order fills all times evenly, and a mistake at one time is found only after all
  /// orders at the others have been tried. The second search stays where the trouble is.
  bool tightest_first = true;
  /// Go on in the section where fewest buffers can be the lowest, not at the lowest offset.
  bool tightest_section = true;
  /// Sections that failed often, and lately, count as tighter.
  bool blame_sections = true;
  /// What is placed may leave parts that share no time: one that fails does not undo the others.
  bool split_in_parts = true;
  /// A buffer that leaves no room for the rest of a section lies above one of them.
  bool not_first = true;
  /// Beside a step of the skyline, buffers that end or begin there must add up to its height.
  bool fillable_walls = true;
  /// Place first what leaves the skyline fewer steps: few steps are easy to fill.
  bool close_corners = true;
  /// Early mistakes cost most: begin anew, in another order, with budgets that grow.
  bool restart = true;
};

/// How much to try. Effort is counted in steps (one look at one buffer), never in seconds: the same
/// input gives the same plan on every machine.
struct OffsetOptions {
  int64_t max_steps = int64_t{20'000'000'000};
  bool hill_climb = true;
  bool branch_and_bound = true;
  SearchTricks tricks;
};

/// What found the offsets.
enum class OffsetPhase { kBestFit, kHillClimb, kBranchAndBound };
const char* NameOf(OffsetPhase phase);

struct OffsetPlan {
  enum class Verdict {
    kFits,        // Within the capacity; without one: as low as was found.
    kImpossible,  // Proved: no offsets within the capacity exist.
    kGaveUp,      // The steps ran out. The offsets are valid but exceed the capacity.
  };
  Verdict verdict = Verdict::kGaveUp;
  std::vector<Bytes> offsets;  // By buffer. Always valid, if need be above the capacity.
  Bytes peak;                  // Highest byte used.
  Bytes lower_bound;           // No plan can have a lower peak.
  OffsetPhase phase = OffsetPhase::kBestFit;
  int64_t steps = 0;

  bool optimal() const { return peak == lower_bound; }
};

/// A capacity of PlanOffsets: none, so that the peak is to be as low as possible.
inline constexpr Bytes kLowestPeak{-1};

/// Steps worth spending where any peak will do, about a second: what is not found by then is
/// seldom more than a few percent lower.
inline constexpr int64_t kLowestPeakSteps = 200'000'000;

/// Largest sum of all sizes and alignments, so that no offset can overflow.
inline constexpr Bytes kMaxTotalSize{int64_t{1} << 60};

/// In: any buffers that CheckPlaceables accepts. Out: an offset for each, such that no two overlap
/// in space and time and the peak is within `capacity`: best-fit, then hill-climbing, then
/// branch-and-bound, until one of them succeeds. Pure and deterministic.
OffsetPlan PlanOffsets(const std::vector<Placeable>& buffers, Bytes capacity,
                       const OffsetOptions& options = {});

/// What is wrong with a buffer: an empty life, a negative size, an alignment below 1, or sizes that
/// overflow in sum. The error's subject names the buffer by its number.
Status CheckPlaceables(const std::vector<Placeable>& buffers);

/// Most bytes live at one time, and when that is first the case.
struct LiveBytes {
  Bytes most;
  int64_t when = 0;
};
LiveBytes MostLiveBytes(const std::vector<Placeable>& buffers);

/// Judge: every offset aligned and not negative, no two buffers overlap in space and time, peak as
/// stated. Pair by pair for up to kPairwiseLimit buffers, above that along time. An error names the
/// buffers by `names`, or by their numbers.
Status Verify(const std::vector<Placeable>& buffers, const OffsetPlan& plan,
              const std::vector<std::string>& names = {});
inline constexpr size_t kPairwiseLimit = 10'000;

}  // namespace imcc
