// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "config/options.h"
#include "mapping/kernel.h"
#include "mapping/predict_timeline.h"
#include "target/target.h"
#include "tiling/tiling.h"

namespace imcc {

/// Cycles each part of the machine works for some kernels.
struct ResourceCycles {
  double mvm = 0, load = 0, vector = 0, depthwise = 0;
  double copies = 0;  // Over the activation port, L2 <-> L1.
  double ddr = 0;

  double longest() const;
  ResourceCycles operator*(double factor) const;
  ResourceCycles& operator+=(const ResourceCycles& other);
};

/// Predicts the cycles of kernels alone and in groups, each engine and link working side by side.
class GroupCost {
 public:
  GroupCost(const MappedNetwork& network, std::vector<KernelDemand> demands, Placement placement,
            const Target& target, const CompilationOptions& options);

  /// What a kernel in its own tiles adds to the frame: it overlaps its neighbours.
  double Alone(size_t kernel) const { return alone_[kernel]; }

  /// A group: its resources, weights reloaded where they do not stay in the sets, the start-up of
  /// every task, and the waves in which the first kernels or the last ones have nothing to do.
  double Of(const TileGroup& group) const;

 private:
  ResourceCycles Engines(size_t kernel) const;
  void AddCopy(BufferId buffer, double bytes, ResourceCycles& sum) const;
  class ArrayTurns;
  /// Work of a kernel of the group in all bands, over that without bands: the halo is in several.
  double ComputedShare(const TileGroup& group, int64_t kernel) const;
  static double HeldShare(const TileGroup& group, size_t line, int64_t width);
  /// Cycles of the array in one round of all kernels, once the sets have seen some.
  double ArrayRound(const TileGroup& group, double stripes) const;

  const MappedNetwork& network_;
  const Target& target_;
  const CompilationOptions& options_;
  std::vector<KernelDemand> demands_;
  Placement placement_;
  std::vector<double> alone_;
};

}  // namespace imcc
