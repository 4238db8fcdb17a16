// Copyright 2026 The imcc authors
// SPDX-License-Identifier: Apache-2.0
#include "tiling/plan_bands.h"

#include <algorithm>

namespace imcc {

namespace {

using Columns = Interval<int64_t>;

Columns Hull(Columns a, Columns b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  return {std::min(a.begin, b.begin), std::max(a.end, b.end)};
}

Columns ColumnsRead(const Kernel& kernel, size_t operand, Columns columns) {
  if (columns.empty()) return {};
  return InputBox(kernel, operand, {{0, kernel.output.box.height}, columns}).columns;
}

class BandPlanner {
 public:
  BandPlanner(const MappedNetwork& network, const TileGroup& group)
      : network_(network), group_(group), count_(static_cast<size_t>(group.count)) {}

  Band FullWidth() const {
    Band band;
    for (size_t i = 0; i < count_; ++i) {
      band.computed.push_back({0, KernelAt(i).output.box.width});
      band.stored.push_back(IsInternal(i) ? Columns{} : band.computed.back());
    }
    for (const LineBuffer& line : group_.lines) band.held.push_back({0, line.width});
    return band;
  }

  Band Share(int64_t number, int64_t bands) const {
    Band band;
    band.computed.resize(count_);
    band.stored.resize(count_);
    band.held.resize(group_.lines.size());
    for (size_t i = count_; i-- > 0;) {
      const int64_t width = KernelAt(i).output.box.width;
      const Columns own{width * number / bands, width * (number + 1) / bands};
      if (!IsInternal(i)) band.stored[i] = own;
      band.computed[i] = Hull(band.stored[i], NeededOf(i, band));
      Hold(i, band);
    }
    return band;
  }

 private:
  const Kernel& KernelAt(size_t i) const {
    return network_.kernels[group_.kernel(static_cast<int64_t>(i))];
  }

  bool IsInternal(size_t i) const {
    return group_.lines[static_cast<size_t>(group_.output_line[i])].is_internal;
  }

  /// Columns of a kernel's output that the kernels behind it read.
  Columns NeededOf(size_t i, const Band& band) const {
    Columns needed;
    for (size_t reader = i + 1; reader < count_; ++reader)
      for (size_t o = 0; o < KernelAt(reader).inputs.size(); ++o)
        if (KernelAt(reader).inputs[o].buffer == KernelAt(i).output.buffer)
          needed = Hull(needed, ColumnsRead(KernelAt(reader), o, band.computed[reader]));
    return needed;
  }

  void Hold(size_t i, Band& band) const {
    const auto hold = [&](int line, Columns columns) {
      Columns& held = band.held[static_cast<size_t>(line)];
      held = Hull(held, columns);
    };
    hold(group_.output_line[i], band.computed[i]);
    for (size_t o = 0; o < KernelAt(i).inputs.size(); ++o)
      hold(group_.input_lines[i][o], ColumnsRead(KernelAt(i), o, band.computed[i]));
  }

  const MappedNetwork& network_;
  const TileGroup& group_;
  const size_t count_;
};

}  // namespace

bool MayCutBands(const MappedNetwork& network, size_t first, size_t last) {
  const auto begin = network.kernels.begin();
  return std::none_of(begin + static_cast<std::ptrdiff_t>(first),
                      begin + static_cast<std::ptrdiff_t>(last),
                      [](const Kernel& kernel) { return kernel.is_global_pool(); });
}

std::vector<Band> PlanBands(const MappedNetwork& network, const TileGroup& group, int64_t bands) {
  const BandPlanner planner(network, group);
  if (bands == 1) return {planner.FullWidth()};
  std::vector<Band> result;
  for (int64_t number = 0; number < bands; ++number) result.push_back(planner.Share(number, bands));
  return result;
}

}  // namespace imcc
