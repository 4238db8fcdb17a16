// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "quantize/round_adaptively.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/parallel.h"

namespace imcc {
namespace {

/// Added to the diagonal, as a share of its mean: the default of OPTQ. Moments of a sample know
/// nothing of some directions, which must not look free.
constexpr double kDamping = 0.01;
/// A flip has to gain more than this share of what it moves: sums have rounding errors, and the
/// descent must end.
constexpr double kLeastGain = 1e-9;
/// Rows that are eliminated together: 64 of them fit the L2 cache.
constexpr size_t kPanel = 64;

double Dot(const double* a, const double* b, size_t count) {
  // Several lanes, because one running sum is a chain of dependent instructions.
  constexpr size_t kLanes = 8;
  double lanes[kLanes] = {};
  size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (size_t lane = 0; lane < kLanes; ++lane) lanes[lane] += a[i + lane] * b[i + lane];
  }
  for (; i < count; ++i) lanes[0] += a[i] * b[i];
  return std::accumulate(lanes, lanes + kLanes, 0.0);
}

/// to -= factor * from.
void Subtract(double* to, double factor, const double* from, size_t count) {
  for (size_t i = 0; i < count; ++i) to[i] -= factor * from[i];
}

/// Upper triangle U with U'U = a, in the place of a (positive definite), a panel of rows at a time.
void Factor(std::vector<double>& a, size_t n, int64_t threads) {
  const auto eliminate = [&](size_t i, size_t k) {
    Subtract(&a[k * n + k], a[i * n + k], &a[i * n + k], n - k);
  };
  for (size_t first = 0; first < n; first += kPanel) {
    const size_t end = std::min(first + kPanel, n);
    for (size_t i = first; i < end; ++i) {
      const double pivot = std::sqrt(a[i * n + i]);
      for (size_t j = i; j < n; ++j) a[i * n + j] /= pivot;
      for (size_t k = i + 1; k < end; ++k) eliminate(i, k);
    }
    const auto rest = static_cast<int64_t>(n - end);
    ForEachIndex(rest, n > 2 * kPanel ? threads : 1, [&](int64_t row) {
      for (size_t i = first; i < end; ++i) eliminate(i, end + static_cast<size_t>(row));
    });
  }
}

}  // namespace

/// One output channel being rounded, in the order of the matrix.
struct AdaptiveRounding::Channel {
  std::vector<double> ideal;
  std::vector<double> low;  // The two choices, equal where the ideal is an integer.
  std::vector<double> high;
  std::vector<double> error;  // ideal - choice.
  std::vector<double> slope;  // moments * error.
};

AdaptiveRounding::AdaptiveRounding(std::vector<double> moments, int64_t taps, int64_t threads)
    : taps_(static_cast<size_t>(taps)), order_(taps_), moments_(moments.size()) {
  std::iota(order_.begin(), order_.end(), 0);
  std::stable_sort(order_.begin(), order_.end(), [&](size_t a, size_t b) {
    return moments[a * taps_ + a] < moments[b * taps_ + b];
  });
  double trace = 0;
  for (size_t i = 0; i < taps_; ++i) trace += moments[i * taps_ + i];
  const double damping = kDamping * trace / static_cast<double>(taps_);
  for (size_t i = 0; i < taps_; ++i) {
    for (size_t j = 0; j < taps_; ++j)
      moments_[i * taps_ + j] = moments[order_[i] * taps_ + order_[j]];
    moments_[i * taps_ + i] += damping;
  }
  if (!(trace > 0)) return;  // Nothing ever comes in: any rounding is as good.
  factor_ = moments_;
  Factor(factor_, taps_, threads);
}

void AdaptiveRounding::Round(const double* ideal, int64_t channels, int8_t* rounded) const {
  std::vector<Channel> best(static_cast<size_t>(channels));
  for (size_t n = 0; n < best.size(); ++n) {
    Channel& channel = best[n];
    for (const size_t tap : order_) {
      const double t = std::clamp(ideal[n * taps_ + tap], -127.0, 127.0);
      channel.ideal.push_back(t);
      channel.low.push_back(std::floor(t));
      channel.high.push_back(std::ceil(t));
      channel.error.push_back(t - std::nearbyint(t));
    }
  }
  if (!factor_.empty()) {
    std::vector<Channel> fed_back = best;
    FeedBack(fed_back);
    for (std::vector<Channel>* const start : {&best, &fed_back}) {
      FindSlopes(*start);
      for (Channel& channel : *start) Descend(channel);
    }
    for (size_t n = 0; n < best.size(); ++n) {
      if (Error(fed_back[n]) < Error(best[n])) best[n] = std::move(fed_back[n]);
      while (FlipPairs(best[n])) Descend(best[n]);
    }
  }
  for (size_t n = 0; n < best.size(); ++n) {
    for (size_t i = 0; i < taps_; ++i)
      rounded[n * taps_ + order_[i]] =
          static_cast<int8_t>(std::nearbyint(best[n].ideal[i] - best[n].error[i]));
  }
}

/// Error = sum over i of (sum over j >= i of U_ij d_j)^2: from the last row up, each weight takes
/// the side that brings its own term nearest to zero.
void AdaptiveRounding::FeedBack(std::vector<Channel>& channels) const {
  for (size_t i = taps_; i-- > 0;) {
    const double* const row = &factor_[i * taps_];
    for (Channel& c : channels) {
      const double others = Dot(row + i + 1, c.error.data() + i + 1, taps_ - i - 1) / row[i];
      const double choice = std::nearbyint(c.ideal[i] + others);
      c.error[i] = c.ideal[i] - std::clamp(choice, c.low[i], c.high[i]);
    }
  }
}

void AdaptiveRounding::FindSlopes(std::vector<Channel>& channels) const {
  for (Channel& c : channels) c.slope.resize(taps_);
  for (size_t i = 0; i < taps_; ++i) {
    for (Channel& c : channels) c.slope[i] = Dot(&moments_[i * taps_], c.error.data(), taps_);
  }
}

/// Single weights, until none helps.
void AdaptiveRounding::Descend(Channel& channel) const {
  while (FlipSingles(channel)) {
  }
}

namespace {

/// What the error of a weight changes by when it takes its other side: -1, 1, or 0 if it has none.
double Move(double ideal, double low, double high, double error) {
  if (low == high) return 0;
  return ideal - error < (low + high) / 2 ? -1 : 1;
}

}  // namespace

void AdaptiveRounding::Flip(Channel& c, size_t i) const {
  const double move = Move(c.ideal[i], c.low[i], c.high[i], c.error[i]);
  c.error[i] += move;
  Subtract(c.slope.data(), -move, &moments_[i * taps_], taps_);
}

bool AdaptiveRounding::FlipSingles(Channel& c) const {
  bool changed = false;
  for (size_t i = 0; i < taps_; ++i) {
    const double move = Move(c.ideal[i], c.low[i], c.high[i], c.error[i]);
    const double own = moments_[i * taps_ + i];
    if (move == 0 || 2 * move * c.slope[i] + own > -kLeastGain * own) continue;
    Flip(c, i);
    changed = true;
  }
  return changed;
}

/// One sweep over pairs: a weight and the partner that together with it gains most.
bool AdaptiveRounding::FlipPairs(Channel& c) const {
  std::vector<double> move(taps_);
  std::vector<double> change(taps_);  // Of the error, by a flip alone.
  const auto weigh = [&] {
    for (size_t i = 0; i < taps_; ++i) {
      move[i] = Move(c.ideal[i], c.low[i], c.high[i], c.error[i]);
      change[i] = 2 * move[i] * c.slope[i] + moments_[i * taps_ + i];
    }
  };
  weigh();
  bool changed = false;
  for (size_t i = 0; i < taps_; ++i) {
    if (move[i] == 0) continue;
    const double* const row = &moments_[i * taps_];
    size_t partner = i;
    double least = -kLeastGain * row[i];
    for (size_t j = 0; j < taps_; ++j) {
      if (j == i || move[j] == 0) continue;
      const double both = change[i] + change[j] + 2 * move[i] * move[j] * row[j];
      if (both >= least) continue;
      least = both;
      partner = j;
    }
    if (partner == i) continue;
    Flip(c, i);
    Flip(c, partner);
    weigh();
    changed = true;
  }
  return changed;
}

double AdaptiveRounding::Error(const Channel& channel) const {
  return Dot(channel.error.data(), channel.slope.data(), taps_);
}

double AdaptiveRounding::Error(const double* ideal, const int8_t* rounded) const {
  std::vector<double> error;
  for (const size_t tap : order_) error.push_back(ideal[tap] - rounded[tap]);
  double sum = 0;
  for (size_t i = 0; i < taps_; ++i)
    sum += error[i] * Dot(&moments_[i * taps_], error.data(), taps_);
  return sum;
}

}  // namespace imcc
