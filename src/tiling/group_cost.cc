// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "tiling/group_cost.h"

#include <algorithm>

#include "mapping/mapping.h"
#include "mapping/weight_sets.h"
#include "tiling/group_rules.h"

namespace imcc {

namespace {

double Bytes64(int64_t pixels, int64_t bytes) { return static_cast<double>(pixels * bytes); }

}  // namespace

double ResourceCycles::longest() const {
  return std::max({mvm, load, vector, depthwise, copies, ddr});
}

ResourceCycles ResourceCycles::operator*(double factor) const {
  return {mvm * factor,       load * factor,   vector * factor,
          depthwise * factor, copies * factor, ddr * factor};
}

ResourceCycles& ResourceCycles::operator+=(const ResourceCycles& other) {
  mvm += other.mvm;
  load += other.load;
  vector += other.vector;
  depthwise += other.depthwise;
  copies += other.copies;
  ddr += other.ddr;
  return *this;
}

GroupCost::GroupCost(const MappedNetwork& network, std::vector<KernelDemand> demands,
                     Placement placement, const Target& target, const CompilationOptions& options)
    : network_(network),
      target_(target),
      options_(options),
      demands_(std::move(demands)),
      placement_(std::move(placement)) {
  double reached = 0;
  for (const KernelSpan& span : PredictTimeline(network, demands_, placement_, target, options)) {
    alone_.push_back(std::max(span.end - reached, 0.0));
    reached = std::max(reached, span.end);
  }
}

ResourceCycles GroupCost::Engines(size_t kernel) const {
  const KernelDemand& demand = demands_[kernel];
  ResourceCycles cycles{
      .mvm = demand.mvm(), .vector = demand.vector, .depthwise = demand.depthwise};
  const double rate = WeightBandwidth(target_, options_);
  for (size_t t = 0; t < demand.tile_bytes.size(); ++t) {
    const auto bytes = static_cast<double>(demand.tile_bytes[t].count());
    cycles.load += bytes / rate;
    if (placement_.streamed[kernel][t]) cycles.ddr += bytes / target_.bandwidth.ddr;
  }
  return cycles;
}

void GroupCost::AddCopy(BufferId buffer, double bytes, ResourceCycles& sum) const {
  const Region region = placement_.buffers[buffer.index()];
  if (region == Region::kL2) sum.copies += bytes / target_.bandwidth.activations;
  if (region == Region::kDdr) sum.ddr += bytes / target_.bandwidth.ddr;
}

/// The array and its loader while kernels take turns: tiles load one after the other, each as soon
/// as its set is free and at the latest when it is to be multiplied. They are visited there and
/// back as the emitter does.
class GroupCost::ArrayTurns {
 public:
  ArrayTurns(const GroupCost& cost, const TileGroup& group, int rounds)
      : cost_(cost),
        sets_(cost.target_.array.weight_sets, cost.target_.array.columns),
        released_(static_cast<size_t>(cost.target_.array.weight_sets)) {
    std::vector<int64_t> turns;
    for (int round = 0; round < rounds; ++round)
      for (int64_t i = 0; i < group.count; ++i)
        turns.push_back(static_cast<int64_t>(group.kernel(i)));
    sets_.Expect(turns);
  }

  void Turn(size_t kernel, double mvm_per_tile, bool backwards) {
    sets_.NextTurn();
    std::vector<std::pair<const ColumnDemand*, double>> tiles;
    for (const ColumnDemand& column : cost_.demands_[kernel].columns)
      for (const double load : column.loads) tiles.emplace_back(&column, load);
    const size_t count = tiles.size();
    const bool there_and_back = count > released_.size();
    for (size_t i = 0; i < count; ++i) {
      const size_t tile = backwards && there_and_back ? count - 1 - i : i;
      const size_t set = Load(kernel, tile, tiles[tile].first->columns, tiles[tile].second);
      array_ += mvm_per_tile + Startup();
      released_[set] = array_;
    }
  }

  double now() const { return array_; }

 private:
  double Startup() const { return static_cast<double>(cost_.target_.fetch.task_startup.count()); }

  size_t Load(size_t kernel, size_t tile, int64_t columns, double cycles) {
    const WeightSets::Choice place =
        sets_.Use(static_cast<int64_t>(kernel), static_cast<int64_t>(tile), columns);
    if (!place.load) return place.set;
    if (cost_.placement_.Streams(kernel, tile))
      cycles *= std::max(
          WeightBandwidth(cost_.target_, cost_.options_) / cost_.target_.bandwidth.ddr, 1.0);
    loader_ = std::max(loader_, released_[place.set]) + Startup() + cycles;
    array_ = std::max(array_, loader_);
    return place.set;
  }

  const GroupCost& cost_;
  WeightSets sets_;
  std::vector<double> released_;
  double loader_ = 0, array_ = 0;
};

double GroupCost::ComputedShare(const TileGroup& group, int64_t kernel) const {
  const Kernel& at = network_.kernels[group.kernel(kernel)];
  const int64_t replicas = at.imc() ? at.imc()->replicas : 1;
  int64_t computed = 0;  // Multiplies, or pixels, of a row.
  for (const Band& band : group.bands) {
    const Interval<int64_t> columns = band.computed[static_cast<size_t>(kernel)];
    computed += CeilDiv(columns.end - columns.begin, replicas);
  }
  return static_cast<double>(computed) /
         static_cast<double>(CeilDiv(at.output.box.width, replicas));
}

double GroupCost::HeldShare(const TileGroup& group, size_t line, int64_t width) {
  int64_t held = 0;
  for (const Band& band : group.bands) held += band.held[line].end - band.held[line].begin;
  return static_cast<double>(held) / static_cast<double>(width);
}

double GroupCost::ArrayRound(const TileGroup& group, double stripes) const {
  constexpr int kRounds = 6;  // The middle two count: the last has no turns after it.
  ArrayTurns turns(*this, group, kRounds);
  double before = 0;
  for (int round = 0; round < kRounds - 1; ++round) {
    if (round == kRounds - 3) before = turns.now();
    for (int64_t i = 0; i < group.count; ++i)
      turns.Turn(group.kernel(i),
                 demands_[group.kernel(i)].mvm_per_tile * ComputedShare(group, i) / stripes,
                 round % 2 == 1);
  }
  return (turns.now() - before) / 2;
}

double GroupCost::Of(const TileGroup& group) const {
  ResourceCycles sum;
  double stripes = 1;  // Of the kernel that has most.
  std::vector<double> stripes_of(static_cast<size_t>(group.count));
  for (const Stripe& stripe : group.stripes)
    stripes = std::max(stripes, ++stripes_of[stripe.kernel.index() - group.first.index()]);
  const auto startup = static_cast<double>(target_.fetch.task_startup.count());
  std::vector<bool> read(group.lines.size());
  for (int64_t i = 0; i < group.count; ++i) {
    const auto index = static_cast<size_t>(i);
    const Kernel& kernel = network_.kernels[group.kernel(i)];
    ResourceCycles engines = Engines(group.kernel(i)) * ComputedShare(group, i);
    const double starts = stripes_of[index] * startup;
    if (kernel.imc()) {
      engines.mvm += starts * static_cast<double>(kernel.imc()->tiles.size());
      engines.vector += starts * static_cast<double>(kernel.imc()->column_tiles.size());
    } else {
      (engines.vector > 0 ? engines.vector : engines.depthwise) += starts;
    }
    sum += engines;
    for (size_t o = 0; o < kernel.inputs.size(); ++o) {
      const Operand& input = kernel.inputs[o];
      const auto line = static_cast<size_t>(group.input_lines[index][o]);
      const bool made_here = std::find(group.output_line.begin(), group.output_line.end(),
                                       group.input_lines[index][o]) != group.output_line.end();
      if (made_here || read[line]) continue;
      read[line] = true;
      AddCopy(input.buffer,
              Bytes64(input.map.pixels(), CopiedBytes(input.map.channels, input.pixel_stride)) *
                  HeldShare(group, line, input.map.width),
              sum);
    }
    const FeatureMap& box = kernel.output.box;
    if (!group.lines[static_cast<size_t>(group.output_line[index])].is_internal)
      AddCopy(kernel.output.buffer,
              Bytes64(box.pixels(), CopiedBytes(box.channels, kernel.output.pixel_stride)), sum);
  }
  sum.mvm = std::max(sum.mvm, ArrayRound(group, stripes) * stripes);
  const auto lag = static_cast<double>(group.lag) * static_cast<double>(group.bands.size());
  return sum.longest() * (1 + lag / stripes);
}

}  // namespace imcc
