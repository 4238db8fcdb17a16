// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "mapping/budget.h"
#include "mapping/split_weights.h"
#include "memory/choose_l1_residents.h"
#include "memory/explain_overflow.h"
#include "memory/memory.h"
#include "memory/pack_offsets.h"
#include "memory/plan_pages.h"
#include "memory/promote_weights.h"

namespace imcc {

namespace {

/// Constants move to L1 for good while they take at most this share of it.
constexpr int64_t kResidentConstantsShare = 4;

/// Kernels that run at the same time: loads of the next overlap the products of this one and the
/// drains of the one before it.
constexpr int64_t kL1Slack = 2;

/// What an allocation stands for, so that its offset can be written where it belongs.
struct Owner {
  enum class Kind {
    kBuffer,
    kWeights,
    kConstants,
    kInputSlot,
    kOutputSlot,
    kLine,
    kConstantSlot,
    kStaging,
    kRows,       // Of a paged buffer, in L2 ...
    kRowsInDdr,  // ... and in DDR.
  };
  Kind kind = Kind::kBuffer;
  size_t index = 0;    // Buffer, kernel or group.
  size_t operand = 0;  // Of an input slot; line of a group; piece of a paged buffer.
};

/// Allocations of one memory with their owners, in the same order.
struct Level {
  std::vector<Allocation> allocations;
  std::vector<Owner> owners;

  void Add(Allocation allocation, Owner owner) {
    allocations.push_back(std::move(allocation));
    owners.push_back(owner);
  }
};

class MemoryPlanner {
 public:
  MemoryPlanner(const MappedNetwork& network, const TilePlan& tiles, const Target& target,
                const CompilationOptions& options, PlacementSettings settings)
      : network_(network),
        tiles_(tiles),
        target_(target),
        options_(options),
        settings_(settings),
        steps_(static_cast<int64_t>(network.kernels.size())),
        uses_(UsesOfBuffers(network, tiles)),
        group_of_(tiles.GroupOfKernel()) {
    plan_.budget = BudgetOf(target, options);
  }

  Result<MemoryPlan> Plan() {
    IMCC_TRY(CheckReservation());
    ResizeTables();
    DecideConstants();
    // Streaming weights from DDR takes L1 for staging, which is only known once L2 is full.
    IMCC_TRY(PlaceL1(/*staging=*/false));
    Level l2 = PlaceL2();
    if (weights_in_ddr_) {
      ResizeTables();
      IMCC_TRY(PlaceL1(/*staging=*/true));
      l2 = PlaceL2();
    }
    PlaceWeightsInL1();
    Commit(l1_, Region::kL1);
    Commit(l2, Region::kL2);
    IMCC_TRY(PlaceDdr());
    return std::move(plan_);
  }

 private:
  /// The reservation may take all of L2 but not more: data then lives in DDR.
  Status CheckReservation() const {
    if (plan_.budget.l2_task_lists <= target_.l2.usable()) return {};
    return Error{
        .code = ErrorCode::kCapacity,
        .subject = "l2_reserved_nbytes_tasklist",
        .message = fmt::format("reserves {} bytes, and L2 has {}",
                               plan_.budget.l2_task_lists.count(), target_.l2.usable().count()),
        .hint = "reserve less, or set elf_in_ddr: true"};
  }

  const Kernel& KernelAt(size_t index) const { return network_.kernels[index]; }
  static Bytes ConstantBytes(const Kernel& kernel) {
    return Bytes(static_cast<int64_t>(kernel.constants.size()));
  }

  void ResizeTables() {
    plan_.buffers.assign(network_.buffers.size(), {});
    plan_.paged.assign(network_.buffers.size(), {});
    plan_.weights.assign(network_.kernels.size(), {});
    plan_.constants.assign(network_.kernels.size(), {});
    plan_.constants_l1.assign(network_.kernels.size(), {});
    plan_.slots.assign(network_.kernels.size(), {});
    plan_.lines.assign(tiles_.groups.size(), {});
    plan_.staging.clear();
    plan_.allocations.clear();
  }

  void DecideConstants() {
    Bytes sum;
    for (const Kernel& kernel : network_.kernels)
      sum += Bytes(RoundUp(ConstantBytes(kernel).count(), kAlignment));
    constants_resident_ = sum.count() * kResidentConstantsShare <= plan_.budget.l1.count();
  }

  /// L1 that is taken whatever tensors live there.
  Level FixedL1(bool staging) const {
    Level level;
    const Interval<int64_t> always{0, steps_};
    for (size_t chunk = 0; staging && chunk < static_cast<size_t>(tiles_.staging_chunks); ++chunk)
      level.Add({fmt::format("staging{}", chunk), Region::kL1, tiles_.staging_chunk, always, {}},
                {Owner::Kind::kStaging, chunk});
    for (size_t k = 0; k < network_.kernels.size(); ++k) {
      const Bytes size = ConstantBytes(KernelAt(k));
      if (size.count() == 0) continue;
      level.Add({KernelAt(k).name + ".constants",
                 Region::kL1,
                 size,
                 constants_resident_ ? always : tiles_.groups[group_of_[k]].life(),
                 {}},
                {Owner::Kind::kConstantSlot, k});
    }
    return level;
  }

  std::vector<Bytes> LiveBytes(const Level& level) const {
    std::vector<Bytes> live(static_cast<size_t>(steps_));
    for (const Allocation& allocation : level.allocations)
      for (int64_t step = allocation.life.begin; step < allocation.life.end; ++step)
        live[static_cast<size_t>(step)] += Bytes(RoundUp(allocation.size.count(), kAlignment));
    return live;
  }

  void AddSlots(size_t kernel, Level& level) const {
    const KernelTiles& tiles = tiles_.kernels[kernel];
    const auto step = static_cast<int64_t>(kernel);
    const auto add = [&](const std::string& what, Bytes size, Owner owner) {
      for (int64_t buffer = 0; buffer < tiles.slots(tiles_.buffers); ++buffer)
        level.Add({fmt::format("{}.{}{}", KernelAt(kernel).name, what, buffer),
                   Region::kL1,
                   size,
                   {step, step + 1},
                   {}},
                  owner);
    };
    for (size_t i = 0; i < tiles.input_slots.size(); ++i)
      if (KernelAt(kernel).HasTiles(i) && !in_l1_[KernelAt(kernel).inputs[i].buffer.index()])
        add(fmt::format("in{}_", i), tiles.input_slots[i], {Owner::Kind::kInputSlot, kernel, i});
    if (!in_l1_[KernelAt(kernel).output.buffer.index()])
      add("out", tiles.output_slot, {Owner::Kind::kOutputSlot, kernel});
  }

  void AddLines(size_t index, Level& level) const {
    const TileGroup& group = tiles_.groups[index];
    for (size_t i = 0; i < group.lines.size(); ++i)
      if (!in_l1_[group.lines[i].buffer.index()])
        level.Add({fmt::format("{}.lines", network_.buffer(group.lines[i].buffer).name),
                   Region::kL1,
                   group.lines[i].bytes(),
                   group.life(),
                   {}},
                  {Owner::Kind::kLine, index, i});
  }

  Level L1With(const Level& fixed, const std::vector<BufferId>& residents) {
    Level level = fixed;
    in_l1_.assign(network_.buffers.size(), false);
    for (const BufferId id : residents) in_l1_[id.index()] = true;
    for (const BufferId id : residents)
      level.Add({network_.buffer(id).name,
                 Region::kL1,
                 network_.buffer(id).bytes(),
                 uses_[id.index()].life,
                 {}},
                {Owner::Kind::kBuffer, id.index()});
    for (size_t g = 0; g < tiles_.groups.size(); ++g) {
      if (tiles_.groups[g].is_striped())
        AddLines(g, level);
      else
        AddSlots(tiles_.groups[g].first.index(), level);
    }
    return level;
  }

  /// Packs L1, giving up the least valuable resident tensor until the offsets fit.
  Status PlaceL1(bool staging) {
    const Level fixed = FixedL1(staging);
    std::vector<BufferId> residents = ChooseL1Residents(
        network_, tiles_, LiveBytes(fixed), ShareOf(plan_.budget.l1, settings_.l1_share));
    Level level = L1With(fixed, residents);
    // Plans are placed and measured by the dozen: with a tensor less the simple orders mostly fit,
    // and exact search is the last resort.
    while (!PackGreedily(level.allocations, plan_.budget.l1, kL1Slack)) {
      if (residents.empty()) {
        if (PackOffsets(level.allocations, plan_.budget.l1, kL1Slack)) break;
        return ExplainOverflow(level.allocations, network_, plan_.budget.l1, target_, options_);
      }
      residents.pop_back();
      level = L1With(fixed, residents);
    }
    l1_ = std::move(level);
    return {};
  }

  /// What no allocation of L1 ever reaches.
  Interval<int64_t> TopOfL1() const {
    Bytes top;
    for (const Allocation& a : l1_.allocations) top = std::max(top, a.offset + a.size);
    return {RoundUp(top.count(), kAlignment), plan_.budget.l1.count()};
  }

  void PlaceWeightsInL1() {
    Bytes offset(TopOfL1().begin);
    for (size_t k = 0; k < network_.kernels.size(); ++k) {
      const Bytes bytes = TileBytes(k, Region::kL1);
      if (bytes.count() == 0) continue;
      l1_.Add({KernelAt(k).name + ".weights", Region::kL1, bytes, {0, steps_}, offset},
              {Owner::Kind::kWeights, k});
      offset += Bytes(RoundUp(bytes.count(), kAlignment));
    }
  }

  /// Fills L2: activations by traffic per byte first (they share space over time), then parameter
  /// blocks, then constant tensors, then weights, the largest first. What does not fit stays for
  /// DDR.
  Level PlaceL2() {
    Level level;
    const auto place = [&](Allocation allocation, Owner owner) {
      return PlaceInLevel(std::move(allocation), owner, plan_.budget.l2, level);
    };
    const std::vector<bool> paged = BuffersToPage();
    buffers_in_ddr_.clear();
    for (const size_t index : BuffersByTraffic()) {
      if (paged[index] || network_.buffers[index].is_constant) continue;
      const Buffer& buffer = network_.buffers[index];
      const bool host = buffer.is_input || buffer.is_output;
      if (host || !place({buffer.name, Region::kL2, buffer.bytes(), uses_[index].life, {}},
                         {Owner::Kind::kBuffer, index}))
        buffers_in_ddr_.push_back(index);
    }
    const Interval<int64_t> always{0, steps_};
    constants_in_ddr_.clear();
    for (size_t k = 0; !constants_resident_ && k < network_.kernels.size(); ++k)
      if (!place({KernelAt(k).name + ".constants",
                  Region::kL2,
                  ConstantBytes(KernelAt(k)),
                  always,
                  {}},
                 {Owner::Kind::kConstants, k}))
        constants_in_ddr_.push_back(k);
    if (settings_.page_activations && options_.page_memory) PlacePages(paged, level);
    for (const size_t index : BuffersByTraffic())
      if (const Buffer& buffer = network_.buffers[index];
          buffer.is_constant && !place({buffer.name, Region::kL2, buffer.bytes(), always, {}},
                                       {Owner::Kind::kBuffer, index}))
        buffers_in_ddr_.push_back(index);
    SplitWeightTiles(level);
    for (const size_t k : KernelsByWeight()) {
      const Bytes resident = TileBytes(k, Region::kL2);
      if (resident.count() > 0 &&
          !place({KernelAt(k).name + ".weights", Region::kL2, resident, always, {}},
                 {Owner::Kind::kWeights, k}))
        std::replace(homes_[k].begin(), homes_[k].end(), Region::kL2, Region::kDdr);
    }
    weights_in_ddr_ = ComputedWeightsInDdr();
    for (const std::vector<Region>& tiles : homes_)
      for (const Region home : tiles) weights_in_ddr_ = weights_in_ddr_ || home == Region::kDdr;
    return level;
  }

  /// Whether a product of two activations takes its second operand from DDR, if only some rows.
  bool ComputedWeightsInDdr() const {
    return std::any_of(network_.kernels.begin(), network_.kernels.end(), [&](const Kernel& kernel) {
      if (kernel.HasTiles(1)) return false;
      const size_t buffer = kernel.inputs[1].buffer.index();
      return !plan_.paged[buffer].ddr.empty() ||
             std::find(buffers_in_ddr_.begin(), buffers_in_ddr_.end(), buffer) !=
                 buffers_in_ddr_.end();
    });
  }

  static bool PlaceInLevel(Allocation allocation, Owner owner, Bytes capacity, Level& level) {
    std::vector<const Allocation*> placed;
    for (const Allocation& other : level.allocations) InsertByOffset(other, placed);
    if (!PlaceLowest(allocation, placed, capacity)) return false;
    level.Add(std::move(allocation), owner);
    return true;
  }

  std::vector<bool> BuffersToPage() const {
    std::vector<bool> paged(network_.buffers.size());
    for (size_t i = 0; settings_.page_activations && options_.page_memory && i < paged.size();
         ++i) {
      const Buffer& buffer = network_.buffers[i];
      paged[i] = !in_l1_[i] && !uses_[i].is_internal && !buffer.is_input && !buffer.is_output &&
                 !buffer.is_constant && CanPage(network_, BufferId(i));
    }
    return paged;
  }

  /// Rows of tensors over time, below the weights and constants that PlanPages keeps in L2.
  void PlacePages(const std::vector<bool>& paged, Level& level) {
    PageDemand demand{.is_paged = paged,
                      .weights = {},
                      .pinned = LiveBytes(level),
                      .l2 = plan_.budget.l2,
                      .l2_share = settings_.l2_share};
    for (const Kernel& kernel : network_.kernels) demand.weights += kernel.weight_bytes();
    for (size_t i = 0; i < network_.buffers.size(); ++i)
      if (const Buffer& buffer = network_.buffers[i]; buffer.is_constant && !in_l1_[i])
        demand.weights +=
            Bytes(buffer.map.pixels() * CopiedBytes(buffer.map.channels, buffer.pixel_stride));
    PageDecision decision = PlanPages(network_, tiles_, demand);
    plan_.paging_bound = decision.lower_bound;
    plan_.paged = std::move(decision.buffers);
    const Bytes capacity = plan_.budget.l2 - decision.resident_weights;
    std::vector<std::pair<size_t, RowsInL2>> pieces;
    for (size_t i = 0; i < plan_.paged.size(); ++i) {
      for (const RowsInL2& piece : plan_.paged[i].l2) pieces.emplace_back(i, piece);
      plan_.paged[i].l2.clear();
    }
    std::stable_sort(pieces.begin(), pieces.end(), [&](const auto& a, const auto& b) {
      return PieceBytes(a.first, a.second) > PieceBytes(b.first, b.second);
    });
    for (const auto& [buffer, piece] : pieces) PlacePiece(buffer, piece, capacity, level);
  }

  Bytes PieceBytes(size_t buffer, const RowsInL2& piece) const {
    return Bytes((piece.rows.end - piece.rows.begin) * plan_.paged[buffer].row_stride);
  }

  /// In one block if there is room, else in halves. A row without room is spilled to DDR.
  void PlacePiece(size_t index, const RowsInL2& piece, Bytes capacity, Level& level) {
    PagedBuffer& buffer = plan_.paged[index];
    const Owner owner{Owner::Kind::kRows, index, buffer.l2.size()};
    if (PlaceInLevel({network_.buffers[index].name,
                      Region::kL2,
                      PieceBytes(index, piece),
                      piece.kernels,
                      {}},
                     owner, capacity, level)) {
      buffer.l2.push_back(piece);
      return;
    }
    const int64_t middle = (piece.rows.begin + piece.rows.end) / 2;
    if (middle == piece.rows.begin) {
      AddRows(buffer.ddr, piece.rows);
      return;
    }
    RowsInL2 half = piece;
    half.rows.end = middle;
    PlacePiece(index, half, capacity, level);
    half.rows = {middle, piece.rows.end};
    PlacePiece(index, half, capacity, level);
  }

  /// Decides which weight tiles stay in L2 above everything else that lives there.
  void SplitWeightTiles(const Level& level) {
    Bytes top;
    for (const Allocation& allocation : level.allocations)
      top =
          std::max(top, Bytes(RoundUp((allocation.offset + allocation.size).count(), kAlignment)));
    std::vector<KernelDemand> demands;
    int64_t blocks = 0;
    homes_.clear();
    for (const Kernel& kernel : network_.kernels) {
      demands.push_back(DemandOf(kernel, target_, options_));
      blocks += kernel.imc() != nullptr ? 1 : 0;
      homes_.emplace_back(demands.back().tile_bytes.size(), Region::kL2);
    }
    const Bytes free = plan_.budget.l2 - top - Bytes(blocks * kAlignment);
    const std::vector<int64_t> loads =
        LoadsOfWeights(network_, tiles_, in_l1_, target_.array.weight_sets);
    const Bytes moved = Promote(loads, Region::kL2, /*least_loads=*/2, Bytes(0));
    for (size_t k = 0; k < homes_.size(); ++k)
      for (size_t t = 0; t < homes_[k].size(); ++t)
        if (homes_[k][t] == Region::kL1) demands[k].tile_bytes[t] = Bytes(0);
    const StreamedTiles streamed = SplitWeights(
        demands, std::max(free, Bytes(0)), settings_.page_weights && options_.page_memory, target_);
    for (size_t k = 0; k < homes_.size(); ++k)
      for (size_t t = 0; t < homes_[k].size(); ++t)
        if (streamed[k][t] && homes_[k][t] == Region::kL2) homes_[k][t] = Region::kDdr;
    Promote(loads, Region::kDdr, /*least_loads=*/1, moved);
  }

  /// Into what is left of L1, of which `taken` bytes have been given away.
  Bytes Promote(const std::vector<int64_t>& loads, Region source, int64_t least_loads,
                Bytes taken) {
    if (!settings_.weights_in_l1) return Bytes(0);
    const Interval<int64_t> free = TopOfL1();
    const int64_t gaps = static_cast<int64_t>(network_.kernels.size()) * kAlignment;
    const Bytes room = Bytes(free.end - free.begin - gaps) - taken;
    return PromoteWeights(network_, loads, source, room, least_loads,
                          settings_.page_weights && options_.page_memory, homes_);
  }

  Bytes TileBytes(size_t kernel, Region home) const {
    Bytes bytes;
    for (size_t t = 0; t < homes_[kernel].size(); ++t)
      if (homes_[kernel][t] == home) bytes += KernelAt(kernel).imc()->tiles[t].size;
    return bytes;
  }

  std::vector<size_t> BuffersByTraffic() const {
    std::vector<size_t> order;
    for (size_t i = 0; i < network_.buffers.size(); ++i)
      if (!in_l1_[i] && !uses_[i].is_internal) order.push_back(i);
    const auto density = [&](size_t i) {
      return static_cast<double>(uses_[i].traffic.count()) /
             static_cast<double>(network_.buffers[i].bytes().count() *
                                 (uses_[i].life.end - uses_[i].life.begin));
    };
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return density(a) > density(b); });
    return order;
  }

  std::vector<size_t> KernelsByWeight() const {
    std::vector<size_t> order;
    for (size_t k = 0; k < network_.kernels.size(); ++k)
      if (KernelAt(k).weight_bytes().count() > 0) order.push_back(k);
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
      return KernelAt(a).weight_bytes() > KernelAt(b).weight_bytes();
    });
    return order;
  }

  Status PlaceDdr() {
    Level level;
    const Interval<int64_t> always{0, steps_};
    for (size_t k = 0; k < network_.kernels.size(); ++k)
      if (const Bytes bytes = TileBytes(k, Region::kDdr); bytes.count() > 0)
        level.Add({KernelAt(k).name + ".weights", Region::kDdr, bytes, always, {}},
                  {Owner::Kind::kWeights, k});
    for (const size_t k : constants_in_ddr_)
      level.Add(
          {KernelAt(k).name + ".constants", Region::kDdr, ConstantBytes(KernelAt(k)), always, {}},
          {Owner::Kind::kConstants, k});
    for (const size_t i : buffers_in_ddr_) {
      const Buffer& buffer = network_.buffers[i];
      const bool host = buffer.is_input || buffer.is_output;  // The host may touch it at any time.
      level.Add({buffer.name, Region::kDdr, buffer.bytes(), host ? always : uses_[i].life, {}},
                {Owner::Kind::kBuffer, i});
    }
    for (size_t i = 0; i < plan_.paged.size(); ++i)
      if (const PagedBuffer& paged = plan_.paged[i]; !paged.ddr.empty())
        level.Add({network_.buffers[i].name,
                   Region::kDdr,
                   Bytes((paged.ddr_extent().end - paged.ddr_extent().begin) * paged.row_stride),
                   uses_[i].life,
                   {}},
                  {Owner::Kind::kRowsInDdr, i});
    if (!PackOffsets(level.allocations, plan_.budget.ddr))
      return ExplainOverflow(level.allocations, network_, plan_.budget.ddr, target_, options_);
    Commit(level, Region::kDdr);
    return {};
  }

  /// Writes the offsets of a packed level into the plan.
  void Commit(const Level& level, Region region) {
    for (size_t i = 0; i < level.allocations.size(); ++i) {
      const Allocation& allocation = level.allocations[i];
      const Address address{region, static_cast<uint64_t>(allocation.offset.count())};
      Assign(level.owners[i], address);
      plan_.allocations.push_back(allocation);
    }
  }

  void Assign(const Owner& owner, Address address) {
    switch (owner.kind) {
      case Owner::Kind::kBuffer:
        plan_.buffers[owner.index] = address;
        break;
      case Owner::Kind::kRows:
        plan_.paged[owner.index].l2[owner.operand].address = address;
        plan_.buffers[owner.index] = address;
        break;
      case Owner::Kind::kRowsInDdr:
        plan_.paged[owner.index].ddr_address = address;
        plan_.buffers[owner.index] = address;
        break;
      case Owner::Kind::kWeights:
        AssignWeights(owner.index, address);
        break;
      case Owner::Kind::kConstants:
        plan_.constants[owner.index] = address;
        break;
      case Owner::Kind::kStaging:
        plan_.staging.push_back(address);
        break;
      case Owner::Kind::kOutputSlot:
        plan_.slots[owner.index].output.push_back(address);
        break;
      case Owner::Kind::kInputSlot: {
        auto& inputs = plan_.slots[owner.index].inputs;
        inputs.resize(KernelAt(owner.index).inputs.size());
        inputs[owner.operand].push_back(address);
        break;
      }
      case Owner::Kind::kLine:
        AssignLine(owner.index, owner.operand, address);
        break;
      case Owner::Kind::kConstantSlot:
        plan_.constants_l1[owner.index] = address;
        if (constants_resident_) plan_.constants[owner.index] = address;
        break;
    }
  }

  void AssignLine(size_t group, size_t line, Address address) {
    const std::vector<LineBuffer>& lines = tiles_.groups[group].lines;
    plan_.lines[group].resize(lines.size());
    plan_.lines[group][line] = address;
    if (lines[line].is_internal) plan_.buffers[lines[line].buffer.index()] = address;
  }

  /// The tiles of a kernel that live in one memory lie there one after the other.
  void AssignWeights(size_t kernel, Address address) {
    const std::vector<WeightTile>& tiles = KernelAt(kernel).imc()->tiles;
    plan_.weights[kernel].resize(tiles.size());
    for (size_t t = 0; t < tiles.size(); ++t) {
      if (homes_[kernel][t] != address.region) continue;
      plan_.weights[kernel][t] = address;
      address.offset += static_cast<uint64_t>(tiles[t].size.count());
    }
  }

  const MappedNetwork& network_;
  const TilePlan& tiles_;
  const Target& target_;
  const CompilationOptions& options_;
  const PlacementSettings settings_;
  const int64_t steps_;
  const std::vector<BufferUse> uses_;
  const std::vector<size_t> group_of_;  // By KernelId.
  MemoryPlan plan_;
  bool constants_resident_ = false;
  bool weights_in_ddr_ = false;  // Some, constant or computed: they need staging.
  std::vector<bool> in_l1_;      // By buffer.
  std::vector<size_t> buffers_in_ddr_, constants_in_ddr_;
  TileHomes homes_;
  Level l1_;
};

}  // namespace

Result<MemoryPlan> PlanMemory(const MappedNetwork& network, const TilePlan& tiles,
                              const Target& target, const CompilationOptions& options,
                              PlacementSettings settings) {
  return MemoryPlanner(network, tiles, target, options, settings).Plan();
}

}  // namespace imcc
