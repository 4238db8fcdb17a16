// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "mapping/kernel.h"
#include "mapping/weight_sets.h"
#include "schedule/schedule.h"
#include "schedule/task_emitter.h"

namespace imcc {

/// An input tile as an engine sees it: a plane in L1 and where it lies in the tensor.
struct InputPlane {
  Address base;  // Slot 0 of the ring, first column of the box.
  RowRing ring;  // Of the rows of the box.
  int64_t row_stride = 0;
  Box box;  // In the tensor.

  Address Row(int64_t y) const { return Plus(base, ring.Slot(y) * row_stride); }
};

/// Where an engine writes an output tile in L1.
struct OutputPlane {
  Address base;  // Slot 0 of the ring, first column of the tile, first channel of the kernel's box.
  RowRing ring;  // Of the rows of the tile.
  int64_t row_stride = 0;
  int64_t pixel_stride = 0;

  Address Row(int64_t y) const { return Plus(base, ring.Slot(y) * row_stride); }
};

/// A tile and where its operands and its result lie in L1.
struct TilePlanes {
  const Tile& tile;
  const std::vector<InputPlane>& inputs;
  const OutputPlane& output;
};

/// Turns groups of kernels into tasks, one after the other.
class KernelEmitter {
 public:
  KernelEmitter(const MappedNetwork& network, const TilePlan& tiles, const MemoryPlan& memory,
                const Target& target, const CompilationOptions& options);

  void EmitGroup(size_t index);
  TaskEmitter& tasks() { return tasks_; }
  const PlannedTraffic& traffic() const { return traffic_; }

 private:
  /// The kernel being emitted.
  struct Current {
    const Kernel* kernel = nullptr;
    const KernelTiles* plan = nullptr;
    size_t index = 0;
    Address constants;  // In L1.
  };

  void EmitAlone(size_t kernel);
  void SetCurrent(size_t kernel);
  bool LivesInL1() const;
  Tile WholeTile() const;
  void EmitTile(const Tile& tile, int64_t number);
  void LoadConstants();
  /// A box of an operand or an output tile where it lives.
  InputPlane HomeInput(size_t operand, const Box& box) const;
  OutputPlane HomeOutput(const Tile& tile) const;
  InputPlane LoadInput(size_t operand, const Tile& tile, int64_t number);
  OutputPlane PrepareOutput(const Tile& tile, int64_t number) const;
  /// Copies pages that are to stay in L2 from a group on from DDR.
  void ReloadPages(const TileGroup& group);
  void CopyIn(size_t operand, const Box& box, const InputPlane& plane);
  /// Some rows in a row of a tensor at home, from row `y` of its buffer on.
  struct HomeRows {
    Address base;  // Of the first column of row `y`.
    int64_t rows = 0;
  };
  HomeRows ReadHome(BufferId buffer, int64_t y, int64_t rows, int64_t row_stride) const;
  std::vector<HomeRows> WriteHomes(BufferId buffer, int64_t y, int64_t rows,
                                   int64_t row_stride) const;
  void StoreOutput(const Tile& tile, const OutputPlane& plane);
  /// Where a tile stands among those of its kernel.
  struct Turn {
    bool first = true;
    bool last = true;
  };
  void Compute(const TilePlanes& planes, Turn turn);
  void ComputeRun(const TilePlanes& planes, Turn turn);

  // Depth first: stripes in circular line buffers.
  void EmitStriped(size_t group);
  void EmitStripe(size_t group, const Stripe& stripe);
  InputPlane LineInput(size_t group, const Stripe& stripe, size_t operand, const Box& box);
  OutputPlane LineOutput(size_t group, size_t band, const Tile& tile) const;
  void StoreBand(Tile tile, OutputPlane output, Interval<int64_t> stored);

  void EmitImc(const ImcKernel& imc, const TilePlanes& planes);
  void EmitBlocks(const ImcKernel& imc, const TilePlanes& planes);
  void EmitBlock(const ImcKernel& imc, const ColumnTile& column, const Box& block,
                 int64_t chunk_rows, const TilePlanes& planes);
  void EmitDrain(const ImcKernel& imc, const ColumnTile& column, const MvmTask& mvm,
                 const Box& piece, const TilePlanes& planes);
  void EmitDrainRuns(RequantizeTask drain, const Box& piece, int64_t channel0,
                     const TilePlanes& planes);
  bool IsLoadBound(const ImcKernel& imc, const ColumnTile& column, int64_t groups) const;
  int64_t AccumulatorElements() const;  // Of one bank.
  int64_t AllocateAccumulators(int64_t elements);
  void EmitProducts(const ImcKernel& imc, const TilePlanes& planes);
  WeightSets::Choice LoadWeights(const ImcKernel& imc, int64_t tile_index,
                                 const TilePlanes& planes);
  void LoadMatrix(const ImcKernel& imc, const WeightTile& tile, const WeightSets::Choice& place,
                  int64_t row);
  void StreamMatrix(LoadWeightsTask load);
  void StreamWeights(const WeightTile& tile, int64_t columns, Address home,
                     const WeightSets::Choice& place);
  void EmitWindow(const WindowKernel& window, const TilePlanes& planes, Turn turn);
  void EmitElementwise(const ElementwiseKernel& op, const TilePlanes& planes);
  void EmitTable(const TableKernel& table, const TilePlanes& planes);
  void EmitAcross(const AcrossKernel& across, const TilePlanes& planes);
  void EmitMove(const MoveKernel& move, const TilePlanes& planes);
  void EmitResize(const ResizeKernel& resize, const TilePlanes& planes);

  void Emit(Engine engine, TaskPayload payload) {
    tasks_.Emit(engine, static_cast<uint16_t>(current_.index), std::move(payload));
  }
  /// A DMA copy, counted as planned traffic of the memory outside L1.
  void Copy(Engine engine, const DmaTask& dma);
  void CopyTensor(Engine engine, BufferId buffer, const DmaTask& dma);

  const MappedNetwork& network_;
  const TilePlan& tiles_;
  const MemoryPlan& memory_;
  const Target& target_;
  const CompilationOptions& options_;
  TaskEmitter tasks_;
  WeightSets sets_;
  PlannedTraffic traffic_;
  Current current_;
  int64_t next_accumulator_ = 0;
  std::vector<bool> backwards_;  // By kernel: weight tiles are visited there and back.
  size_t staging_ = 0;           // Staging chunk the next streamed weights use.
};

}  // namespace imcc
