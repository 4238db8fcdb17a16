// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "mapping/predict_timeline.h"

#include <algorithm>

#include "mapping/mapping.h"

namespace imcc {

double KernelDemand::mvm() const {
  double tiles = 0;
  for (const ColumnDemand& column : columns) tiles += static_cast<double>(column.loads.size());
  return tiles * mvm_per_tile;
}

namespace {

/// When the pieces of a tensor are complete.
struct Availability {
  double first = 0;
  double last = 0;
};

/// The operands of a kernel in L1.
struct Inflow {
  double first = 0;
  double last = 0;
  double copied = 0;  // Cycles of the copies that bring them there, piece by piece.
};

/// The engines' queues, kernel after kernel.
class Timeline {
 public:
  Timeline(const MappedNetwork& network, const Placement& placement, const Target& target,
           const CompilationOptions& options)
      : network_(network),
        placement_(placement),
        target_(target),
        weight_rate_(WeightBandwidth(target, options)),
        startup_(static_cast<double>(target.fetch.task_startup.count())),
        buffers_(network.buffers.size()),
        sets_(static_cast<size_t>(target.array.weight_sets)) {}

  KernelSpan Add(size_t index, const KernelDemand& demand) {
    const Kernel& kernel = network_.kernels[index];
    Inflow input = Inputs(kernel, demand);
    Work work = demand.columns.empty() ? OneEngine(demand, input) : OnArray(demand, input, index);
    Publish(kernel, demand, work);
    return {work.start, work.output.last};
  }

 private:
  struct Work {
    double start = 0;
    Availability output;
  };

  double TransferCycles(BufferId id, const FeatureMap& map, int64_t pixel_stride) const {
    const bool ddr = placement_.buffers[id.index()] == Region::kDdr;
    const double rate = ddr ? target_.bandwidth.ddr : target_.bandwidth.activations;
    return static_cast<double>(map.pixels() * CopiedBytes(map.channels, pixel_stride)) / rate;
  }

  /// The operands in L1; those that live elsewhere are copied first, piece by piece.
  Inflow Inputs(const Kernel& kernel, const KernelDemand& demand) {
    Inflow all;
    for (const Operand& operand : kernel.inputs) {
      Availability one = buffers_[operand.buffer.index()];
      if (!InL1(operand.buffer)) {
        const double cycles = TransferCycles(operand.buffer, operand.map, operand.pixel_stride);
        const double begin = std::max(link_free_, one.first);
        const double piece = cycles / demand.pieces + startup_;
        link_free_ = std::max(begin + cycles, one.last + piece);
        one = {begin + piece, link_free_};
        all.copied += cycles;
      }
      all.first = std::max(all.first, one.first);
      all.last = std::max(all.last, one.last);
    }
    return all;
  }

  /// Two slots hold a piece each: the third is only copied once the first has been consumed.
  void WaitForSlots(double first_consumed, double pieces, Inflow& input) {
    constexpr double kSlots = 2;
    if (input.copied == 0) return;
    input.last = std::max(
        input.last, first_consumed + input.copied * std::max(pieces - kSlots, 0.0) / pieces);
    link_free_ = std::max(link_free_, input.last);
  }

  Work OneEngine(const KernelDemand& demand, Inflow& input) {
    const bool vector = demand.vector > 0;
    double& free = vector ? vector_free_ : depthwise_free_;
    const double cycles = (vector ? demand.vector : demand.depthwise) + demand.pieces * startup_;
    const double piece = cycles / demand.pieces;
    Work work{.start = std::max(free, input.first), .output = {}};
    WaitForSlots(work.start + piece, demand.pieces, input);
    work.output.last = std::max(work.start + cycles, input.last + piece);
    work.output.first = work.start + piece;
    free = work.output.last;
    return work;
  }

  /// Takes the oldest set; returns when its new weights are there.
  double Load(double cycles, bool from_ddr) {
    const double begin = std::max(loader_free_, sets_[next_set_]);
    const double rate = target_.bandwidth.ddr;
    loader_free_ =
        begin + (from_ddr ? std::max(cycles, cycles * weight_rate_ / rate) : cycles) + startup_;
    return loader_free_;
  }
  void Release(double time) {
    sets_[next_set_] = time;
    next_set_ = (next_set_ + 1) % sets_.size();
  }

  /// Tiles that come and go through L1 keep all weight sets until the last one.
  bool RowsOutside(const KernelDemand& demand, const Kernel& kernel) const {
    return demand.rows_outside && LivesInL1(kernel);
  }
  bool LivesInL1(const Kernel& kernel) const {
    bool in_l1 = InL1(kernel.output.buffer);
    for (const Operand& operand : kernel.inputs) in_l1 = in_l1 && InL1(operand.buffer);
    return in_l1;
  }
  bool InL1(BufferId id) const { return placement_.buffers[id.index()] == Region::kL1; }

  /// Tiles a kernel is cut into because its tensors do not live in L1: half of it holds one tile of
  /// each operand, twice.
  int64_t TilesThroughL1(const Kernel& kernel) const {
    if (LivesInL1(kernel)) return 1;
    const FeatureMap& out = kernel.output.box;
    int64_t bytes = out.pixels() * RoundUp(out.channels, target_.pword);
    for (const Operand& operand : kernel.inputs)
      bytes += operand.map.pixels() * operand.pixel_stride;
    constexpr int64_t kBuffers = 2;
    return std::max<int64_t>(CeilDiv(kBuffers * bytes, target_.l1.usable().count() / 2), 1);
  }

  Work OnArray(const KernelDemand& demand, Inflow& input, size_t index) {
    const bool from_ddr = placement_.weights_in_ddr[index];
    const bool rows_outside = RowsOutside(demand, network_.kernels[index]);
    const int64_t tiles_through_l1 = TilesThroughL1(network_.kernels[index]);
    Work work;
    const double piece_mvm = demand.mvm_per_tile / demand.pieces + startup_;
    const double drains = static_cast<double>(demand.columns.size()) * demand.pieces;
    const double drain = demand.vector / drains + startup_;
    bool first = true;
    for (const ColumnDemand& column : demand.columns) {
      const auto tiles = static_cast<double>(column.loads.size());
      double array = 0;  // End of this column tile's products.
      double begin = 0;
      double first_drain = 0;
      if (rows_outside || column.loads.size() > sets_.size()) {
        // Blocks fit the accumulators and end where a tile in L1 does.
        const int64_t blocks = RoundUp(column.blocks, tiles_through_l1);
        const double mvm = demand.mvm_per_tile / static_cast<double>(blocks);
        const size_t count = column.loads.size();
        const bool turns = demand.columns.size() == 1 || tiles_through_l1 == 1;
        for (size_t i = 0; i < count * static_cast<size_t>(blocks); ++i) {
          // There and back: the tiles used last are still there when a block turns round.
          const bool loaded = i < count || !turns || i % count >= sets_.size();
          const double there = loaded ? Load(column.loads[i % count], from_ddr) : 0;
          const double start = std::max({array_free_, there, input.first});
          if (i == 0) begin = start;
          if (i < count) first_drain = start + piece_mvm;
          array_free_ = start + mvm + startup_;
          if (loaded) Release(array_free_);
        }
        array = array_free_;
      } else {
        double there = 0;
        for (size_t i = 0; i < column.loads.size(); ++i) {
          there = Load(column.loads[i], from_ddr);
          if (i == 0) begin = std::max({array_free_, there, input.first});
          Release(there);  // Until the end of the column tile is known.
        }
        first_drain = std::max(begin + tiles * piece_mvm, there + piece_mvm);
        array = std::max(begin + tiles * demand.pieces * piece_mvm, first_drain);
        array = std::max(array, there + (demand.pieces - 1) * tiles * piece_mvm + piece_mvm);
        for (size_t i = 0; i < column.loads.size(); ++i)
          sets_[(next_set_ + sets_.size() - 1 - i) % sets_.size()] = array;
        array_free_ = array;
      }
      if (first) WaitForSlots(begin + tiles * piece_mvm, demand.pieces, input);
      // The last piece of the input is multiplied with every tile once more.
      array_free_ = array = std::max(array, input.last + tiles * piece_mvm);
      const double drained = std::max(vector_free_, first_drain);
      if (first) work.start = begin;
      first = false;
      vector_free_ = std::max(drained + demand.pieces * drain, array + drain);
      work.output.first = drained + drain;
      work.output.last = vector_free_;
    }
    return work;
  }

  /// The output is there for its readers; one that lives outside L1 is copied there first.
  void Publish(const Kernel& kernel, const KernelDemand& demand, Work& work) {
    const BufferId id = kernel.output.buffer;
    if (!InL1(id)) {
      const double cycles = TransferCycles(id, kernel.output.box, kernel.output.pixel_stride);
      const double piece = cycles / demand.pieces + startup_;
      const double begin = std::max(link_free_, work.output.first);
      link_free_ = std::max(begin + cycles, work.output.last + piece);
      work.output = {begin + piece, link_free_};
    }
    Availability& buffer = buffers_[id.index()];
    buffer.first = std::max(buffer.first, work.output.first);
    buffer.last = std::max(buffer.last, work.output.last);
  }

  const MappedNetwork& network_;
  const Placement& placement_;
  const Target& target_;
  const double weight_rate_;
  const double startup_;
  std::vector<Availability> buffers_;
  std::vector<double> sets_;  // When the weights in each set are no longer needed.
  size_t next_set_ = 0;
  double loader_free_ = 0, array_free_ = 0, vector_free_ = 0, depthwise_free_ = 0, link_free_ = 0;
};

}  // namespace

std::vector<KernelSpan> PredictTimeline(const MappedNetwork& network,
                                        const std::vector<KernelDemand>& demands,
                                        const Placement& placement, const Target& target,
                                        const CompilationOptions& options) {
  Timeline timeline(network, placement, target, options);
  std::vector<KernelSpan> spans;
  for (size_t i = 0; i < demands.size(); ++i) spans.push_back(timeline.Add(i, demands[i]));
  return spans;
}

}  // namespace imcc
