// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

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

/// `taken`: bytes of L1 that are not for tiles.
Error DoesNotFit(const Kernel& kernel, Bytes needed, Bytes taken, const Target& target,
                 const CompilationOptions& options) {
  const Bytes budget = BudgetOf(target, options).l1;
  return Error{.code = ErrorCode::kCapacity,
               .subject = kernel.name,
               .message = fmt::format("{}: even a tile of one output pixel needs {} bytes of L1, "
                                      "besides {} for weights from DDR, and {} are available",
                                      kernel.op, needed.count(), taken.count(), budget.count()),
               .hint = HowToGet(Region::kL1, needed + taken, target, options)};
}

struct TileSettings {
  int64_t buffers = 2;
  Bytes budget;             // L1 for one kernel.
  bool force_rows = false;  // Cut even what fits whole (force_h_tiling).
};

Result<KernelTiles> PlanKernel(const Kernel& kernel, const Target& target,
                               const CompilationOptions& options, const TileSettings& settings) {
  const auto& [buffers, budget, force_rows] = settings;
  // Several tiles let transfers overlap compute, at no cost where the weights stay in their sets.
  // Those of a product of activations are others in every row.
  const ImcKernel* imc = kernel.imc();
  const bool reloads = imc != nullptr && imc->matrices <= 1 &&
                       static_cast<int64_t>(imc->tiles.size()) > target.array.weight_sets;
  const int64_t least = force_rows ? std::min<int64_t>(TiledPlane(kernel).height, 2) : 1;
  const int64_t wanted = std::max(least, reloads ? 1 : WantedPieces(kernel, target));
  KernelTiles tiles;
  for (const Cut cut : CandidateCuts(TiledPlane(kernel))) {
    tiles = WithSlots(kernel, MakeTiles(kernel, cut), target.pword);
    const Bytes needed = WorkingSet(kernel, tiles, buffers);
    // Half of L1 stays free for tensors that live there, unless even a single row needs more.
    const Bytes limit = cut.rows < TiledPlane(kernel).height ? Bytes(budget.count() / 2) : budget;
    if (needed <= limit && cut.rows * cut.columns >= wanted) return tiles;
  }
  return DoesNotFit(kernel, WorkingSet(kernel, tiles, buffers),
                    BudgetOf(target, options).l1 - budget, target, options);
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

Result<TilePlan> PlanTiles(const MappedNetwork& network, const Target& target,
                           const CompilationOptions& options, const GroupSettings& group_settings) {
  TilePlan plan;
  const Bytes l1 = BudgetOf(target, options).l1;
  plan.buffers = options.double_buffer ? 2 : 1;
  // An eighth of L1 for all chunks keeps most of it for activations. Several small ones, so that
  // the copy of one hides behind the load of another whatever the columns left over for the last.
  plan.staging_chunk = std::max(std::min(target.array.set_bytes(), Bytes(l1.count() / 32)),
                                Bytes(target.array.rows));
  const Bytes budget = l1 - plan.staging_chunk * plan.staging_chunks;
  const TileSettings settings{plan.buffers, budget, options.force_h_tiling};
  for (size_t i = 0; i < network.kernels.size(); ++i) {
    IMCC_ASSIGN(KernelTiles tiles, PlanKernel(network.kernels[i], target, options, settings));
    plan.kernels.push_back(std::move(tiles));
    if (options.tiling_depth == 1) plan.groups.push_back({.first = KernelId(i), .count = 1});
  }
  if (options.tiling_depth > 1)
    plan.groups = ChooseGroups(network, target, options, budget, group_settings);
  return plan;
}

}  // namespace imcc
