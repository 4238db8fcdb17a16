// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>
#include <vector>

#include "mapping/mapping.h"
#include "mapping/predict_timeline.h"
#include "mapping/weight_sets.h"

namespace imcc {

/// When the pieces of a tensor are complete.
struct Availability {
  double first = 0;
  double last = 0;
};

/// Until when each engine and link is busy, and the weights in the array.
struct EngineQueues {
  WeightSets residency;
  std::vector<double> released;  // When the weights in each set are no longer needed.
  double ddr = 0, chunks = 0;    // Weights streamed from DDR.
  double loader = 0, array = 0, vector = 0, depthwise = 0, link = 0;
};

/// The engines' queues, kernel after kernel (see PredictTimeline).
class Timeline {
 public:
  Timeline(const MappedNetwork& network, const Placement& placement, const Target& target,
           const CompilationOptions& options);

  KernelSpan Add(size_t index, const KernelDemand& demand);
  /// A group starts with its inputs, when the array is free, and has all engines to itself.
  KernelSpan AddGroup(const PredictedGroup& group);

  const EngineQueues& queues() const { return now_; }
  const Availability& available(BufferId id) const { return buffers_[id.index()]; }

  /// From here to Rollback() nothing counts.
  void BeginTrial();
  void Rollback();

 private:
  /// The operands of a kernel in L1.
  struct Inflow {
    double first = 0;
    double last = 0;
    double copied = 0;  // Cycles of the copies that bring them there, piece by piece.
  };
  struct Work {
    double start = 0;
    Availability output;
  };
  /// One visit of a column tile: some of the kernel's pixels multiplied with all its row tiles.
  struct Visit {
    size_t kernel = 0;
    const ColumnDemand* column = nullptr;
    size_t first_tile = 0;  // Number of its first row tile in the kernel.
    bool backwards = false;
    double mvm = 0;     // Of one row tile.
    double pieces = 1;  // In which the pixels come and go.
    double input = 0;   // When the first piece is there.
  };
  struct Product {
    double begin = 0, first_drain = 0, end = 0;
  };

  double TransferCycles(BufferId id, const FeatureMap& map, int64_t pixel_stride) const;
  /// The operands in L1; those that live elsewhere are copied first, piece by piece.
  Inflow Inputs(const Kernel& kernel, const KernelDemand& demand);
  /// Two slots hold a piece each: the third is only copied once the first has been consumed.
  void WaitForSlots(double first_consumed, double pieces, Inflow& input);
  Work OneEngine(const KernelDemand& demand, Inflow& input);
  bool LivesInL1(const Kernel& kernel) const;
  bool InL1(BufferId id) const;
  /// Tiles a kernel is cut into because its tensors do not live in L1: half of it holds one tile of
  /// each operand, twice.
  int64_t TilesThroughL1(const Kernel& kernel) const;
  /// Puts a row tile into a set as the emitter will. Returns when it is there.
  double Load(const Visit& visit, size_t row, size_t& set);
  /// Through chunks in L1: the copy runs ahead of the load by about one tile, and the load follows
  /// it chunk by chunk.
  double LoadFromDdr(double cycles, double set_free);
  bool AllStay(const ColumnDemand& column) const;
  /// Row tiles outside: each is multiplied with all pixels of the visit and then given up.
  Product RowsOutside(const Visit& visit);
  /// Pieces outside: all row tiles stay until the last piece is done.
  Product PiecesOutside(const Visit& visit);
  /// The visits of one column tile while one tile of the kernel is in L1.
  Product MultiplyColumn(Visit& visit, int64_t blocks, bool rows_outside);
  Work OnArray(const KernelDemand& demand, Inflow& input, size_t index);
  /// The output is there for its readers; one that lives outside L1 is copied there first.
  void Publish(const Kernel& kernel, const KernelDemand& demand, Work& work);
  void Set(BufferId id, const Availability& availability);

  const MappedNetwork& network_;
  const Placement& placement_;
  const Target& target_;
  const Bytes l1_;
  const double weight_rate_;
  const double startup_;
  std::vector<Availability> buffers_;
  EngineQueues now_;
  bool on_trial_ = false;
  EngineQueues before_trial_;
  std::vector<std::pair<BufferId, Availability>> undo_;  // Oldest first.
};

}  // namespace imcc
