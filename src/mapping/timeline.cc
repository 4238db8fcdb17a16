// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "mapping/timeline.h"

#include <algorithm>

#include "mapping/budget.h"

namespace imcc {

Timeline::Timeline(const MappedNetwork& network, const Placement& placement, const Target& target,
                   const CompilationOptions& options)
    : network_(network),
      placement_(placement),
      target_(target),
      l1_(BudgetOf(target, options).l1),
      weight_rate_(WeightBandwidth(target, options)),
      startup_(static_cast<double>(target.fetch.task_startup.count())),
      buffers_(network.buffers.size()),
      now_{.residency = WeightSets(target.array.weight_sets, target.array.columns),
           .released = std::vector<double>(static_cast<size_t>(target.array.weight_sets))},
      before_trial_(now_) {}

void Timeline::BeginTrial() {
  on_trial_ = true;
  before_trial_ = now_;
}

void Timeline::Rollback() {
  now_ = before_trial_;
  for (auto it = undo_.rbegin(); it != undo_.rend(); ++it) buffers_[it->first.index()] = it->second;
  undo_.clear();
  on_trial_ = false;
}

void Timeline::Set(BufferId id, const Availability& availability) {
  Availability& buffer = buffers_[id.index()];
  if (on_trial_) undo_.emplace_back(id, buffer);
  buffer = availability;
}

KernelSpan Timeline::Add(size_t index, const KernelDemand& demand) {
  const Kernel& kernel = network_.kernels[index];
  Inflow input = Inputs(kernel, demand);
  Work work = demand.columns.empty() ? OneEngine(demand, input) : OnArray(demand, input, index);
  Publish(kernel, demand, work);
  return {work.start, work.output.last};
}

KernelSpan Timeline::AddGroup(const PredictedGroup& group) {
  double start = now_.array;
  for (size_t k = group.first; k < group.first + group.count; ++k)
    for (const Operand& operand : network_.kernels[k].inputs)
      start = std::max(start, buffers_[operand.buffer.index()].first);
  const double end = start + group.cycles;
  for (size_t k = group.first; k < group.first + group.count; ++k)
    Set(network_.kernels[k].output.buffer, {end, end});
  for (double* free : {&now_.loader, &now_.array, &now_.vector, &now_.depthwise, &now_.link})
    *free = std::max(*free, end);
  return {start, end};
}

double Timeline::TransferCycles(BufferId id, const FeatureMap& map, int64_t pixel_stride) const {
  const bool ddr = placement_.buffers[id.index()] == Region::kDdr;
  const double rate = ddr ? target_.bandwidth.ddr : target_.bandwidth.activations;
  const int64_t copied = CopiedBytes(map.channels, pixel_stride);
  const int64_t paced =
      copied == pixel_stride ? copied : std::max(copied, target_.bandwidth.shortest_run);
  return static_cast<double>(map.pixels() * paced) / rate;
}

Timeline::Inflow Timeline::Inputs(const Kernel& kernel, const KernelDemand& demand) {
  Inflow all;
  for (size_t i = 0; i < kernel.inputs.size(); ++i) {
    const Operand& operand = kernel.inputs[i];
    Availability one = buffers_[operand.buffer.index()];
    if (kernel.HasTiles(i) && !InL1(operand.buffer)) {
      const double cycles = TransferCycles(operand.buffer, operand.map, operand.pixel_stride);
      const double begin = std::max(now_.link, one.first);
      const double piece = cycles / demand.pieces + startup_;
      now_.link = std::max(begin + cycles, one.last + piece);
      one = {begin + piece, now_.link};
      all.copied += cycles;
    }
    all.first = std::max(all.first, one.first);
    all.last = std::max(all.last, one.last);
  }
  return all;
}

void Timeline::WaitForSlots(double first_consumed, double pieces, Inflow& input) {
  constexpr double kSlots = 2;
  if (input.copied == 0) return;
  input.last =
      std::max(input.last, first_consumed + input.copied * std::max(pieces - kSlots, 0.0) / pieces);
  now_.link = std::max(now_.link, input.last);
}

Timeline::Work Timeline::OneEngine(const KernelDemand& demand, Inflow& input) {
  const bool vector = demand.vector > 0;
  double& free = demand.move > 0 ? now_.link : vector ? now_.vector : now_.depthwise;
  const double cycles =
      std::max({demand.vector, demand.depthwise, demand.move}) + demand.pieces * startup_;
  const double piece = cycles / demand.pieces;
  Work work{.start = std::max(free, input.first), .output = {}};
  WaitForSlots(work.start + piece, demand.pieces, input);
  work.output.last = std::max(work.start + cycles, input.last + piece);
  work.output.first = work.start + piece;
  free = work.output.last;
  return work;
}

bool Timeline::LivesInL1(const Kernel& kernel) const {
  bool in_l1 = InL1(kernel.output.buffer);
  for (size_t i = 0; i < kernel.inputs.size(); ++i)
    in_l1 = in_l1 && (!kernel.HasTiles(i) || InL1(kernel.inputs[i].buffer));
  return in_l1;
}

bool Timeline::InL1(BufferId id) const { return placement_.buffers[id.index()] == Region::kL1; }

int64_t Timeline::TilesThroughL1(const Kernel& kernel) const {
  if (LivesInL1(kernel)) return 1;
  const FeatureMap& out = kernel.output.box;
  int64_t bytes = out.pixels() * RoundUp(out.channels, target_.pword);
  for (size_t i = 0; i < kernel.inputs.size(); ++i)
    if (kernel.HasTiles(i)) bytes += kernel.inputs[i].map.pixels() * kernel.inputs[i].pixel_stride;
  constexpr int64_t kBuffers = 2;
  constexpr int64_t kMostTiles = 256;  // More of them, and smaller, change little.
  const int64_t half = std::max<int64_t>(l1_.count() / 2, 1);
  return std::clamp<int64_t>(CeilDiv(kBuffers * bytes, half), 1, kMostTiles);
}

double Timeline::Load(const Visit& visit, size_t row, size_t& set) {
  const WeightSets::Choice place =
      now_.residency.Use(static_cast<int64_t>(visit.kernel),
                         static_cast<int64_t>(visit.first_tile + row), visit.column->columns);
  set = place.set;
  if (!place.load) return 0;
  // Side by side with tiles of its own kernel it need not wait for them.
  const double free = place.column0 == 0 ? now_.released[set] : 0;
  const double cycles = visit.column->loads[row];
  const size_t tile = visit.first_tile + row;
  const Kernel& kernel = network_.kernels[visit.kernel];
  const bool streams = kernel.HasTiles(1)
                           ? placement_.Streams(visit.kernel, tile)
                           : placement_.buffers[kernel.inputs[1].buffer.index()] == Region::kDdr;
  if (streams)
    now_.loader = LoadFromDdr(cycles, free);
  else
    now_.loader = std::max(now_.loader, free) + cycles + startup_;
  return now_.loader;
}

double Timeline::LoadFromDdr(double cycles, double set_free) {
  constexpr double kChunks = 3;  // Of a full tile.
  const double copy = cycles * weight_rate_ / target_.bandwidth.ddr + kChunks * startup_;
  const double copy_begin = std::max(now_.ddr, now_.chunks);
  now_.ddr = copy_begin + copy;
  const double begin = std::max({now_.loader, set_free, copy_begin + copy / kChunks});
  now_.chunks = begin;
  return std::max(begin + cycles, now_.ddr + cycles / kChunks) + startup_;
}

bool Timeline::AllStay(const ColumnDemand& column) const {
  return static_cast<int64_t>(column.loads.size()) <= now_.residency.Room(column.columns);
}

Timeline::Product Timeline::RowsOutside(const Visit& visit) {
  Product product;
  const size_t count = visit.column->loads.size();
  for (size_t i = 0; i < count; ++i) {
    size_t set = 0;
    const double there = Load(visit, visit.backwards ? count - 1 - i : i, set);
    const double start = std::max({now_.array, there, visit.input});
    if (i == 0) product.begin = start;
    product.first_drain = start + visit.mvm / visit.pieces + startup_;
    now_.array = now_.released[set] = start + visit.mvm + startup_;
  }
  product.end = now_.array;
  return product;
}

Timeline::Product Timeline::PiecesOutside(const Visit& visit) {
  Product product;
  std::vector<size_t> used(visit.column->loads.size());
  double there = 0;
  for (size_t i = 0; i < used.size(); ++i) {
    there = std::max(there, Load(visit, i, used[i]));
    if (i == 0) product.begin = std::max({now_.array, there, visit.input});
  }
  const auto tiles = static_cast<double>(used.size());
  const double piece = visit.mvm / visit.pieces + startup_;
  product.first_drain = std::max(product.begin + tiles * piece, there + piece);
  product.end = std::max(product.begin + tiles * visit.pieces * piece,
                         product.first_drain + (visit.pieces - 1) * tiles * piece);
  for (const size_t set : used) now_.released[set] = product.end;
  now_.array = product.end;
  return product;
}

Timeline::Product Timeline::MultiplyColumn(Visit& visit, int64_t blocks, bool rows_outside) {
  if (!rows_outside) return PiecesOutside(visit);
  Product all;
  visit.mvm /= static_cast<double>(blocks);
  for (int64_t block = 0; block < blocks; ++block) {
    const Product one = RowsOutside(visit);
    if (block == 0) all = one;
    all.end = one.end;
    if (!AllStay(*visit.column)) visit.backwards = !visit.backwards;
  }
  return all;
}

Timeline::Work Timeline::OnArray(const KernelDemand& demand, Inflow& input, size_t index) {
  const Kernel& kernel = network_.kernels[index];
  const int64_t passes = std::max(TilesThroughL1(kernel), demand.weight_turns);
  const bool in_l1 = LivesInL1(kernel);
  const size_t count = demand.columns.size();
  const auto visits = static_cast<double>(passes) * static_cast<double>(count);
  Work work;
  Visit visit{.kernel = index};
  visit.pieces = std::max(demand.pieces / static_cast<double>(passes), 1.0);
  std::vector<size_t> first_tiles = {0};
  for (const ColumnDemand& column : demand.columns)
    first_tiles.push_back(first_tiles.back() + column.loads.size());
  const double drain = demand.vector / (visits * visit.pieces) + startup_;
  for (int64_t pass = 0; pass < passes; ++pass) {
    const double done = static_cast<double>(pass) / static_cast<double>(passes);
    visit.input = input.first + (input.last - input.first) * done;
    const bool backwards = visit.backwards;
    for (size_t i = 0; i < count; ++i) {
      const size_t c = backwards ? count - 1 - i : i;
      const ColumnDemand& column = demand.columns[c];
      visit.column = &column;
      const auto turn = static_cast<size_t>(pass * demand.weight_turns / passes);
      visit.first_tile = first_tiles[c] + turn * first_tiles.back();
      visit.mvm = demand.mvm_per_tile / static_cast<double>(passes);
      const auto tiles = static_cast<double>(column.loads.size());
      const double piece = tiles * (visit.mvm / visit.pieces + startup_);
      const bool outside = (demand.rows_outside && in_l1) || !AllStay(column);
      Product product = MultiplyColumn(visit, CeilDiv(column.blocks, passes), outside);
      if (pass == 0 && i == 0) {
        work.start = product.begin;
        WaitForSlots(product.begin + piece, demand.pieces, input);
      }
      // The last piece of the input is multiplied with every tile once more.
      if (pass + 1 == passes) product.end = std::max(product.end, input.last + piece);
      now_.array = std::max(now_.array, product.end);
      const double drained = std::max(now_.vector, product.first_drain);
      now_.vector = std::max(drained + visit.pieces * drain, product.end + drain);
      if (pass == 0) work.output.first = drained + drain;
    }
    if (first_tiles.back() > now_.released.size()) visit.backwards = !backwards;
  }
  work.output.last = now_.vector;
  return work;
}

void Timeline::Publish(const Kernel& kernel, const KernelDemand& demand, Work& work) {
  const BufferId id = kernel.output.buffer;
  if (!InL1(id)) {
    const double cycles = TransferCycles(id, kernel.output.box, kernel.output.pixel_stride);
    const double piece = cycles / demand.pieces + startup_;
    const double begin = std::max(now_.link, work.output.first);
    now_.link = std::max(begin + cycles, work.output.last + piece);
    work.output = {begin + piece, now_.link};
  }
  const Availability& before = buffers_[id.index()];  // Of the parts written so far.
  Set(id, {std::max(before.first, work.output.first), std::max(before.last, work.output.last)});
}

}  // namespace imcc
