// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "mapping/budget.h"
#include "mapping/predict_timeline.h"
#include "tiling/choose_groups.h"
#include "tiling/tiling.h"

namespace imcc {

namespace {

/// How many parts the rows and columns of the tiled plane are cut into.
struct Cut {
  int64_t rows = 1;
  int64_t columns = 1;
};

bool TilesInput(const Kernel& kernel) { return kernel.is_global_pool(); }

std::vector<Tile> MakeTiles(const Kernel& kernel, Cut cut) {
  const FeatureMap plane = TiledPlane(kernel);
  const int64_t height = CeilDiv(plane.height, cut.rows);
  const int64_t width = CeilDiv(plane.width, cut.columns);
  std::vector<Tile> tiles;
  for (int64_t y = 0; y < plane.height; y += height) {
    for (int64_t x = 0; x < plane.width; x += width) {
      const Box box{{y, std::min(y + height, plane.height)}, {x, std::min(x + width, plane.width)}};
      Tile tile;
      tile.output = TilesInput(kernel) ? Box{{0, 1}, {0, 1}} : box;
      for (size_t i = 0; i < kernel.inputs.size(); ++i)
        tile.inputs.push_back(TilesInput(kernel) ? box : InputBox(kernel, i, box));
      tiles.push_back(std::move(tile));
    }
  }
  return tiles;
}

int64_t SlotPixelStride(const Destination& output, int64_t pword) {
  return output.covers_channels() ? output.pixel_stride : RoundUp(output.box.channels, pword);
}

KernelTiles WithSlots(const Kernel& kernel, std::vector<Tile> tiles, int64_t pword) {
  KernelTiles result;
  result.slot_pixel_stride = SlotPixelStride(kernel.output, pword);
  result.input_slots.resize(kernel.inputs.size());
  for (const Tile& tile : tiles) {
    for (size_t i = 0; i < tile.inputs.size(); ++i) {
      if (!kernel.HasTiles(i)) continue;
      const Bytes bytes(tile.inputs[i].pixels() * kernel.inputs[i].pixel_stride);
      result.input_slots[i] = std::max(result.input_slots[i], bytes);
    }
    result.output_slot =
        std::max(result.output_slot, Bytes(tile.output.pixels() * result.slot_pixel_stride));
  }
  result.tiles = std::move(tiles);
  return result;
}

/// L1 bytes one kernel needs at once when none of its tensors is in L1.
Bytes WorkingSet(const Kernel& kernel, const KernelTiles& tiles, int64_t buffers) {
  Bytes sum = tiles.output_slot;
  for (const Bytes slot : tiles.input_slots) sum += slot;
  return sum * tiles.slots(buffers) + Bytes(static_cast<int64_t>(kernel.constants.size()));
}

/// Cuts worth trying, coarse to fine: rows first (full-width stripes), then columns of one row.
std::vector<Cut> CandidateCuts(const FeatureMap& plane) {
  std::vector<Cut> cuts;
  for (int64_t height = plane.height; height >= 1;) {
    cuts.push_back({.rows = CeilDiv(plane.height, height)});
    if (height == 1) break;
    // Next cut with more parts; skips heights that give the same number of parts.
    height = std::min(height - 1, CeilDiv(plane.height, cuts.back().rows + 1));
  }
  for (int64_t parts = 2; parts <= plane.width; parts = parts * 3 / 2 + 1)
    cuts.push_back({.rows = plane.height, .columns = parts});
  cuts.push_back({.rows = plane.height, .columns = plane.width});
  return cuts;
}

/// Several small chunks, so that the copy of one hides behind the load of another whatever the
/// columns left over for the last. An eighth of L1 for all keeps most of it for activations.
Bytes StagingChunk(Bytes l1, const Target& target) {
  return std::max(std::min(target.array.set_bytes(), Bytes(l1.count() / 32)),
                  Bytes(target.array.rows));
}

/// The least L1 in which so many bytes are left beside the chunks.
Bytes LeastL1(Bytes needed, const Target& target) {
  Bytes l1 = needed;
  for (Bytes before(-1); l1 != before;) {
    before = l1;
    l1 = needed + StagingChunk(l1, target) * TilePlan{}.staging_chunks;
  }
  return l1;
}

/// What the smallest tiles of a kernel need.
Bytes LeastWorkingSet(const Kernel& kernel, int64_t buffers, const Target& target) {
  const Cut finest = CandidateCuts(TiledPlane(kernel)).back();
  return WorkingSet(kernel, WithSlots(kernel, MakeTiles(kernel, finest), target.pword), buffers);
}

struct TileSettings {
  int64_t buffers = 2;
  Bytes budget;             // L1 for one kernel.
  bool force_rows = false;  // Cut even what fits whole (force_h_tiling).
};

/// Nothing if not even the smallest tiles fit.
std::optional<KernelTiles> PlanKernel(const Kernel& kernel, const Target& target,
                                      const TileSettings& settings) {
  const auto& [buffers, budget, force_rows] = settings;
  // Several tiles let transfers overlap compute, at no cost where the weights stay in their sets.
  // Those of a product of activations are others in every row.
  const ImcKernel* imc = kernel.imc();
  const bool reloads = imc != nullptr && imc->matrices <= 1 &&
                       static_cast<int64_t>(imc->tiles.size()) > target.array.weight_sets;
  const int64_t least = force_rows ? std::min<int64_t>(TiledPlane(kernel).height, 2) : 1;
  const int64_t wanted = std::max(least, reloads ? 1 : WantedPieces(kernel, target));
  for (const Cut cut : CandidateCuts(TiledPlane(kernel))) {
    KernelTiles tiles = WithSlots(kernel, MakeTiles(kernel, cut), target.pword);
    const Bytes needed = WorkingSet(kernel, tiles, buffers);
    // Half of L1 stays free for tensors that live there, unless even a single row needs more.
    const Bytes limit = cut.rows < TiledPlane(kernel).height ? Bytes(budget.count() / 2) : budget;
    if (needed <= limit && cut.rows * cut.columns >= wanted) return tiles;
  }
  return std::nullopt;
}

/// Of all kernels that do not fit, the one that needs most: what it needs is enough for all.
Error DoesNotFit(const MappedNetwork& network, const Target& target,
                 const CompilationOptions& options, const TileSettings& settings) {
  const Kernel* largest = nullptr;
  Bytes most;
  for (const Kernel& kernel : network.kernels) {
    if (PlanKernel(kernel, target, settings)) continue;
    const Bytes needed = LeastWorkingSet(kernel, settings.buffers, target);
    if (largest != nullptr && needed <= most) continue;
    largest = &kernel;
    most = needed;
  }
  const Bytes l1 = BudgetOf(target, options).l1;
  const Bytes taken = StagingChunk(l1, target) * TilePlan{}.staging_chunks;
  return Error{.code = ErrorCode::kCapacity,
               .subject = largest->name,
               .message = fmt::format("{}: even a tile of one output pixel needs {} bytes of L1, "
                                      "besides {} for weights from DDR, and {} are available",
                                      largest->op, most.count(), taken.count(), l1.count()),
               .hint = HowToGet(Region::kL1, LeastL1(most, target), target, options)};
}

TileSettings SettingsOf(const Target& target, const CompilationOptions& options) {
  const Bytes l1 = BudgetOf(target, options).l1;
  const Bytes staging = StagingChunk(l1, target) * TilePlan{}.staging_chunks;
  return {options.double_buffer ? 2 : 1, l1 - staging, options.force_h_tiling};
}

}  // namespace

std::vector<size_t> TilePlan::GroupOfKernel() const {
  std::vector<size_t> group_of(kernels.size());
  for (size_t g = 0; g < groups.size(); ++g)
    for (int64_t i = 0; i < groups[g].count; ++i) group_of[groups[g].kernel(i)] = g;
  return group_of;
}

TilePlan WithoutGroup(const TilePlan& plan, size_t group) {
  TilePlan result = plan;
  result.groups.erase(result.groups.begin() + static_cast<std::ptrdiff_t>(group));
  std::vector<TileGroup> alone;
  for (int64_t i = 0; i < plan.groups[group].count; ++i)
    alone.push_back({.first = KernelId(plan.groups[group].kernel(i)), .count = 1});
  result.groups.insert(result.groups.begin() + static_cast<std::ptrdiff_t>(group), alone.begin(),
                       alone.end());
  return result;
}

Status CheckTilesFit(const MappedNetwork& network, const Target& target,
                     const CompilationOptions& options) {
  const TileSettings settings = SettingsOf(target, options);
  for (const Kernel& kernel : network.kernels)
    if (!PlanKernel(kernel, target, settings))
      return DoesNotFit(network, target, options, settings);
  return {};
}

Result<TilePlan> PlanTiles(const MappedNetwork& network, const Target& target,
                           const CompilationOptions& options, const GroupSettings& group_settings) {
  TilePlan plan;
  const TileSettings settings = SettingsOf(target, options);
  plan.buffers = settings.buffers;
  plan.staging_chunk = StagingChunk(BudgetOf(target, options).l1, target);
  for (size_t i = 0; i < network.kernels.size(); ++i) {
    std::optional<KernelTiles> tiles = PlanKernel(network.kernels[i], target, settings);
    if (!tiles) return DoesNotFit(network, target, options, settings);
    plan.kernels.push_back(std::move(*tiles));
    if (options.tiling_depth == 1) plan.groups.push_back({.first = KernelId(i), .count = 1});
  }
  if (options.tiling_depth > 1)
    plan.groups = ChooseGroups(network, target, options, settings.budget, group_settings);
  return plan;
}

}  // namespace imcc
