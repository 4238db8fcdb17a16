// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/choose_range.h"

#include "quantize/grid_error.h"
#include "quantize/search_range.h"

namespace imcc {
namespace {

/// Values are left out where that makes the loss so many times smaller: 0.1 dB. Below that it is
/// chance, and the values are missed.
constexpr double kPays = 1.0233;
/// PyTorch's range stands unless its loss is this many times the least one: 1 dB.
constexpr double kWorthIt = 1.2589;
/// Each end is moved towards zero in steps of a sixteenth of an octave, six octaves at most; the
/// best place of one depends on the other. A product, since exp2 differs from CPU to CPU.
constexpr double kStepFactor = 0.95760328069857365;
constexpr int kMostSteps = 6 * 16;
constexpr int kRounds = 3;

struct Candidate {
  Interval<float> range;
  double loss = 0;
};

/// `end` is that of the candidate which moves.
Candidate MoveEnd(const GrowingHistogram& histogram, Candidate best, float Interval<float>::*end) {
  double place = static_cast<double>(histogram.seen().*end);
  Candidate trial = best;
  for (int step = 0; step <= kMostSteps; ++step, place *= kStepFactor) {
    trial.range.*end = static_cast<float>(place);
    const GridError error = FindGridError(histogram, trial.range);
    trial.loss = error.loss();
    if (trial.loss < best.loss) best = trial;
    // Farther in even more is clipped.
    if (GridError{.clipping = error.clipping}.loss() > best.loss) break;
  }
  return best;
}

Candidate FindLeastLoss(const GrowingHistogram& histogram, Candidate best) {
  for (int round = 0; round < kRounds; ++round) {
    const double before = best.loss;
    if (histogram.seen().begin < 0) best = MoveEnd(histogram, best, &Interval<float>::begin);
    if (histogram.seen().end > 0) best = MoveEnd(histogram, best, &Interval<float>::end);
    if (best.loss == before) break;
  }
  return best;
}

}  // namespace

Interval<float> ChooseRange(const GrowingHistogram& histogram) {
  const Interval<float> seen = histogram.seen();
  if (seen.begin > seen.end) return {0, 0};
  if (histogram.bins().empty()) return seen;
  const auto candidate = [&](Interval<float> range) {
    return Candidate{range, FindGridError(histogram, range).loss()};
  };
  const Candidate whole = candidate(seen);
  const Candidate searched = candidate(SearchRange(histogram));
  const Candidate& start = whole.loss > kPays * searched.loss ? searched : whole;
  const Candidate least = FindLeastLoss(histogram, whole);
  return start.loss > kWorthIt * least.loss ? least.range : start.range;
}

}  // namespace imcc
