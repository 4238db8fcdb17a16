// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "mapping/split_weights.h"
#include "memory/choose_l1_residents.h"
#include "memory/memory.h"
#include "memory/pack_offsets.h"

namespace imcc {

namespace {

/// Constants move to L1 for good while they take at most this share of it.
constexpr int64_t kResidentConstantsShare = 4;

/// Kernels that run at the same time: loads of the next overlap the products of this one and the
/// drains of the one before it.
constexpr int64_t kL1Slack = 2;

Error DoesNotFit(const std::string& what, const std::string& memory, Bytes needed, Bytes available,
                 const std::string& hint) {
  return Error{.code = ErrorCode::kCapacity,
               .subject = what,
               .message = fmt::format("needs {} bytes of {}, and {} are available", needed.count(),
                                      memory, available.count()),
               .hint = hint};
}

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
    kStaging
  };
  Kind kind = Kind::kBuffer;
  size_t index = 0;    // Buffer, kernel or group.
  size_t operand = 0;  // Of an input slot; line of a group.
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
                const CompilationOptions& options)
      : network_(network),
        tiles_(tiles),
        target_(target),
        options_(options),
        steps_(static_cast<int64_t>(network.kernels.size())),
        uses_(UsesOfBuffers(network, tiles)),
        group_of_(tiles.GroupOfKernel()) {
    plan_.budget = BudgetOf(target, options);
  }

  Result<MemoryPlan> Plan() {
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
    Commit(l2, Region::kL2);
    IMCC_TRY(PlaceDdr());
    return std::move(plan_);
  }

 private:
  const Kernel& KernelAt(size_t index) const { return network_.kernels[index]; }
  static Bytes ConstantBytes(const Kernel& kernel) {
    return Bytes(static_cast<int64_t>(kernel.constants.size()));
  }

  void ResizeTables() {
    plan_.buffers.assign(network_.buffers.size(), {});
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
      if (!in_l1_[KernelAt(kernel).inputs[i].buffer.index()])
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
    std::vector<BufferId> residents =
        ChooseL1Residents(network_, tiles_, LiveBytes(fixed), plan_.budget.l1);
    Level level = L1With(fixed, residents);
    // Plans are placed and measured by the dozen: with a tensor less the simple orders mostly fit,
    // and exact search is the last resort.
    while (!PackGreedily(level.allocations, plan_.budget.l1, kL1Slack)) {
      if (residents.empty()) {
        if (PackOffsets(level.allocations, plan_.budget.l1, kL1Slack)) break;
        return L1Overflow(level);
      }
      residents.pop_back();
      level = L1With(fixed, residents);
    }
    Commit(level, Region::kL1);
    return {};
  }

  Status L1Overflow(const Level& level) const {
    const std::vector<Bytes> live = LiveBytes(level);
    const auto worst = std::max_element(live.begin(), live.end());
    const auto kernel = static_cast<size_t>(worst - live.begin());
    return DoesNotFit(KernelAt(kernel).name, "L1", *worst, plan_.budget.l1,
                      "raise l1_constraint or use a larger target");
  }

  /// Fills L2: activations by traffic per byte first (they share space over time), then constants,
  /// then weights, the largest first. What does not fit stays for DDR.
  Level PlaceL2() {
    Level level;
    std::vector<const Allocation*> placed;
    level.allocations.reserve(network_.buffers.size() + 2 * network_.kernels.size());
    const auto place = [&](Allocation allocation, Owner owner) {
      if (!PlaceLowest(allocation, placed, plan_.budget.l2)) return false;
      level.Add(std::move(allocation), owner);
      InsertByOffset(level.allocations.back(), placed);
      return true;
    };
    buffers_in_ddr_.clear();
    for (const size_t index : BuffersByTraffic()) {
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
    SplitWeightTiles(level);
    for (const size_t k : KernelsByWeight()) {
      const Bytes resident = TileBytes(k, /*streamed=*/false);
      if (resident.count() > 0 &&
          !place({KernelAt(k).name + ".weights", Region::kL2, resident, always, {}},
                 {Owner::Kind::kWeights, k}))
        streamed_[k].assign(streamed_[k].size(), true);
    }
    weights_in_ddr_ = false;
    for (const std::vector<bool>& tiles : streamed_)
      for (const bool streamed : tiles) weights_in_ddr_ = weights_in_ddr_ || streamed;
    return level;
  }

  /// Decides which weight tiles stay in L2 above everything else that lives there.
  void SplitWeightTiles(const Level& level) {
    Bytes top;
    for (const Allocation& allocation : level.allocations)
      top =
          std::max(top, Bytes(RoundUp((allocation.offset + allocation.size).count(), kAlignment)));
    std::vector<KernelDemand> demands;
    int64_t blocks = 0;
    for (const Kernel& kernel : network_.kernels) {
      demands.push_back(DemandOf(kernel, target_, options_));
      blocks += kernel.imc() != nullptr ? 1 : 0;
    }
    const Bytes free = plan_.budget.l2 - top - Bytes(blocks * kAlignment);
    streamed_ = SplitWeights(demands, std::max(free, Bytes(0)), options_.page_memory, target_);
  }

  Bytes TileBytes(size_t kernel, bool streamed) const {
    Bytes bytes;
    for (size_t t = 0; t < streamed_[kernel].size(); ++t)
      if (streamed_[kernel][t] == streamed) bytes += KernelAt(kernel).imc()->tiles[t].size;
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
      if (const Bytes bytes = TileBytes(k, /*streamed=*/true); bytes.count() > 0)
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
    if (!PackOffsets(level.allocations, plan_.budget.ddr)) {
      const std::vector<Bytes> live = LiveBytes(level);
      return DoesNotFit("the network", "DDR", *std::max_element(live.begin(), live.end()),
                        plan_.budget.ddr, "raise ddr_constraint or resources_used");
    }
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
      if (streamed_[kernel][t] != (address.region == Region::kDdr)) continue;
      plan_.weights[kernel][t] = address;
      address.offset += static_cast<uint64_t>(tiles[t].size.count());
    }
  }

  const MappedNetwork& network_;
  const TilePlan& tiles_;
  const Target& target_;
  const CompilationOptions& options_;
  const int64_t steps_;
  const std::vector<BufferUse> uses_;
  const std::vector<size_t> group_of_;  // By KernelId.
  MemoryPlan plan_;
  bool constants_resident_ = false;
  bool weights_in_ddr_ = false;
  std::vector<bool> in_l1_;  // By buffer.
  std::vector<size_t> buffers_in_ddr_, constants_in_ddr_;
  StreamedTiles streamed_;  // Weight tiles that live in DDR.
};

}  // namespace

Result<MemoryPlan> PlanMemory(const MappedNetwork& network, const TilePlan& tiles,
                              const Target& target, const CompilationOptions& options) {
  return MemoryPlanner(network, tiles, target, options).Plan();
}

}  // namespace imcc
