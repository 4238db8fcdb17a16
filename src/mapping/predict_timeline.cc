// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "mapping/predict_timeline.h"

#include <algorithm>

#include "mapping/budget.h"
#include "mapping/mapping.h"
#include "mapping/weight_sets.h"

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
        l1_(BudgetOf(target, options).l1),
        weight_rate_(WeightBandwidth(target, options)),
        startup_(static_cast<double>(target.fetch.task_startup.count())),
        buffers_(network.buffers.size()),
        residency_(target.array.weight_sets, target.array.columns),
        released_(static_cast<size_t>(target.array.weight_sets)) {}

  KernelSpan Add(size_t index, const KernelDemand& demand) {
    const Kernel& kernel = network_.kernels[index];
    Inflow input = Inputs(kernel, demand);
    Work work = demand.columns.empty() ? OneEngine(demand, input) : OnArray(demand, input, index);
    Publish(kernel, demand, work);
    return {work.start, work.output.last};
  }

  /// A group starts with its inputs, when the array is free, and has all engines to itself.
  KernelSpan AddGroup(const PredictedGroup& group) {
    double start = array_free_;
    for (size_t k = group.first; k < group.first + group.count; ++k)
      for (const Operand& operand : network_.kernels[k].inputs)
        start = std::max(start, buffers_[operand.buffer.index()].first);
    const double end = start + group.cycles;
    for (size_t k = group.first; k < group.first + group.count; ++k)
      buffers_[network_.kernels[k].output.buffer.index()] = {end, end};
    for (double* free : {&loader_free_, &array_free_, &vector_free_, &depthwise_free_, &link_free_})
      *free = std::max(*free, end);
    return {start, end};
  }

 private:
  struct Work {
    double start = 0;
    Availability output;
  };

  double TransferCycles(BufferId id, const FeatureMap& map, int64_t pixel_stride) const {
    const bool ddr = placement_.buffers[id.index()] == Region::kDdr;
    const double rate = ddr ? target_.bandwidth.ddr : target_.bandwidth.activations;
    const int64_t copied = CopiedBytes(map.channels, pixel_stride);
    const int64_t paced =
        copied == pixel_stride ? copied : std::max(copied, target_.bandwidth.shortest_run);
    return static_cast<double>(map.pixels() * paced) / rate;
  }

  /// The operands in L1; those that live elsewhere are copied first, piece by piece.
  Inflow Inputs(const Kernel& kernel, const KernelDemand& demand) {
    Inflow all;
    for (size_t i = 0; i < kernel.inputs.size(); ++i) {
      const Operand& operand = kernel.inputs[i];
      Availability one = buffers_[operand.buffer.index()];
      if (kernel.HasTiles(i) && !InL1(operand.buffer)) {
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
    input.last = std::max(input.last,
                          first_consumed + input.copied * std::max(pieces - kSlots, 0.0) / pieces);
    link_free_ = std::max(link_free_, input.last);
  }

  Work OneEngine(const KernelDemand& demand, Inflow& input) {
    const bool vector = demand.vector > 0;
    double& free = demand.move > 0 ? link_free_ : vector ? vector_free_ : depthwise_free_;
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

  bool LivesInL1(const Kernel& kernel) const {
    bool in_l1 = InL1(kernel.output.buffer);
    for (size_t i = 0; i < kernel.inputs.size(); ++i)
      in_l1 = in_l1 && (!kernel.HasTiles(i) || InL1(kernel.inputs[i].buffer));
    return in_l1;
  }
  bool InL1(BufferId id) const { return placement_.buffers[id.index()] == Region::kL1; }

  /// Tiles a kernel is cut into because its tensors do not live in L1: half of it holds one tile of
  /// each operand, twice.
  int64_t TilesThroughL1(const Kernel& kernel) const {
    if (LivesInL1(kernel)) return 1;
    const FeatureMap& out = kernel.output.box;
    int64_t bytes = out.pixels() * RoundUp(out.channels, target_.pword);
    for (size_t i = 0; i < kernel.inputs.size(); ++i)
      if (kernel.HasTiles(i))
        bytes += kernel.inputs[i].map.pixels() * kernel.inputs[i].pixel_stride;
    constexpr int64_t kBuffers = 2;
    return std::max<int64_t>(CeilDiv(kBuffers * bytes, std::max<int64_t>(l1_.count() / 2, 1)), 1);
  }

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

  /// Puts a row tile into a set as the emitter will. Returns when it is there.
  double Load(const Visit& visit, size_t row, size_t& set) {
    const WeightSets::Choice place =
        residency_.Use(static_cast<int64_t>(visit.kernel),
                       static_cast<int64_t>(visit.first_tile + row), visit.column->columns);
    set = place.set;
    if (!place.load) return 0;
    // Side by side with tiles of its own kernel it need not wait for them.
    const double free = place.column0 == 0 ? released_[set] : 0;
    const double cycles = visit.column->loads[row];
    const size_t tile = visit.first_tile + row;
    const Kernel& kernel = network_.kernels[visit.kernel];
    const bool streams = kernel.HasTiles(1)
                             ? placement_.Streams(visit.kernel, tile)
                             : placement_.buffers[kernel.inputs[1].buffer.index()] == Region::kDdr;
    if (streams)
      loader_free_ = LoadFromDdr(cycles, free);
    else
      loader_free_ = std::max(loader_free_, free) + cycles + startup_;
    return loader_free_;
  }

  /// Through chunks in L1: the copy runs ahead of the load by about one tile, and the load follows
  /// it chunk by chunk.
  double LoadFromDdr(double cycles, double set_free) {
    constexpr double kChunks = 3;  // Of a full tile.
    const double copy = cycles * weight_rate_ / target_.bandwidth.ddr + kChunks * startup_;
    const double copy_begin = std::max(ddr_free_, chunks_free_);
    ddr_free_ = copy_begin + copy;
    const double begin = std::max({loader_free_, set_free, copy_begin + copy / kChunks});
    chunks_free_ = begin;
    return std::max(begin + cycles, ddr_free_ + cycles / kChunks) + startup_;
  }

  bool AllStay(const ColumnDemand& column) const {
    return static_cast<int64_t>(column.loads.size()) <= residency_.Room(column.columns);
  }

  /// Row tiles outside: each is multiplied with all pixels of the visit and then given up.
  Product RowsOutside(const Visit& visit) {
    Product product;
    const size_t count = visit.column->loads.size();
    for (size_t i = 0; i < count; ++i) {
      size_t set = 0;
      const double there = Load(visit, visit.backwards ? count - 1 - i : i, set);
      const double start = std::max({array_free_, there, visit.input});
      if (i == 0) product.begin = start;
      product.first_drain = start + visit.mvm / visit.pieces + startup_;
      array_free_ = released_[set] = start + visit.mvm + startup_;
    }
    product.end = array_free_;
    return product;
  }

  /// Pieces outside: all row tiles stay until the last piece is done.
  Product PiecesOutside(const Visit& visit) {
    Product product;
    std::vector<size_t> used(visit.column->loads.size());
    double there = 0;
    for (size_t i = 0; i < used.size(); ++i) {
      there = std::max(there, Load(visit, i, used[i]));
      if (i == 0) product.begin = std::max({array_free_, there, visit.input});
    }
    const auto tiles = static_cast<double>(used.size());
    const double piece = visit.mvm / visit.pieces + startup_;
    product.first_drain = std::max(product.begin + tiles * piece, there + piece);
    product.end = std::max(product.begin + tiles * visit.pieces * piece,
                           product.first_drain + (visit.pieces - 1) * tiles * piece);
    for (const size_t set : used) released_[set] = product.end;
    array_free_ = product.end;
    return product;
  }

  /// The visits of one column tile while one tile of the kernel is in L1.
  Product MultiplyColumn(Visit& visit, int64_t blocks, bool rows_outside) {
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

  Work OnArray(const KernelDemand& demand, Inflow& input, size_t index) {
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
        array_free_ = std::max(array_free_, product.end);
        const double drained = std::max(vector_free_, product.first_drain);
        vector_free_ = std::max(drained + visit.pieces * drain, product.end + drain);
        if (pass == 0) work.output.first = drained + drain;
      }
      if (first_tiles.back() > released_.size()) visit.backwards = !backwards;
    }
    work.output.last = vector_free_;
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
  const Bytes l1_;
  const double weight_rate_;
  const double startup_;
  std::vector<Availability> buffers_;
  WeightSets residency_;
  std::vector<double> released_;           // When the weights in each set are no longer needed.
  double ddr_free_ = 0, chunks_free_ = 0;  // Weights streamed from DDR.
  double loader_free_ = 0, array_free_ = 0, vector_free_ = 0, depthwise_free_ = 0, link_free_ = 0;
};

}  // namespace

std::vector<KernelSpan> PredictTimeline(const MappedNetwork& network,
                                        const std::vector<KernelDemand>& demands,
                                        const Placement& placement, const Target& target,
                                        const CompilationOptions& options,
                                        const std::vector<PredictedGroup>& groups) {
  Timeline timeline(network, placement, target, options);
  std::vector<KernelSpan> spans;
  auto group = groups.begin();
  while (spans.size() < demands.size()) {
    const size_t i = spans.size();
    if (group != groups.end() && group->first == i) {
      spans.insert(spans.end(), group->count, timeline.AddGroup(*group));
      ++group;
    } else {
      spans.push_back(timeline.Add(i, demands[i]));
    }
  }
  return spans;
}

}  // namespace imcc
