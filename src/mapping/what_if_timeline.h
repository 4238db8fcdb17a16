// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "mapping/timeline.h"

namespace imcc {

/// PredictTimeline() for a search that changes one kernel's demand at a time, in execution order.
/// A change is followed until all engines and tensors that it touched are late (or early) by the
/// same time as in the frame before; from there on the frame is the one before, moved. Engines and
/// tensors of before the change are taken not to bind later, which holds but for long branches:
/// the end is an estimate, and exact again in the next WhatIfTimeline.
class WhatIfTimeline {
 public:
  /// All arguments must outlive it.
  WhatIfTimeline(const MappedNetwork& network, const Placement& placement, const Target& target,
                 const CompilationOptions& options, std::vector<const KernelDemand*> demands);

  /// End of the frame.
  double end() const { return end_; }
  /// The kernel to change next; not before the current one.
  void GoTo(size_t kernel);
  /// The end of the frame if the current kernel asked for this.
  double EndWith(const KernelDemand& demand) { return Follow(demand, false); }
  /// From now on it does.
  void Change(const KernelDemand& demand);

 private:
  /// The machine before a kernel of a frame that ends at `end`.
  struct Moment {
    EngineQueues queues;
    double end = 0;
  };
  /// A kernel's output when the kernel has run, in a frame that ends at `end`.
  struct Published {
    Availability output;
    double end = 0;
  };
  class Ends;

  double Follow(const KernelDemand& demand, bool keep);
  /// The end of the frame if all that the current kernel touched moved by one time, before `next`.
  std::optional<double> EndIfMoved(size_t next) const;
  bool AddQueues(const EngineQueues& then, double end, Ends& ends) const;
  void FindUses();

  const MappedNetwork& network_;
  std::vector<const KernelDemand*> demands_;
  std::vector<size_t> last_reader_;  // By buffer.
  std::vector<size_t> next_writer_;  // Of the same buffer, by kernel.
  Timeline timeline_;                // All kernels before current_.
  size_t current_ = 0;
  double done_ = 0;  // End of the kernels before current_.
  double end_ = 0;
  std::vector<Moment> moments_;       // By kernel: before it.
  std::vector<Published> published_;  // By kernel.
  EngineQueues start_;                // Before current_, while following it.
};

}  // namespace imcc
