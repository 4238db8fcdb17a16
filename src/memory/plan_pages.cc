// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "memory/plan_pages.h"

#include <algorithm>
#include <map>
#include <set>

#include "mapping/budget.h"
#include "paging/paging.h"
#include "paging/relaxation.h"

namespace imcc {

namespace {

/// Of the lower bound: one pword.
constexpr Bytes kBoundUnit{64};

/// How the groups use a buffer.
struct BufferAccesses {
  Interval<int64_t> writes;  // First group that writes to the last one (inclusive).
  Bytes written;
  std::map<int64_t, Bytes> reads;  // By group.
};

int64_t PixelBytes(const Operand& input) {
  return CopiedBytes(input.map.channels, input.pixel_stride);
}

/// Bytes copied in for one operand of a kernel; rows that tiles share are copied for each.
Bytes ReadBytes(const Kernel& kernel, const KernelTiles& tiles, size_t operand) {
  const Operand& input = kernel.inputs[operand];
  if (!kernel.HasTiles(operand)) return Bytes(input.map.elements());  // Each weight once at least.
  Bytes bytes;
  for (const Tile& tile : tiles.tiles)
    bytes += Bytes(tile.inputs[operand].pixels() * PixelBytes(input));
  return bytes;
}

Bytes WrittenBytes(const Destination& output) {
  const int64_t pixel = output.covers_channels()
                            ? CopiedBytes(output.box.channels, output.pixel_stride)
                            : output.box.channels;
  return Bytes(output.box.pixels() * pixel);
}

/// Rows that stripes copy to their lines; kernels that read one line share them.
void AddStripedReads(const MappedNetwork& network, const TileGroup& group, int64_t index,
                     std::vector<BufferAccesses>& accesses) {
  for (const Stripe& stripe : group.stripes) {
    const Kernel& kernel = network.kernels[stripe.kernel.index()];
    const size_t number = stripe.kernel.index() - group.first.index();
    for (size_t i = 0; i < kernel.inputs.size(); ++i) {
      const auto line = static_cast<size_t>(group.input_lines[number][i]);
      const Box load{stripe.loads[i], group.bands[stripe.band].held[line]};
      if (load.rows.empty()) continue;
      accesses[kernel.inputs[i].buffer.index()].reads[index] +=
          Bytes(load.pixels() * PixelBytes(kernel.inputs[i]));
    }
  }
}

std::vector<BufferAccesses> FindAccesses(const MappedNetwork& network, const TilePlan& tiles) {
  std::vector<BufferAccesses> accesses(network.buffers.size());
  const std::vector<size_t> group_of = tiles.GroupOfKernel();
  for (size_t k = 0; k < network.kernels.size(); ++k) {
    const Kernel& kernel = network.kernels[k];
    const auto group = static_cast<int64_t>(group_of[k]);
    BufferAccesses& output = accesses[kernel.output.buffer.index()];
    output.writes = output.written == Bytes(0)
                        ? Interval<int64_t>{group, group}
                        : Interval<int64_t>{std::min(output.writes.begin, group), group};
    output.written += WrittenBytes(kernel.output);
    if (tiles.groups[group_of[k]].is_striped()) continue;
    for (size_t i = 0; i < kernel.inputs.size(); ++i)
      accesses[kernel.inputs[i].buffer.index()].reads[group] +=
          ReadBytes(kernel, tiles.kernels[k], i);
  }
  for (size_t g = 0; g < tiles.groups.size(); ++g)
    AddStripedReads(network, tiles.groups[g], static_cast<int64_t>(g), accesses);
  return accesses;
}

/// Cost of a page of a tensor of `pages` when all of it costs `bytes`: rounded down, since the
/// bound has to hold.
int64_t PerPage(Bytes bytes, int64_t pages) { return bytes.count() / std::max<int64_t>(pages, 1); }

/// Until its last write a buffer is one gap, whoever reads parts of it meanwhile.
PagedTensor TensorOf(const BufferAccesses& accesses, int64_t pages) {
  PagedTensor tensor{.pages = pages};
  tensor.write_cost = PerPage(accesses.written, tensor.pages);
  int64_t from = accesses.writes.begin;
  Bytes early;
  for (const auto& [group, bytes] : accesses.reads) {
    early += bytes;
    const bool is_last = group == accesses.reads.rbegin()->first;
    if (group <= accesses.writes.end && !is_last) continue;
    const int64_t until = std::max(group, accesses.writes.end);
    tensor.gaps.push_back({{from, until + 1}, PerPage(early, tensor.pages)});
    from = until;
    early = Bytes(0);
  }
  if (tensor.gaps.empty()) tensor.gaps.push_back({{from, accesses.writes.end + 1}, 0});
  return tensor;
}

class PagePlanner {
 public:
  PagePlanner(const MappedNetwork& network, const TilePlan& tiles, const PageDemand& demand)
      : network_(network), tiles_(tiles), demand_(demand) {
    for (size_t i = 0; i < network.buffers.size(); ++i)
      if (demand.is_paged[i]) paged_.push_back(i);
  }

  PageDecision Plan() {
    const PagingProblem problem = MakeProblem(kPage, PlannedL2());
    const Status valid = CheckPaging(problem);
    IMCC_CHECK(valid.ok(), "a paging problem of the compiler's own is wrong");
    const PagePlan plan = PlanPaging(problem);
    const Status judged = Verify(problem, plan);
    IMCC_CHECK(judged.ok(), "a plan of pages is wrong: " + judged.error().message);
    PageDecision decision;
    decision.buffers.resize(network_.buffers.size());
    for (size_t i = 0; i < paged_.size(); ++i)
      decision.buffers[paged_[i]] =
          RowsOf(paged_[i], problem.tensors[i], plan.absent[i], /*from_the_last=*/i % 2 == 1);
    decision.resident_weights = demand_.weights;
    if (demand_.weights > Bytes(0)) decision.resident_weights -= kPage * plan.absent.back().front();
    decision.resident_weights = std::max(decision.resident_weights, Bytes(0));
    // The bound is on bytes: in units so small that no tensor is rounded up to pages.
    const PagingProblem fine = MakeProblem(kBoundUnit, demand_.l2);
    IMCC_CHECK(CheckPaging(fine).ok(), "a paging problem of the compiler's own is wrong");
    decision.lower_bound = Bytes(SolveRelaxation(fine).lower_bound);
    return decision;
  }

 private:
  Bytes PlannedL2() const { return ShareOf(demand_.l2, demand_.l2_share); }

  /// `page`: the unit that memory is divided in. Pages are rounded up, for a plan that fits; the
  /// unit of the bound down.
  PagingProblem MakeProblem(Bytes page, Bytes l2) const {
    const auto pages = [&](Bytes bytes) {
      return page == kBoundUnit ? bytes.count() / page.count()
                                : CeilDiv(bytes.count(), page.count());
    };
    const auto groups = static_cast<int64_t>(tiles_.groups.size());
    PagingProblem problem{.steps = groups, .capacity = l2.count() / page.count()};
    if (page == kBoundUnit) ++problem.capacity;
    for (const TileGroup& group : tiles_.groups) {
      Bytes most;
      for (int64_t k = group.life().begin; k < group.life().end; ++k)
        most = std::max(most, demand_.pinned[static_cast<size_t>(k)]);
      problem.pinned.push_back(std::min(pages(most), problem.capacity));
    }
    const std::vector<BufferAccesses> accesses = FindAccesses(network_, tiles_);
    for (const size_t i : paged_)
      problem.tensors.push_back(TensorOf(accesses[i], pages(network_.buffers[i].bytes())));
    if (demand_.weights > Bytes(0))
      problem.tensors.push_back(
          {.pages = pages(demand_.weights), .gaps = {{{0, groups}, page.count()}}});
    return problem;
  }

  /// Pages that are absent, as rows from the first on; a row that is not whole is absent. Of every
  /// other tensor, from the last on.
  PagedBuffer RowsOf(size_t index, const PagedTensor& tensor, const std::vector<int64_t>& absent,
                     bool from_the_last) const {
    const Buffer& buffer = network_.buffers[index];
    const int64_t height = buffer.map.height;
    PagedBuffer result{.row_stride = buffer.map.width * buffer.pixel_stride, .l2 = {}, .ddr = {}};
    std::vector<int64_t> absent_rows;
    std::set<int64_t> cuts = {0, height};
    for (const int64_t pages : absent) {
      const int64_t rows = std::min(height, CeilDiv(pages * kPage.count(), result.row_stride));
      absent_rows.push_back(rows);
      cuts.insert(rows);
    }
    AddRows(result.ddr, {0, *std::max_element(absent_rows.begin(), absent_rows.end())});
    for (auto cut = cuts.begin(); std::next(cut) != cuts.end(); ++cut)
      AddStays({*cut, *std::next(cut)}, tensor, absent_rows, result);
    if (from_the_last) Mirror(height, result);
    return result;
  }

  static void Mirror(int64_t height, PagedBuffer& buffer) {
    const auto mirror = [&](Interval<int64_t>& rows) {
      rows = {height - rows.end, height - rows.begin};
    };
    for (RowsInL2& piece : buffer.l2) mirror(piece.rows);
    for (Interval<int64_t>& rows : buffer.ddr) mirror(rows);
  }

  /// Gaps in a row in which these rows are present become one stay.
  void AddStays(Interval<int64_t> rows, const PagedTensor& tensor,
                const std::vector<int64_t>& absent_rows, PagedBuffer& result) const {
    for (size_t g = 0; g < tensor.gaps.size(); ++g) {
      if (absent_rows[g] > rows.begin) continue;
      size_t last = g;
      while (last + 1 < tensor.gaps.size() && absent_rows[last + 1] <= rows.begin) ++last;
      const auto first_group = static_cast<size_t>(tensor.gaps[g].steps.begin);
      const auto last_group = static_cast<size_t>(tensor.gaps[last].steps.end - 1);
      result.l2.push_back({.rows = rows,
                           .kernels = {tiles_.groups[first_group].life().begin,
                                       tiles_.groups[last_group].life().end},
                           .is_reload = g > 0,
                           .address = {}});
      g = last;
    }
  }

  const MappedNetwork& network_;
  const TilePlan& tiles_;
  const PageDemand& demand_;
  std::vector<size_t> paged_;  // Buffers, by tensor of the problem.
};

}  // namespace

bool CanPage(const MappedNetwork& network, BufferId id) {
  const Buffer& buffer = network.buffer(id);
  const int64_t row = buffer.map.width * buffer.pixel_stride;
  return std::all_of(network.kernels.begin(), network.kernels.end(), [&](const Kernel& kernel) {
    const bool writes = kernel.output.buffer == id;
    return (!writes || kernel.output.row_stride() == row) &&
           std::all_of(kernel.inputs.begin(), kernel.inputs.end(), [&](const Operand& input) {
             return input.buffer != id || input.row_stride() == row;
           });
  });
}

PageDecision PlanPages(const MappedNetwork& network, const TilePlan& tiles,
                       const PageDemand& demand) {
  return PagePlanner(network, tiles, demand).Plan();
}

}  // namespace imcc
